"""The wire to a reader on USB, over pyusb, in both endpoint shapes that are known.

Shape A, "split pipes": the seven bytes of preamble and LEN go through pipes of their own (OUT 02, IN 81), the rest
through others (OUT 06, IN 85).  Shape B, "one pair": whole frames through the first bulk OUT and the first bulk IN.

Source: SAM_V communication protocol, USB interface.
"""

from __future__ import annotations

import errno
import importlib
import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from drivers import reader_errors
from drivers.api import Deadline, DeviceError
from drivers.reader_address import UsbAddress
from drivers.sam_frame import HEAD_BYTES, MAX_FRAME_BYTES, PREAMBLE

READER_VID_PID = "0400:c35a"

_IDENTITY = ("idVendor", "idProduct", "serial", "product")
_PACKET_BYTES = 64
_LARGEST_READ_BYTES = math.ceil(MAX_FRAME_BYTES / _PACKET_BYTES) * _PACKET_BYTES
_SPLIT = (0x02, 0x06, 0x81, 0x85)
_BULK = 2
_GONE = frozenset({errno.ENODEV, errno.ENOENT, errno.EIO, errno.ENXIO, errno.ESHUTDOWN, errno.EPROTO})


@dataclass(frozen=True, slots=True)
class Pipes:
    """Endpoint addresses.  In shape B head and body share their pipes."""

    head_out: int
    body_out: int
    head_in: int
    body_in: int

    @property
    def are_split(self) -> bool:
        """Whether this is shape A."""
        return self.head_in != self.body_in


def list_usb_readers() -> list[tuple[str, str]]:
    """Address and description of each plugged device that identifies itself as a SAM_V reader.  Nothing is opened."""
    import pyudev  # noqa: PLC0415 - loads libudev, which only the worker may

    found = []
    for device in pyudev.Context().list_devices(subsystem="usb", DEVTYPE="usb_device"):
        words = [(device.attributes.get(name) or b"").decode("utf-8", "replace").strip() for name in _IDENTITY]
        vendor, product, serial, model = words
        if f"{vendor}:{product}" == READER_VID_PID:
            address = ":".join(filter(None, ("usb", vendor, product, serial)))
            found.append((address, " ".join(filter(None, (model, serial, READER_VID_PID)))))
    return found


def choose_pipes(bulk_endpoints: list[int]) -> Pipes | None:
    """The shape that these bulk endpoints, in the order of the descriptor, allow; None where there is no pair."""
    if set(_SPLIT) <= set(bulk_endpoints):
        return Pipes(*_SPLIT)
    outs = [endpoint for endpoint in bulk_endpoints if endpoint < 0x80]
    ins = [endpoint for endpoint in bulk_endpoints if endpoint >= 0x80]
    return Pipes(outs[0], outs[0], ins[0], ins[0]) if outs and ins else None


class UsbTransport:
    """An open reader on USB with its interface claimed."""

    def __init__(self, device: Any, interface: int, pipes: Pipes, address: str, description: str) -> None:
        self._device = device
        self._interface = interface
        self._pipes = pipes
        self._address = address
        self._description = description
        self._head = b""
        self._announced_bytes = 0  # what the last head promised and has not come yet

    @property
    def speed_baud(self) -> None:
        """USB has no baud rate."""
        return

    @property
    def address(self) -> str:
        """The address as configured."""
        return self._address

    @property
    def description(self) -> str:
        """What the device calls itself."""
        return self._description

    def write(self, wire: bytes, deadline: Deadline) -> None:
        """Send a whole frame, cut as the shape wants it."""
        if self._pipes.are_split:
            self._write(self._pipes.head_out, wire[:HEAD_BYTES], deadline)
            self._write(self._pipes.body_out, wire[HEAD_BYTES:], deadline)
        else:
            self._write(self._pipes.body_out, wire, deadline)

    def read(self, deadline: Deadline) -> bytes:
        """Return what the next transfer brings; empty at the deadline.  Zero-length packets are passed over."""
        while True:
            chunk = self._read_next(deadline)
            if chunk or deadline.is_expired:
                return chunk

    def set_speed(self, speed_baud: int) -> None:
        """USB has no baud rate: nothing to do."""

    def has_second_opener(self) -> bool:
        """Never: the interface is claimed for us alone."""
        return False

    def close(self) -> None:
        """Release the interface and the device."""
        import usb.core  # noqa: PLC0415
        import usb.util  # noqa: PLC0415

        with suppress(usb.core.USBError, NotImplementedError):
            usb.util.release_interface(self._device, self._interface)
        with suppress(usb.core.USBError, NotImplementedError):
            usb.util.dispose_resources(self._device)

    def fileno(self) -> int | None:
        """USB shows no descriptor."""
        return None

    def _read_next(self, deadline: Deadline) -> bytes:
        is_body = self._announced_bytes > 0
        chunk = self._transfer(self._pipes.body_in if is_body else self._pipes.head_in, deadline)
        if chunk:
            self._account(chunk)
        else:
            self._announced_bytes = 0
        if not chunk and not is_body and self._pipes.are_split and deadline.is_expired:
            # A body whose head was lost would stand before the next one for ever.
            chunk = self._transfer(self._pipes.body_in, deadline)
        return chunk

    def _account(self, chunk: bytes) -> None:
        """Learn from each head how much is to come: which pipe it comes through, and how much to ask for at once."""
        seen = self._head + chunk[self._announced_bytes :]
        self._announced_bytes = max(0, self._announced_bytes - len(chunk))
        while True:
            start = seen.find(PREAMBLE)
            body_start = start + HEAD_BYTES
            if start < 0 or body_start > len(seen):
                self._head = seen[-(HEAD_BYTES - 1) :]
                return
            end = body_start + int.from_bytes(seen[start + len(PREAMBLE) : body_start], "big")
            if end > len(seen):
                self._head, self._announced_bytes = b"", end - len(seen)
                return
            seen = seen[end:]

    def _transfer(self, endpoint: int, deadline: Deadline) -> bytes:
        import usb.core  # noqa: PLC0415

        packets = max(1, math.ceil(self._announced_bytes / _PACKET_BYTES))
        size_bytes = min(packets * _PACKET_BYTES, _LARGEST_READ_BYTES)
        try:
            return bytes(self._device.read(endpoint, size_bytes, _milliseconds(deadline)))
        except usb.core.USBTimeoutError:
            return b""
        except usb.core.USBError as error:
            raise self._translated(error, endpoint) from error

    def _write(self, endpoint: int, wire: bytes, deadline: Deadline) -> None:
        import usb.core  # noqa: PLC0415

        try:
            self._device.write(endpoint, wire, _milliseconds(deadline))
        except usb.core.USBTimeoutError as error:
            raise reader_errors.silent(deadline) from error
        except usb.core.USBError as error:
            raise self._translated(error, endpoint) from error

    def _translated(self, error: OSError, endpoint: int) -> DeviceError:
        if error.errno in _GONE:
            return reader_errors.absent(self._address)
        if error.errno == errno.EPIPE:
            import usb.core  # noqa: PLC0415

            with suppress(usb.core.USBError, NotImplementedError):
                self._device.clear_halt(endpoint)
        return reader_errors.line("length" if error.errno == errno.EOVERFLOW else "noise")


class UsbPort:
    """A reader on USB by vendor, product and, where it matters, serial number."""

    def __init__(self, address: UsbAddress, shown_address: str) -> None:
        self._address = address
        self._shown_address = shown_address

    @property
    def speeds_baud(self) -> tuple[int, ...]:
        """USB has no baud rate."""
        return ()

    def open(self) -> UsbTransport:
        """Find the device, claim its interface and choose the shape."""
        import usb.core  # noqa: PLC0415 - only the worker that opens a reader loads it

        try:
            device = self._find()
            if device is None:
                raise reader_errors.absent(self._shown_address)
            return self._claim(device)
        except usb.core.NoBackendError as error:
            raise reader_errors.absent(self._shown_address) from error
        except ImportError as error:
            raise reader_errors.address_not_understood(self._shown_address) from error
        except OSError as error:
            raise self._translated(error) from error

    def _find(self) -> Any:
        import usb.core  # noqa: PLC0415

        vendor, product = (int(part, 16) for part in self._address.vid_pid.split(":"))
        backend = None
        if self._address.backend is not None:
            backend = importlib.import_module(self._address.backend).create_backend(self._address.at)
        found = usb.core.find(find_all=True, backend=backend, idVendor=vendor, idProduct=product)
        wanted = self._address.serial
        return next((device for device in found if wanted is None or _serial_number(device) == wanted), None)

    def _claim(self, device: Any) -> UsbTransport:
        import usb.core  # noqa: PLC0415
        import usb.util  # noqa: PLC0415

        try:
            configuration = device.get_active_configuration()
        except usb.core.USBError:
            device.set_configuration()
            configuration = device.get_active_configuration()
        for interface in configuration:
            bulk = [
                endpoint.bEndpointAddress
                for endpoint in interface
                if usb.util.endpoint_type(endpoint.bmAttributes) == _BULK
            ]
            pipes = choose_pipes(bulk)
            if pipes is None:
                continue
            number = interface.bInterfaceNumber
            with suppress(NotImplementedError):
                if device.is_kernel_driver_active(number):
                    device.detach_kernel_driver(number)
            usb.util.claim_interface(device, number)
            description = f"USB {self._address.vid_pid} {_serial_number(device)}".rstrip()
            return UsbTransport(device, number, pipes, self._shown_address, description)
        raise reader_errors.not_a_reader(self._shown_address)

    def _translated(self, error: OSError) -> DeviceError:
        if error.errno in {errno.EACCES, errno.EPERM}:
            return reader_errors.permission(self._shown_address)
        if error.errno == errno.EBUSY:
            return reader_errors.busy(self._shown_address)
        return reader_errors.absent(self._shown_address)


def _serial_number(device: Any) -> str:
    """The device's serial number; empty where it has none or does not tell."""
    import usb.core  # noqa: PLC0415

    try:
        return str(device.serial_number or "")
    except (usb.core.USBError, ValueError, NotImplementedError):
        return ""


def _milliseconds(deadline: Deadline) -> int:
    """At least one: libusb waits for ever on zero."""
    return max(1, math.ceil(deadline.remaining_s * 1000))
