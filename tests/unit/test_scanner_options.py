"""What options of devices mean, in the words of backends that cannot be had in a test."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agent.documents.scanned_page import new_page
from drivers import scanner_options, scanner_region
from drivers.scanner_api import ColourMode, Encoding, ScannedPage, ScanRequest, Source


class Option:
    """One option, as python-sane tells of it."""

    def __init__(self, constraint: object, unit: int = 3) -> None:
        self.constraint = constraint
        self.unit = unit

    def is_active(self) -> bool:
        return True

    def is_settable(self) -> bool:
        return True


class Device:
    """A device that takes what its options allow and rounds a number to its range's steps."""

    def __init__(self, **options: object) -> None:
        self.__dict__["opt"] = {name: one if isinstance(one, Option) else Option(one) for name, one in options.items()}

    def __setattr__(self, name: str, value: Any) -> None:
        allowed = self.opt[name].constraint
        if isinstance(allowed, tuple) and allowed[2]:
            value = allowed[0] + round((value - allowed[0]) / allowed[2]) * allowed[2]
        elif isinstance(allowed, list):
            assert value in allowed
        self.__dict__[name] = value


BROTHER = ["Black & White", "Gray[Error Diffusion]", "True Gray", "24bit Color", "24bit Color[Fast]"]


def test_dots_that_only_look_grey_are_not_taken_for_grey() -> None:
    assert scanner_options.modes(Device(mode=BROTHER)) == {
        ColourMode.COLOUR: "24bit Color",
        ColourMode.GREY: "True Gray",
        ColourMode.LINEART: "Black & White",
    }
    assert scanner_options.modes(Device(mode=["Halftone", "Color"]))[ColourMode.LINEART] == "Color"


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (["Document Table", "ADF"], {Source.FLATBED: "Document Table", Source.FEEDER: "ADF"}),
        (
            ["FlatBed", "Automatic Document Feeder(left aligned)", "Automatic Document Feeder(left aligned,Duplex)"],
            {
                Source.FLATBED: "FlatBed",
                Source.FEEDER: "Automatic Document Feeder(left aligned)",
                Source.DUPLEX_FEEDER: "Automatic Document Feeder(left aligned,Duplex)",
            },
        ),
        (["ADF Front", "ADF Back", "ADF Duplex"], {Source.FEEDER: "ADF Front", Source.DUPLEX_FEEDER: "ADF Duplex"}),
        (["ADF Back", "Auto"], {Source.FLATBED: None}),
    ],
)
def test_sources_are_known_by_the_words_of_many_backends(words: list[str], known: dict[Source, str]) -> None:
    assert scanner_options.sources(Device(source=words)) == known


@pytest.mark.parametrize(
    ("allowed", "offered"),
    [
        ((50.0, 600.0, 50.0), (100, 150, 200, 300, 400, 600)),
        ((75, 1200, 1), scanner_options.RESOLUTIONS_DPI),
        ((100, 600, 0), (100, 150, 200, 300, 400, 600)),
        ([4800, 2400, 600.0, 300], (300, 600)),
        ([120, 240], (120, 240)),
    ],
)
def test_only_resolutions_that_the_device_leaves_as_they_are_are_offered(allowed: object, offered: tuple[int]) -> None:
    device = Device(resolution=allowed)
    assert scanner_options.resolutions_dpi(device) == offered
    for dpi in offered:
        scanner_options.choose(device, ScanRequest(mode=ColourMode.GREY, resolution_dpi=dpi, height_mm=50))
        assert device.resolution == dpi


def test_a_bed_whose_size_is_not_told_is_scanned_as_far_as_was_asked() -> None:
    device = Device(br_x=Option(None), br_y=Option((0.0, 200.0, 0.0)))
    assert scanner_region.choose(device, ScanRequest(mode=ColourMode.GREY)) is None
    assert (device.br_x, device.br_y) == (210.0, 200.0)


class Kept(Device):
    """A device that lets no corner go beyond its opposite, and no page be longer than it likes."""

    def __init__(self, longest_mm: float = 500.0, unit: int = 3) -> None:
        bed = Option((0.0, 300.0 if unit == 3 else 3543.0, 0.0), unit)
        super().__init__(resolution=[300], tl_x=bed, tl_y=bed, br_x=bed, br_y=bed)
        self.__dict__.update(resolution=300, tl_x=150.0, tl_y=150.0, br_x=160.0, br_y=160.0, longest_mm=longest_mm)

    def __setattr__(self, name: str, value: Any) -> None:
        other = {"tl_x": "br_x", "tl_y": "br_y", "br_x": "tl_x", "br_y": "tl_y"}.get(name)
        if other is not None:
            value = (min if name.startswith("tl") else max)(value, self.__dict__[other])
        super().__setattr__(name, min(value, self.longest_mm) if name == "br_y" else value)


@pytest.mark.parametrize("left_mm", [0.0, 170.0])
def test_a_region_is_reached_from_wherever_the_last_scan_had_been(left_mm: float) -> None:
    device = Kept()
    wanted = ScanRequest(mode=ColourMode.GREY, left_mm=left_mm, top_mm=left_mm, width_mm=50, height_mm=40)
    assert scanner_region.choose(device, wanted) is None
    corners = (device.tl_x, device.tl_y, device.br_x, device.br_y)
    assert corners == (left_mm, left_mm, left_mm + 50, left_mm + 40)


@pytest.mark.parametrize(
    ("longest", "unit", "cut"), [(279.4, 3, (210, 279)), (296.0, 3, None), (3300, 1, (210, 279)), (3500, 1, None)]
)
def test_a_region_that_the_device_made_smaller_is_told_and_one_that_it_rounded_is_not(
    longest: float, unit: int, cut: tuple[int, int] | None
) -> None:
    assert scanner_region.choose(Kept(longest, unit), ScanRequest(mode=ColourMode.GREY, resolution_dpi=300)) == cut


def test_a_page_that_was_cut_is_for_the_clerks_look() -> None:
    page = ScannedPage(1, Encoding.JPEG, ColourMode.GREY, 10, 10, 300, cut_to_mm=(210, 279))
    known = msgspec.json.decode(msgspec.json.encode(page), type=ScannedPage)
    assert new_page(known, b"", "adf").doubts == [{"code": "PAGE-CUT", "width_mm": 210, "height_mm": 279}]
