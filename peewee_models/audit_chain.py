"""The chain of the audit rows, each one's hash over its content and the hash before it; and the look over them.

What the look finds by itself: a row that was edited, removed from the middle, put in, doubled or exchanged, and a row
of which a hash was forged without all that follow.  What it can not find by itself, because nothing in the database
could tell: rows cut off the end, the whole database put back to an older state, and a chain that was written anew from
some row to its end by somebody who can write the database and knows this file.  These are found with a mark (number and
hash of a row) that was noted outside: on paper, in the log, at the district.

Source: security requirements S-32 and S-33.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

NOTHING_BEFORE = "0" * 64
MARK_DIGITS = 16
_PART = 10_000
_BELOW_ALL = -(2**63)
_ROWS = (
    "SELECT seq, at, user_id, session_id, action, subject_kind, subject_id, facts, chain_hash"
    " FROM audit_entry WHERE seq > {after} ORDER BY seq LIMIT {part}"
)

Fault = Literal["", "missing", "changed", "rewritten"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A row as it was noted somewhere else: its number, and how its hash begins."""

    seq: int
    digits: str


@dataclass(frozen=True, slots=True)
class ChainState:
    """How the audit rows hang together.

    Attributes:
        rows: how many follow each other without fault, from the first.
        head: the hash of the last of these.
        fault: what is wrong with the next one: `missing`, `changed` (it does not fit the row before), `rewritten` (the
            rows fit each other and not the mark); empty where nothing is.
    """

    rows: int
    head: str
    fault: Fault = ""

    @property
    def bad_seq(self) -> int | None:
        """The number of the first row that is wrong or missing; None where all are well."""
        return self.rows + 1 if self.fault else None

    @property
    def mark(self) -> Mark:
        """The last row, to be noted somewhere else."""
        return Mark(self.rows, self.head[:MARK_DIGITS])


def chained(previous: str, content: Sequence[Any]) -> str:
    """The hash of a row: SHA-256 over the hash before it and the row's content as one JSON array.

    Args:
        previous: 64 digits.
        content: number, naive time in UTC, user, session, action, kind and key of the subject, facts as stored text.
    """
    plain = [value.hex if isinstance(value, uuid.UUID) else value for value in content]
    plain[1] = str(content[1])
    coded = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((previous + coded).encode()).hexdigest()


def look_on(state: ChainState, rows: Iterable[Sequence[Any]], mark: Mark | None = None) -> ChainState:
    """Follow the chain over more rows, in their order, up to the first fault."""
    count, head = state.rows, state.head
    for row in rows:
        if row[0] != count + 1:
            return ChainState(count, head, "missing" if row[0] > count + 1 else "changed")
        own = chained(head, row[:-1])
        if own != row[-1]:
            return ChainState(count, head, "changed")
        if mark is not None and mark.seq == row[0] and not own.startswith(mark.digits):
            return ChainState(count, head, "rewritten")
        count, head = count + 1, own
    return ChainState(count, head)


def is_chained(store: Any) -> bool:
    """Whether the rows of a database have hashes yet; one of an older program gets them with its next start."""
    return any(column.name == "chain_hash" for column in store.get_columns("audit_entry"))


def look_over(store: Any, mark: Mark | None = None) -> ChainState:
    """Look over all rows of a database, some thousands at a time; about 6 s a million.

    Args:
        store: the open database.
        mark: a row as it was noted elsewhere; a chain that ends before it has lost rows.
    """
    state = ChainState(0, NOTHING_BEFORE)
    while not state.fault:
        after = state.rows or _BELOW_ALL
        rows = store.execute_sql(_ROWS.format(after=after, part=_PART)).fetchall()
        state = look_on(state, rows, mark)
        if len(rows) < _PART:
            break
    if not state.fault and mark is not None and mark.seq > state.rows:
        return ChainState(state.rows, state.head, "missing")
    return state
