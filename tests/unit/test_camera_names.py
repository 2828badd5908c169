"""Which camera an address means; where several could be meant, none is."""

from __future__ import annotations

import socket

import pytest

from drivers.api import CodedError, DeviceAbsent, NeedsOperator
from drivers.camera_names import (
    Line,
    Listed,
    Wanted,
    candidate,
    is_listening,
    meant,
    network_path,
    parse,
    place_of,
)
from drivers.usb_plate import UsbDevice, UsbPlate


def listed(serial: str | None, device: int = 4) -> Listed:
    plate = UsbPlate("NIKON", "NIKON DSC D7100", serial, "04b0:0430")
    return Listed("Nikon DSC D7100 (PTP mode)", f"usb:001,{device:03}", UsbDevice(1, device, plate, is_camera=True))


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("gphoto2:usb", Wanted(Line.USB)),
        ("gphoto2:usb:000002514083", Wanted(Line.USB, serial="000002514083")),
        ("gphoto2:usb:A:B", Wanted(Line.USB, serial="A:B")),
        ("gphoto2:ptpip:127.0.0.1:15741", Wanted(Line.NETWORK, host="127.0.0.1", port=15741)),
        ("gphoto2:ptpip:camera.station", Wanted(Line.NETWORK, host="camera.station", port=15740)),
    ],
)
def test_an_address_is_understood(address: str, wanted: Wanted) -> None:
    assert parse(address, {}) == wanted


@pytest.mark.parametrize(
    "address",
    [
        "", "gphoto2", "gphoto2:", "gphoto2:usb:", "gphoto2:USB", "usb:1", "sane:auto", "gphoto2:usb:\x07",
        "gphoto2:usb:" + "x" * 65, "gphoto2:ptpip", "gphoto2:ptpip:", "gphoto2:ptpip:h:", "gphoto2:ptpip:h:0",
        "gphoto2:ptpip:h:65536", "gphoto2:ptpip:h:12:13", "gphoto2:ptpip:h:²", "gphoto2:ptpip:h h:1",
        "gphoto2:ptpip:::1:5", "gphoto2:ptpip:-h:1", "gphoto2:vusb", "gphoto2:vusb:x", "gphoto2:serial:/dev/ttyS0",
    ],
)  # fmt: skip
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(CodedError, match="CAMERA-ADDRESS"):
        parse(address, {})


def test_the_make_believe_camera_is_meant_only_where_the_settings_name_its_folder() -> None:
    assert parse("gphoto2:vusb", {"folder": "/x"}) == Wanted(Line.MAKE_BELIEVE, folder="/x")
    with pytest.raises(CodedError, match="CAMERA-ADDRESS"):
        parse("gphoto2:vusb", {"folder": ""})


def test_the_only_camera_is_the_one_and_of_several_none_is() -> None:
    one, other = listed("A1"), listed("B2", 5)
    assert meant(Wanted(Line.USB), [one], "x") is one
    with pytest.raises(NeedsOperator, match="CAMERA-SEVERAL") as caught:
        meant(Wanted(Line.USB), [one, other], "x")
    assert caught.value.facts == {"count": 2, "addresses": "gphoto2:usb:A1, gphoto2:usb:B2"}
    with pytest.raises(DeviceAbsent, match="CAMERA-ABSENT"):
        meant(Wanted(Line.USB), [], "gphoto2:usb")


def test_a_serial_number_means_that_camera_and_no_other() -> None:
    one, other, silent = listed("A1"), listed("B2", 5), listed(None, 6)
    wanted = Wanted(Line.USB, serial="B2")
    assert meant(wanted, [one, other, silent], "x") is other
    with pytest.raises(DeviceAbsent):
        meant(wanted, [one, silent], "x")
    with pytest.raises(NeedsOperator, match="CAMERA-SEVERAL"):
        meant(wanted, [other, listed("B2", 7)], "x")


def test_what_a_technician_may_choose_means_the_same_camera_again() -> None:
    found = candidate(listed("A1").device)
    assert (found.address, found.description) == ("gphoto2:usb:A1", "NIKON NIKON DSC D7100 A1")
    assert parse(found.address, {}).serial == "A1"
    assert candidate(listed(None).device).address == "gphoto2:usb"


def test_places_on_usb_are_read_from_the_librarys_paths() -> None:
    assert place_of("usb:001,004") == (1, 4)
    assert [place_of(path) for path in ("usb:", "ptpip:1.2.3.4", "usb:001,004x")] == [None, None, None]


def test_the_library_is_given_numbers_and_the_port_twice() -> None:
    assert network_path(parse("gphoto2:ptpip:localhost:15741", {})) == "ptpip:127.0.0.1:15741:15741"


def test_whether_anything_listens_there_is_found_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        wanted = Wanted(Line.NETWORK, host="127.0.0.1", port=server.getsockname()[1])
        assert is_listening(wanted, 5.0)
    assert not is_listening(wanted, 5.0)
