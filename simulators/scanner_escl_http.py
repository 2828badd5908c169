"""One connection to a simulated scanner: eSCL's requests over HTTP, answered as the faults allow."""

from __future__ import annotations

import re
import select
import socket
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from simulators.plugged_port import PluggedPort
from simulators.scanner_bed import Job, JobRefused, NoMorePages
from simulators.scanner_escl_xml import BadSettings, Unsupported, capabilities, read_settings, status
from simulators.scanner_fault_table import CAPABILITIES, CREATE, DELETE, HANGS, NEXT, REFUSALS, STATUS

if TYPE_CHECKING:
    from simulators.scanner_escl import SimulatedScanner
    from simulators.scanner_spoilt import Delivery

LONGEST_BODY_BYTES = 65536
IDLE_S = 60.0
PIECES = 40
_JOB = re.compile(r"/eSCL/ScanJobs/([0-9]{1,9})(/NextDocument)?")
_XML = "text/xml; charset=UTF-8"


class ConnectionOver(Exception):
    """Nothing more is said on this connection."""


class EsclHandler(BaseHTTPRequestHandler):
    """One connection, which may carry several requests."""

    server: PluggedPort
    protocol_version = "HTTP/1.1"
    server_version = "RENHU-SIM"
    sys_version = ""
    timeout = IDLE_S

    def do_GET(self) -> None:
        """Answer one request, of any method."""
        self._began_s = time.monotonic()
        self._told: tuple[int | None, int] = (None, 0)
        operation, number = self._meant()
        try:
            self._act(operation, number)
        except (ConnectionOver, OSError):
            self.close_connection = True
        finally:
            self._scanner.log.add(self._began_s, time.monotonic(), operation or "unknown", *self._told)

    do_POST = do_DELETE = do_PUT = do_HEAD = do_GET  # noqa: N815 (http.server's names)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        """Say nothing on stderr."""

    @property
    def _scanner(self) -> SimulatedScanner:
        scanner: SimulatedScanner = self.server.device
        return scanner

    def _meant(self) -> tuple[str | None, int]:
        """What is asked for, and of which job."""
        path = urlsplit(self.path).path
        plain = {
            ("GET", "/eSCL/ScannerCapabilities"): CAPABILITIES,
            ("GET", "/eSCL/ScannerStatus"): STATUS,
            ("POST", "/eSCL/ScanJobs"): CREATE,
        }
        if (self.command, path) in plain:
            return plain[self.command, path], 0
        match = _JOB.fullmatch(path)
        if match is None:
            return None, 0
        meant = {("GET", True): NEXT, ("DELETE", False): DELETE}.get((self.command, match[2] is not None))
        return meant, int(match[1])

    def _act(self, operation: str | None, number: int) -> None:
        body = self._body()
        port = self.server.server_port
        if self.headers.get("Host", "") not in {f"127.0.0.1:{port}", f"localhost:{port}"}:
            self._answer(HTTPStatus.BAD_REQUEST)
            return
        if operation is None:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        self._suffer(operation)
        refused = self._refused(operation)
        if refused is not None:
            self._answer(refused)
        elif operation == CAPABILITIES:
            strike = self._scanner.faults.take("wrong-capabilities", operation)
            wrong = None if strike is None else str(strike.value("what"))
            self._answer(HTTPStatus.OK, capabilities(self._scanner.nameplate(), wrong))
        elif operation == STATUS:
            is_garbage = self._scanner.faults.take("status-garbage", operation) is not None
            self._answer(HTTPStatus.OK, b"<scan:Sca\xff\x00" if is_garbage else status(*self._scanner.bed.told()))
        elif operation == CREATE:
            self._create(body)
        elif operation == NEXT:
            self._next(number)
        else:
            self._delete(number)

    def _suffer(self, operation: str) -> None:
        """Let the faults of the connection strike.  Raises: ConnectionOver."""
        scanner = self._scanner
        if (strike := scanner.faults.take("unplug", operation)) is not None:
            scanner.unplug(strike)
            raise ConnectionOver
        if scanner.faults.take("reset", operation) is not None:
            self._reset()
        for name in HANGS:
            if (strike := scanner.faults.take(name, operation)) is not None:
                scanner.wait(strike.seconds("delay_ms") or None)
                self._reset()
        if (strike := scanner.faults.take("slow-answers", operation)) is not None:
            scanner.pause(strike.seconds("delay_ms"))

    def _refused(self, operation: str) -> int | None:
        for name in REFUSALS:
            if (strike := self._scanner.faults.take(name, operation)) is not None:
                return strike.number("status")
        return None

    def _create(self, document: bytes) -> None:
        try:
            job = self._scanner.bed.begin(read_settings(document))
        except BadSettings:
            self._answer(HTTPStatus.BAD_REQUEST)
        except Unsupported:
            self._answer(HTTPStatus.CONFLICT)
        except JobRefused as refused:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE if refused.is_busy else HTTPStatus.CONFLICT)
        else:
            where = f"http://127.0.0.1:{self.server.server_port}/eSCL/ScanJobs/{job.number}"
            is_silent = self._scanner.faults.take("no-location", CREATE) is not None
            self._answer(HTTPStatus.CREATED, headers={} if is_silent else {"Location": where})

    def _next(self, number: int) -> None:
        scanner = self._scanner
        try:
            job, lying = scanner.bed.next_page(number)
        except NoMorePages:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        except JobRefused as refused:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE if refused.is_busy else HTTPStatus.CONFLICT)
            return
        page = job.pages
        try:
            page_s = scanner.page_s(job)
            if (strike := scanner.faults.take("late-page", NEXT)) is not None:
                scanner.pause(strike.seconds("delay_ms"))
            due_s = time.monotonic() + page_s
            delivery = scanner.page(job, lying)
            if (strike := scanner.faults.take("slow-page", NEXT)) is not None:
                due_s += scanner.scaled(strike.seconds("delay_ms"))
            self._send(job, delivery, due_s)
        finally:
            scanner.bed.left(job, page)

    def _delete(self, number: int) -> None:
        try:
            self._scanner.bed.cancel(number)
        except NoMorePages:
            self._answer(HTTPStatus.NOT_FOUND)
        else:
            self._answer(HTTPStatus.OK)

    def _send(self, job: Job, delivery: Delivery, due_s: float) -> None:
        """Send a page while it passes the sensor, so that its last byte leaves when its last line has passed."""
        body = delivery.body if delivery.sent is None else delivery.body[: delivery.sent]
        size = len(body) // PIECES + 1
        pieces = [body[start : start + size] for start in range(0, min(len(body), delivery.announced), size)] or [b""]
        last = pieces.pop() + body[(len(pieces) + 1) * size :]
        began_s = time.monotonic()
        if pieces:
            self._head(HTTPStatus.OK, "image/jpeg", delivery.announced, {})
        for number, piece in enumerate(pieces):
            self._scanner.pass_time(began_s + (due_s - began_s) * number / PIECES)
            if job.state != "Processing" or self._is_deserted():
                raise ConnectionOver
            self.wfile.write(piece)
        self._scanner.pass_time(due_s)
        if delivery.sent is None:
            self._scanner.bed.sent(job)
        else:
            self._scanner.bed.left(job, job.pages)
        if not pieces:
            self._head(HTTPStatus.OK, "image/jpeg", delivery.announced, {})
        self.wfile.write(last)
        self._told = (HTTPStatus.OK, len(body))
        if delivery.is_reset:
            self._reset()
        if delivery.sent is not None or len(delivery.body) != delivery.announced:
            raise ConnectionOver

    def _is_deserted(self) -> bool:
        """Whether the client has gone away while it is being served."""
        return bool(select.select([self.connection], [], [], 0)[0]) and not self.connection.recv(1, socket.MSG_PEEK)

    def _answer(self, code: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self._head(code, _XML, len(body), headers or {})
        if self.command != "HEAD":
            self.wfile.write(body)
        self._told = (int(code), len(body))

    def _head(self, code: int, kind: str, size: int, headers: dict[str, str]) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LONGEST_BODY_BYTES:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            raise ConnectionOver
        return self.rfile.read(int(length))

    def _reset(self) -> None:
        self.server.reset(self.connection)
        raise ConnectionOver
