"""The part of the bed that is scanned: set corner by corner, then read back, since devices round it and cut it.

Source: SANE API, section 4.5 (well-known options).  What a device made of a value is known by reading it alone.
"""

from __future__ import annotations

from drivers import scanner_errors, scanner_limits
from drivers.scanner_api import MM_PER_INCH, ScanRequest
from drivers.scanner_options import UNIT_PIXEL, Device, is_open, largest_mm, put, resolution_option, resolutions_dpi

FAR_MM = 10_000.0
"""Where a device that does not tell the size of its bed is taken to end."""
ROUNDED_MM = 2.0
"""A device that gives so much less than asked has only rounded."""
CORNERS = ("tl_x", "tl_y", "br_x", "br_y")


def choose(device: Device, request: ScanRequest) -> tuple[int, int] | None:
    """Set the region in the device's own unit, cut to its bed, and keep within what a station handles.

    Returns: the width and height that the device made of it, in millimetres, where it scans less than was asked.
    Raises: CodedError SCANNER-SETTING where the region does not lie on the bed, SCANNER-TOO-LARGE.
    """
    scanner_limits.check(request.width_mm, request.height_mm, request.resolution_dpi, resolutions_dpi(device))
    bed_mm = largest_mm(device)
    if min(bed_mm) > 0 and not (0 <= request.left_mm < bed_mm[0] and 0 <= request.top_mm < bed_mm[1]):
        raise scanner_errors.setting("region", f"{request.left_mm:g}, {request.top_mm:g} mm")
    asked_mm = {
        "tl_x": request.left_mm,
        "tl_y": request.top_mm,
        "br_x": min(request.left_mm + request.width_mm, bed_mm[0] or FAR_MM),
        "br_y": min(request.top_mm + request.height_mm, bed_mm[1] or FAR_MM),
    }
    for page_size, value in (("page_width", asked_mm["br_x"]), ("page_height", asked_mm["br_y"])):
        if page_size in device.opt and is_open(device, page_size):
            put(device, page_size, value, is_exact=False)
    widened_mm = {"br_x": max(bed_mm[0], asked_mm["br_x"]), "br_y": max(bed_mm[1], asked_mm["br_y"])}
    for corners_mm in (widened_mm, asked_mm):  # a corner beyond its opposite, left from the scan before, may be refused
        for name, value_mm in corners_mm.items():
            if is_open(device, name):
                put(device, name, _in_unit(device, name, value_mm), is_exact=False)
    return _cut(asked_mm, {name: _read_mm(device, name) for name in CORNERS if is_open(device, name)})


def _cut(asked_mm: dict[str, float], known_mm: dict[str, float]) -> tuple[int, int] | None:
    """The size that is left where a device has taken more off the region than rounding does."""
    got_mm = asked_mm | known_mm
    across_mm = max(0.0, got_mm["tl_x"] - asked_mm["tl_x"]) + max(0.0, asked_mm["br_x"] - got_mm["br_x"])
    along_mm = max(0.0, got_mm["tl_y"] - asked_mm["tl_y"]) + max(0.0, asked_mm["br_y"] - got_mm["br_y"])
    if max(across_mm, along_mm) <= ROUNDED_MM:
        return None
    return round(got_mm["br_x"] - got_mm["tl_x"]), round(got_mm["br_y"] - got_mm["tl_y"])


def _in_unit(device: Device, name: str, value_mm: float) -> float:
    """A length in the unit of an option: millimetres, or picture elements at the resolution that is set."""
    return value_mm if device.opt[name].unit != UNIT_PIXEL else round(value_mm / MM_PER_INCH * _dpi(device))


def _read_mm(device: Device, name: str) -> float:
    value = float(getattr(device, name))
    dpi = _dpi(device) if device.opt[name].unit == UNIT_PIXEL else 0.0
    return value / dpi * MM_PER_INCH if dpi else value


def _dpi(device: Device) -> float:
    resolution = resolution_option(device)
    return float(getattr(device, resolution)) if resolution else 0.0
