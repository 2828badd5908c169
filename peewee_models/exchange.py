"""Tables of what leaves the register in files, and of what came into it so; and how they are written and listed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField

from peewee_models.accounts import User
from peewee_models.base import JsonField, KeyedTable, UtcDateTimeField

RUNNING: Final = "running"
INTERRUPTED: Final = "interrupted"


class Wished(KeyedTable):
    """What every row says of an export: for whom and why, which registrations and columns, masked or in full.

    `criteria` says which registrations: forms, committee, from, to, states; `rows` how many they are.
    """

    receiver = CharField(max_length=200)
    purpose = CharField(max_length=500)
    is_full = BooleanField()
    full_reason = CharField(max_length=500, default="")
    file_kind = CharField(max_length=4)
    criteria = JsonField()
    columns = JsonField()
    rows = IntegerField()


class Provision(Wished):
    """That data of the register were given to somebody in a file: who gave what to whom, why, and the file's hash.

    Kept for three years at least, counted from `since_day`, a day of work, and then deleted.
    Source: PIPL 19, 21 and 59, network data rules 12.
    `second_user` agreed where it took a second person.
    """

    at = UtcDateTimeField(index=True)
    user = ForeignKeyField(User, backref="provisions")
    size_bytes = IntegerField()
    sha256 = CharField(max_length=64)
    second_user = ForeignKeyField(User, null=True, backref="agreed_provisions")
    since_day = IntegerField(null=True)


class ImportRun(KeyedTable):
    """One run of an import: of which file, by whom, how far it came.

    `last_row` is the line of the file up to which everything is written or known; `state` is running, done,
    cancelled, failed or interrupted.
    """

    user = ForeignKeyField(User, backref="import_runs")
    begun_at = UtcDateTimeField(index=True)
    ended_at = UtcDateTimeField(null=True)
    state = CharField(max_length=12)
    error_code = CharField(max_length=40, default="")
    sha256 = CharField(max_length=64)
    encoding = CharField(max_length=20)
    settings = JsonField()
    rows = IntegerField()
    last_row = IntegerField(default=0)
    made = IntegerField(default=0)
    equal = IntegerField(default=0)
    different = IntegerField(default=0)
    rejected = IntegerField(default=0)


def provide(at: datetime, user: uuid.UUID, **facts: Any) -> uuid.UUID:
    """Write down that a file was given away, inside the open transaction; its key."""
    key: uuid.UUID = Provision.create(at=at, user=user, **facts).id
    return key


def provisions(most: int) -> list[Any]:
    """The files that were given away, with who did, the newest first."""
    second = User.alias()
    rows = Provision.select(Provision, User, second).join(User, on=(Provision.user == User.id)).switch(Provision)
    rows = rows.left_outer_join(second, on=(Provision.second_user == second.id), attr="second_user")
    return list(rows.order_by(Provision.at.desc(), Provision.id).limit(most))


def runs(most: int) -> list[Any]:
    """The runs of imports, with who began them, the newest first."""
    rows = ImportRun.select(ImportRun, User).join(User).order_by(ImportRun.begun_at.desc(), ImportRun.id)
    return list(rows.limit(most))


def begin_run(at: datetime, user: uuid.UUID, **facts: Any) -> uuid.UUID:
    """Write down that a run begins, inside the open transaction; its key."""
    key: uuid.UUID = ImportRun.create(begun_at=at, user=user, state=RUNNING, **facts).id
    return key


def note_run(key: uuid.UUID, **facts: Any) -> None:
    """Write down how far a run has come, or how it ended, inside the open transaction."""
    ImportRun.update(**facts).where(ImportRun.id == key).execute()


def interrupt_runs(at: datetime) -> list[uuid.UUID]:
    """Mark what the last start of the agent left unended, inside the open transaction; the keys."""
    keys = [row.id for row in ImportRun.select(ImportRun.id).where(ImportRun.state == RUNNING)]
    if keys:
        ImportRun.update(state=INTERRUPTED, ended_at=at).where(ImportRun.id.in_(keys)).execute()
    return keys
