# ruff: noqa: ARG002 (the signatures are pyusb's)
"""A pyusb backend that forwards every transfer to the simulator process: above it, pyusb's own code runs unchanged.

Named in an address (`usb:0400:c35a?backend=simulators.usb_backend&at=HOST:PORT`) and loaded by name in the worker.
"""

from __future__ import annotations

import errno
import json
import os
import socket
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

from simulators.usb_frames import PACKET_BYTES, Call, Operation, read_reply

VENDOR, PRODUCT = 0x0400, 0xC35A
CONNECT_S = 2.0
_SPARE_S = 5.0
_GET_DESCRIPTOR, _STRING = 0x06, 0x03
_LANGUAGE = 0x0409
_STRINGS = {1: "Renhu", 2: "Simulated ID card reader"}
_SERIAL_INDEX = 3


@dataclass(frozen=True)
class _Device:
    """What enumeration found."""

    bus: int
    address: int
    serial_number: str
    endpoints: tuple[int, ...]


@dataclass
class _Handle:
    """An opened device: one connection to the simulator."""

    device: _Device
    connection: socket.socket

    def call(self, call: Call) -> bytes:
        """Make a call and wait for its reply.

        Raises:
            usb.core.USBError: with the errno that the kernel would give.
        """
        limit_s = call.timeout_ms / 1000 + _SPARE_S if call.timeout_ms or call.operation is not Operation.READ else None
        try:
            self.connection.settimeout(limit_s)
            self.connection.sendall(call.pack())
            code, data = read_reply(self.connection)
        except OSError as error:
            raise _error(errno.ENODEV) from error
        if code:
            raise _error(code)
        return data


class Backend(usb.backend.IBackend):  # type: ignore[misc]  # pyusb has no types
    """The backend itself.  Descriptors are made here, from what the simulator says about its endpoints."""

    def __init__(self, at: str) -> None:
        super().__init__()
        host, _, port = at.rpartition(":")
        self._at = (host, int(port))

    def enumerate_devices(self) -> Iterator[_Device]:
        """The reader, unless it is unplugged or its process has ended."""
        try:
            with socket.create_connection(self._at, timeout=CONNECT_S) as connection:
                connection.sendall(Call(Operation.DESCRIBE).pack())
                _, data = read_reply(connection)
        except OSError:
            return
        found = json.loads(data)
        if found is not None:
            yield _Device(found["bus"], found["address"], found["serial_number"], tuple(found["endpoints"]))

    def get_device_descriptor(self, dev: _Device) -> SimpleNamespace:
        """18 bytes' worth of device descriptor."""
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0110, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=8, idVendor=VENDOR, idProduct=PRODUCT, bcdDevice=0x0100, iManufacturer=1, iProduct=2,
            iSerialNumber=_SERIAL_INDEX, bNumConfigurations=1, address=dev.address, bus=dev.bus, port_number=1,
            port_numbers=(1,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: _Device, config: int) -> SimpleNamespace:
        """The only configuration: self-powered."""
        if config != 0:
            raise IndexError("no such configuration")
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=18 + 7 * len(dev.endpoints), bNumInterfaces=1,
            bConfigurationValue=1, iConfiguration=0, bmAttributes=0xC0, bMaxPower=0, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: _Device, intf: int, alt: int, config: int) -> SimpleNamespace:
        """The only interface: vendor specific."""
        if (intf, alt, config) != (0, 0, 0):
            raise IndexError("no such interface")
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=len(dev.endpoints),
            bInterfaceClass=0xFF, bInterfaceSubClass=0, bInterfaceProtocol=0, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: _Device, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        """A bulk endpoint of 64-byte packets."""
        if (intf, alt, config) != (0, 0, 0):
            raise IndexError("no such interface")
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=dev.endpoints[ep], bmAttributes=2,
            wMaxPacketSize=PACKET_BYTES, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: _Device) -> _Handle:
        """Open the device."""
        try:
            connection = socket.create_connection(self._at, timeout=CONNECT_S)
        except OSError as error:
            raise _error(errno.ENODEV) from error
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        handle = _Handle(dev, connection)
        try:
            handle.call(Call(Operation.OPEN))
        except usb.core.USBError:
            connection.close()
            raise
        return handle

    def close_device(self, dev_handle: _Handle) -> None:
        """Close it; its claim goes with it."""
        dev_handle.connection.close()

    def set_configuration(self, dev_handle: _Handle, config_value: int) -> None:
        """There is only one."""

    def get_configuration(self, dev_handle: _Handle) -> int:
        """There is only one."""
        return 1

    def set_interface_altsetting(self, dev_handle: _Handle, intf: int, altsetting: int) -> None:
        """There is only one."""

    def claim_interface(self, dev_handle: _Handle, intf: int) -> None:
        """Claim the interface; EBUSY while another has it."""
        dev_handle.call(Call(Operation.CLAIM))

    def release_interface(self, dev_handle: _Handle, intf: int) -> None:
        """Give the interface back."""
        dev_handle.call(Call(Operation.RELEASE))

    def bulk_write(self, dev_handle: _Handle, ep: int, intf: int, data: array[int], timeout: int) -> int:
        """Send a transfer."""
        dev_handle.call(Call(Operation.WRITE, ep, 0, timeout, bytes(data)))
        return len(data)

    def bulk_read(self, dev_handle: _Handle, ep: int, intf: int, buff: array[int], timeout: int) -> int:
        """Receive a transfer into the buffer.

        Raises:
            usb.core.USBError: EOVERFLOW when a packet does not fit, ENODEV when the device has gone, ETIMEDOUT.
        """
        data = dev_handle.call(Call(Operation.READ, ep, len(buff) * buff.itemsize, timeout))
        memoryview(buff).cast("B")[: len(data)] = data
        return len(data)

    def ctrl_transfer(
        self,
        dev_handle: _Handle,
        bmRequestType: int,  # noqa: N803 (pyusb's name)
        bRequest: int,  # noqa: N803
        wValue: int,  # noqa: N803
        wIndex: int,  # noqa: N803
        data: Any,
        timeout: int,
    ) -> int:
        """Answer the string descriptors; everything else stalls."""
        if bRequest != _GET_DESCRIPTOR or wValue >> 8 != _STRING:
            raise _error(errno.EPIPE)
        index = wValue & 0xFF
        text = (_STRINGS | {_SERIAL_INDEX: dev_handle.device.serial_number}).get(index, "")
        body = _LANGUAGE.to_bytes(2, "little") if index == 0 else text.encode("utf-16-le")
        descriptor = bytes([len(body) + 2, _STRING]) + body
        kept = descriptor[: len(data)]
        memoryview(data).cast("B")[: len(kept)] = kept
        return len(kept)

    def clear_halt(self, dev_handle: _Handle, ep: int) -> None:
        """No endpoint ever halts."""

    def reset_device(self, dev_handle: _Handle) -> None:
        """A bus reset changes nothing that the module remembers."""

    def is_kernel_driver_active(self, dev_handle: _Handle, intf: int) -> bool:
        """No kernel driver takes such a reader."""
        return False


def create_backend(at: str) -> usb.backend.IBackend:
    """Make the backend for the simulator that listens at `HOST:PORT`."""
    return Backend(at)


def _error(code: int) -> usb.core.USBError:
    kind = usb.core.USBTimeoutError if code == errno.ETIMEDOUT else usb.core.USBError
    return kind(os.strerror(code), -code, code)
