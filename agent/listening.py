"""Where the pages are served: the loopback address, or the socket that systemd holds for us."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket

from agent.errors import Exit, StartRefused

LISTEN_FD = 3
QUEUE = 128


def listen(host: str, port: int) -> socket.socket:
    """Bind the loopback address, or take the socket that systemd passes as descriptor 3.

    That one stays open for whoever asks next: behind a start that was refused the page that says why is served on it.

    Raises: StartRefused: WEB-PORT-IN-USE (3), WEB-PORT-DENIED, WEB-SOCKET-NOT-LOOPBACK (2).
    """
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS", "0") != "0":
        return _on_loopback(socket.socket(fileno=os.dup(LISTEN_FD)))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        # Two that start together can both bind: only one can listen.
        bound.listen(QUEUE)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise StartRefused("WEB-PORT-IN-USE", Exit.IN_USE, host=host, port=port) from error
        raise StartRefused("WEB-PORT-DENIED", Exit.CONFIGURATION, host=host, port=port) from error
    return bound


def _on_loopback(passed: socket.socket) -> socket.socket:
    """The socket that was passed: the pages are for this machine, whoever bound it."""
    place = passed.getsockname()
    is_inet = passed.family in {socket.AF_INET, socket.AF_INET6}
    if is_inet and ipaddress.ip_address(place[0]).is_loopback:
        return passed
    passed.close()
    shown = f"{place[0]}:{place[1]}" if is_inet else str(place)
    raise StartRefused("WEB-SOCKET-NOT-LOOPBACK", Exit.CONFIGURATION, place=shown)
