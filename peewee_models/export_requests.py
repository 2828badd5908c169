"""Exports that a second person has to agree to: what was asked for, by whom, and what became of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from peewee import CharField, ForeignKeyField, IntegerField, UUIDField, fn

from peewee_models.accounts import User
from peewee_models.base import UtcDateTimeField
from peewee_models.exchange import Provision, Wished

WAITING: Final = "waiting"
AGREED: Final = "agreed"
REFUSED: Final = "refused"
WITHDRAWN: Final = "withdrawn"
MADE: Final = "made"


class ExportRequest(Wished):
    """An export that somebody has asked for; nothing leaves before another person, in another session, has agreed.

    `bound` is the SHA-256 of the wish and of the registrations that it meant when it was asked for: the word is about
    these and no others.  `state` is waiting, agreed, refused, withdrawn or made; `decided_*` is the second person's.
    `since_day` as of a provision.
    """

    asked_at = UtcDateTimeField(index=True)
    user = ForeignKeyField(User, backref="export_requests")
    session_id = UUIDField()
    bound = CharField(max_length=64)
    state = CharField(max_length=10, default=WAITING, index=True)
    decided_at = UtcDateTimeField(null=True)
    decided_by = ForeignKeyField(User, null=True, backref="decided_requests")
    decided_session_id = UUIDField(null=True)
    reason = CharField(max_length=500, default="")
    provision = ForeignKeyField(Provision, null=True, backref="requests", on_delete="CASCADE")
    since_day = IntegerField(null=True)


def ask(at: datetime, user: uuid.UUID, session_id: uuid.UUID, **facts: Any) -> uuid.UUID:
    """Write down that somebody asks for an export, inside the open transaction; its key."""
    key: uuid.UUID = ExportRequest.create(asked_at=at, user=user, session_id=session_id, **facts).id
    return key


def find(key: uuid.UUID) -> Any:
    """A request, with who asked and who decided; None where there is none."""
    return _joined().where(ExportRequest.id == key).get_or_none()


def same(user: uuid.UUID, bound: str, since: datetime) -> uuid.UUID | None:
    """The request of the same person for the very same, where one waits that was asked for since then."""
    mine = (ExportRequest.user == user) & (ExportRequest.bound == bound) & (ExportRequest.state == WAITING)
    row = ExportRequest.select(ExportRequest.id).where(mine & (ExportRequest.asked_at >= since)).first()
    return None if row is None else row.id


def listed(most: int) -> list[Any]:
    """The requests, the newest first."""
    return list(_joined().order_by(ExportRequest.asked_at.desc(), ExportRequest.id).limit(most))


def waiting_for(user: uuid.UUID, since: datetime) -> int:
    """How many requests of others, asked for since then, wait for a word."""
    others = (ExportRequest.state == WAITING) & (ExportRequest.user != user) & (ExportRequest.asked_at >= since)
    return int(ExportRequest.select().where(others).count())


def decide(key: uuid.UUID, state: str, at: datetime, by: tuple[uuid.UUID, uuid.UUID], reason: str = "") -> bool:
    """Write a second person's word on a request that waits, inside the open transaction.

    Args:
        key: of the request.
        state: `AGREED` or `REFUSED`.
        at: when.
        by: user and session of the second person.
        reason: why not.

    Returns: False where it does not wait any more.
    """
    told = {"state": state, "decided_at": at, "decided_by": by[0], "decided_session_id": by[1], "reason": reason}
    held = (ExportRequest.id == key) & (ExportRequest.state == WAITING)
    return bool(ExportRequest.update(**told).where(held).execute())


def withdraw(key: uuid.UUID) -> bool:
    """Take a request back that was not used yet, inside the open transaction; False where that is too late."""
    held = (ExportRequest.id == key) & ExportRequest.state.in_([WAITING, AGREED])
    return bool(ExportRequest.update(state=WITHDRAWN).where(held).execute())


def use(key: uuid.UUID, provision: uuid.UUID) -> bool:
    """Use the word that was given, once, inside the open transaction; False where there is none to use."""
    held = (ExportRequest.id == key) & (ExportRequest.state == AGREED)
    return bool(ExportRequest.update(state=MADE, provision=provision).where(held).execute())


def given_alone(user: uuid.UUID, since: datetime) -> int:
    """How many registrations somebody has given away since then with nobody's word."""
    alone = (Provision.user == user) & (Provision.at >= since) & Provision.second_user.is_null()
    return int(Provision.select(fn.SUM(Provision.rows)).where(alone).scalar() or 0)


def _joined() -> Any:
    second = User.alias()
    columns = (ExportRequest, User, second)
    with_asker = ExportRequest.select(*columns).join(User, on=(ExportRequest.user == User.id)).switch(ExportRequest)
    return with_asker.left_outer_join(second, on=(ExportRequest.decided_by == second.id), attr="decided_by")
