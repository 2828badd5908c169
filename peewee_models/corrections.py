"""Corrections of registrations that are typed and not saved yet: one for each clerk and record."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from peewee import CharField, ForeignKeyField, IntegerField

from peewee_models.accounts import User
from peewee_models.base import JsonField, KeyedTable, UtcDateTimeField
from peewee_models.register import Registration


class Correction(KeyedTable):
    """What a clerk has typed over the values of a registration.  The row goes when that is saved or given up.

    `version` is the registration's when the typing began: what others changed later is shown beside what was typed.
    """

    user = ForeignKeyField(User)
    registration = ForeignKeyField(Registration, on_delete="CASCADE")
    version = IntegerField()
    typed = JsonField()
    reason = CharField(max_length=500)
    at = UtcDateTimeField()

    class Meta:
        """One for each clerk and record."""

        indexes = ((("user", "registration"), True),)


def of_user(record_id: uuid.UUID, user_id: uuid.UUID) -> Any:
    """What this user has typed over a registration and not saved, or None."""
    return Correction.get_or_none((Correction.registration == record_id) & (Correction.user == user_id))


def put(record_id: uuid.UUID, user_id: uuid.UUID, version: int, columns: dict[str, Any], at: datetime) -> bool:
    """Write what was typed in place of what was kept before; tell whether this is the first of it.

    Args:
        record_id: the registration.
        user_id: its clerk.
        version: of the registration on the page; noted with the first only.
        columns: `typed` and `reason`.
        at: when.
    """
    changed = Correction.update(at=at, **columns).where(
        (Correction.registration == record_id) & (Correction.user == user_id)
    )
    if changed.execute():
        return False
    Correction.create(registration=record_id, user=user_id, version=version, at=at, **columns)
    return True


def forget(record_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    """Erase what this user had typed; tell whether there was anything."""
    gone = Correction.delete().where((Correction.registration == record_id) & (Correction.user == user_id))
    return bool(gone.execute())
