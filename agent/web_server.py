"""The web server: cheroot in the agent's process, on a socket that listens already."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from cheroot import wsgi
from cheroot.server import HTTPConnection, HTTPRequest
from cheroot.workers.threadpool import ThreadPool

from agent.listening import QUEUE

log = logging.getLogger("renhu.web")

SPARE_THREADS = 8
HEADER_LIMIT_BYTES = 16 * 1024
BODY_LIMIT_BYTES = 1024 * 1024 * 1024
PIECE_BYTES = 64 * 1024
_LOOK_S = 0.0002
_REFUSAL_HEADERS = (
    "Content-Type: text/plain",
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    "Connection: close",
)

App = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Gateway(wsgi.Gateway_10):
    """Hands the connection's socket to the page, so that an event stream notices when its browser hangs up."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # its stub says None
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ["renhu.socket"] = self.req.conn.socket
        return environ

    def start_response(self, *arguments: Any, **more: Any) -> Any:
        """Answer once the browser has sent all, wanted or not: while it sends it would see a broken line, no answer."""
        body = self.req.rfile
        while getattr(body, "remaining", 0) and body.read(PIECE_BYTES):
            pass
        return super().start_response(*arguments, **more)


class _Request(HTTPRequest):
    """Refuses what never becomes a request of ours: without repeating it, and under the strictest policy."""

    def simple_response(self, status: str | int, _msg: str = "") -> None:
        """Answer with the status alone, then hang up; that the line is broken is noticed by whoever serves it next."""
        self.close_connection = True
        body = str(status)
        head = (f"{self.server.protocol} {status}", f"Content-Length: {len(body)}", *_REFUSAL_HEADERS, "", body)
        with suppress(OSError):
            self.conn.wfile.write("\r\n".join(head).encode("latin-1"))


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request


class _Pool(ThreadPool):
    """Is there at once, and cuts what is still answered when the time for the stop is over, in both directions.

    cheroot looks for its threads ten times a second alone, which each start of the station would wait for.  It closes
    the reading side alone: a browser that takes a long answer drop by drop would hold the stop for ever.
    """

    def _spawn_worker(self) -> Any:
        worker = super()._spawn_worker()  # type: ignore[misc]  # its stub leaves it out
        while not worker.ready and worker.is_alive():
            worker.join(_LOOK_S)
        return worker

    @staticmethod
    def _force_close(conn: Any) -> None:
        if conn is not None:
            with suppress(OSError):  # it has closed in this moment
                conn.socket.shutdown(socket.SHUT_RDWR)


class _Server(wsgi.Server):
    """Serves from a socket that is bound already, and writes its errors into our log, without what was asked."""

    ConnectionClass = _Connection
    max_request_header_size = HEADER_LIMIT_BYTES
    max_request_body_size = BODY_LIMIT_BYTES

    def __init__(self, bound: socket.socket, app: App, threads: int) -> None:
        super().__init__(bound.getsockname()[:2], app, shutdown_timeout=3, request_queue_size=QUEUE)
        self.requests = _Pool(self, min=threads, max=threads)
        self.server_name = ""  # says no version to whoever asks
        self._bound = bound
        self.gateway = _Gateway

    def bind(self, *_family: object) -> socket.socket:
        """Take the bound socket.  Every connection has of it that an answer's second piece never waits for the peer."""
        self._bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = self._bound
        return self._bound

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:  # noqa: ARG002
        log.log(level, "web server: %s", str(msg).partition("\n")[0])


class WebServer:
    """The pages' server.  Its pool does not grow: the cap of event streams and eight."""

    def __init__(self, bound: socket.socket, app: App, stream_cap: int) -> None:
        self._server = _Server(bound, app, stream_cap + SPARE_THREADS)
        self._thread = threading.Thread(target=self._server.serve, name="web")

    def start(self) -> None:
        """Begin to answer."""
        self._server.prepare()
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being answered, then end."""
        self._server.stop()
        self._thread.join()
