"""Look up what a SANE device offers, and set it: options are found by name and by what they allow, never blindly.

Source: SANE API, section 4.5 (well-known options); the words of sources and modes as backends spell them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from drivers import scanner_errors
from drivers.scanner_api import MM_PER_INCH, ColourMode, PaperEdge, ScanRequest, Source, SourceOffer

RESOLUTIONS_DPI = (75, 100, 150, 200, 300, 400, 600, 1200)
UNIT_PIXEL = 1
LARGEST_TEXT = 64

_SOURCES = (
    (Source.DUPLEX_FEEDER, re.compile(r"duplex|both\s+sides", re.IGNORECASE)),
    (Source.FEEDER, re.compile(r"adf|feeder|automatic document", re.IGNORECASE)),
    (Source.FLATBED, re.compile(r"flat\s?bed|platen|document table|^normal$", re.IGNORECASE)),
)
_MODES = (
    (ColourMode.LINEART, re.compile(r"line\s?art|black|mono|binary|1.?bit", re.IGNORECASE)),
    (ColourMode.GREY, re.compile(r"gr[ae]y", re.IGNORECASE)),
    (ColourMode.COLOUR, re.compile(r"colou?r|rgb", re.IGNORECASE)),
)
_BACK_ONLY = re.compile(r"back", re.IGNORECASE)
_HALFTONE = re.compile(r"halftone|dither|diffusion", re.IGNORECASE)


class Option(Protocol):
    """What python-sane tells of one option."""

    name: str
    index: int
    unit: int
    constraint: object

    def is_active(self) -> bool:
        """Whether it has a value now."""

    def is_settable(self) -> bool:
        """Whether software may set it."""


class Handle(Protocol):
    """The library's own handle of an open device."""

    def get_option(self, index: int) -> bool | int | float | str:
        """The value of an option."""


class Device(Protocol):
    """An open `sane.SaneDev`: options are attributes, found through `opt`."""

    opt: Mapping[str, Option]
    dev: Handle


def sources(device: Device) -> dict[Source, str | None]:
    """The sources and the device's own word for each; None as word where there is nothing to choose."""
    words = _words(device, "source")
    if not words:
        return {Source.FLATBED: None}
    found: dict[Source, str | None] = {}
    for word in words:
        source = next((kind for kind, pattern in _SOURCES if pattern.search(word)), None)
        if source is not None and source not in found and not (source is Source.FEEDER and _BACK_ONLY.search(word)):
            found[source] = word
    feeder = found.get(Source.FEEDER)
    if feeder is not None and Source.DUPLEX_FEEDER not in found and _duplex_switch(device) is not None:
        found[Source.DUPLEX_FEEDER] = feeder
    return found or {Source.FLATBED: None}


def offer(device: Device, source: Source) -> SourceOffer:
    """What the source that is set now can do."""
    width_mm, height_mm = largest_mm(device)
    return SourceOffer(
        source,
        tuple(modes(device)),
        resolutions_dpi(device),
        round(width_mm, 1),
        round(height_mm, 1),
        paper_edge(device, source),
    )


def paper_edge(device: Device, source: Source) -> PaperEdge:
    """Where the source that is set now holds narrow paper.

    A device that wants to know the paper's width counts from the paper's own edge.  Source: sane-airscan's and
    sane-fujitsu's options.
    """
    if source is Source.FLATBED or is_open(device, "page_width"):
        return PaperEdge.LEFT
    option = device.opt.get("adf_justification_x")
    if option is None or not option.is_active():
        return PaperEdge.UNKNOWN
    told = str(getattr(device, "adf_justification_x")).lower()  # noqa: B009 - no attribute of ours, an option
    return PaperEdge(told) if told in set(PaperEdge) else PaperEdge.UNKNOWN


def modes(device: Device) -> dict[ColourMode, str | None]:
    """The modes and the device's own word for each; line art is made out of grey where the device has none."""
    found: dict[ColourMode, str | None] = {}
    for word in _words(device, "mode"):
        mode = next((kind for kind, pattern in _MODES if pattern.search(word)), None)
        if mode is not None and mode not in found and not _HALFTONE.search(word):
            found[mode] = word
    if not found:
        found[ColourMode.GREY] = None
    if ColourMode.LINEART not in found:
        grey = found.get(ColourMode.GREY, found.get(ColourMode.COLOUR))
        found[ColourMode.LINEART] = grey
    return {mode: found[mode] for mode in ColourMode if mode in found}


def resolutions_dpi(device: Device) -> tuple[int, ...]:
    """The resolutions that a clerk is offered: the common ones that the device can do, or all of a short list."""
    name = resolution_option(device)
    if name is None:
        return ()
    allowed = device.opt[name].constraint
    if isinstance(allowed, tuple) and len(allowed) == 3:
        low, high, step = allowed
        return tuple(value for value in RESOLUTIONS_DPI if low <= value <= high and _is_on_step(value - low, step))
    if isinstance(allowed, list):
        values = sorted({round(value) for value in allowed if isinstance(value, int | float)})
        return tuple(value for value in values if value in RESOLUTIONS_DPI) or tuple(values)
    return (round(float(getattr(device, name))),)


def _is_on_step(value: float, step: float) -> bool:
    """Whether a device that rounds to steps would leave a value as it is."""
    return not step or abs(value / step - round(value / step)) * step < 1


def largest_mm(device: Device) -> tuple[float, float]:
    """The width and height of the bed, in millimetres."""
    return _largest(device, "br_x"), _largest(device, "br_y")


def choose(device: Device, request: ScanRequest) -> None:
    """Set a device up for a request but for the region, and look back whether it took it.

    Raises: CodedError SCANNER-SETTING, naming what the device does not offer.
    """
    choose_source(device, request.source)
    known_modes = modes(device)
    if request.mode not in known_modes:
        raise scanner_errors.setting("mode", request.mode.value)
    word = known_modes[request.mode]
    if word is not None:
        put(device, "mode", word)
    if "depth" in device.opt and is_open(device, "depth"):
        _set_depth(device)
    name = resolution_option(device)
    if name is not None:
        if request.resolution_dpi not in resolutions_dpi(device):
            raise scanner_errors.setting("resolution", request.resolution_dpi)
        put(device, name, request.resolution_dpi)
        if name == "x_resolution" and is_open(device, "y_resolution"):
            put(device, "y_resolution", request.resolution_dpi)


def choose_source(device: Device, source: Source) -> None:
    """Set the source.

    Raises: CodedError SCANNER-SETTING where the device has no such source.
    """
    known = sources(device)
    if source not in known:
        raise scanner_errors.setting("source", source.value)
    word = known[source]
    if word is not None:
        put(device, "source", word)
    switch = _duplex_switch(device)
    if switch is not None and source is not Source.FLATBED:
        name, on, off = switch
        put(device, name, on if source is Source.DUPLEX_FEEDER else off)


def _largest(device: Device, name: str) -> float:
    option = device.opt.get(name)
    if option is None or not isinstance(option.constraint, tuple):
        return 0.0
    high = float(option.constraint[1])
    if option.unit != UNIT_PIXEL:
        return high
    resolution = resolution_option(device)
    dpi = float(getattr(device, resolution)) if resolution else 0.0
    return high / dpi * MM_PER_INCH if dpi else 0.0


def resolution_option(device: Device) -> str | None:
    """The option that sets the resolution, both ways or across; None where there is nothing to choose."""
    return next((name for name in ("resolution", "x_resolution") if is_open(device, name)), None)


def _duplex_switch(device: Device) -> tuple[str, str | bool, str | bool] | None:
    """An option beside `source` that turns duplex on: its name, and its values for on and off."""
    if is_open(device, "duplex") and not _words(device, "duplex"):
        return "duplex", True, False
    words = _words(device, "adf_mode")
    both = next((word for word in words if re.search("duplex", word, re.IGNORECASE)), None)
    one = next((word for word in words if re.search("simplex", word, re.IGNORECASE)), None)
    return ("adf_mode", both, one) if both and one else None


def _words(device: Device, name: str) -> tuple[str, ...]:
    """The words that an option allows; none where there is no such option or nothing to choose."""
    if not is_open(device, name):
        return ()
    allowed = device.opt[name].constraint
    return tuple(word for word in allowed if isinstance(word, str)) if isinstance(allowed, list) else ()


def is_open(device: Device, name: str) -> bool:
    """Whether a device has an option and lets it be set now."""
    option = device.opt.get(name)
    return option is not None and option.is_active() and option.is_settable()


def _set_depth(device: Device) -> None:
    allowed = device.opt["depth"].constraint
    if isinstance(allowed, list) and 8 in allowed:
        put(device, "depth", 8)


def put(device: Device, name: str, value: str | float | bool, *, is_exact: bool = True) -> None:
    """Set one option and look back; an inexact one may be rounded by the device."""
    option = device.opt[name]
    given = _within(option.constraint, value) if not is_exact and not isinstance(value, str | bool) else value
    setattr(device, name, given)
    if is_exact and not _same(getattr(device, name), given):
        raise scanner_errors.setting(name, str(given)[:LARGEST_TEXT])


def _within(constraint: object, value: float) -> float:
    if isinstance(constraint, tuple) and len(constraint) == 3:
        low, high, _ = constraint
        return float(low) if value < low else float(high) if value > high else value
    return value


def _same(got: object, given: str | float | bool) -> bool:
    if isinstance(given, str) or not isinstance(got, int | float):
        return got == given
    return abs(got - given) < 1
