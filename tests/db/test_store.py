"""One way to write on either engine: all or nothing, no gaps, times with their zone; and SQLite set to lose nothing."""

from __future__ import annotations

import threading
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from drivers.stored_text import storable
from peewee_models import audit
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.database import SqlCipherStore, open_sqlcipher
from peewee_models.outbox import OutboxRow
from peewee_models.register import Household

NOW = datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC)


def write_audit() -> int:
    return audit.append(NOW, None, "test.act", ("test", None), {"code": "测试"})


def write_audit_and_fail() -> None:
    write_audit()
    raise ZeroDivisionError


def test_write_keeps_all_or_nothing(store: Any) -> None:
    with pytest.raises(ZeroDivisionError), store.write():
        write_audit_and_fail()
    assert AuditEntry.select().count() == 0
    with store.write():
        assert write_audit() == 1
    assert AuditEntry.get().facts == {"code": "测试"}


def test_numbers_have_no_gaps_under_threads(store: Any) -> None:
    def work(fails: bool) -> None:
        for number in range(10):
            with suppress(ZeroDivisionError), store.write():
                (write_audit_and_fail if fails and number % 2 else write_audit)()
        store.close()

    threads = [threading.Thread(target=work, args=(fails,)) for fails in (True, False, True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditEntry.select().count() == 30
    assert look_over(store).bad_seq is None
    AuditEntry.delete().where(AuditEntry.seq == 7).execute()
    assert look_over(store).bad_seq == 7


def test_times_come_back_aware_in_utc(store: Any) -> None:
    east = NOW.astimezone(timezone(timedelta(hours=8)))
    row = Household.create(created_at=east)
    held = Household.get(Household.id == row.id).created_at
    assert held == NOW
    assert held.utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="zone"):
        Household.create(created_at=NOW.replace(tzinfo=None))


def test_times_sort_across_whole_seconds(store: Any) -> None:
    times = [NOW.replace(microsecond=0), NOW.replace(microsecond=5), NOW + timedelta(seconds=1)]
    for time in reversed(times):
        Household.create(created_at=time)
    assert [row.created_at for row in Household.select().order_by(Household.created_at)] == times
    assert Household.select().where(Household.created_at < times[1]).count() == 1


def test_text_is_kept_code_point_for_code_point(store: Any) -> None:
    strange = "测试\U00020087\ue863·Å" + storable("\ud800\x00")
    with store.write():
        audit.append(NOW, None, "test", ("test", None), {"text": strange})
        OutboxRow.create(seq=1, at=NOW, kind="x", subject_id=uuid.uuid4(), version=1, body={"text": strange})
    assert AuditEntry.get().facts["text"] == strange
    assert OutboxRow.get().body["text"] == strange


def test_sqlite_is_set_to_lose_nothing(database_file: Path, key: bytes) -> None:
    store = open_sqlcipher(database_file, key)
    assert store.pragma("journal_mode") == "wal"
    assert store.pragma("synchronous") == 2
    assert store.pragma("foreign_keys") == 1
    assert store.pragma("temp_store") == 2
    assert store.pragma("secure_delete") == 1
    store.close()


def test_write_takes_the_lock_at_once(database_file: Path, key: bytes) -> None:
    first, second = open_sqlcipher(database_file, key), SqlCipherStore(database_file, key)
    second.connect_params["timeout"] = 0
    with first.write(), pytest.raises(Exception, match="locked"), second.write():
        pass
    first.close()
    second.close()


def test_nothing_is_readable_on_disk(database_file: Path, key: bytes) -> None:
    store = open_sqlcipher(database_file, key)
    mark = "金丝雀-7f3a"
    with store.write():
        audit.append(NOW, None, "canary-7f3a", ("test", None), {"text": mark})
    parts = [path for path in database_file.parent.iterdir() if path.is_file()]
    assert {path.suffix for path in parts} >= {".db", ".db-wal"}
    for path in parts:
        content = path.read_bytes()
        for form in (
            mark.encode(),
            mark.encode("utf-16-le"),
            mark.encode("gbk"),
            b"canary-7f3a",
            key,
            key.hex().encode(),
        ):
            assert form not in content
    store.close()
