"""A scan over the agent's unix socket: the question, then progress and pages as they come, then the end.

Every message is one JSON line; behind that of a page follow its bytes.  Whoever hangs up calls the scan off.
"""

from __future__ import annotations

import pwd
import queue
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from agent.accounts.service import AccountsService
from agent.control import LINE_LIMIT_BYTES, called, error_of, error_told
from agent.documents.loan import Loan, LoanEnd
from agent.documents.papers import NewPage
from agent.documents.patience import LONGEST_S, SHORTEST_S
from agent.documents.scan_desk import READY_WAIT_S, ScanDesk
from agent.errors import Actor, CodedError, Retry
from agent.memory import Buffer
from drivers.scanner_api import Progress, ScanRequest
from drivers.scanner_limits import LARGEST_BYTES

LOOK_EVERY_S: Final = 0.2
PAGE_LIMIT_BYTES: Final = LARGEST_BYTES
SLACK_S: Final = 15.0
"""So much longer a command waits for the agent than the agent for the scanner, whose end it is to hear of."""


class PageTold(msgspec.Struct, frozen=True):
    """A page on its way: what is kept of it, how many bytes follow, and whether it comes from a practice station.

    Attributes:
        doubts: what to look at, as of a `NewPage`.
    """

    content_type: str
    side: str
    size_bytes: int
    is_practice: bool = False
    doubts: tuple[dict[str, str | int], ...] = ()


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the answer; exactly one of these is there, nothing at all is the regular end."""

    progress: Progress | None = None
    page: PageTold | None = None
    error: dict[str, Any] | None = None


class ScanLender:
    """Lend the agent's scanner to commands, each use audited; a clerk's scan goes before.

    Args:
        desk: has the scanner.
        accounts: write the audit row.
        is_practice: whether the pages are practice's, which whoever prints them has to say.
    """

    def __init__(self, desk: ScanDesk, accounts: AccountsService, *, is_practice: bool = False) -> None:
        self._desk = desk
        self._accounts = accounts
        self._is_practice = is_practice

    def serve(self, question: dict[str, Any], uid: int, connection: socket.socket) -> None:
        """Scan for a command until the end, its hanging up included.

        Raises: ValueError for a question that is none; CodedError SCANNER-HELD-BY while another scan is under way.
        """
        try:
            wanted = msgspec.convert(question.get("wanted"), ScanRequest)
            silence_s = _silence_s(question.get("silence_s"))
        except (msgspec.ValidationError, TypeError) as error:
            raise ValueError("not a scan") from error
        loan = Loan(f"renhu scan ({_user(uid)})", wanted, str(question.get("size", "")), silence_s)
        self._accounts.note_device_act(None, f"scan by uid {uid}", "scanner")
        key = self._begin(loan)
        is_heard = True
        while True:
            if is_heard and _has_hung_up(connection):
                is_heard = self._call_off(key)
            try:
                shown = loan.shown.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            if is_heard:
                try:
                    _send(connection, shown, self._is_practice)
                except OSError:
                    is_heard = self._call_off(key)
            if isinstance(shown, LoanEnd):
                return

    def _begin(self, loan: Loan) -> str:
        try:
            return self._desk.begin(loan)
        except CodedError as error:
            other = self._desk.under_way()
            if other is None:
                raise
            told = {"name": other.errand.name, "what": other.errand.what}
            raise CodedError("SCANNER-HELD-BY", Actor.CLERK, Retry.AFTER_ACTION, **told) from error

    def _call_off(self, key: str) -> bool:
        """Call the scan off: nobody hears of it any more."""
        with suppress(CodedError):
            self._desk.cancel(key)
        return False


def borrowed_pages(
    path: Path, wanted: ScanRequest, size: str, silence_s: float | None, report: Callable[[Progress], None]
) -> Iterator[tuple[NewPage, bool]] | None:
    """Scan through the agent behind `path`; every page comes as soon as it is whole.

    Returns: the pages, and of each whether it is practice's; None when no agent answers there.
    A caller that stops iterating calls the scan off.
    Raises: CodedError as the agent says, in the iteration too.
    """
    question = {"ask": "scan", "wanted": msgspec.to_builtins(wanted), "size": size, "silence_s": silence_s}
    connection = called(path, question, READY_WAIT_S + (silence_s or LONGEST_S) + SLACK_S)
    return None if connection is None else _received(connection, report)


def _received(connection: socket.socket, report: Callable[[Progress], None]) -> Iterator[tuple[NewPage, bool]]:
    with connection, connection.makefile("rb") as answer:
        while True:
            message = _next(answer)
            if message.error is not None:
                raise error_of(message.error)
            if message.progress is not None:
                report(message.progress)
            elif message.page is not None:
                yield _page(answer, message.page), message.page.is_practice
            else:
                return


def _next(answer: IO[bytes]) -> Message:
    """The next message.  Raises: CodedError SCANNER-STOPPING when the agent has gone."""
    try:
        return msgspec.json.decode(answer.readline(LINE_LIMIT_BYTES), type=Message)
    except (OSError, msgspec.MsgspecError) as error:
        raise _gone() from error


def _page(answer: IO[bytes], told: PageTold) -> NewPage:
    size_bytes = min(told.size_bytes, PAGE_LIMIT_BYTES)
    content = answer.read(size_bytes)
    if len(content) != told.size_bytes:
        raise _gone()
    return NewPage(content, told.content_type, told.side, told.doubts)  # type: ignore[arg-type]


def _gone() -> CodedError:
    return CodedError("SCANNER-STOPPING", Actor.TECHNICIAN, Retry.AFTER_ACTION)


def _send(connection: socket.socket, shown: NewPage | Progress | LoanEnd, is_practice: bool) -> None:
    body: Buffer = b""
    if isinstance(shown, NewPage):
        body = shown.content
        doubts = tuple(map(dict, shown.doubts))
        message = Message(page=PageTold(shown.content_type, shown.side, len(body), is_practice, doubts))
    elif isinstance(shown, Progress):
        message = Message(progress=shown)
    else:
        message = Message(error=None if shown.error is None else error_told(shown.error))
    connection.sendall(msgspec.json.encode(message) + b"\n" + body)


def _silence_s(told: Any) -> float | None:
    """So long the scanner may show nothing.  Raises: TypeError, ValueError where that is no such time."""
    if told is None:
        return None
    silence_s = float(told)
    if not SHORTEST_S <= silence_s <= LONGEST_S:  # no number at all is not between them either
        raise ValueError("not a time")
    return silence_s


def _has_hung_up(connection: socket.socket) -> bool:
    if not select.select([connection], [], [], 0)[0]:
        return False
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
