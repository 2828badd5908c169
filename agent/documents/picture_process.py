"""The pictures process: works on the pixels of pages, one request after another, and has no key and no database.

It loads its libraries once and then makes a child for each request, before that comes: a child begins warm, knows
nothing of the pages before it, and is gone with whatever a hostile picture has done to it.  A child that does not end
as it should ends the process too, and the agent starts another one at its next wish.

Started by the agent as `python -m agent.documents.picture_process FD`: its end of the socket pair is descriptor FD.
"""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import select
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

from PIL import Image

from agent import memory
from agent.devices.confinement import code_paths
from agent.documents.picture_operations import OPERATIONS, prepare
from agent.documents.picture_wire import Answered, NotOurWire, Refused, receive_asked, send
from drivers.landlock import READ, Allowance, ConfinementMissing, Libc, restrict

log = logging.getLogger("renhu.pictures")

MEMORY_BYTES = 1536 * 1024**2
FILE_BYTES = 1_000_000
CPU_S = 20
NICENESS = 10
FIRST_TO_GO = 500
MOST_PIXELS = 80_000_000
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def main(arguments: list[str]) -> int:
    """Serve the wire on descriptor `arguments[0]` until the agent closes it, or a child fails: then it gives 1."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _give_up_rights()
    Image.init()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    memory.keep_large_blocks()
    prepare()
    _confine()
    connection = socket.socket(fileno=int(arguments[0]))
    while (status := _outcome(_child(connection), connection)) is None:
        pass
    return status


def _child(connection: socket.socket) -> int:
    """Make a child that waits for one request; its number."""
    own_pid = os.getpid()
    child = os.fork()
    if child == 0:
        _limit_child(own_pid)
        os._exit(_serve(connection))
    return child


def _outcome(child: int, connection: socket.socket) -> int | None:
    """Wait until a child has answered one request; one whose agent has gone is ended.

    Returns: None where there may be a next one, else the exit status: 0 where the agent has gone.
    """
    handle = os.pidfd_open(child)
    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    waiting.register(connection, select.POLLRDHUP)
    if handle not in {descriptor for descriptor, _ in waiting.poll()}:
        os.kill(child, signal.SIGKILL)
    os.close(handle)
    _, status = os.waitpid(child, 0)
    waiting.unregister(handle)
    if waiting.poll(0):
        return 0
    return None if status == 0 else 1


def _serve(connection: socket.socket) -> int:
    """Answer one request; the exit status of the child."""
    try:
        asked, pieces = receive_asked(connection)
        answered, made = Answered("failed"), []
        try:
            facts, given = OPERATIONS[asked.operation](asked.facts, pieces)
            answered, made = Answered("done", dict(facts), sizes=tuple(map(len, given))), list(given)
        except Refused as refused:
            answered = Answered("refused", refused.facts, refused.code)
        except Exception as error:  # noqa: BLE001 - the worker's loop: a page of any kind must not end it
            log.warning("%s failed: %s", asked.operation, type(error).__name__)
        send(connection, answered, made, None)
    except (NotOurWire, OSError):
        return 1
    return 0


def _give_up_rights() -> None:
    """Bound what it can take, let whoever answers pages go first, and be the first to be ended for want of memory."""
    os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(FIRST_TO_GO), "ascii")
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))


def _confine() -> None:
    """Leave it the system's libraries and this program to read, and no network, as far as the kernel can."""
    libc = Libc()
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    with suppress(ConfinementMissing):
        restrict(libc, Allowance(tuple((path, READ) for path in (*map(Path, SYSTEM), *code_paths()))))


def _limit_child(parent: int) -> None:
    """Bound what one request can take, and end with the process that made this child."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    os._exit(main(sys.argv[1:]))  # at once: until then the agent takes it for one that still answers
