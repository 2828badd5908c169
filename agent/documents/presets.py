"""How a kind of document is scanned: as last time at this station, else as the kind says, as far as the scanner can."""

from __future__ import annotations

import msgspec

from agent.documents.kinds import DocumentKind, Preset
from drivers.scanner_api import ScannerOffers
from peewee_models.station import scan_choice

FALLBACKS = ("adf-duplex", "adf", "flatbed")


def preset(kind: DocumentKind, offers: ScannerOffers) -> Preset:
    """Say how a kind would be scanned now, inside the caller's transaction."""
    told = scan_choice(kind.code)
    source, colour, dpi = (
        (kind.preset.source, kind.preset.colour, kind.preset.dpi) if told is None else msgspec.json.decode(told)
    )
    offered = {str(offer.source): offer for offer in offers.sources}
    if offered and source not in offered:
        source = next((other for other in FALLBACKS if other in offered), source)
    offer = offered.get(source)
    if offer is not None:
        colour = colour if colour in map(str, offer.modes) else str(offer.modes[0])
        dpi = min(offer.resolutions_dpi, key=lambda one: abs(one - dpi))
    return Preset(colour=colour, dpi=dpi, source=source, both_sides=kind.preset.both_sides)
