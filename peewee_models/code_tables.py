"""Code tables and rule parameters that a station has put in place of the shipped ones, and files that wait for that."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from peewee import BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField, fn

from peewee_models.accounts import User
from peewee_models.base import KeyedTable, UtcDateTimeField
from peewee_models.register import Person, Registration

LINE: Final = ("code", "text_zh", "text_en", "initials", "parent", "is_offered", "valid_from", "valid_to")
"""The columns of a line of a code table."""
USED_IN: Final[Mapping[str, tuple[Any, ...]]] = {
    "sex": (Person.sex,),
    "ethnic": (Person.ethnic,),
    "id_type": (Person.id_type,),
    "education": (Person.education,),
    "relation": (Person.guardian_rel,),
    "reason": (Registration.reason,),
    "place_type": (Registration.place_type,),
    "proof_type": (Registration.proof_type,),
    "plan_stay": (Registration.plan_stay,),
    "district": (Registration.district,),
    "town": (Registration.town,),
    "declarer": (Registration.declarer,),
    "verify_mode": (Registration.verify_mode,),
}
"""Which columns hold codes of a table."""


class CodeEdition(KeyedTable):
    """One edition of a code table that was put in force here: all its lines, from where, by whom.  Never changed.

    `number` counts the editions of a table; the last is in force.  `sha256` is of the file that it came in.
    """

    name = CharField(max_length=40)
    number = IntegerField()
    edition = CharField(max_length=100)
    source = CharField(max_length=200)
    holds_from = DateField()
    sha256 = CharField(max_length=64)
    entered_by = ForeignKeyField(User, backref="+")
    entered_at = UtcDateTimeField()

    class Meta:
        """A number names one edition of a table."""

        indexes = ((("name", "number"), True),)


class CodeLine(KeyedTable):
    """One line of an edition, in its place."""

    edition = ForeignKeyField(CodeEdition, backref="+", on_delete="CASCADE")
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
        """One line a place."""

        indexes = ((("edition", "place"), True),)


class CodeUpload(KeyedTable):
    """A file that somebody has brought for a table and that is not in force yet, at most one for a table."""

    name = CharField(max_length=40, unique=True)
    edition = CharField(max_length=100)
    source = CharField(max_length=200)
    holds_from = DateField()
    text = TextField()
    sha256 = CharField(max_length=64)
    entered_by = ForeignKeyField(User, backref="+")
    entered_at = UtcDateTimeField()


class RuleValue(KeyedTable):
    """A value of a rule parameter from a day on; one that was replaced before that day says when."""

    key = CharField(max_length=40)
    value = IntegerField()
    valid_from = DateField()
    basis = CharField(max_length=20)
    article = CharField(max_length=60, default="")
    reason = CharField(max_length=500)
    entered_by = ForeignKeyField(User, backref="+")
    entered_at = UtcDateTimeField()
    withdrawn_at = UtcDateTimeField(null=True)


RuleValue.add_index(
    RuleValue.index(
        RuleValue.key,
        RuleValue.valid_from,
        unique=True,
        where=RuleValue.withdrawn_at.is_null(),
        name="rule_value_standing",
    )
)


def editions(name: str) -> list[Any]:
    """The editions of a table that were put in force here, the newest first."""
    return list(CodeEdition.select().where(CodeEdition.name == name).order_by(CodeEdition.number.desc()))


def newest_editions() -> list[Any]:
    """The edition in force of every table that has one of this station's."""
    last = CodeEdition.select(CodeEdition.name, fn.MAX(CodeEdition.number).alias("number")).group_by(CodeEdition.name)
    wanted = {(row.name, row.number) for row in last}
    return [row for row in CodeEdition.select() if (row.name, row.number) in wanted]


def lines_of(edition_id: uuid.UUID) -> list[Any]:
    """The lines of an edition, in their order."""
    return list(CodeLine.select().where(CodeLine.edition == edition_id).order_by(CodeLine.place))


def add_edition(columns: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> Any:
    """Write the next edition of a table inside the open transaction.

    Args:
        columns: of the edition, without its number.
        lines: the columns of `LINE` of each.

    Returns: the edition.
    """
    before = CodeEdition.select(fn.MAX(CodeEdition.number)).where(CodeEdition.name == columns["name"]).scalar()
    edition = CodeEdition.create(number=(before or 0) + 1, **columns)
    for place, line in enumerate(lines):
        CodeLine.create(edition=edition, place=place, **line)
    return edition


def upload_of(name: str) -> Any:
    """The file that waits for a table, or None."""
    return CodeUpload.get_or_none(CodeUpload.name == name)


def put_upload(columns: Mapping[str, Any]) -> None:
    """Let a file wait for a table, in place of one that waited."""
    forget_upload(columns["name"])
    CodeUpload.create(**columns)


def forget_upload(name: str) -> bool:
    """Let no file wait for a table; tell whether one did."""
    return bool(CodeUpload.delete().where(CodeUpload.name == name).execute())


def waiting_uploads() -> frozenset[str]:
    """The tables for which a file waits."""
    return frozenset(row.name for row in CodeUpload.select(CodeUpload.name))


def uses(name: str, codes: Iterable[str]) -> dict[str, int]:
    """How many registrations or persons hold some codes of a table; nothing for a table that no column holds."""
    counted: dict[str, int] = {}
    wanted = list(codes)
    for column in USED_IN.get(name, ()) if wanted else ():
        rows = column.model.select(column, fn.COUNT(1)).where(column.in_(wanted)).group_by(column).tuples()
        for code, count in rows:
            counted[code] = counted.get(code, 0) + count
    return counted


def standing_values(key: str | None = None) -> list[Any]:
    """The values of this station that count, of one key or of all, the earliest first."""
    counts = RuleValue.withdrawn_at.is_null()
    found = RuleValue.select().where(counts if key is None else counts & (RuleValue.key == key))
    return list(found.order_by(RuleValue.key, RuleValue.valid_from))


def all_values(key: str) -> list[Any]:
    """The values of a key that were ever entered here, the newest entry first."""
    return list(RuleValue.select().where(RuleValue.key == key).order_by(RuleValue.entered_at.desc()))
