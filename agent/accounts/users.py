"""The people of a station as their supervisor keeps them: add one, give a one-time code, switch one off and on.

Nobody is ever deleted, for audit rows and records name them; nobody sees another person's password.  Each act wants the
supervisor's own password with it and leaves one audit row.  Source: security requirements S-08, S-18, S-20, S-26.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, cast

from agent.accounts import audit
from agent.accounts.enrolment import Codes, IssuedCode
from agent.accounts.holders import GIVING, HELD, holders
from agent.accounts.passwords import Gate, plain
from agent.accounts.rights import ROLES, Right, Role, require
from agent.accounts.storage import Store, reading, writing
from agent.errors import Actor, CodedError, Retry
from drivers.api import Clock
from peewee_models.accounts import Session, User
from peewee_models.audit import done_to, latest

if TYPE_CHECKING:
    from agent.accounts.service import SignedIn

LONGEST_NAME = 50

UserState = Literal["active", "invited", "code-dead", "disabled"]


@dataclass(frozen=True, slots=True)
class UserView:
    """A person who works here.

    Attributes:
        id: the user's key.
        name: with which they sign in.
        role: what they may do.
        state: `invited` has a code and no password yet, `code-dead` has neither, `disabled` is switched off.
        last_sign_in_at: None for never.
        code_until: until when an open one-time code can be used; None where there is none.
        is_last_supervisor: whether nobody else could look after the users; such a one cannot be switched off.
    """

    id: str
    name: str
    role: Role
    state: UserState
    last_sign_in_at: datetime | None
    code_until: datetime | None
    is_last_supervisor: bool


class Users:
    """The users of a station, for supervisors.

    Attributes:
        on_sessions_ended: called with the ids of sessions that were ended, after that is stored.
    """

    def __init__(self, store: Store, clock: Clock, gate: Gate, codes: Codes) -> None:
        self._store = store
        self._clock = clock
        self._gate = gate
        self._codes = codes
        self._added: tuple[tuple[str, str], uuid.UUID] | None = None
        self.on_sessions_ended: Callable[[list[str]], None] = lambda _sessions: None

    def all(self, by: SignedIn) -> list[UserView]:
        """Everybody, those who may sign in first, each part by name.  Raises: RightsDenied."""
        require(by, Right.USERS)
        with reading(self._store):
            rows = list(User.select().order_by(User.is_active.desc(), User.name))
            signed_in = latest(audit.Act.SIGN_IN.value, [row.id for row in rows])
            codes = self._codes.open_until()
            supervisors = _supervisors()
        return [_view(row, signed_in, codes, supervisors) for row in rows]

    def one(self, user_id: str, by: SignedIn) -> UserView:
        """One person.  Raises: RightsDenied; CodedError USER-UNKNOWN."""
        found = next((user for user in self.all(by) if user.id == user_id), None)
        if found is None:
            raise _unknown()
        return found

    def add(self, name: str, role: str, by: SignedIn, own_password: str, once: str = "") -> tuple[UserView, IssuedCode]:
        """Add a person; with the code they set their password themselves.

        Args:
            name: by which they sign in.
            role: clerk, technician or supervisor.
            by: the supervisor.
            own_password: the supervisor's.
            once: the word of the form: sent twice it adds one person, and the second answer shows a code that counts in
                place of the first, which nobody may have seen.  "" for none.

        Raises: RightsDenied; CodedError ACCOUNT-NAME, ACCOUNT-NAME-TAKEN, ACCOUNT-ROLE, ACCOUNT-OWN-PASSWORD,
            ACCOUNT-WAIT.
        """
        require(by, Right.USERS)
        kept = checked_name(name)
        if role not in ROLES:
            raise CodedError("ACCOUNT-ROLE", Actor.SUPERVISOR, Retry.AFTER_ACTION)
        self._confirm(by, own_password)
        asked = (by.session_id, once)
        with writing(self._store):
            same = [row for row in User.select() if kept.casefold() == str(row.name).casefold()]
            if same and once and self._added == (asked, same[0].id) and not same[0].password_hash:
                code = self._codes.issue(same[0])
                audit.write(self._clock, by.audit_ids, audit.Act.CODE_ISSUED, ("user", same[0].id))
                return _view(same[0], {}, self._codes.open_until(), _supervisors()), code
            if same:
                raise CodedError("ACCOUNT-NAME-TAKEN", Actor.SUPERVISOR, Retry.AFTER_ACTION)
            user = User.create(name=kept, role=role, password_hash="", created_at=self._clock.now())
            code = self._codes.issue(user)
            audit.write(self._clock, by.audit_ids, audit.Act.USER_MADE, ("user", user.id), role=role)
            self._added = (asked, user.id)
        return self.one(str(user.id), by), code

    def new_code(self, user_id: str, by: SignedIn, own_password: str) -> tuple[UserView, IssuedCode]:
        """Give a code for a new password; the old one goes on working until the code is used.

        Raises: RightsDenied; CodedError USER-UNKNOWN, USER-DISABLED, ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT.
        """
        require(by, Right.USERS)
        self._confirm(by, own_password)
        with writing(self._store):
            user = _row(user_id)
            if not user.is_active:
                raise CodedError("USER-DISABLED", Actor.SUPERVISOR, Retry.AFTER_ACTION)
            code = self._codes.issue(user)
            audit.write(self._clock, by.audit_ids, audit.Act.CODE_ISSUED, ("user", user.id))
        return self.one(user_id, by), code

    def rescue(self, name: str, uid: int) -> IssuedCode:
        """Give a supervisor who has lost the password a code, on the word of the station's own root.

        Everybody else asks a supervisor.  Nothing is shown or opened by this but the way to a new password, and the
        audit says that it was root.

        Raises: CodedError USER-NO-SUPERVISOR.
        """
        wanted = plain(name).casefold()
        with writing(self._store):
            supervisors = User.select().where((User.role == "supervisor") & User.is_active)
            user = next((row for row in supervisors if str(row.name).casefold() == wanted), None)
            if user is None:
                raise CodedError("USER-NO-SUPERVISOR", Actor.TECHNICIAN, Retry.AFTER_ACTION)
            code = self._codes.issue(user)
            audit.write(self._clock, None, audit.Act.CODE_ISSUED, ("user", user.id), root_uid=uid)
        return code

    def disable(self, user_id: str, by: SignedIn, own_password: str) -> None:
        """Switch a person off: no session and no code of theirs opens anything from now on.  Twice changes nothing.

        Raises: RightsDenied; CodedError USER-UNKNOWN, USER-LAST-SUPERVISOR, ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT.
        """
        require(by, Right.USERS)
        self._confirm(by, own_password)
        with writing(self._store):
            user = _row(user_id)
            if not user.is_active:
                return
            if _supervisors() == {user.id}:
                raise CodedError("USER-LAST-SUPERVISOR", Actor.SUPERVISOR, Retry.AFTER_ACTION)
            User.update(is_active=False).where(User.id == user.id).execute()
            self._codes.revoke(user.id)
            ended = end_sessions(user.id)
            audit.write(self._clock, by.audit_ids, audit.Act.USER_DISABLED, ("user", user.id))
        self.on_sessions_ended(ended)

    def enable(self, user_id: str, by: SignedIn, own_password: str) -> None:
        """Switch a person on again, with the password they had.  Twice changes nothing.

        Raises: RightsDenied; CodedError USER-UNKNOWN, ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT.
        """
        require(by, Right.USERS)
        self._confirm(by, own_password)
        with writing(self._store):
            user = _row(user_id)
            if user.is_active:
                return
            User.update(is_active=True).where(User.id == user.id).execute()
            audit.write(self._clock, by.audit_ids, audit.Act.USER_ENABLED, ("user", user.id))

    def may_be_one_person(self, one: uuid.UUID, other: uuid.UUID) -> bool:
        """Whether somebody may hold both accounts, by what was done to them of late; inside a transaction."""
        given = done_to(GIVING, "user", self._clock.now() - HELD)
        return not holders(one, given).isdisjoint(holders(other, given))

    def has_second_supervisor(self, first: uuid.UUID) -> bool:
        """Whether somebody else can be asked who surely is another person; inside a transaction."""
        return any(not self.may_be_one_person(first, other) for other in _supervisors() - {first})

    def _confirm(self, by: SignedIn, own_password: str) -> None:
        self._gate.check_own(by.name, own_password)


def checked_name(name: str) -> str:
    """Give a new user's name as it is kept.  Raises: CodedError ACCOUNT-NAME."""
    kept = plain(name)
    if not 1 <= len(kept) <= LONGEST_NAME or not kept.isprintable():
        raise CodedError("ACCOUNT-NAME", Actor.CLERK, Retry.AFTER_ACTION, most=LONGEST_NAME)
    return kept


def end_sessions(user_id: uuid.UUID, *, but: str = "") -> list[str]:
    """Delete a user's sessions inside the caller's transaction, except `but`; give the ids of those deleted."""
    ended = [str(row.id) for row in Session.select(Session.id).where(Session.user == user_id) if str(row.id) != but]
    if ended:
        Session.delete().where(Session.id.in_([uuid.UUID(one) for one in ended])).execute()
    return ended


def _supervisors() -> set[uuid.UUID]:
    """Who can look after the users now."""
    can = (User.role == "supervisor") & User.is_active & (User.password_hash != "")
    return {row.id for row in User.select(User.id).where(can)}


def _row(user_id: str) -> Any:
    try:
        key = uuid.UUID(user_id)
    except ValueError:
        raise _unknown() from None
    user = User.get_or_none(User.id == key)
    if user is None:
        raise _unknown()
    return user


def _unknown() -> CodedError:
    return CodedError("USER-UNKNOWN", Actor.SUPERVISOR, Retry.AFTER_ACTION)


def _view(row: Any, signed_in: dict[Any, datetime], codes: dict[Any, datetime], supervisors: set[Any]) -> UserView:
    state: UserState = "active"
    if not row.is_active:
        state = "disabled"
    elif not row.password_hash:
        state = "invited" if row.id in codes else "code-dead"
    return UserView(
        id=str(row.id),
        name=str(row.name),
        role=cast("Role", row.role),
        state=state,
        last_sign_in_at=signed_in.get(row.id),
        code_until=codes.get(row.id),
        is_last_supervisor=supervisors == {row.id},
    )
