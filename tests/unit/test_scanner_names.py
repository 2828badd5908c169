"""Which scanner an address means, when names change and when SANE lists more than scanners."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.scanner_names import Listed, Wanted, parse, usb_plate
from drivers.usb_plate import UsbPlate

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


def test_what_is_known_of_a_usb_device_is_what_the_one_at_the_place_says(tmp_path: Path) -> None:
    whole = {"serial": "A6\n", "manufacturer": "Canon", "product": "LiDE\x07 220"}
    whole |= {"idVendor": "04a9", "idProduct": "190f"}
    for number, told in ((4, whole), (5, {})):
        device = tmp_path / f"1-{number}"
        device.mkdir()
        for name, text in {"busnum": "1\n", "devnum": f"{number}\n", **told}.items():
            (device / name).write_text(text)
    assert usb_plate("genesys:libusb:001:004", tmp_path) == UsbPlate("Canon", "LiDE 220", "A6", "04a9:190f")
    for name in ("genesys:libusb:001:005", "genesys:libusb:001:006", "airscan:e0:Office"):
        assert usb_plate(name, tmp_path) == UsbPlate()
