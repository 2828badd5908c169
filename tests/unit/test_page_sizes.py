"""Which sizes a source is asked for, and where on its bed they lie."""

from __future__ import annotations

import pytest

from agent.documents.page_sizes import Region, fitting, placed
from drivers.scanner_api import ColourMode, PaperEdge, Source, SourceOffer


def bed(width_mm: float, height_mm: float, edge: PaperEdge = PaperEdge.LEFT) -> SourceOffer:
    return SourceOffer(Source.FEEDER, (ColourMode.GREY,), (100,), width_mm, height_mm, edge)


@pytest.mark.parametrize(
    ("offer", "sizes"),
    [
        (bed(215.9, 297.0), "a4 a5 letter id-card receipt whole"),
        (bed(210.0, 297.0), "a4 a5 id-card receipt whole"),
        (bed(200.0, 200.0), "id-card receipt whole"),
        (bed(215.9, 355.6, PaperEdge.CENTER), "a4 a5 letter id-card receipt whole"),
        (bed(215.9, 355.6, PaperEdge.UNKNOWN), "a4 letter whole"),
    ],
)
def test_only_what_fits_is_offered(offer: SourceOffer, sizes: str) -> None:
    assert fitting(offer) == tuple(sizes.split())


@pytest.mark.parametrize(
    ("size", "offer", "region"),
    [
        ("a5", bed(216, 297), Region(0, 0, 148, 210)),
        ("a5", bed(216, 356, PaperEdge.CENTER), Region(34, 0, 148, 210)),
        ("a5", bed(216, 356, PaperEdge.RIGHT), Region(68, 0, 148, 210)),
        ("receipt", bed(216, 356), Region(0, 0, 80, 356)),
        ("whole", bed(216, 356, PaperEdge.CENTER), Region(0, 0, 216, 356)),
        ("a4", bed(200, 200), Region(0, 0, 200, 200)),
        ("a5", None, Region(0, 0, 210, 297)),
        ("a4", bed(0, 0), Region(0, 0, 210, 297)),
        ("whole", bed(-100, 297), Region(0, 0, 210, 297)),
    ],
)
def test_a_size_lies_where_the_paper_lies(size: str, offer: SourceOffer | None, region: Region) -> None:
    assert placed(size, offer) == region
