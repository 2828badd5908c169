"""What a hostile picture could do in a child that it has taken over: read and write nothing, and reach nobody."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from agent.clock import SystemClock
from agent.documents.picture_wire import Asked, receive_answered, send
from drivers.api import Deadline

PROBE = """
import os, socket, sys
from pathlib import Path
from agent.documents import picture_process

ATTEMPTS = {
    "read": lambda target: Path(target).read_bytes(),
    "list": os.listdir,
    "write": lambda target: Path(target).write_bytes(b"x"),
    "connect": lambda target: socket.create_connection(("127.0.0.1", int(target)), 5).close(),
    "code": lambda target: __import__("colorsys"),
}

def probe(attempts, _pieces):
    told = {}
    for name, target in attempts.items():
        try:
            ATTEMPTS[name](target)
            told[name] = "done"
        except OSError:
            told[name] = "refused"
    return told, []

picture_process.OPERATIONS["probe"] = probe
if sys.argv[2] == "free":
    picture_process._confine = lambda: None
sys.exit(picture_process.main(sys.argv[1:]))
"""


def told(how: str, attempts: dict[str, str]) -> dict[str, str]:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", PROBE, str(theirs.fileno()), how]
    with ours, subprocess.Popen(command, pass_fds=[theirs.fileno()]) as process:
        theirs.close()
        deadline = Deadline.after(SystemClock(), 60)
        send(ours, Asked("probe", attempts, ()), [], deadline)
        answered, _ = receive_answered(ours, 0, deadline)
        ours.shutdown(socket.SHUT_RDWR)
        process.wait()
    return dict(answered.facts)


def test_a_child_reads_the_program_and_nothing_else(tmp_path: Path) -> None:
    secret = tmp_path / "renhu.key"
    secret.write_bytes(b"secret")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        attempts = {
            "read": str(secret),
            "list": str(tmp_path),
            "write": str(tmp_path / "out"),
            "connect": str(listening.getsockname()[1]),
            "code": "",
        }
        assert set(told("free", attempts).values()) == {"done"}
        assert told("confined", attempts) == {**dict.fromkeys(attempts, "refused"), "code": "done"}
