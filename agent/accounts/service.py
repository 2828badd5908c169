"""Accounts as the pages and the command line see them: sign in, sign out, who is this, one's own password.

A session is a row; the browser holds a random token of which only the SHA-256 is kept.
"""

from __future__ import annotations

import dataclasses
import hmac
import math
import os
import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from agent.accounts import audit, sessions
from agent.accounts.enrolment import Codes
from agent.accounts.passwords import AccountsPolicy, Gate
from agent.accounts.rights import Right, Role, may, require
from agent.accounts.sessions import Elsewhere, SignedIn, hashed
from agent.accounts.storage import Store, reading, writing
from agent.accounts.trail import Trail
from agent.accounts.users import Users, checked_name, end_sessions
from agent.errors import Actor, CodedError, Retry
from drivers.api import Clock
from peewee_models.accounts import Session, User

__all__ = ["AccountsPolicy", "AccountsService", "Right", "SignedIn", "may", "require"]

DEMO_NAMES: dict[Role, str] = {"clerk": "clerk", "technician": "technician", "supervisor": "supervisor"}
_SEEN_AGAIN_S = 30


class AccountsService:
    """Users and their sessions.

    Attributes:
        users: what supervisors do with the users.
        trail: the audit rows, looked over.
        enrolment_file: where the first user's code stands, until it was used.
        on_unlocked: called with the id of a session that goes on, after that is stored.
    """

    def __init__(self, store: Store, clock: Clock, policy: AccountsPolicy | None = None) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy or AccountsPolicy()
        self._gate = Gate(store, clock, self._policy)
        self._codes = Codes(clock, self._policy)
        self._elsewhere = Elsewhere()
        self.users = Users(store, clock, self._gate, self._codes)
        self.trail = Trail(store, clock)
        self.enrolment_file: Path | None = None
        self.on_unlocked: Callable[[str], None] = lambda _session: None

    def has_users(self) -> bool:
        """Whether anybody can sign in yet."""
        with reading(self._store):
            return bool(User.select().where(User.is_active).exists())

    def create_demo_users(self) -> list[dict[str, str]]:
        """Make one user a role with a random password, for practice folders; a second call gives new passwords."""
        made = []
        for role, name in DEMO_NAMES.items():
            password = secrets.token_urlsafe(12)
            self._put_user(name, role, password)
            made.append({"role": role, "name": name, "password": password})
        return made

    def issue_enrolment_code(self) -> str:
        """Make the one-time code (160 bits) for the first user of a register; it replaces an older one."""
        with writing(self._store):
            return self._codes.issue_first().text

    def offer_enrolment(self, place: Path) -> None:
        """Write a new one-time code to a file that only its owner may read; an older file is replaced."""
        code = self.issue_enrolment_code()
        place.unlink(missing_ok=True)
        descriptor = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400)
        with os.fdopen(descriptor, "w") as file:
            file.write(code + "\n")
        self.enrolment_file = place

    def enrol(self, code: str, name: str, password: str) -> SignedIn:
        """Set one's password with a one-time code, and sign in; older sessions of that user end.

        On a station without users the code makes the first one, a supervisor, of that name: they add all others.

        Raises: CodedError ACCOUNT-ENROLMENT (wrong, used or too old), ACCOUNT-PASSWORD-LENGTH,
            ACCOUNT-PASSWORD-COMMON, ACCOUNT-NAME,
            ACCOUNT-WAIT.
        """
        plain_name = checked_name(name)
        self._gate.refuse_if_too_soon(name)
        password_hash = self._gate.hash(password, name)
        with writing(self._store):
            is_first = not User.select().exists()
            user = User.get_or_none((User.name == plain_name) & User.is_active)
            is_right = (is_first or user is not None) and self._codes.redeem(user, code)
            self._gate.note_try(name, has_succeeded=is_right)
            if not is_right:
                subject = None if user is None else user.id
                audit.write(self._clock, None, audit.Act.ENROL_FAILED, ("user", subject))
            else:
                if user is None:
                    now = self._clock.now()
                    user = User.create(name=plain_name, role="supervisor", password_hash="", created_at=now)
                User.update(password_hash=password_hash).where(User.id == user.id).execute()
                ended = end_sessions(user.id)
                audit.write(self._clock, None, audit.Act.ENROL, ("user", user.id))
                opened = self._begin(user)
        if not is_right:
            raise CodedError("ACCOUNT-ENROLMENT", Actor.SUPERVISOR, Retry.AFTER_ACTION)
        self.users.on_sessions_ended(ended)
        self._forget_enrolment_file()
        return opened

    def _forget_enrolment_file(self) -> None:
        """Take the file of a code away that was used: it would only mislead."""
        if self.enrolment_file is not None:
            self.enrolment_file.unlink(missing_ok=True)
            self.enrolment_file = None

    def change_password(self, by: SignedIn, old: str, new: str) -> SignedIn:
        """Change one's own password.  This session goes on under a new token; the others end, and so does an open code.

        Raises: CodedError ACCOUNT-PASSWORD-LENGTH, ACCOUNT-PASSWORD-COMMON, ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT.
        """
        password_hash = self._gate.hash(new, by.name)
        user = self._gate.check_own(by.name, old)
        token = secrets.token_urlsafe(32)
        with writing(self._store):
            User.update(password_hash=password_hash).where(User.id == user.id).execute()
            self._codes.revoke(user.id)
            ended = end_sessions(user.id, but=by.session_id)
            session_id = uuid.UUID(by.session_id)
            Session.update(token_hash=hashed(token)).where(Session.id == session_id).execute()
            audit.write(self._clock, by.audit_ids, audit.Act.CREDENTIAL_CHANGED, ("user", user.id))
        self.users.on_sessions_ended(ended)
        return dataclasses.replace(by, token=token)

    def sign_in(self, name: str, password: str) -> SignedIn:
        """Begin a session with a new token; where the person sat elsewhere, that session ends.

        Raises: CodedError ACCOUNT-WRONG, ACCOUNT-WAIT (facts: wait_s).
        """
        user = self._gate.check(name, password)
        with writing(self._store):
            ended = self._elsewhere.make_room(user.id, self._policy.places)
            opened = self._begin(user, ended=len(ended))
        self.users.on_sessions_ended(ended)
        return opened

    def has_ended_elsewhere(self, token: str) -> bool:
        """Whether the session of this token ended because its person signed in somewhere else."""
        return self._elsewhere.ended(token) is not None

    def ended_session(self, token: str) -> SignedIn | None:
        """The session of this token that is over by time, or by its person's signing in somewhere else.

        It opens nothing; it tells whose the page is that is still open.  None for whoever has signed out, was disabled
        or never came in.
        """
        with reading(self._store):
            row = Session.get_or_none(Session.token_hash == hashed(token))
            ended = self._elsewhere.ended(token) if row is None else sessions.signed_in(row)
            user = None if ended is None else User.get_or_none((User.id == uuid.UUID(ended.user_id)) & User.is_active)
        is_over = row is None or self._is_over(row, self._clock.now())
        return ended if user is not None and is_over else None

    def is_earlier_page(self, by: SignedIn, csrf: str) -> bool:
        """Whether a page with this token was served to the same person, before they signed in anew."""
        with reading(self._store):
            others = [str(row.csrf) for row in Session.select().where(Session.user == uuid.UUID(by.user_id))]
        known = [*others, *self._elsewhere.pages_of(by.user_id)]
        return any(hmac.compare_digest(one.encode(), csrf.encode()) for one in known)

    def second_person(self, by: SignedIn, name: str, password: str) -> str:
        """Check that somebody else, who may work on the register or supervise it, stands by; give that user's id.

        Raises: CodedError ACCOUNT-WRONG, ACCOUNT-WAIT, ACCOUNT-SAME-PERSON, RIGHTS-DENIED.
        """
        user = self._gate.check(name, password)
        if str(user.id) == by.user_id:
            raise CodedError("ACCOUNT-SAME-PERSON", Actor.CLERK, Retry.AFTER_ACTION)
        require(user, Right.REGISTER_READ)
        return str(user.id)

    def confirm(self, by: SignedIn, own_password: str) -> None:
        """Make sure of who sits there.  Raises: CodedError ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT."""
        self._gate.check_own(by.name, own_password)

    def sign_out(self, token: str) -> None:
        """End the session; an unknown token is no error."""
        with writing(self._store):
            row = Session.get_or_none(Session.token_hash == hashed(token))
            if row is not None:
                row.delete_instance()
                by = audit.SignedInIds(str(row.user_id), str(row.id))
                audit.write(self._clock, by, audit.Act.SIGN_OUT, ("user", row.user_id))

    def session(self, token: str, *, is_attended: bool = True) -> SignedIn | None:
        """Say who holds this token; None when nobody does any more.

        Being asked counts as being seen, except where `is_attended` is False: a page that asks by itself.  A session
        that was not seen for the lock's time is locked, and stays so until `unlock`.
        """
        now = self._clock.now()
        with reading(self._store):
            row = (
                Session.select(Session, User).join(User).where((Session.token_hash == hashed(token)) & User.is_active)
            ).get_or_none()
        if row is None or self._is_over(row, now):
            return None
        is_locked = self._lock_left_s(row, now) == 0
        if is_attended and not is_locked and now - row.last_seen_at >= timedelta(seconds=_SEEN_AGAIN_S):
            with writing(self._store):
                Session.update(last_seen_at=now).where(Session.id == row.id).execute()
        return dataclasses.replace(sessions.signed_in(row), is_locked=is_locked)

    def lock_left_s(self, by: SignedIn) -> int:
        """After how many seconds this session locks, or ends, if nobody acts; 0 when it has."""
        with reading(self._store):
            row = Session.get_or_none(Session.id == uuid.UUID(by.session_id))
        return 0 if row is None else self._lock_left_s(row, self._clock.now())

    def unlock(self, by: SignedIn, password: str) -> None:
        """Go on with a locked session.  Raises: CodedError ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT."""
        self._gate.check_own(by.name, password)
        with writing(self._store):
            session_id = uuid.UUID(by.session_id)
            Session.update(last_seen_at=self._clock.now()).where(Session.id == session_id).execute()
            audit.write(self._clock, by.audit_ids, audit.Act.UNLOCKED, ("user", by.user_id))
        self.on_unlocked(by.session_id)

    def is_session_alive(self, session_id: str) -> bool:
        """Whether a session, known by its id, still lives; the desk of a dead one is free."""
        with reading(self._store):
            row = Session.get_or_none(Session.id == uuid.UUID(session_id))
        return row is not None and not self._is_over(row, self._clock.now())

    def set_language(self, token: str, language: str) -> None:
        """Remember the language for this session and this user."""
        if language not in {"zh", "en"}:
            raise ValueError("a language that no page speaks")
        with writing(self._store):
            row = Session.get_or_none(Session.token_hash == hashed(token))
            if row is not None:
                Session.update(language=language).where(Session.id == row.id).execute()
                User.update(language=language).where(User.id == row.user_id).execute()

    def note_device_act(self, by: SignedIn | None, act: str, role: str) -> None:
        """Leave an audit row for what somebody did to a device, from the pages or (`by` None) the command line."""
        with writing(self._store):
            ids = None if by is None else by.audit_ids
            audit.write(self._clock, ids, audit.Act.DEVICE_ACT, ("device", None), what=act, role=role)

    def _is_over(self, row: Any, now: datetime) -> bool:
        idle = timedelta(seconds=self._policy.idle_s)
        absolute = timedelta(seconds=self._policy.absolute_s)
        return bool(now - row.last_seen_at >= idle or now - row.created_at >= absolute)

    def _lock_left_s(self, row: Any, now: datetime) -> int:
        unseen_s: float = (now - row.last_seen_at).total_seconds()
        old_s: float = (now - row.created_at).total_seconds()
        left_s = min(self._policy.lock_s - unseen_s, self._policy.idle_s - unseen_s, self._policy.absolute_s - old_s)
        return max(0, math.ceil(left_s))

    def _put_user(self, name: str, role: Role, password: str) -> None:
        password_hash, name = self._gate.hash(password, name), checked_name(name)
        with writing(self._store):
            user = User.get_or_none(User.name == name)
            if user is None:
                user = User.create(name=name, role=role, password_hash=password_hash, created_at=self._clock.now())
            else:
                User.update(password_hash=password_hash, role=role, is_active=True).where(User.id == user.id).execute()
            audit.write(self._clock, None, audit.Act.USER_MADE, ("user", user.id), role=role)

    def _begin(self, user: Any, *, ended: int = 0) -> SignedIn:
        now = self._clock.now()
        oldest = now - timedelta(seconds=self._policy.absolute_s)
        Session.delete().where(Session.created_at < oldest).execute()
        token = secrets.token_urlsafe(32)
        row = Session.create(
            token_hash=hashed(token),
            user=user,
            csrf=secrets.token_urlsafe(32),
            language=user.language,
            created_at=now,
            last_seen_at=now,
        )
        signed_in = dataclasses.replace(sessions.signed_in(row), token=token)
        facts = {"ended_elsewhere": ended} if ended else {}
        audit.write(self._clock, signed_in.audit_ids, audit.Act.SIGN_IN, ("user", user.id), **facts)
        return signed_in
