"""The control port of a simulated reader: what lies on the plate, and which faults it shows.

Only this machine may ask (the Host header is checked), and only who was given the token.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from urllib.parse import parse_qs, unquote, urlsplit

from simulators.card import Card
from simulators.fault_table import FAULTS, Fault, ParameterError, Value
from simulators.photo_codec import PhotoError, to_png
from simulators.reader_sam import SimulatedReader
from simulators.sam_codec import OPERATION_NAMES

Query = dict[str, str]
HEADER = "X-Renhu-Control"
LONGEST_BODY_BYTES = 65536
SOCKET_S = 10.0


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: HTTPStatus, problem: str, **more: object) -> None:
        super().__init__(problem)
        self.status = status
        self.body = {"error": problem} | more


class ControlServer(ThreadingHTTPServer):
    """The port, with the reader it controls and the token that opens it."""

    daemon_threads = True
    request_queue_size = 64
    timeout = 0

    def __init__(self, reader: SimulatedReader, token: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.reader = reader
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
        if path == "/picture":
            self._only("GET", "POST")
            return self._picture(query) if self.command == "GET" else self._drawn()
        places = self._places()
        if path.startswith("/faults/"):
            self._only("PUT", "DELETE")
            self._one_fault(path.removeprefix("/faults/"))
            found = None
        elif path in places:
            self._only(*places[path])
            found = places[path][self.command](query)
        else:
            raise RefusedError(HTTPStatus.NOT_FOUND, "no such place", places=[*places, "/faults/NAME", "/picture"])
        if found is None:
            return HTTPStatus.NO_CONTENT, "", b""
        return HTTPStatus.OK, "application/json", json.dumps(found).encode()

    def _places(self) -> dict[str, dict[str, Callable[[Query], object]]]:
        return {
            "/": {"GET": self._about},
            "/faults": {"DELETE": self._no_faults},
            "/cards": {"GET": self._cards},
            "/card": {"GET": self._one_card},
            "/plate": {"GET": self._plate, "PUT": self._lay, "DELETE": self._lift},
            "/log": {"GET": self._log},
        }

    def _only(self, *methods: str) -> None:
        if self.command not in methods:
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, f"{' or '.join(methods)} only", allowed=list(methods))

    def _about(self, _: Query) -> object:
        reader = self.server.reader
        active = reader.faults.active()
        faults = [
            {
                "name": fault.name,
                "about": fault.about,
                "wires": list(fault.wires),
                "parameters": {name: parameter.default for name, parameter in fault.parameters.items()},
                "limits": {name: parameter.describe() for name, parameter in fault.parameters.items()},
                "active": fault.name in active,
                "values": active.get(fault.name),
            }
            for fault in FAULTS.values()
        ]
        lying = reader.plate.lying
        return {
            "kind": reader.kind,
            "address": reader.address,
            "wire": reader.wire_name,
            "operations": list(OPERATION_NAMES),
            "faults": faults,
            "card": lying.card.id if lying else None,
        }

    def _one_fault(self, name: str) -> None:
        fault = FAULTS.get(name)
        if fault is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, "no such fault", faults=list(FAULTS))
        if self.command == "DELETE":
            self.server.reader.switch_off(name)
        else:
            self.server.reader.switch_on(name, self._checked(fault))

    def _checked(self, fault: Fault) -> dict[str, Value]:
        reader = self.server.reader
        if reader.wire_name not in fault.wires:
            raise _unprocessable(f"{fault.name} is possible on {', '.join(fault.wires)} only")
        try:
            values = fault.check(self._body())
        except ParameterError as error:
            raise _unprocessable(str(error)) from error
        card = values.get("card")
        if isinstance(card, str):
            self._card(card)
        return values

    def _no_faults(self, _: Query) -> None:
        self.server.reader.switch_all_off()

    def _cards(self, _: Query) -> object:
        cards = self.server.reader.cards.values()
        return {"cards": [{"id": card.id, "kind": card.holder.kind, "name": card.shown_name} for card in cards]}

    def _one_card(self, query: Query) -> object:
        card = self._card(query.get("card", ""))
        return {"id": card.id} | card.facts()

    def _plate(self, _: Query) -> object:
        lying = self.server.reader.plate.lying
        return {"card": lying.card.id if lying else None}

    def _lay(self, _: Query) -> None:
        body = self._body()
        if set(body) != {"card"} or not isinstance(body["card"], str):
            raise _unprocessable('{"card": ID} is wanted')
        self.server.reader.plate.lay(self._card(body["card"]))

    def _lift(self, _: Query) -> None:
        self.server.reader.plate.lift()

    def _log(self, _: Query) -> object:
        return self.server.reader.log.entries()

    def _picture(self, query: Query) -> tuple[HTTPStatus, str, bytes]:
        try:
            return HTTPStatus.OK, "image/png", to_png(self._card(query.get("card", "")).picture)
        except PhotoError as error:
            raise RefusedError(HTTPStatus.NOT_FOUND, str(error)) from error

    def _drawn(self) -> tuple[HTTPStatus, str, bytes]:
        """Draw the photo bytes of a simulated card as they came over the wire."""
        given = self._body().get("photo")
        try:
            return HTTPStatus.OK, "image/png", to_png(base64.b64decode(str(given), validate=True))
        except (binascii.Error, PhotoError) as error:
            raise RefusedError(HTTPStatus.NOT_FOUND, "not a picture of ours") from error

    def _card(self, card_id: str) -> Card:
        cards = self.server.reader.cards
        if card_id not in cards:
            raise _unprocessable("no such card", cards=list(cards))
        return cards[card_id]

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
            raise _unprocessable("a JSON object is wanted") from error
        if not isinstance(body, dict):
            raise _unprocessable("a JSON object is wanted")
        return body


def _unprocessable(problem: str, **more: object) -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, problem, **more)
