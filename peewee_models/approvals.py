"""The words of second persons, over drafts and over corrections, until the form is saved or goes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from peewee import CharField, ForeignKeyField, TextField

from peewee_models.accounts import User
from peewee_models.base import KeyedTable, UtcDateTimeField
from peewee_models.corrections import Correction
from peewee_models.drafts import Draft


class Approval(KeyedTable):
    """A second person's word that a problem of one field is officially so; it holds for one value only.

    It belongs either to a draft or to a correction, and goes with it.
    """

    draft = ForeignKeyField(Draft, null=True, on_delete="CASCADE")
    correction = ForeignKeyField(Correction, null=True, on_delete="CASCADE")
    field = CharField(max_length=30)
    code = CharField(max_length=40)
    value_hash = CharField(max_length=64)
    reason = TextField()
    second_user = ForeignKeyField(User)
    at = UtcDateTimeField()

    class Meta:
        """One word a problem of a field."""

        indexes = ((("draft", "field", "code"), True), (("correction", "field", "code"), True))


def of(owner: Draft | Correction) -> dict[tuple[str, str], Any]:
    """What a second person let pass in a draft or a correction, by field and code."""
    return {(row.field, row.code): row for row in Approval.select().where(_belongs_to(owner))}


def put(
    owner: Draft | Correction,
    problem: tuple[str, str],
    value_hash: str,
    reason: str,
    second_user_id: uuid.UUID,
    at: datetime,
) -> None:
    """Write a word in place of an earlier one on the same problem of the same field."""
    field, code = problem
    Approval.delete().where(_belongs_to(owner) & (Approval.field == field) & (Approval.code == code)).execute()
    Approval.create(
        draft=owner if isinstance(owner, Draft) else None,
        correction=owner if isinstance(owner, Correction) else None,
        field=field,
        code=code,
        value_hash=value_hash,
        reason=reason,
        second_user=second_user_id,
        at=at,
    )


def _belongs_to(owner: Draft | Correction) -> Any:
    return (Approval.draft if isinstance(owner, Draft) else Approval.correction) == owner.id
