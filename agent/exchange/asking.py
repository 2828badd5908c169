"""Exports of many registrations: asked for, looked at by another supervisor in another session, agreed to or refused.

The word is about the very wish and the very registrations that it meant when it was asked for, is used once by who
asked, and holds for a day; a request waits for three.  Nothing is made, and nothing leaves, before; afterwards those of
the registrations leave that still fit the wish, and never another.  Whose account who asked may hold is not another.
Source: security requirements S-20 and S-21.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from agent.accounts.audit import Act
from agent.accounts.holders import HELD_DAYS
from agent.accounts.service import AccountsService, Right, SignedIn, require
from agent.accounts.storage import reading, writing
from agent.exchange import views, wishes
from agent.exchange.views import ExportWish, RequestState, RequestView
from agent.exchange.waiting import Waiting
from agent.exchange.wishes import refused
from agent.register import fields
from agent.register.errors import key_of
from agent.register.workplace import Workplace
from peewee_models import exchange_queries, export_requests, outbox

WAITS: Final = timedelta(days=3)
HOLDS: Final = timedelta(days=1)
LONGEST_REASON: Final = 500
OUTGOING: Final = "export."
"""What is told of a request begins so, and goes on with its new state."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A word that can be used: on what wish, on which registrations, and whose it is."""

    id: uuid.UUID
    wish: ExportWish
    records: frozenset[uuid.UUID]
    second_user: uuid.UUID


class Requests:
    """The exports that take two.

    Args:
        place: the register's store, clock and station.
        accounts: checks that who agrees sits there.
    """

    def __init__(self, place: Workplace, accounts: AccountsService) -> None:
        self._place = place
        self._accounts = accounts
        self._waiting = Waiting(place.store)

    def most_alone(self) -> int:
        """How many registrations one supervisor gives away in a day."""
        return wishes.most_alone(self._place.parameters, self._place.clock.today())

    def takes_two(self, count: int, by: SignedIn) -> bool:
        """Whether so many registrations more are too many for one supervisor today; inside a transaction."""
        today = self._place.clock.today()
        since = datetime.combine(today, time(), self._place.zone)
        given = export_requests.given_alone(uuid.UUID(by.user_id), since)
        return wishes.needs_second_person(count, given, self._place.parameters, today)

    def ask(self, wish: ExportWish, by: SignedIn) -> str:
        """Write down what is asked for; the same once more is one request.

        Args:
            wish: as `wishes.checked` gives it.
            by: who asks, and has given their own password.

        Returns: the key of the request.
        """
        require(by, Right.EXPORT)
        user, session = uuid.UUID(by.user_id), uuid.UUID(by.session_id)
        now = self._place.clock.now()
        with reading(self._place.store):
            records = exchange_queries.keys(wishes.chosen(wish, self._place.zone))
        bound = wishes.bound(wish, records)
        with writing(self._place.store):
            held = export_requests.same(user, bound, now - WAITS)
            if held is not None:
                return str(held)
            export_requests.forget_registrations(now - WAITS - HOLDS)
            told = wishes.as_columns(wish) | {"rows": len(records), "bound": bound}
            key = export_requests.ask(now, user, session, records, **told)
            facts: dict[str, str | int] = {"rows": len(records), "kind": wish.file_kind, "full": int(wish.is_full)}
            self._note(by, Act.EXPORT_ASKED, key, "asked", **facts, bound=bound)
        self._waiting.changed()
        return str(key)

    def listed(self, by: SignedIn) -> list[RequestView]:
        """The requests of all supervisors: all that wait, then others, the newest first.  Raises: RightsDenied."""
        require(by, Right.EXPORT)
        with reading(self._place.store):
            rows = export_requests.listed(self._place.clock.now() - WAITS, views.SHOWN)
            return [self._view(row, by) for row in rows]

    def waiting_for(self, by: SignedIn) -> int:
        """How many requests of others wait for a word.  Raises: RightsDenied."""
        require(by, Right.EXPORT)
        return self._waiting.count_for(uuid.UUID(by.user_id), self._place.clock.now() - WAITS)

    def show(self, request_id: str, by: SignedIn) -> RequestView:
        """One request.  Raises: RightsDenied; CodedError REQUEST-UNKNOWN."""
        require(by, Right.EXPORT)
        with reading(self._place.store):
            row = self._row(request_id)
            is_one_person = self._accounts.users.may_be_one_person(row.user_id, uuid.UUID(by.user_id))
            has_second = self._accounts.users.has_second_supervisor(row.user_id)
            return replace(self._view(row, by), is_one_person=is_one_person, has_second=has_second)

    def agree(self, request_id: str, by: SignedIn, own_password: str) -> None:
        """Agree to what somebody else asks for; said twice it is said once.

        Raises: RightsDenied; CodedError REQUEST-UNKNOWN, REQUEST-OWN, REQUEST-ONE-PERSON, REQUEST-DECIDED,
            REQUEST-LAPSED, ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT.
        """
        require(by, Right.EXPORT)
        with reading(self._place.store):
            if self._is_said(self._row(request_id), export_requests.AGREED, by):
                return
        self._accounts.confirm(by, own_password)
        self._decide(request_id, by, export_requests.AGREED, Act.EXPORT_AGREED, "")

    def refuse(self, request_id: str, by: SignedIn, reason: str) -> None:
        """Refuse what somebody else asks for, and say why.

        Raises: RightsDenied; CodedError REQUEST-UNKNOWN, REQUEST-OWN, REQUEST-ONE-PERSON, REQUEST-DECIDED,
            REQUEST-LAPSED, REASON-MISSING.
        """
        require(by, Right.EXPORT)
        said = fields.reason(reason)[:LONGEST_REASON]
        if not said:
            raise refused("REASON-MISSING")
        with reading(self._place.store):
            if self._is_said(self._row(request_id), export_requests.REFUSED, by):
                return
        self._decide(request_id, by, export_requests.REFUSED, Act.EXPORT_REFUSED, said)

    def withdraw(self, request_id: str, by: SignedIn) -> None:
        """Take one's own request back.  Raises: RightsDenied; CodedError REQUEST-UNKNOWN, REQUEST-NOT-YOURS."""
        require(by, Right.EXPORT)
        with writing(self._place.store):
            row = self._row(request_id)
            if str(row.user_id) != by.user_id:
                raise refused("REQUEST-NOT-YOURS")
            if export_requests.withdraw(row.id):
                self._note(by, Act.EXPORT_WITHDRAWN, row.id, export_requests.WITHDRAWN)
        self._waiting.changed()

    def usable(self, request_id: str, by: SignedIn) -> Agreed:
        """The word that who asked can use now, inside a transaction or before one.

        Raises: CodedError REQUEST-UNKNOWN, REQUEST-NOT-YOURS, REQUEST-NOT-AGREED, REQUEST-LAPSED, REQUEST-CHANGED.
        """
        with reading(self._place.store):
            row = self._row(request_id)
            records = export_requests.registrations(row.id)
        if str(row.user_id) != by.user_id:
            raise refused("REQUEST-NOT-YOURS")
        if row.state != export_requests.AGREED:
            raise refused("REQUEST-NOT-AGREED")
        if self._is_lapsed(row):
            raise refused("REQUEST-LAPSED")
        wish = wishes.of_row(row)
        if wishes.bound(wish, records) != row.bound:
            raise refused("REQUEST-CHANGED")
        return Agreed(row.id, wish, records, row.decided_by.id)

    def use(self, key: uuid.UUID, provision: uuid.UUID, by: SignedIn) -> None:
        """Use a word, inside the transaction that writes down what was given away.

        Raises: CodedError REQUEST-NOT-AGREED: it was used, or taken back, meanwhile.
        """
        if not export_requests.use(key, provision):
            raise refused("REQUEST-NOT-AGREED")
        self._tell(key, export_requests.MADE, by, provision=str(provision))

    def _decide(self, request_id: str, by: SignedIn, state: str, act: Act, reason: str) -> None:
        now = self._place.clock.now()
        with writing(self._place.store):
            row = self._row(request_id)
            if by.user_id == str(row.user_id) or by.session_id == str(row.session_id):
                raise refused("REQUEST-OWN")
            if self._accounts.users.may_be_one_person(row.user_id, uuid.UUID(by.user_id)):
                raise refused("REQUEST-ONE-PERSON", days=HELD_DAYS)
            if row.state == export_requests.WAITING and self._is_lapsed(row):
                raise refused("REQUEST-LAPSED")
            who = uuid.UUID(by.user_id), uuid.UUID(by.session_id)
            if not export_requests.decide(row.id, state, now, who, reason):
                raise refused("REQUEST-DECIDED")
            self._note(by, act, row.id, state, rows=row.rows, bound=row.bound)
        self._waiting.changed()

    @staticmethod
    def _is_said(row: Any, state: str, by: SignedIn) -> bool:
        """Whether the same person has said just that: the same form was sent twice."""
        return row.state == state and row.decided_by is not None and str(row.decided_by.id) == by.user_id

    def _note(self, by: SignedIn, act: Act, key: uuid.UUID, state: str, **facts: str | int) -> None:
        """Write the audit row of a step, and what is told of it; what people wrote stands with the request alone."""
        self._place.note(by, act, ("export", key), **facts)
        self._tell(key, state, by, **facts)

    def _tell(self, key: uuid.UUID, state: str, by: SignedIn, **facts: str | int) -> None:
        version = {"asked": 1, export_requests.MADE: 3}.get(state, 2)
        outbox.append(self._place.clock.now(), OUTGOING + state, key, version, facts | {"user": by.user_id})

    @staticmethod
    def _row(request_id: str) -> Any:
        key = key_of(request_id)
        row = None if key is None else export_requests.find(key)
        if row is None:
            raise refused("REQUEST-UNKNOWN")
        return row

    @staticmethod
    def _until(row: Any) -> datetime | None:
        """To when a request waits, or the word on it holds."""
        if row.state == export_requests.WAITING:
            return row.asked_at + WAITS  # type: ignore[no-any-return]
        return row.decided_at + HOLDS if row.state == export_requests.AGREED else None

    def _is_lapsed(self, row: Any) -> bool:
        until = self._until(row)
        return until is not None and self._place.clock.now() >= until

    def _view(self, row: Any, by: SignedIn) -> RequestView:
        is_lapsed = self._is_lapsed(row)
        state: RequestState = "lapsed" if is_lapsed else row.state
        return RequestView(
            id=str(row.id),
            at=row.asked_at,
            user=str(row.user.name),
            wish=wishes.of_row(row),
            rows=row.rows,
            state=state,
            until=None if is_lapsed else self._until(row),
            decided_by="" if row.decided_by is None else str(row.decided_by.name),
            decided_at=row.decided_at,
            reason=row.reason,
            is_own=str(row.user_id) == by.user_id,
            provision_id="" if row.provision is None else str(row.provision.id),
            gone=0 if row.provision is None else row.rows - row.provision.rows,
        )
