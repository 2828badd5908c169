"""The pairs of persons who may be one, kept up to date with what is written of them; all in the open transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from agent.register import likeness
from agent.register.alike import compared, who_is_alike
from peewee_models import duplicates


def refresh(person: Any, at: datetime) -> None:
    """Find anew who may be the same as a person whose compared values have changed; others' pairs stay as they are."""
    one = compared(person)
    now = {
        other.person.id: likeness.digest(one, other.compared)
        for other in who_is_alike(one, person.id)
        if likeness.is_suspicion(other.reasons)
    }
    before = duplicates.pairs_of(person.id)
    for key, row in before.items():
        if now.get(key) != row.compared:
            row.delete_instance()
    for key, digest in now.items():
        if key not in before or before[key].compared != digest:
            duplicates.put_pair(person.id, key, digest, at)
    duplicates.note_compared(person.id)


def forget(person: Any) -> None:
    """Take a person out of all pairs: they have become another."""
    for row in duplicates.pairs_of(person.id).values():
        row.delete_instance()
    duplicates.note_compared(person.id)


def touches(keys: Iterable[str]) -> bool:
    """Whether a change of these values, or that a card vouches for them, may make somebody alike, or no longer."""
    return not set(likeness.COMPARED_KEYS).isdisjoint(keys)
