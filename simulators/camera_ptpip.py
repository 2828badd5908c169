"""One connection to a simulated camera: commands and their data, or events, over PTP/IP, as the faults allow."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from socketserver import BaseRequestHandler
from typing import TYPE_CHECKING

from simulators import camera_fault_table as table
from simulators.camera_line import Kind, Line, LineOver
from simulators.camera_operations import Answer, Operations
from simulators.camera_ptp import Request, Response
from simulators.fault_board import Strike
from simulators.plugged_port import PluggedPort

if TYPE_CHECKING:
    from simulators.camera_device import SimulatedCamera

PIECE_BYTES = 1 << 18
SLOW_PIECE_BYTES = 1 << 13
VERSION = 0x00010000
REJECTED, IN_USE, UNSPECIFIED = 1, 2, 3
_INIT_NAME = "RENHU-SIM"
_WITH_DATA = 2


class PtpIpHandler(BaseRequestHandler):
    """One connection: the first packet says which kind."""

    server: PluggedPort

    def handle(self) -> None:
        """Serve the connection until it ends."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._line = Line(self.request)
        self._began_s = time.monotonic()
        try:
            kind, body = self._line.read()
            if kind == Kind.INIT_COMMAND:
                self._commands()
            elif kind == Kind.INIT_EVENT:
                self._events(body)
        except (LineOver, OSError):
            pass

    @property
    def _camera(self) -> SimulatedCamera:
        camera: SimulatedCamera = self.server.device
        return camera

    def _commands(self) -> None:
        camera = self._camera
        self._greet(table.CONNECT)
        self._cut("cut-in-init", table.CONNECT, "phase", "command")
        number = camera.attach(self._line, self.server, self.request)
        try:
            guid = camera.guid()
            name = _INIT_NAME.encode("utf-16-le") + b"\0\0"
            self._line.send(Kind.INIT_COMMAND_ACK, struct.pack("<I", number) + guid + name + struct.pack("<I", VERSION))
            camera.log.add(self._began_s, time.monotonic(), table.CONNECT, Response.OK, 0)
            operations = Operations(camera)
            while True:
                request = self._request()
                if self.server.is_reset(self.request):
                    raise LineOver
                self._serve(operations, request)
        finally:
            camera.detach(number)

    def _events(self, body: bytes) -> None:
        """Answer pings; events are sent from elsewhere."""
        camera = self._camera
        self._greet(table.CONNECT_EVENTS)
        if (strike := camera.faults.take("event-refused", table.CONNECT_EVENTS)) is not None:
            self._refuse_line(str(strike.value("how")), REJECTED)
        self._cut("cut-in-init", table.CONNECT, "phase", "event")
        if len(body) != 4 or not camera.attach_events(struct.unpack("<I", body)[0], self._line):
            self._line.send(Kind.INIT_FAIL, struct.pack("<I", REJECTED))
            return
        self._line.send(Kind.INIT_EVENT_ACK)
        camera.log.add(self._began_s, time.monotonic(), table.CONNECT_EVENTS, Response.OK, 0)
        while True:
            kind, _ = self._line.read()
            if kind == Kind.PING:
                self._line.send(Kind.PONG)

    def _greet(self, operation: str) -> None:
        """Let the faults of a new connection strike.  Raises: LineOver."""
        camera = self._camera
        self._unplugged(operation)
        if (strike := camera.faults.take("asleep", operation)) is not None:
            self._refuse_line(str(strike.value("how")), UNSPECIFIED)
        if operation == table.CONNECT and camera.faults.take("in-use", operation) is not None:
            self._refuse_line("fail", IN_USE)
        self._hang(operation)

    def _refuse_line(self, how: str, reason: int) -> None:
        if how == "silent":
            self._camera.wait(None)
        elif how in {"fail", "refuse"}:
            self._line.send(Kind.INIT_FAIL, struct.pack("<I", reason))
        raise LineOver

    def _request(self) -> Request:
        """The next request, with the data that come with it.  Raises: LineOver, OSError."""
        while True:
            kind, body = self._line.read()
            if kind == Kind.PING:
                self._line.send(Kind.PONG)
            elif kind == Kind.REQUEST and len(body) >= 10:
                break
        phase, code, transaction = struct.unpack("<IHI", body[:10])
        count = (len(body) - 10) // 4
        parameters = struct.unpack(f"<{count}I", body[10 : 10 + 4 * count])
        data = b""
        while phase == _WITH_DATA:
            kind, body = self._line.read()
            if kind in {Kind.DATA, Kind.END_DATA}:
                data += body[4:]
            if kind == Kind.END_DATA:
                break
        return Request(code, transaction, parameters, data)

    def _serve(self, operations: Operations, request: Request) -> None:
        camera = self._camera
        self._began_s = time.monotonic()
        operation = table.NAMES.get(request.code, table.UNKNOWN)
        answer, sent = None, 0
        try:
            self._suffer(operation)
            self._cut_before(operation, "before")
            refused = camera.refused(operation)
            answer = operations.perform(request) if refused is None else Answer(refused)
            self._cut_before(operation, "after")
            if operation == table.OPEN:
                self._cut("cut-in-init", table.CONNECT, "phase", "session")
            sent = self._answer(operation, request, answer)
        finally:
            code = None if answer is None else int(answer.code)
            camera.log.add(self._began_s, time.monotonic(), operation, code, sent)

    def _suffer(self, operation: str) -> None:
        """Let the faults of the connection strike.  Raises: LineOver."""
        camera = self._camera
        self._unplugged(operation)
        if (strike := camera.faults.take("asleep", operation)) is not None:
            if strike.value("how") == "silent":
                camera.wait(None)
            self._reset()
        self._hang(operation)
        if (strike := camera.faults.take("slow-answers", operation)) is not None:
            camera.pause(strike.seconds("delay_ms"))

    def _unplugged(self, operation: str) -> None:
        if (strike := self._camera.faults.take("unplug", operation)) is not None:
            self._camera.unplug(strike)
            raise LineOver

    def _hang(self, operation: str) -> None:
        for name in table.HANGS:
            if (strike := self._camera.faults.take(name, operation)) is not None:
                self._camera.wait(self._camera.scaled(strike.seconds("delay_ms")) or None)
                self._reset()

    def _cut_before(self, operation: str, when: str) -> None:
        for name in table.CUT_MOMENTS:
            self._cut(name, operation, "when", when)

    def _cut(self, name: str, operation: str, parameter: str, word: str) -> None:
        """Cut the connection if that fault is on and means this moment.  Raises: LineOver."""
        if self._camera.faults.active().get(name, {}).get(parameter) != word:
            return
        if (strike := self._camera.faults.take(name, operation)) is not None:
            self._end(strike)

    def _answer(self, operation: str, request: Request, answer: Answer) -> int:
        """Send data and response; gives how many bytes of data were sent."""
        strike = self._camera.faults.take("wrong-transaction", operation)
        where = None if strike is None else strike.value("where")
        sent = 0
        if answer.data is not None:
            sent = self._send_data(operation, request.transaction + (where == "data"), answer)
        numbers = struct.pack("<HI", answer.code, request.transaction + (where == "response"))
        self._line.send(Kind.RESPONSE, numbers + struct.pack(f"<{len(answer.parameters)}I", *answer.parameters))
        return sent

    def _send_data(self, operation: str, transaction: int, answer: Answer) -> int:
        assert answer.data is not None  # noqa: S101 (the caller has looked)
        parts = list(answer.data.part(answer.offset, answer.length))
        size = sum(map(len, parts))
        slow = self._camera.faults.take("slow-data", operation)
        cut, after = self._cut_after(operation, answer, size)
        announced = max(0, size + answer.announced_more)
        self._line.send(Kind.START_DATA, struct.pack("<IQ", transaction, announced))
        sent = 0
        pieces = list(_pieces(parts, PIECE_BYTES if slow is None else SLOW_PIECE_BYTES)) or [memoryview(b"")]
        for number, piece in enumerate(pieces, 1):
            kind = Kind.END_DATA if number == len(pieces) else Kind.DATA
            if cut is not None and sent + len(piece) > after:
                self._line.send_data(kind, transaction, piece[: after - sent], len(piece))
                self._end(cut)
            self._line.send_data(kind, transaction, piece)
            sent += len(piece)
            if slow is not None:
                self._camera.pause(len(piece) / 1000 / max(1, slow.number("kb_per_s")))
        return sent

    def _cut_after(self, operation: str, answer: Answer, size: int) -> tuple[Strike | None, int]:
        """Whether the connection is cut within this part of a file or frame, and after how many bytes of the part."""
        for name in ("cut-in-data", "cut-in-preview"):
            tenth = self._camera.faults.active().get(name, {}).get("tenth")
            if not isinstance(tenth, int) or answer.data is None:
                continue
            after = answer.data.size * tenth // 10 - answer.offset
            if 0 <= after < size and (strike := self._camera.faults.take(name, operation)) is not None:
                return strike, after
        return None, 0

    def _end(self, strike: Strike) -> None:
        if strike.value("how") == "reset":
            self._reset()
        raise LineOver

    def _reset(self) -> None:
        self.server.reset(self.request)
        raise LineOver


def _pieces(parts: list[memoryview], size: int) -> Iterator[memoryview]:
    for part in parts:
        for start in range(0, len(part), size):
            yield part[start : start + size]
