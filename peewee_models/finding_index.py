"""The finding index of a station: one table of FTS5 that says which registrations have which words; kept by itself.

Triggers note the key of each registration whose words may have changed, whichever statement changed them; the same
transaction, before it ends, writes those words anew (`settle`, called by `write()`).  So the index is as durable and as
whole as the facts, and what was noted but not written, as after a step of the schema, is caught up with at the next
opening.  Rows are numbered as they came: the newest are found first without sorting.  `secure-delete` of FTS5 takes the
words of what is corrected or erased out of the index at once.

PostgreSQL has no such table: there indexes of `pg_trgm` serve the same questions (migrations 0018, 0024 and 0027).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Final

from peewee import SqliteDatabase

from peewee_models.finding_tokens import ADDRESS, HOUSEHOLD, SOURCES, words_of

log = logging.getLogger("renhu")

WORDS: Final = 3
"""To be raised where `words_of` changes: all words are then written anew at the next opening."""
_AT_ONCE: Final = 5000
_OF_PERSON: Final = ("id_no", "mobile", "guardian_mobile", "name_key", "name_pinyin", "name_initials")
_OF_REGISTRATION: Final = ("person_id", "form", *(f"{head}{key}" for head in ("", HOUSEHOLD) for key in ADDRESS))
_NEW: Final = "SELECT NEW.id WHERE NOT EXISTS (SELECT 1 FROM finding_stale WHERE registration_id = NEW.id)"
_OLD: Final = _NEW.replace("NEW.", "OLD.")
_OF_NEW_PERSON: Final = (
    "SELECT id FROM registration WHERE person_id = NEW.id AND id NOT IN (SELECT registration_id FROM finding_stale)"
)


def _trigger(name: str, when: str, whose: str) -> tuple[str, str]:
    note = f"INSERT INTO finding_stale (registration_id) {whose}; /* words {WORDS} */"
    return name, f"CREATE TRIGGER {name} AFTER {when} BEGIN {note} END"


def _changed(columns: Iterable[str]) -> str:
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


TRIGGERS: Final = dict(
    (
        _trigger("finding_registration_made", "INSERT ON registration", _NEW),
        _trigger("finding_registration_erased", "DELETE ON registration", _OLD),
        _trigger(
            "finding_registration_changed",
            f"UPDATE ON registration WHEN {_changed(_OF_REGISTRATION)}",
            _NEW,
        ),
        _trigger("finding_person_changed", f"UPDATE ON person WHEN {_changed(_OF_PERSON)}", _OF_NEW_PERSON),
    )
)
"""What notes that a registration is to be written anew, by name."""

_WHERE: Final = ", ".join(
    (
        *(f"CASE r.form WHEN 'HZ' THEN r.h_{key} ELSE r.{key} END" for key in ADDRESS),
        *(f"CASE r.form WHEN 'RZ' THEN r.h_{key} END" for key in ADDRESS),
    )
)
"""The addresses by which a registration is found: where the person lives, and, on the form RZ, where the household is;
of who does not live here, the household's alone."""

_VALUES: Final = " ".join(
    (
        "SELECT s.id, r.id, p.id_no, p.mobile, p.guardian_mobile, p.name_key, p.name_pinyin, p.name_initials,",
        _WHERE,
        "FROM finding_stale s LEFT JOIN registration r ON r.id = s.registration_id",
        "LEFT JOIN person p ON p.id = r.person_id ORDER BY s.id LIMIT ?",
    )
)
"""Beside the keys the columns that `words_of` takes, in its order."""

_INTO: Final = (
    "INSERT INTO finding"
    " (rowid, number, number_long, phone, phone_long, name, name_long, spelled, road, road_long, place)"
    " SELECT seq, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM finding_row WHERE registration_id = ?"
)
_ERASED: Final = (
    "DELETE FROM finding_row WHERE seq = ? AND NOT EXISTS (SELECT 1 FROM registration WHERE id = registration_id)"
)
_HELD: Final = " ".join(
    (
        "SELECT p.id_no, p.mobile, p.guardian_mobile, p.name_key, p.name_pinyin, p.name_initials,",
        _WHERE,
        ", f.number, f.number_long, f.phone, f.phone_long, f.name, f.name_long, f.spelled,",
        "f.road, f.road_long, f.place",
        "FROM registration r JOIN person p ON p.id = r.person_id",
        "LEFT JOIN finding_row m ON m.registration_id = r.id LEFT JOIN finding f ON f.rowid = m.seq",
    )
)
_GONE: Final = (
    "SELECT seq FROM finding_row WHERE registration_id IN"
    " (SELECT registration_id FROM finding_stale ORDER BY id LIMIT ?)"
)


def serves(store: Any) -> bool:
    """Whether this engine is the one that has the index."""
    return isinstance(store, SqliteDatabase)


def is_there(store: Any) -> bool:
    """Whether the database has the index: not before the step of the schema that makes it."""
    return bool(store.execute_sql("SELECT 1 FROM sqlite_master WHERE name = 'finding_stale'").fetchone())


def settle(store: Any) -> int:
    """Write the words of what was noted, inside the open transaction.

    Returns: how many registrations were written.
    """
    if not is_there(store):
        return 0
    written = 0
    while noted := _settle_some(store):
        written += noted
    return written


def _settle_some(store: Any) -> int:
    """Write the words of the next few; give how many were noted."""
    rows = store.execute_sql(_VALUES, (_AT_ONCE,)).fetchall()
    if not rows:
        return 0
    many = store.connection().executemany
    gone = store.execute_sql(_GONE, (_AT_ONCE,)).fetchall()
    many("DELETE FROM finding WHERE rowid = ?", gone)
    many(_ERASED, gone)
    there = [(row[1], words_of(row[2:])) for row in rows if row[1] is not None]
    many("INSERT INTO finding_row (registration_id) VALUES (?) ON CONFLICT DO NOTHING", [(key,) for key, _ in there])
    many(_INTO, [(*words, key) for key, words in there])
    many("DELETE FROM finding_stale WHERE id = ?", [(row[0],) for row in rows])
    return len(rows)


def ensure(store: Any) -> None:
    """Make sure of the triggers, and catch up with what was noted: called when the database is opened.

    Where they are not there as this program wants them, as before the first time, after a step of the schema that
    makes a table anew, or where words are made otherwise now, every registration is written anew.
    """
    if not is_there(store):
        return
    made = dict(store.execute_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    if {name: sql for name, sql in made.items() if name.startswith("finding_")} != TRIGGERS:
        with store.translating(), store.write_lock, store.begin_write():
            _make_triggers(store, made)
            note_all(store)
    catch_up(store)


def _make_triggers(store: Any, made: Iterable[str]) -> None:
    for name in made:
        if name.startswith("finding_"):
            store.execute_sql(f"DROP TRIGGER {name}")
    for sql in TRIGGERS.values():
        store.execute_sql(sql)


def note_all(store: Any) -> None:
    """Note every registration as to be written anew, the oldest first, inside the open transaction."""
    store.execute_sql(
        "INSERT INTO finding_stale (registration_id) SELECT id FROM registration"
        " WHERE id NOT IN (SELECT registration_id FROM finding_stale) ORDER BY registered_at, id DESC"
    )


def catch_up(store: Any) -> None:
    """Write what was noted and never written, in many short transactions."""
    written = 0
    while store.execute_sql("SELECT 1 FROM finding_stale").fetchone():
        with store.translating(), store.write_lock, store.begin_write():
            written += _settle_some(store)
    if written:
        log.info("the finding index was written anew for %d registrations", written)


def rebuild(store: Any) -> None:
    """Throw all words away and write them anew, numbered in the order of registration."""
    with store.translating(), store.write_lock, store.begin_write():
        store.execute_sql("DELETE FROM finding")
        store.execute_sql("DELETE FROM finding_row")
        note_all(store)
    catch_up(store)


def faults(store: Any) -> int:
    """How many registrations the index lacks, has too many, or has other words for; reads everything.

    About 50 s for a million registrations.
    """
    if not is_there(store):
        return 0
    held = store.execute_sql(_HELD)
    wrong = sum(words_of(row[: len(SOURCES)]) != tuple(row[len(SOURCES) :]) for row in held)
    orphans = "SELECT count(*) FROM finding_row WHERE registration_id NOT IN (SELECT id FROM registration)"
    wrong += int(store.execute_sql(orphans).fetchone()[0])
    store.execute_sql("INSERT INTO finding (finding, rank) VALUES ('integrity-check', 1)")
    return wrong


def keys(store: Any, question: str, offset: int, most: int) -> list[Any]:
    """The keys of registrations that fit a question in FTS5's language, the one registered last first.

    Args:
        store: the open database.
        question: of `finding_tokens.question`, or of dwellings alone.
        offset: so many are passed over.
        most: so many are given at most.

    Returns: keys as SQLite holds them.
    """
    asked = (
        "SELECT m.registration_id FROM (SELECT rowid AS seq FROM finding WHERE finding MATCH ?"
        " ORDER BY rowid DESC LIMIT ? OFFSET ?) f JOIN finding_row m ON m.seq = f.seq ORDER BY f.seq DESC"
    )
    return [row[0] for row in store.execute_sql(asked, (question, most, offset)).fetchall()]
