"""Cancellations of registrations (注销, form ZX): the events, and what is typed of one and not entered yet."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from peewee import CharField, Check, ForeignKeyField, IntegerField, TextField

from peewee_models.accounts import User
from peewee_models.base import JsonField, KeyedTable, UtcDateTimeField
from peewee_models.register import Registration


class Cancellation(KeyedTable):
    """One registration was cancelled: why, since when, on whose word, by whom and with whose approval; and undone.

    `leave_date` keeps its precision: `2026-11-20`, or `2026-11` where no more is known.  `visits` are the attempts at
    the door, UTC in ISO; `evidence` and `targets` lists of codes.  `person_values` is what the person's row said then,
    for that row goes on with the next registration of the same person; it goes when the cancellation is undone.
    """

    registration = ForeignKeyField(Registration, on_delete="CASCADE")
    version = IntegerField()
    kind = CharField(max_length=2)
    leave_date = CharField(max_length=10, default="")
    leave_to = CharField(max_length=200, default="")
    evidence = JsonField()
    visits = JsonField()
    remark = CharField(max_length=500, default="")
    targets = JsonField()
    person_values = JsonField()
    entered_by = ForeignKeyField(User, backref="+")
    entered_at = UtcDateTimeField()
    approved_by = ForeignKeyField(User, backref="+")
    approved_at = UtcDateTimeField()
    undone_version = IntegerField(null=True)
    undone_by = ForeignKeyField(User, null=True, backref="+")
    undone_approved_by = ForeignKeyField(User, null=True, backref="+")
    undone_at = UtcDateTimeField(null=True)
    undo_reason = TextField(default="")

    class Meta:
        """Four eyes, both ways; and undone wholly or not at all."""

        constraints = (
            Check("entered_by_id <> approved_by_id"),
            Check("undone_by_id IS NULL OR undone_by_id <> undone_approved_by_id"),
            Check("(undone_at IS NULL) = (undone_by_id IS NULL)"),
            Check("(undone_at IS NULL) = (undone_approved_by_id IS NULL)"),
            Check("(undone_at IS NULL) = (undone_version IS NULL)"),
            Check("(undone_at IS NULL) = (undo_reason = '')"),
        )


Cancellation.add_index(
    Cancellation.index(
        Cancellation.registration,
        unique=True,
        where=Cancellation.undone_at.is_null(),
        name="cancellation_standing",
    )
)


class CancellationForm(KeyedTable):
    """What a clerk has typed into the form of a cancellation.  The row goes when that is entered or given up.

    `version` is the registration's when the typing began.
    """

    user = ForeignKeyField(User)
    registration = ForeignKeyField(Registration, on_delete="CASCADE")
    version = IntegerField()
    typed = JsonField()
    at = UtcDateTimeField()

    class Meta:
        """One for each clerk and record."""

        indexes = ((("user", "registration"), True),)


def standing(record_id: uuid.UUID) -> Any:
    """The cancellation by which a registration is cancelled now, or None."""
    here = (Cancellation.registration == record_id) & Cancellation.undone_at.is_null()
    return Cancellation.get_or_none(here)


def of_record(record_id: uuid.UUID) -> list[Any]:
    """All cancellations of a registration, undone ones too, the newest first."""
    found = Cancellation.select().where(Cancellation.registration == record_id)
    return list(found.order_by(Cancellation.version.desc()))


def person_then(record_id: uuid.UUID) -> dict[str, str] | None:
    """What the person's row said when a registration was cancelled; None of one that is not cancelled now."""
    row = standing(record_id)
    return None if row is None else dict(row.person_values)


def form_of(record_id: uuid.UUID, user_id: uuid.UUID) -> Any:
    """What this user has typed of a cancellation and not entered, or None."""
    mine = (CancellationForm.registration == record_id) & (CancellationForm.user == user_id)
    return CancellationForm.get_or_none(mine)


def put_form(record_id: uuid.UUID, user_id: uuid.UUID, version: int, typed: dict[str, str], at: datetime) -> bool:
    """Write what was typed in place of what was kept before; tell whether this is the first of it.

    Args:
        record_id: the registration.
        user_id: its clerk.
        version: of the registration on the page.
        typed: texts by key.
        at: when.
    """
    mine = (CancellationForm.registration == record_id) & (CancellationForm.user == user_id)
    if CancellationForm.update(at=at, version=version, typed=typed).where(mine).execute():
        return False
    CancellationForm.create(registration=record_id, user=user_id, version=version, typed=typed, at=at)
    return True


def forget_form(record_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    """Erase what this user had typed of a cancellation; tell whether there was anything."""
    gone = (CancellationForm.registration == record_id) & (CancellationForm.user == user_id)
    return bool(CancellationForm.delete().where(gone).execute())
