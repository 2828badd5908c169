"""The USB wires: bulk endpoints with 64-byte packets, offered to the pyusb backend over a loopback connection.

Shape "split": preamble and length of a frame pass through 0x02/0x81, the rest through 0x06/0x85.  Shape "pair": one
bulk pipe each way.  A connection is an opened device: it dies with its process, and so do its claim and its transfers.

Source: SAM_V communication protocol, USB pipes, tables 5-8; both shapes are known from hosts.
"""

from __future__ import annotations

import errno
import json
import socket
import time
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from simulators.sam_codec import HEAD_BYTES
from simulators.usb_frames import PACKET_BYTES, Call, Operation, pack_reply, unpack_call
from simulators.wire import Chunk, Segment, Wire

SHAPES: dict[str, dict[str, tuple[int, ...]]] = {
    "usb-split": {"out": (0x02, 0x06), "in": (0x81, 0x85)},
    "usb-pair": {"out": (0x01,), "in": (0x82,)},
}
_KEPT_PACKETS = 1024


@dataclass(slots=True, eq=False)
class _Host:
    """One connection of the backend."""

    connection: socket.socket
    plug: int = 0
    heard: bytearray = field(default_factory=bytearray)
    waiting: Call | None = None
    got: bytearray = field(default_factory=bytearray)
    deadline_s: float | None = None


class UsbWire(Wire):
    """A USB device of one of the two shapes.

    Args:
        shape: `usb-split` or `usb-pair`.
        serial_number: what the device calls itself; begins with RENHU-SIM-.
    """

    def __init__(self, shape: str, serial_number: str) -> None:
        super().__init__(115200)
        self._out, self._in = SHAPES[shape]["out"], SHAPES[shape]["in"]
        self._serial_number = serial_number
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._hosts: dict[int, _Host] = {}
        self._packets: dict[int, deque[bytes]] = {endpoint: deque() for endpoint in self._in}
        self._owner: _Host | None = None
        self._plug = 0
        self._device_number = 4

    @property
    def address(self) -> str:
        """`usb:` with the backend that forwards to this process."""
        host, port = self._listener.getsockname()
        return f"usb:0400:c35a?backend=simulators.usb_backend&at={host}:{port}"

    def watched(self) -> list[int]:
        """The listener and all connections."""
        return [self._listener.fileno(), *self._hosts]

    @property
    def next_s(self) -> float | None:
        """When the next waiting transfer runs out of time."""
        return min((host.deadline_s for host in self._hosts.values() if host.deadline_s is not None), default=None)

    def serve(self, ready: Collection[int]) -> None:
        """Accept, take calls, and end transfers whose time is over."""
        for descriptor in ready:
            if descriptor == self._listener.fileno():
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.settimeout(1.0)
                self._hosts[connection.fileno()] = _Host(connection)
            elif descriptor in self._hosts:
                self._hear(self._hosts[descriptor])
        self._advance()

    def plug(self, *, other_name: bool) -> None:
        """The device appears, with another number on its bus if asked."""
        self._plug += 1
        self._device_number += other_name
        for packets in self._packets.values():
            packets.clear()
        self.inbox.clear()
        self.is_plugged = True

    def unplug(self) -> None:
        """The device has gone: every transfer ends with ENODEV, now and later."""
        self.is_plugged = False
        self._owner = None
        self._advance()

    def chunks(self, segment: Segment) -> Iterator[Chunk]:
        """Cut into packets, one transfer for each pipe; one that fills its last packet ends with an empty packet."""
        head, rest = segment.data, b""
        if segment.offset is not None and len(self._in) > 1:
            cut = max(0, HEAD_BYTES - segment.offset)
            head, rest = segment.data[:cut], segment.data[cut:]
        for data, endpoint in ((head, self._in[0]), (rest, self._in[-1])):
            for start in range(0, len(data), PACKET_BYTES):
                yield Chunk(data[start : start + PACKET_BYTES], endpoint=endpoint)
            if data and len(data) % PACKET_BYTES == 0:
                yield Chunk(b"", endpoint=endpoint)

    def write(self, chunk: Chunk) -> None:
        """Lay a packet ready; the host takes it when it asks."""
        packets = self._packets[chunk.endpoint]
        if len(packets) >= _KEPT_PACKETS:
            packets.popleft()
        packets.append(chunk.data)
        self._advance()

    def close(self) -> None:
        """The device has gone for good, and the process with it."""
        self.unplug()
        for host in list(self._hosts.values()):
            self._drop(host)
        self._listener.close()

    def _hear(self, host: _Host) -> None:
        """Take what a connection brings; drop it at its end or when it talks nonsense."""
        try:
            piece = host.connection.recv(65536)
            host.heard += piece
            is_gone = not piece
            while not is_gone and (call := unpack_call(host.heard)) is not None:
                self._obey(host, call)
        except (OSError, ValueError):
            is_gone = True
        if is_gone:
            self._drop(host)

    def _obey(self, host: _Host, call: Call) -> None:
        """Answer a call, or let it wait for packets."""
        if call.operation is Operation.DESCRIBE:
            host.connection.sendall(pack_reply(0, json.dumps(self._describe()).encode()))
            return
        if call.operation is Operation.OPEN and self.is_plugged:
            host.plug = self._plug
        if not self._has(host):
            code: int | None = errno.ENODEV
        elif self._is_taken(host, call.operation):
            code = errno.EBUSY
        else:
            code = self._do(host, call)
        if code is not None:
            host.connection.sendall(pack_reply(code))

    def _do(self, host: _Host, call: Call) -> int | None:
        """Carry out a lawful call: an errno, or None when the reply comes later."""
        match call.operation:
            case Operation.CLAIM:
                self._owner = host
            case Operation.RELEASE if self._owner is host:
                self._owner = None
            case Operation.WRITE if call.endpoint in self._out:
                self.inbox += call.data
            case Operation.READ if call.endpoint in self._in:
                host.waiting = call
                host.got.clear()
                host.deadline_s = time.monotonic() + call.timeout_ms / 1000 if call.timeout_ms else None
                return None
            case Operation.READ | Operation.WRITE:
                return errno.ENOENT
        return 0

    def _is_taken(self, host: _Host, operation: Operation) -> bool:
        """Whether the interface belongs to another, or was not claimed before a transfer."""
        if operation is Operation.CLAIM:
            return self._owner is not None and self._owner is not host
        return operation in {Operation.READ, Operation.WRITE} and self._owner is not host

    def _has(self, host: _Host) -> bool:
        """Whether the device that a connection has opened is the one that is plugged in."""
        return self.is_plugged and host.plug == self._plug

    def _advance(self) -> None:
        """Move waiting transfers on."""
        for host in list(self._hosts.values()):
            if host.waiting is None:
                continue
            code = self._fill(host, host.waiting)
            if code is None:
                continue
            host.waiting, host.deadline_s = None, None
            try:
                host.connection.sendall(pack_reply(code, b"" if code else bytes(host.got)))
            except OSError:
                self._drop(host)

    def _fill(self, host: _Host, call: Call) -> int | None:
        """Give a transfer the packets there are: its errno when it has ended, None while it waits.

        A transfer ends when it is full or at a packet that is not full; out of time it keeps what it has.
        """
        if not self._has(host):
            return errno.ENODEV
        packets = self._packets[call.endpoint]
        while packets:
            packet = packets.popleft()
            if len(packet) > call.size - len(host.got):
                return errno.EOVERFLOW
            host.got += packet
            if len(packet) < PACKET_BYTES or len(host.got) == call.size:
                return 0
        if host.deadline_s is not None and time.monotonic() >= host.deadline_s:
            return 0 if host.got else errno.ETIMEDOUT
        return None

    def _describe(self) -> dict[str, object] | None:
        """What enumeration shows; None while unplugged."""
        if not self.is_plugged:
            return None
        return {
            "bus": 1,
            "address": self._device_number,
            "serial_number": self._serial_number,
            "endpoints": sorted((*self._out, *self._in)),
        }

    def _drop(self, host: _Host) -> None:
        self._hosts.pop(host.connection.fileno(), None)
        host.connection.close()
        if self._owner is host:
            self._owner = None
