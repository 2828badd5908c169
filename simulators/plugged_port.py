"""The network plug of a simulated device: a port that is open while it is plugged in, and cut off when it is not."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
from http.server import ThreadingHTTPServer
from socketserver import BaseRequestHandler, TCPServer
from typing import Any

_RESET = struct.pack("ii", 1, 0)


class PluggedPort(ThreadingHTTPServer):
    """A listening port on 127.0.0.1 with a thread of its own; all its connections die with it.

    Args:
        handler: what speaks on a connection.
        device: what the handlers serve.
        port: 0 for any.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 32
    timeout = 0

    def __init__(self, handler: type[BaseRequestHandler], device: Any, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.device = device
        self._open: set[socket.socket] = set()
        self._doomed: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._listen, name="plugged-port", daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        """Bind without asking any name service for this machine's name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def unplug(self) -> None:
        """Close the port and reset every connection."""
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        self.server_close()
        os.close(self._wake)
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            self.reset(connection)

    def reset(self, connection: socket.socket) -> None:
        """Let a connection end by a reset: it hears nothing more, and its thread closes it when it notices."""
        with self._lock:
            if connection not in self._open:
                return
            self._doomed.add(connection)
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            connection.shutdown(socket.SHUT_RD)

    def is_reset(self, connection: socket.socket) -> bool:
        """Whether a connection is to end by a reset: what was asked on it since is not to be answered."""
        with self._lock:
            return connection in self._doomed

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, and let a thread serve it."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection; one that is reset must not say goodbye before."""
        with self._lock:
            self._open.discard(request)
            is_reset = request in self._doomed
            self._doomed.discard(request)
        if is_reset:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone is no error of ours."""

    def _listen(self) -> None:
        while True:
            ready, _, _ = select.select([self.fileno(), self._wake], [], [])
            if self._wake in ready:
                return
            self.handle_request()
