"""The scanner lent to a command: audited, nothing kept, called off when the command hangs up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
import pytest

from agent.control_scan import ScanLender
from agent.errors import CodedError
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


def test_whoever_hangs_up_calls_the_scan_off(room: Room, command: socket.socket) -> None:
    command.close()
    room.until(lambda: room.scanner.cancels == 1)
    room.scanner.fail("SCANNER-CANCELLED")
    room.until(lambda: room.desk.under_way() is None)
