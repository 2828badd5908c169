"""The agent's unix socket: what the command line asks of a running agent, and who may ask.

One JSON line asks, one JSON line answers; a talk is answered with more than that.  The kernel says who is at the other
end: root, the agent's own user and members of the group `renhu` are heard, nobody else.
"""

from __future__ import annotations

import grp
import json
import logging
import os
import pwd
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent.errors import Actor, CodedError, Exit, Retry, StartRefused

log = logging.getLogger("renhu.control")

SOCKET_NAME = "agent.sock"
GROUP = "renhu"
LINE_LIMIT_BYTES = 64 * 1024
ANSWER_LIMIT_S = 5.0

Handler = Callable[[dict[str, Any], int], dict[str, Any]]
Talk = Callable[[dict[str, Any], int, socket.socket], None]


def may_ask(uid: int) -> bool:
    """Whether this user may use the socket: root, the agent's own user, or a member of the group `renhu`."""
    if uid in {0, os.geteuid()}:
        return True
    try:
        user, group = pwd.getpwuid(uid), grp.getgrnam(GROUP)
    except KeyError:
        return False
    return user.pw_gid == group.gr_gid or user.pw_name in group.gr_mem


class ControlServer:
    """Answer the command line.

    Args:
        path: where the socket stands.
        handlers: what can be asked, by name; each gets the question and the asker's uid, and may raise CodedError.
        talks: the same for what is answered bit by bit; each gets the connection besides.
    """

    def __init__(self, path: Path, handlers: dict[str, Handler], talks: dict[str, Talk] | None = None) -> None:
        self._path = path
        self._handlers = handlers
        self._talks = talks or {}
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            self._socket.bind(str(path))
        except OSError as error:
            raise StartRefused("CONTROL-SOCKET", Exit.CONFIGURATION, path=str(path)) from error
        path.chmod(0o660)
        self._socket.listen(8)
        self._thread = threading.Thread(target=self._serve, name="control")

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more and take the socket away."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), name="control-answer", daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(ANSWER_LIMIT_S)
            pid, uid = _peer(connection)
            try:
                answer = self._reply(connection, pid, uid)
            except CodedError as error:
                answer = {"error": error_told(error)}
            except (ValueError, OSError):
                log.warning("a question that was none, from uid %d", uid)
                return
            if answer is None:
                return
            try:
                connection.sendall(json.dumps(answer).encode() + b"\n")
            except OSError:
                log.info("uid %d did not wait for the answer", uid)

    def _reply(self, connection: socket.socket, pid: int, uid: int) -> dict[str, Any] | None:
        """The answer; None where a talk has given it already."""
        line = _line(connection)  # read in any case: behind what nobody has read, no refusal arrives
        if not may_ask(uid) or _is_ours(pid):
            log.warning("process %d of uid %d may not ask", pid, uid)
            raise CodedError("CONTROL-DENIED", Actor.TECHNICIAN, Retry.AFTER_ACTION)
        question = json.loads(line)
        if not isinstance(question, dict):
            raise ValueError("not a question")  # noqa: TRY004 - what came is wrong, not our call
        asked = str(question.get("ask"))
        if asked in self._talks:
            self._talks[asked](question, uid, connection)
            return None
        handler = self._handlers.get(asked)
        if handler is None:
            raise CodedError("CONTROL-UNKNOWN", Actor.DEVELOPER, Retry.NEVER)
        return handler(question, uid)


def ask(path: Path, question: dict[str, Any], limit_s: float) -> dict[str, Any] | None:
    """Ask the agent behind `path`.

    Returns: its answer; None when no agent answers there.
    Raises: CodedError as the agent says.
    """
    connection = called(path, question, limit_s + ANSWER_LIMIT_S)
    if connection is None:
        return None
    with connection:
        try:
            answer = json.loads(_line(connection))
        except (OSError, ValueError):
            return None
    if isinstance(answer, dict) and "error" in answer:
        raise error_of(answer["error"])
    return dict(answer)


def called(path: Path, question: dict[str, Any], limit_s: float) -> socket.socket | None:
    """Put a question to the agent behind `path`, which may be silent for `limit_s` seconds at a time.

    Returns: the connection, to be closed by the caller; None when no agent is there.
    Raises: CodedError CONTROL-DENIED.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    connection.settimeout(limit_s)
    try:
        connection.connect(str(path))
        connection.sendall(json.dumps(question).encode() + b"\n")
    except OSError as error:
        connection.close()
        if isinstance(error, PermissionError):
            raise CodedError("CONTROL-DENIED", Actor.TECHNICIAN, Retry.AFTER_ACTION) from None
        return None
    return connection


def error_told(error: CodedError) -> dict[str, Any]:
    """An error as it goes over the socket."""
    return {"code": error.code, "actor": error.actor, "retry": error.retry, "facts": error.facts}


def error_of(told: dict[str, Any]) -> CodedError:
    """The error that came over the socket."""
    return CodedError(told["code"], Actor(told["actor"]), Retry(told["retry"]), **told["facts"])


def _line(connection: socket.socket) -> bytes:
    received = bytearray()
    while not received.endswith(b"\n"):
        piece = connection.recv(LINE_LIMIT_BYTES)
        if not piece or len(received) > LINE_LIMIT_BYTES:
            raise ValueError("no whole line")
        received += piece
    return bytes(received)


def _peer(connection: socket.socket) -> tuple[int, int]:
    """Process and user at the other end, by the kernel's word."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, _ = struct.unpack("3i", credentials)
    return pid, uid


def _is_ours(pid: int) -> bool:
    """Whether this agent has started a process, or one that started it: workers have our uid and nothing to ask."""
    while pid > 1:
        try:
            # The name in parentheses may hold anything; behind it come the state and the parent.
            pid = int(Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            return False
        if pid == os.getpid():
            return True
    return False
