"""A damaged page of a database too large to be checked at the opening is found while the station works."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from agent.operations.database_watch import DatabaseWatch
from peewee_models import database as databases
from peewee_models.database import SqlCipherStore, create_sqlcipher, open_sqlcipher

KEY = bytes(range(32))
PAGE_BYTES = 4096


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of 2 MB, where more than 1 MB is large."""

    def fill(store: SqlCipherStore) -> None:
        store.execute_sql("CREATE TABLE ballast (id INTEGER PRIMARY KEY, content BLOB)")
        for _ in range(20):
            store.execute_sql("INSERT INTO ballast (content) VALUES (?)", (os.urandom(100_000),))

    monkeypatch.setattr(databases, "CHECKED_AT_OPENING_BYTES", 1_000_000)
    path = tmp_path / "register.db"
    create_sqlcipher(path, KEY, fill)
    return path


def damage(path: Path, *pages: int) -> None:
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE_BYTES + 100)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))


def watch(store: SqlCipherStore) -> tuple[DatabaseWatch, threading.Event, list[Any]]:
    """A watch that says when it has told something."""
    told, events = threading.Event(), []

    def publish(event: Any) -> None:
        events.append(event.name)
        told.set()

    return DatabaseWatch(store, publish), told, events


def test_damaged_pages_are_found_after_the_start_and_told(large: Path, caplog: pytest.LogCaptureFixture) -> None:
    damage(large, 100, 300)
    store = open_sqlcipher(large, KEY)
    watching, told, events = watch(store)
    assert watching.damaged_pages == 0
    watching.start()
    assert told.wait(20)
    watching.stop()
    assert (watching.damaged_pages, events) == (2, ["device"])
    assert "damaged pages in the database's file: 2 [DATABASE-PAGES-DAMAGED]" in caplog.text
    store.close()


def test_whole_pages_are_no_news_while_others_write(large: Path) -> None:
    store = open_sqlcipher(large, KEY)
    watching, _, events = watch(store)
    is_over = threading.Event()

    def write() -> None:
        number = 0
        while not is_over.is_set():
            with store.write():
                row = 1 + number % 20
                store.execute_sql("UPDATE ballast SET content = ? WHERE id = ?", (os.urandom(100_000), row))
            number += 1
        store.close()

    writer = threading.Thread(target=write)
    writer.start()
    found = [watching.look() for _ in range(30)]
    is_over.set()
    writer.join()
    assert (set(found), events) == ({0}, [])
    store.close()


def test_what_seems_damaged_is_looked_at_again_while_nobody_writes(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_sqlcipher(large, KEY)
    watching, _, events = watch(store)
    could_write: list[bool] = []

    def try_to_write() -> None:
        could_write.append(store.write_lock.acquire(blocking=False))
        if could_write[-1]:
            store.write_lock.release()

    def seemingly(_store: SqlCipherStore) -> list[str]:
        other = threading.Thread(target=try_to_write)
        other.start()
        other.join()
        return ["HMAC verification failed for page 7"] if len(could_write) == 1 else []

    monkeypatch.setattr("agent.operations.database_watch.find_damage", seemingly)
    assert watching.look() == 0
    assert (could_write, events) == ([True, False], [])
    store.close()
