"""Exports that a second person has to agree to: what was asked for, by whom, and what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from peewee import BlobField, CharField, ForeignKeyField, IntegerField, UUIDField, fn

from peewee_models.accounts import User
from peewee_models.base import Table, UtcDateTimeField
from peewee_models.exchange import Provision, Wished

WAITING: Final = "waiting"
AGREED: Final = "agreed"
REFUSED: Final = "refused"
WITHDRAWN: Final = "withdrawn"
MADE: Final = "made"
KEY_BYTES: Final = 16


class ExportRequest(Wished):
    """An export that somebody has asked for; nothing leaves before another person, in another session, has agreed.

    `bound` is the SHA-256 of the wish and of the registrations that it meant when it was asked for: the word is about
    these and no others, which stand in `AskedRegistrations`.  `state` is waiting, agreed, refused, withdrawn or made;
    `decided_*` is the second person's.  `since_day` as of a provision.
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


class AskedRegistrations(Table):
    """The registrations that a request is about, for as long as it waits, or a word on it can be used.

    `keys` are theirs, sorted, 16 bytes each.
    """

    request = ForeignKeyField(ExportRequest, primary_key=True, backref="asked_registrations", on_delete="CASCADE")
    keys = BlobField()


def ask(at: datetime, user: uuid.UUID, session_id: uuid.UUID, records: Iterable[uuid.UUID], **facts: Any) -> uuid.UUID:
    """Write down that somebody asks for an export of some registrations, inside the open transaction; its key."""
    key: uuid.UUID = ExportRequest.create(asked_at=at, user=user, session_id=session_id, **facts).id
    AskedRegistrations.create(request=key, keys=b"".join(sorted(record.bytes for record in records)))
    return key


def registrations(key: uuid.UUID) -> frozenset[uuid.UUID]:
    """The registrations that a request is about; none where it is over."""
    row = AskedRegistrations.get_or_none(AskedRegistrations.request == key)
    packed = b"" if row is None else bytes(row.keys)
    return frozenset(uuid.UUID(bytes=packed[at : at + KEY_BYTES]) for at in range(0, len(packed), KEY_BYTES))


def forget_registrations(before: datetime) -> None:
    """Let go of the registrations of what was asked for before a time, inside the open transaction."""
    old = ExportRequest.select(ExportRequest.id).where(ExportRequest.asked_at < before)
    AskedRegistrations.delete().where(AskedRegistrations.request.in_(old)).execute()


def find(key: uuid.UUID) -> Any:
    """A request, with who asked and who decided; None where there is none."""
    return _joined().where(ExportRequest.id == key).get_or_none()


def same(user: uuid.UUID, bound: str, since: datetime) -> uuid.UUID | None:
    """The request of the same person for the very same, where one waits that was asked for after then."""
    mine = (ExportRequest.user == user) & (ExportRequest.bound == bound) & (ExportRequest.state == WAITING)
    row = ExportRequest.select(ExportRequest.id).where(mine & (ExportRequest.asked_at > since)).first()
    return None if row is None else row.id


def listed(since: datetime, most: int) -> list[Any]:
    """The requests, the newest first: all that wait and were asked for after then, and so many others after them."""
    rows = _joined().order_by(ExportRequest.asked_at.desc(), ExportRequest.id)
    return [*rows.where(_waits(since)), *rows.where(~_waits(since)).limit(most)]


def waiting(since: datetime) -> list[tuple[uuid.UUID, datetime]]:
    """Who asked when, of what was asked for after then and waits for a word."""
    return list(ExportRequest.select(ExportRequest.user, ExportRequest.asked_at).where(_waits(since)).tuples())


def _waits(since: datetime) -> Any:
    return (ExportRequest.state == WAITING) & (ExportRequest.asked_at > since)


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
    return _turned(key, [WAITING], **told)


def withdraw(key: uuid.UUID) -> bool:
    """Take a request back that was not used yet, inside the open transaction; False where that is too late."""
    return _turned(key, [WAITING, AGREED], state=WITHDRAWN)


def use(key: uuid.UUID, provision: uuid.UUID) -> bool:
    """Use the word that was given, once, inside the open transaction; False where there is none to use."""
    return _turned(key, [AGREED], state=MADE, provision=provision)


def _turned(key: uuid.UUID, held: list[str], **told: Any) -> bool:
    """Write a new state over one of those in `held`; what nobody can use any more lets its registrations go."""
    one = (ExportRequest.id == key) & ExportRequest.state.in_(held)
    is_turned = bool(ExportRequest.update(**told).where(one).execute())
    if is_turned and told["state"] != AGREED:
        AskedRegistrations.delete().where(AskedRegistrations.request == key).execute()
    return is_turned


def given_alone(user: uuid.UUID, since: datetime) -> int:
    """How many registrations somebody has given away since then with nobody's word."""
    alone = (Provision.user == user) & (Provision.at >= since) & Provision.second_user.is_null()
    return int(Provision.select(fn.SUM(Provision.rows)).where(alone).scalar() or 0)


def _joined() -> Any:
    second = User.alias()
    columns = (ExportRequest, User, second, Provision)
    rows = ExportRequest.select(*columns).join(User, on=(ExportRequest.user == User.id)).switch(ExportRequest)
    rows = rows.left_outer_join(second, on=(ExportRequest.decided_by == second.id), attr="decided_by")
    return rows.switch(ExportRequest).left_outer_join(Provision, on=(ExportRequest.provision == Provision.id))
