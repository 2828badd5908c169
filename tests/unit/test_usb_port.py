"""The USB wire over a device in memory: both endpoint shapes, packets, and every error that libusb knows."""

from __future__ import annotations

import errno
from collections import deque

import pytest
import usb.core

from agent.clock import SystemClock
from drivers.api import Deadline, DeviceAbsent, DeviceError, DeviceTimeout
from drivers.reader_address import UsbAddress
from drivers.usb_port import Pipes, UsbPort, UsbTransport, choose_pipes

FIND = bytes.fromhex("AA AA AA 96 69 00 03 20 01 22")
FOUND = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
SPLIT = Pipes(0x02, 0x06, 0x81, 0x85)
PAIR = Pipes(0x01, 0x01, 0x82, 0x82)


class FakeDevice:
    """Packets by endpoint; a read takes them until a short one, as a bulk transfer does."""

    def __init__(self) -> None:
        self.written: list[tuple[int, bytes]] = []
        self.packets: dict[int, deque[bytes]] = {}
        self.sizes: list[int] = []
        self.halts: list[int] = []
        self.error: int | None = None

    def say(self, endpoint: int, data: bytes) -> None:
        packets = self.packets.setdefault(endpoint, deque())
        packets.extend(data[start : start + 64] for start in range(0, len(data), 64))
        if len(data) % 64 == 0:
            packets.append(b"")

    def write(self, endpoint: int, data: bytes, timeout_ms: int) -> int:
        self._fail()
        assert timeout_ms >= 1
        self.written.append((endpoint, bytes(data)))
        return len(data)

    def read(self, endpoint: int, size: int, timeout_ms: int) -> bytes:
        self._fail()
        assert timeout_ms >= 1
        assert size % 64 == 0
        self.sizes.append(size)
        packets = self.packets.get(endpoint) or deque()
        if not packets:
            raise usb.core.USBTimeoutError("timeout", errno=errno.ETIMEDOUT)
        data = b""
        while packets and len(data) < size:
            packet = packets.popleft()
            data += packet
            if len(packet) < 64:
                break
        return data

    def clear_halt(self, endpoint: int) -> None:
        self.halts.append(endpoint)

    def _fail(self) -> None:
        if self.error == errno.ETIMEDOUT:
            raise usb.core.USBTimeoutError("timeout", errno=self.error)
        if self.error is not None:
            raise usb.core.USBError("broken", errno=self.error)


def within(limit_s: float) -> Deadline:
    return Deadline.after(SystemClock(), limit_s)


def transport_of(pipes: Pipes) -> tuple[FakeDevice, UsbTransport]:
    device = FakeDevice()
    return device, UsbTransport(device, 0, pipes, "usb:0400:c35a", "test")


def read_all(transport: UsbTransport) -> bytes:
    data = b""
    while chunk := transport.read(within(0.0)):
        data += chunk
    return data


def test_shape_is_chosen_by_the_descriptor() -> None:
    assert choose_pipes([0x02, 0x81, 0x06, 0x85]) == SPLIT
    assert choose_pipes([0x01, 0x82, 0x83]) == PAIR
    assert choose_pipes([0x81]) is None
    assert choose_pipes([]) is None


def test_request_is_cut_as_the_shape_wants_it() -> None:
    device, transport = transport_of(SPLIT)
    transport.write(FIND, within(1))
    assert device.written == [(0x02, FIND[:7]), (0x06, FIND[7:])]
    device, transport = transport_of(PAIR)
    transport.write(FIND, within(1))
    assert device.written == [(0x01, FIND)]


@pytest.mark.parametrize("body_bytes", [4, 56, 57, 58, 64, 121, 128, 1288, 4096])
@pytest.mark.parametrize("pipes", [SPLIT, PAIR])
def test_answer_of_any_size(pipes: Pipes, body_bytes: int) -> None:
    frame = b"\xaa\xaa\xaa\x96\x69" + body_bytes.to_bytes(2, "big") + bytes(body_bytes)
    device, transport = transport_of(pipes)
    for _ in range(2):
        if pipes.are_split:
            device.say(0x81, frame[:7])
            device.say(0x85, frame[7:])
        else:
            device.say(0x82, frame)
        assert read_all(transport) == frame


def test_frames_that_come_as_one_transfer() -> None:
    device, transport = transport_of(SPLIT)
    device.say(0x81, FOUND[:7])
    device.say(0x85, FOUND[7:] + FOUND + FOUND[:7])
    device.say(0x85, FOUND[7:])
    assert read_all(transport) == FOUND * 3


@pytest.mark.parametrize("pipes", [SPLIT, PAIR])
def test_preamble_inside_a_body_announces_nothing(pipes: Pipes) -> None:
    frame = FOUND[:5] + b"\x00\xc8" + (FOUND[:5] + b"\x0f\xff").ljust(200, b"\xaa")
    device, transport = transport_of(pipes)
    for _ in range(2):
        device.say(pipes.head_in, frame[:7] if pipes.are_split else frame)
        if pipes.are_split:
            device.say(0x85, frame[7:])
        assert read_all(transport) == frame
    assert max(device.sizes) <= 256


def test_head_in_pieces() -> None:
    device, transport = transport_of(SPLIT)
    device.say(0x81, FOUND[:3])
    device.say(0x81, FOUND[3:7])
    device.say(0x85, FOUND[7:])
    assert read_all(transport) == FOUND


def test_body_that_does_not_come_does_not_hold_the_next_answer() -> None:
    device, transport = transport_of(SPLIT)
    device.say(0x81, FOUND[:7])
    assert read_all(transport) == FOUND[:7]
    device.say(0x85, b"late")
    assert read_all(transport) == b"late"
    device.say(0x81, FOUND[:7])
    device.say(0x85, FOUND[7:])
    assert read_all(transport) == FOUND


def test_zero_length_packets_are_passed_over() -> None:
    device, transport = transport_of(PAIR)
    device.say(0x82, b"")
    device.say(0x82, FOUND)
    assert transport.read(within(1.0)) == FOUND


def test_whole_answer_is_asked_for_at_once() -> None:
    device, transport = transport_of(PAIR)
    device.say(0x82, b"\xaa\xaa\xaa\x96\x69\x05\x08" + bytes(1288))
    transport.read(within(1.0))
    transport.read(within(1.0))
    assert device.sizes == [64, 1280]


@pytest.mark.parametrize("number", [errno.ENODEV, errno.EIO, errno.ENOENT, errno.ESHUTDOWN])
def test_gone(number: int) -> None:
    device, transport = transport_of(SPLIT)
    device.error = number
    with pytest.raises(DeviceAbsent):
        transport.read(within(1))
    with pytest.raises(DeviceAbsent):
        transport.write(FIND, within(1))


@pytest.mark.parametrize(("number", "reason"), [(errno.EPIPE, "noise"), (errno.EOVERFLOW, "length")])
def test_line_errors(number: int, reason: str) -> None:
    device, transport = transport_of(SPLIT)
    device.error = number
    with pytest.raises(DeviceError) as error:
        transport.read(within(1))
    assert (error.value.code, error.value.facts["reason"]) == ("READER-LINE", reason)
    assert device.halts == ([0x81] if number == errno.EPIPE else [])


def test_timeouts() -> None:
    device, transport = transport_of(PAIR)
    device.error = errno.ETIMEDOUT
    assert transport.read(within(0.0)) == b""
    with pytest.raises(DeviceTimeout):
        transport.write(FIND, within(0.0))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "READER-PERMISSION"),
        (errno.EBUSY, "READER-BUSY"),
        (errno.ENODEV, "READER-ABSENT"),
        (errno.ECONNREFUSED, "READER-ABSENT"),
    ],
)
def test_errors_of_opening(monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    def find(**_: object) -> None:
        raise usb.core.USBError("broken", errno=number)

    monkeypatch.setattr(usb.core, "find", find)
    with pytest.raises(DeviceError) as error:
        UsbPort(UsbAddress("0400:c35a"), "usb:0400:c35a").open()
    assert error.value.code == code


def test_no_device_and_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb.core, "find", lambda **_: iter(()))
    with pytest.raises(DeviceAbsent):
        UsbPort(UsbAddress("0400:c35a"), "usb:0400:c35a").open()

    def find(**_: object) -> None:
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr(usb.core, "find", find)
    with pytest.raises(DeviceAbsent):
        UsbPort(UsbAddress("0400:c35a"), "usb:0400:c35a").open()
