"""The scanner lent to a command: audited, nothing kept, called off when the command hangs up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from agent import control_scan
from agent.control_scan import ScanLender
from agent.devices.host import GRACE_S
from agent.documents.loan import Loan
from agent.documents.scan_desk import READY_WAIT_S
from agent.errors import CodedError
from drivers.scanner_api import ScanRequest, Source
from peewee_models.audit import AuditEntry
from peewee_models.documents import Media, ScanJob

if TYPE_CHECKING:
    from conftest import Room

QUESTION = {"ask": "scan", "wanted": {"source": "adf", "mode": "grey", "resolution_dpi": 75}, "silence_s": 30}


@pytest.fixture
def command(room: Room) -> Iterator[socket.socket]:
    """The command's end of a connection on which a scan is being served."""
    ours, theirs = socket.socketpair()
    lender = ScanLender(room.desk, room.office.accounts)

    def serve() -> None:
        with theirs:
            lender.serve(QUESTION, 0, theirs)
            room.office.store.close()

    thread = threading.Thread(target=serve)
    thread.start()
    room.until(lambda: room.scanner.asked)
    yield ours
    ours.close()
    thread.join(20)
    assert not thread.is_alive()


def test_pages_go_to_the_command_and_nowhere_else(room: Room, command: socket.socket) -> None:
    assert (room.scanner.asked[0]["source"], room.scanner.limits_s) == ("adf", [30])
    with pytest.raises(CodedError) as refused:
        ScanLender(room.desk, room.office.accounts).serve(QUESTION, 0, command)
    assert (refused.value.code, refused.value.facts) == (
        "SCANNER-HELD-BY",
        {"name": "renhu scan (root)", "what": "renhu scan"},
    )
    scanner = room.board().scanner
    assert (scanner.held_code, scanner.holder) == ("SCANNER-LENT", "renhu scan (root)")
    assert room.code_of(lambda: room.scans.preview(room.ref, "D05", room.by)) == "SCANNER-LENT"
    room.show(1)
    room.scanner.fail("SCANNER-JAM")
    with command.makefile("rb") as answer:
        page = msgspec.json.decode(answer.readline())["page"]
        assert answer.read(page["size_bytes"]).endswith(b"page 1")
        assert msgspec.json.decode(answer.readline())["error"]["code"] == "SCANNER-JAM"
        assert answer.read() == b""
    assert (Media.select().count(), ScanJob.select().count()) == (0, 0)
    acts = [row.facts for row in AuditEntry.select().where(AuditEntry.action == "device.act")]
    assert acts == [{"what": "scan by uid 0", "role": "scanner"}] * 2


@pytest.mark.parametrize("silence_s", [float("nan"), -1, 0, 1e9, "soon", [30]])
def test_a_time_that_is_none_asks_the_scanner_for_nothing(room: Room, silence_s: object) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(ValueError, match=r"not a|could not"):
        ScanLender(room.desk, room.office.accounts).serve({**QUESTION, "silence_s": silence_s}, 0, theirs)
    assert room.desk.under_way() is None


def test_a_command_that_has_little_time_waits_no_longer_for_a_scanner_that_is_coming(room: Room) -> None:
    room.is_coming = lambda: True
    before_s = room.clock.monotonic()
    room.desk.begin(Loan("renhu scan (root)", ScanRequest(Source.FLATBED), silence_s=5.0))
    room.until(lambda: room.scanner.asked)
    assert 5.0 <= room.clock.monotonic() - before_s < 6.0
    room.scanner.fail("SCANNER-ABSENT")
    room.until(lambda: room.desk.under_way() is None)


@pytest.mark.parametrize(("silence_s", "agent_s"), [(5.0, 5.0), (600.0, 600.0), (None, 600.0)])
def test_a_command_waits_longer_for_the_agent_than_the_agent_may_wait_for_the_scanner(
    monkeypatch: pytest.MonkeyPatch, silence_s: float | None, agent_s: float
) -> None:
    limits_s: list[float] = []
    monkeypatch.setattr(control_scan, "called", lambda _path, _question, limit_s: limits_s.append(limit_s))
    control_scan.borrowed_pages(Path("agent.sock"), ScanRequest(Source.FLATBED), "", silence_s, lambda _: None)
    assert limits_s[0] > READY_WAIT_S + agent_s + GRACE_S


def test_whoever_hangs_up_calls_the_scan_off(room: Room, command: socket.socket) -> None:
    command.close()
    room.until(lambda: room.scanner.cancels == 1)
    room.scanner.fail("SCANNER-CANCELLED")
    room.until(lambda: room.desk.under_way() is None)
