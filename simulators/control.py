"""The control port of a simulated device: which faults it shows, and the places that belong to its own kind.

Only this machine may ask (the Host header is checked), and only who was given the token.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from simulators.described import Descriptions
from simulators.fault import Fault, ParameterError, Value
from simulators.fault_board import FaultBoard

HEADER = "X-Renhu-Control"
LONGEST_BODY_BYTES = 65536
SOCKET_S = 10.0


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: HTTPStatus, problem: str, **more: object) -> None:
        super().__init__(problem)
        self.status = status
        self.body = {"error": problem} | more


@dataclass(frozen=True, slots=True)
class Asked:
    """What came with a request: the query of its address and the JSON object of its body."""

    query: Mapping[str, str]
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class Picture:
    """An answer that is a PNG file."""

    png: bytes


Place = Callable[[Asked], object]
Places = Mapping[str, Mapping[str, Place]]


class Device(Protocol):
    """What every simulated device has: its faults, and how they are switched."""

    kind: str
    faults: FaultBoard

    @property
    def address(self) -> str:
        """The address to give to the driver."""

    def switch_on(self, name: str, values: dict[str, Value]) -> None:
        """Switch a fault on."""

    def switch_off(self, name: str) -> None:
        """Switch a fault off and undo what lasts of it."""

    def switch_all_off(self) -> None:
        """Switch all faults off and undo what lasts of them."""


class Controls(Protocol):
    """What the control port of one kind of device has besides the faults."""

    @property
    def device(self) -> Device:
        """The device that is controlled."""

    @property
    def described(self) -> Descriptions:
        """What the device's faults are told to people by."""

    def about(self) -> dict[str, object]:
        """What `GET /` tells besides kind, address and faults."""

    def about_fault(self, fault: Fault) -> dict[str, object]:
        """What `GET /` tells of a fault besides its parameters."""

    def check(self, fault: Fault, values: dict[str, Value]) -> None:
        """Refuse a fault that is not possible now.  Raises: RefusedError."""

    def places(self) -> Places:
        """The further places: path, method, what answers."""


class ControlServer(ThreadingHTTPServer):
    """The port, with the device it controls and the token that opens it."""

    daemon_threads = True
    request_queue_size = 64
    timeout = 0

    def __init__(self, controls: Controls, token: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.controls = controls
        self.token = token
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.hosts = {f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"}

    def server_bind(self) -> None:
        """Bind without asking any name service for this machine's name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: ControlServer
    protocol_version = "HTTP/1.1"
    timeout = SOCKET_S

    def do_GET(self) -> None:
        self._answer()

    do_PUT = do_DELETE = do_POST = do_PATCH = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 (http.server's names)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        """Say nothing on stderr."""

    def _answer(self) -> None:
        self.close_connection = True
        try:
            self._admit()
            status, kind, body = self._route()
        except RefusedError as refused:
            status, kind, body = refused.status, "application/json", json.dumps(refused.body).encode()
        self.send_response(status)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _admit(self) -> None:
        """Let in only who speaks to this port by its own name and knows the token."""
        if self.headers.get("Host", "") not in self.server.hosts:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "this port answers to 127.0.0.1 only")
        given = self.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.server.token.encode()):
            raise RefusedError(HTTPStatus.FORBIDDEN, f"{HEADER} missing or wrong")

    def _route(self) -> tuple[HTTPStatus, str, bytes]:
        """Find what is meant and do it."""
        url = urlsplit(self.path)
        path = unquote(url.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        places: Places = {
            "/": {"GET": self._about},
            "/faults": {"DELETE": self._no_faults},
            **self.server.controls.places(),
        }
        if path.startswith("/faults/"):
            self._only("PUT", "DELETE")
            self._one_fault(path.removeprefix("/faults/"))
            found = None
        elif path in places:
            self._only(*places[path])
            found = places[path][self.command](Asked(query, self._body()))
        else:
            raise RefusedError(HTTPStatus.NOT_FOUND, "no such place", places=[*places, "/faults/NAME"])
        if found is None:
            return HTTPStatus.NO_CONTENT, "", b""
        if isinstance(found, Picture):
            return HTTPStatus.OK, "image/png", found.png
        return HTTPStatus.OK, "application/json", json.dumps(found).encode()

    def _only(self, *methods: str) -> None:
        if self.command not in methods:
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, f"{' or '.join(methods)} only", allowed=list(methods))

    def _about(self, _: Asked) -> object:
        controls = self.server.controls
        board, described = controls.device.faults, controls.described
        active = board.active()
        faults = [
            {
                "name": fault.name,
                "parameters": {name: parameter.default for name, parameter in fault.parameters.items()},
                "limits": {name: parameter.describe() for name, parameter in fault.parameters.items()},
                "active": fault.name in active,
                "values": active.get(fault.name),
            }
            | described.of(fault.name).told()
            | controls.about_fault(fault)
            for fault in sorted(board.table.values(), key=lambda fault: described.order(fault.name))
        ]
        told = {
            "kind": controls.device.kind,
            "address": controls.device.address,
            "groups": described.told_groups(),
            "faults": faults,
        }
        return told | controls.about()

    def _one_fault(self, name: str) -> None:
        device = self.server.controls.device
        fault = device.faults.table.get(name)
        if fault is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, "no such fault", faults=list(device.faults.table))
        if self.command == "DELETE":
            device.switch_off(name)
            return
        try:
            values = fault.check(self._body())
        except ParameterError as error:
            raise unprocessable(str(error)) from error
        self.server.controls.check(fault, values)
        device.switch_on(name, values)

    def _no_faults(self, _: Asked) -> None:
        self.server.controls.device.switch_all_off()

    def _body(self) -> dict[str, object]:
        """The JSON object that came with the request; nothing at all is an empty one."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LONGEST_BODY_BYTES:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {LONGEST_BODY_BYTES} bytes, with their length"
            )
        try:
            body = json.loads(self.rfile.read(int(length)) or b"{}")
        except (ValueError, RecursionError) as error:
            raise unprocessable("a JSON object is wanted") from error
        if not isinstance(body, dict):
            raise unprocessable("a JSON object is wanted")
        return body


def unprocessable(problem: str, **more: object) -> RefusedError:
    """A request that was understood and cannot be done (422)."""
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, problem, **more)
