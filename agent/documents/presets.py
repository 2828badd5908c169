"""How a kind of document is scanned: as last time at this station, else as the kind says, as far as the scanner can."""

from __future__ import annotations

import msgspec

from agent.documents import kinds
from agent.documents.errors import refused
from agent.documents.kinds import DocumentKind, Preset
from agent.documents.page_sizes import WHOLE, fitting
from agent.documents.views import CardSource, ScanWish
from drivers.scanner_api import ScannerOffers
from peewee_models.station import remember_scan_choice, scan_choice

FALLBACKS = ("adf-duplex", "adf", "flatbed")


def preset(kind: DocumentKind, offers: ScannerOffers) -> Preset:
    """Say how a kind would be scanned now, inside the caller's transaction."""
    told = scan_choice(kind.code)
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


def card(kind: str, source: CardSource, offers: ScannerOffers) -> ScanWish:
    """Say how a card is scanned that is to have both sides on one page, inside the caller's transaction."""
    found = kinds.kind(kind)
    if found is None:
        raise refused("KIND-UNKNOWN")
    own = preset(found, offers)
    colour, dpi = own.colour, own.dpi
    offer = next((offer for offer in offers.sources if str(offer.source) == source), None)
    if offer is not None:
        colour = colour if colour in map(str, offer.modes) else str(offer.modes[0])  # type: ignore[assignment]
        dpi = min(offer.resolutions_dpi, key=lambda one: abs(one - dpi), default=dpi)
    return ScanWish(source, colour, dpi, "a4")


def remember(kind: str, wish: ScanWish) -> None:
    """Keep how a kind was scanned; a region that was picked belongs to that one paper alone."""
    remember_scan_choice(kind, msgspec.json.encode([wish.source, wish.colour, wish.dpi, wish.size]).decode())
