"""Which scanner an address means, when names change and when SANE lists more than scanners."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.scanner_names import Listed, Wanted, parse, usb_serial

GLASS = Listed("genesys:libusb:001:009", "Canon", "LiDE 220", "flatbed scanner")
OFFICE = Listed("airscan:e1:Office [C81D4C]", "eSCL", "Office [C81D4C]", "ip=192.0.2.7")
CAMERA = Listed("v4l:/dev/video0", "Noname", "Desk camera", "virtual device")


def wanted(name: str, **settings: object) -> Wanted:
    return parse(f"sane:{name}", settings)


def test_auto_never_means_a_camera_and_a_name_may() -> None:
    assert not wanted("auto").means(CAMERA)
    assert wanted("auto").means(GLASS)
    assert wanted("v4l:*").means(CAMERA)


@pytest.mark.parametrize(
    ("name", "settings", "found"),
    [
        ("genesys:libusb:001:004", {}, GLASS),
        ("genesys:libusb:002:004", {"model": "LiDE*"}, GLASS),
        ("airscan:e0:Office [C81D4C]", {}, OFFICE),
        ("genesys:libusb:001:004", {"model": "LiDE 110"}, None),
        ("pixma:libusb:001:004", {}, None),
        ("airscan:e1:Office [000000]", {}, None),
        ("v4l:/dev/video1", {}, None),
        ("auto", {}, None),
    ],
)
def test_a_plain_name_is_followed_to_its_new_place(name: str, settings: dict[str, object], found: Listed) -> None:
    assert wanted(name, **settings).moved([CAMERA, GLASS, OFFICE]) == found


def test_of_two_that_may_be_meant_none_is() -> None:
    other = Listed("genesys:libusb:001:010", "Canon", "LiDE 220", serial="B7")
    assert wanted("genesys:libusb:001:004").moved([GLASS, other]) is None
    assert wanted("genesys:libusb:001:004", serial="B7").moved([GLASS, other]) == other


def test_the_serial_number_is_that_of_the_device_at_the_place(tmp_path: Path) -> None:
    for number, serial in ((4, "A6\n"), (5, None)):
        device = tmp_path / f"1-{number}"
        device.mkdir()
        (device / "busnum").write_text("1\n")
        (device / "devnum").write_text(f"{number}\n")
        if serial is not None:
            (device / "serial").write_text(serial)
    assert usb_serial("genesys:libusb:001:004", tmp_path) == "A6"
    assert usb_serial("genesys:libusb:001:005", tmp_path) is None
    assert usb_serial("genesys:libusb:001:006", tmp_path) is None
    assert usb_serial("airscan:e0:Office", tmp_path) is None
