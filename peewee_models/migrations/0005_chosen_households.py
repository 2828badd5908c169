"""A draft has a household only where the clerk chose one.

What was made for it alone, or taken over from the record that it stands for, was no choice.

Frozen: never edited after release.
"""

from __future__ import annotations

import uuid
from typing import Any

from peewee import DateTimeField, ForeignKeyField, Model, UUIDField, fn


class _Household(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    created_at = DateTimeField()

    class Meta:
        table_name = "household"


class _Registration(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    household = ForeignKeyField(_Household, backref="+", null=True)

    class Meta:
        table_name = "registration"


class _Draft(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    household = ForeignKeyField(_Household, backref="+", null=True)
    registration = ForeignKeyField(_Registration, backref="+", null=True)
    opened_at = DateTimeField()

    class Meta:
        table_name = "draft"


_TABLES = [_Household, _Registration, _Draft]


def up(migrator: Any, db: Any) -> None:
    """Keep the households that a draft shares with somebody else."""
    migrator.drop_not_null("draft", "household_id").run()
    with db.bind_ctx(_TABLES):
        registered = {row.id: row.household_id for row in _Registration.select()}
        members = dict(_Draft.select(_Draft.household, fn.COUNT(_Draft.id)).group_by(_Draft.household).tuples())
        for draft in list(_Draft.select()):
            is_alone = members[draft.household_id] == 1 and draft.household_id not in registered.values()
            if is_alone or registered.get(draft.registration_id) == draft.household_id:
                _Draft.update(household=None).where(_Draft.id == draft.id).execute()


def down(migrator: Any, db: Any) -> None:
    """Give every draft a household of its own again, or that of its record."""
    with db.bind_ctx(_TABLES):
        registered = {row.id: row.household_id for row in _Registration.select()}
        for draft in list(_Draft.select().where(_Draft.household.is_null())):
            household = registered.get(draft.registration_id)
            if household is None:
                household = uuid.uuid4()
                _Household.insert(id=household, created_at=draft.opened_at).execute()
            _Draft.update(household=household).where(_Draft.id == draft.id).execute()
    migrator.add_not_null("draft", "household_id").run()
