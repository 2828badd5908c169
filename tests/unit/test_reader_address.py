"""The addresses of a reader, and the driver made from them."""

from __future__ import annotations

import pytest

from drivers import reader_address
from drivers.api import CodedError
from drivers.reader_address import SerialAddress, UsbAddress

UNDERSTOOD = {
    "serial:/dev/ttyUSB0": SerialAddress(path="/dev/ttyUSB0"),
    "serial:/dev/renhu/reader?baud=9600": SerialAddress(path="/dev/renhu/reader", speed_baud=9600),
    "serial:/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0": SerialAddress(
        path="/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0"
    ),
    "serial:usb-1A86:7523": SerialAddress(vid_pid="1a86:7523"),
    "serial:usb-1a86:7523:A1:B2": SerialAddress(vid_pid="1a86:7523", serial="A1:B2"),
    "serial:auto": SerialAddress(),
    "usb:0400:c35a": UsbAddress("0400:c35a"),
    "usb:0400:C35A:S1": UsbAddress("0400:c35a", "S1"),
    "usb:0400:c35a?backend=simulators.usb_backend&at=127.0.0.1:4711": UsbAddress(
        "0400:c35a", None, "simulators.usb_backend", "127.0.0.1:4711"
    ),
}


@pytest.mark.parametrize(("address", "expected"), UNDERSTOOD.items())
def test_understood(address: str, expected: SerialAddress | UsbAddress) -> None:
    assert reader_address.parse(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "",
        "serial",
        "serial:",
        "serial:ttyUSB0",
        "serial:usb-1a86",
        "serial:usb-1a86:7523:",
        "serial:/dev/ttyUSB0?baud=1200",
        "serial:/dev/ttyUSB0?baud=",
        "serial:/dev/ttyUSB0?speed=9600",
        "serial:/dev/ttyUSB0?nonsense",
        "serial:/dev/ttyUSB0?baud=9600&baud=9600",
        "usb:0400",
        "usb:0400:c35a?backend=simulators.usb_backend",
        "usb:0400:c35a?backend=../x&at=127.0.0.1:1",
        "usb:0400:c35a?backend=a&at=nowhere",
        "sane:auto",
    ],
)
def test_not_understood(address: str) -> None:
    with pytest.raises(CodedError) as error:
        reader_address.parse(address)
    assert error.value.code == "READER-ADDRESS"
