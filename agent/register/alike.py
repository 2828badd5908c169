"""Registrations that may be of the same person though no number says so: a hint, for two persons may share all that."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import tzinfo

from agent.register import draft_view, names
from agent.register.form import as_date
from agent.register.views import RecordLine
from peewee_models import register_queries

_MOST = 3


def alike(values: Mapping[str, str], own: uuid.UUID | None, zone: tzinfo) -> tuple[RecordLine, ...]:
    """Find who has the same name with the same birth date or guardian, inside the open transaction.

    Two different numbers are two persons: of a person with a number only those without one are looked at.

    Args:
        values: of a form or a record, by key.
        own: key of the registration that they belong to, None where there is none.
        zone: in which the station counts its days.
    """
    name, birth = names.search_key(values.get("name", "")), as_date(values.get("birth_date", ""))
    guardian = values.get("guardian_id", "")
    if not name or (birth is None and not guardian):
        return ()
    found = register_queries.namesakes(name, birth, guardian, _MOST + 1, is_numbered=bool(values.get("id_no")))
    return tuple(draft_view.record_line(row, zone) for row in found if row.id != own)[:_MOST]
