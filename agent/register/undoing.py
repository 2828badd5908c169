"""Whether a merge can be taken back: as long as nothing was built upon it."""

from __future__ import annotations

from typing import Any

from agent.register import revision
from peewee_models import merges, register_queries


def can_undo(row: Any) -> bool:
    """Whether all that a merge has touched is as it made it, and nobody else has a number that it had freed.

    Inside the open transaction.

    Args:
        row: of a merge that stands.
    """
    touched = [(row.record_id, row.version)]
    touched += [(part.registration_id, part.version) for part in merges.parts_of(row.id)]
    if not all(revision.is_as_it_was(register_queries.changes_since(*one)) for one in touched):
        return False
    before = [line.old for line in register_queries.changes_of(row.record_id, row.version) if line.key == "id_no"]
    owners = [register_queries.person_with_number(number) for number in (row.number, *before) if number]
    return all(owner is None or owner.id == row.survivor_id for owner in owners)
