"""The audit rows hang on each other: what was edited, removed, put in or exchanged is found, at its first row.

Also what can not be found without a mark from outside is written down here, so that nobody claims more.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from peewee_models import audit, schema
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import NOTHING_BEFORE, ChainState, chained, look_on, look_over

NOW = datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC)
WHO = (uuid.UUID(int=1), uuid.UUID(int=2))
ROWS = 12


def write(store: Any, count: int = ROWS) -> None:
    with store.write():
        for number in range(count):
            at = NOW + timedelta(microseconds=number * 438_272)
            who = WHO if number % 2 else None
            audit.append(at, who, "test.act", ("test", uuid.UUID(int=number) if number % 3 else None), {"n": number})


def rewritten(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A whole valid chain over other content, as somebody who knows the program would make it."""
    previous, made = NOTHING_BEFORE, []
    for seq, row in enumerate(rows, 1):
        content = [seq, row["at"].replace(tzinfo=None), *(row[k] for k in ("user_id", "session_id", "action"))]
        content += [row["subject_kind"], row["subject_id"], AuditEntry.facts.db_value(row["facts"])]
        previous = chained(previous, content)
        made.append(row | {"seq": seq, "chain_hash": previous})
    return made


def exchange(rows: list[dict[str, Any]]) -> None:
    AuditEntry.delete().execute()
    AuditEntry.insert_many(rows).execute()


def all_rows() -> list[dict[str, Any]]:
    return list(AuditEntry.select().order_by(AuditEntry.seq).dicts())


def edit(**columns: Any) -> Callable[[], None]:
    return lambda: AuditEntry.update(**columns).where(AuditEntry.seq == 5).execute()


def remove(*numbers: int) -> Callable[[], None]:
    return lambda: AuditEntry.delete().where(AuditEntry.seq.in_(numbers)).execute()


def swap() -> None:
    rows = all_rows()
    rows[4], rows[5] = rows[5] | {"seq": 5}, rows[4] | {"seq": 6}
    exchange(rows)


def put_in(doubled: int) -> Callable[[], None]:
    def act() -> None:
        rows = all_rows()
        rows.insert(4, rows[doubled])
        exchange([row | {"seq": seq} for seq, row in enumerate(rows, 1)])

    return act


def put_before() -> None:
    exchange([all_rows()[0] | {"seq": 0}, *all_rows()])


def close_the_gap() -> None:
    rows = all_rows()
    del rows[4]
    exchange([row | {"seq": seq} for seq, row in enumerate(rows, 1)])


def forge_one() -> None:
    rows = all_rows()
    rows[4]["facts"] = {"n": 99}
    exchange([*rows[:4], rewritten(rows[:5])[4], *rows[5:]])


ATTACKS: dict[str, tuple[Callable[[], Any], int, str]] = {
    "at": (edit(at=NOW), 5, "changed"),
    "user": (edit(user_id=WHO[0]), 5, "changed"),
    "session": (edit(session_id=WHO[1]), 5, "changed"),
    "action": (edit(action="test.other"), 5, "changed"),
    "kind": (edit(subject_kind="record"), 5, "changed"),
    "subject": (edit(subject_id=None), 5, "changed"),
    "facts": (edit(facts={"n": 5}), 5, "changed"),
    "hash": (edit(chain_hash="0" * 64), 5, "changed"),
    "first": (remove(1), 1, "missing"),
    "middle": (remove(5, 6), 5, "missing"),
    "gap closed": (close_the_gap, 5, "changed"),
    "swapped": (swap, 5, "changed"),
    "doubled": (put_in(3), 5, "changed"),
    "from later": (put_in(9), 5, "changed"),
    "put before": (put_before, 1, "changed"),
    "forged alone": (forge_one, 6, "changed"),
}


def test_every_attack_on_the_rows_is_found_at_its_first_row(store: Any) -> None:
    write(store)
    whole, rows = look_over(store), all_rows()
    assert (whole.rows, whole.fault, whole.bad_seq, whole.head) == (ROWS, "", None, rows[-1]["chain_hash"])
    for name, (attack, seq, fault) in ATTACKS.items():
        attack()
        found = look_over(store)
        assert (found.bad_seq, found.fault) == (seq, fault), name
        exchange(rows)
        assert look_over(store) == whole, name


def test_what_only_a_mark_from_outside_shows(store: Any) -> None:
    write(store)
    noted = look_over(store).mark
    rows = all_rows()
    remove(11, 12)()
    assert look_over(store).fault == ""
    assert dataclasses.astuple(look_over(store, noted))[0::2] == (10, "missing")
    exchange(rewritten([*rows[:4], rows[4] | {"facts": {"n": 99}}, *rows[5:]]))
    assert look_over(store).fault == ""
    assert look_over(store, noted).bad_seq == ROWS
    assert look_over(store, noted).fault == "rewritten"
    exchange(rows)
    write(store, 3)
    assert look_over(store, noted).rows == ROWS + 3


def test_rows_of_before_are_chained_and_the_chain_goes_on(store: Any) -> None:
    write(store)
    before = all_rows()
    schema.downgrade(store, "0008_audit_chain")
    assert "chain_hash" not in {column.name for column in store.get_columns("audit_entry")}
    schema.upgrade(store)
    assert all_rows() == before
    write(store, 1)
    assert look_over(store) == ChainState(ROWS + 1, all_rows()[-1]["chain_hash"])


@given(st.data())
def test_no_bit_of_a_row_can_turn(data: st.DataObject) -> None:
    content = (1, "2026-11-23 02:00:00.123456", "0" * 32, None, "test.act", "test", None, '{"n":1}')
    row = [*content, chained(NOTHING_BEFORE, content)]
    place = data.draw(st.sampled_from([1, 2, 4, 5, 7, 8]))
    at = data.draw(st.integers(0, len(row[place]) - 1))
    turned = chr(ord(row[place][at]) ^ 1 << data.draw(st.integers(0, 6)))
    row[place] = row[place][:at] + turned + row[place][at + 1 :]
    assert look_on(ChainState(0, NOTHING_BEFORE), [row]).fault == "changed"
