"""How a kind of document is scanned: as last time at this station, else as the kind says, as far as the scanner can."""

from __future__ import annotations

import msgspec

from agent.documents import kinds
from agent.documents.errors import refused
from agent.documents.kinds import DocumentKind, Preset
from agent.documents.page_sizes import WHOLE, fitting
from agent.documents.scan_views import CardSource
from agent.documents.views import ScanWish
from drivers.scanner_api import ScannerOffers, Source
from peewee_models.station import remember_scan_choice, scan_choices

FALLBACKS = ("adf-duplex", "adf", "flatbed")


def all_presets(offers: ScannerOffers) -> dict[str, Preset]:
    """Say how each kind would be scanned now, inside the caller's transaction."""
    told = scan_choices()
    return {kind.code: _preset(kind, offers, told.get(kind.code)) for kind in kinds.kinds()}


def _preset(kind: DocumentKind, offers: ScannerOffers, told: str | None) -> Preset:
    own = kind.preset
    source, colour, dpi, *rest = (own.source, own.colour, own.dpi) if told is None else msgspec.json.decode(told)
    size = rest[0] if rest else own.size
    offered = {str(offer.source): offer for offer in offers.sources}
    if offered and source not in offered:
        source = next((other for other in FALLBACKS if other in offered), source)
    offer = offered.get(source)
    if offer is not None:
        colour = colour if colour in map(str, offer.modes) else str(offer.modes[0])
        dpi = min(offer.resolutions_dpi, key=lambda one: abs(one - dpi), default=dpi)
        size = size if size in fitting(offer) else WHOLE
    return Preset(colour=colour, dpi=dpi, source=source, both_sides=own.both_sides, size=size)


def card_sources(offers: ScannerOffers) -> tuple[CardSource, ...]:
    """Where a card with both its sides is laid, the best place first; the glass where nothing is known yet."""
    known = {offer.source for offer in offers.sources}
    if Source.FLATBED in known or not known:
        return ("flatbed", "adf-duplex") if Source.DUPLEX_FEEDER in known else ("flatbed",)
    return ("adf-duplex",) if Source.DUPLEX_FEEDER in known else ("adf",)


def back_source(offers: ScannerOffers) -> CardSource:
    """Where a card is laid once more for its back alone: a feeder sees the side that comes first."""
    known = {offer.source for offer in offers.sources}
    if Source.FLATBED in known or not known:
        return "flatbed"
    return "adf" if Source.FEEDER in known else "adf-duplex"


def card(kind: str, source: CardSource, offers: ScannerOffers) -> ScanWish:
    """Say how a card is scanned that is to have both sides on one page, inside the caller's transaction."""
    found = kinds.kind(kind)
    if found is None:
        raise refused("KIND-UNKNOWN")
    own = _preset(found, offers, scan_choices().get(kind))
    colour, dpi = own.colour, own.dpi
    offer = next((offer for offer in offers.sources if str(offer.source) == source), None)
    if offer is not None:
        colour = colour if colour in map(str, offer.modes) else str(offer.modes[0])  # type: ignore[assignment]
        dpi = min(offer.resolutions_dpi, key=lambda one: abs(one - dpi), default=dpi)
    return ScanWish(source, colour, dpi, "a4")


def remember(kind: str, wish: ScanWish) -> None:
    """Keep how a kind was scanned; a region that was picked belongs to that one paper alone."""
    remember_scan_choice(kind, msgspec.json.encode([wish.source, wish.colour, wish.dpi, wish.size]).decode())
