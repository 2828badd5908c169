"""Code tables and rule parameters that a station puts in place of the shipped ones.

Going down forgets them: an older program knows the shipped ones only.  Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "station_user"


class _CodeEdition(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    name = CharField(max_length=40)
    number = IntegerField()
    edition = CharField(max_length=100)
    source = CharField(max_length=200)
    holds_from = DateField()
    sha256 = CharField(max_length=64)
    entered_by = ForeignKeyField(_User, backref="+")
    entered_at = DateTimeField()

    class Meta:
        table_name = "code_edition"
        indexes = ((("name", "number"), True),)


class _CodeLine(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    edition = ForeignKeyField(_CodeEdition, backref="+", on_delete="CASCADE")
    place = IntegerField()
    code = CharField(max_length=20)
    text_zh = CharField(max_length=100)
    text_en = CharField(max_length=200)
    initials = CharField(max_length=60, default="")
    parent = CharField(max_length=20, default="")
    is_offered = BooleanField()
    valid_from = DateField(null=True)
    valid_to = DateField(null=True)

    class Meta:
        table_name = "code_line"
        indexes = ((("edition", "place"), True),)


class _CodeUpload(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    name = CharField(max_length=40, unique=True)
    edition = CharField(max_length=100)
    source = CharField(max_length=200)
    holds_from = DateField()
    text = TextField()
    sha256 = CharField(max_length=64)
    entered_by = ForeignKeyField(_User, backref="+")
    entered_at = DateTimeField()

    class Meta:
        table_name = "code_upload"


class _RuleValue(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    key = CharField(max_length=40)
    value = IntegerField()
    valid_from = DateField()
    basis = CharField(max_length=20)
    article = CharField(max_length=60, default="")
    reason = CharField(max_length=500)
    entered_by = ForeignKeyField(_User, backref="+")
    entered_at = DateTimeField()
    withdrawn_at = DateTimeField(null=True)

    class Meta:
        table_name = "rule_value"


_RuleValue.add_index(
    _RuleValue.index(
        _RuleValue.key,
        _RuleValue.valid_from,
        unique=True,
        where=_RuleValue.withdrawn_at.is_null(),
        name="rule_value_standing",
    )
)

_ALL = [_User, _CodeEdition, _CodeLine, _CodeUpload, _RuleValue]


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make the tables."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables(_ALL[1:])


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Forget what the station had put in force."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables(_ALL[:0:-1])
