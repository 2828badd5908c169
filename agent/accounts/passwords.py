"""Passwords and tries: argon2id, and a delay after failures that survives a restart and never locks for good.

Source: security requirements S-22 (memory of at least 46 MiB) and S-24 (five failures, then doubling to 15 minutes).
"""

from __future__ import annotations

import hashlib
import math
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from agent.accounts import audit
from agent.accounts.common_passwords import is_common
from agent.accounts.storage import Store, reading, writing
from agent.errors import Actor, CodedError, Retry
from drivers.api import Clock
from peewee_models.accounts import SignInTry, User

SHORTEST = 8
LONGEST = 128


@dataclass(frozen=True, slots=True)
class AccountsPolicy:
    """The figures of signing in; the defaults are the requirement's.

    Attributes:
        places: in how many places one person may be signed in at once.
    """

    memory_kib: int = 48 * 1024
    passes: int = 2
    lock_s: int = 5 * 60
    idle_s: int = 30 * 60
    absolute_s: int = 12 * 3600
    places: int = 1
    free_failures: int = 5
    first_delay_s: int = 5
    longest_delay_s: int = 15 * 60
    tries_a_minute: int = 30
    enrolment_s: int = 30 * 60
    invitation_s: int = 24 * 3600
    code_tries: int = 5


class Gate:
    """Check a name and a password, slowly for guessers."""

    def __init__(self, store: Store, clock: Clock, policy: AccountsPolicy) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._hasher = PasswordHasher(time_cost=policy.passes, memory_cost=policy.memory_kib, parallelism=1)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str, name: str) -> str:
        """Hash a new password of the user `name`.

        Raises: CodedError ACCOUNT-PASSWORD-LENGTH, ACCOUNT-PASSWORD-COMMON.
        """
        if not SHORTEST <= len(password) <= LONGEST:
            raise CodedError("ACCOUNT-PASSWORD-LENGTH", Actor.CLERK, Retry.AFTER_ACTION, least=SHORTEST, most=LONGEST)
        if is_common(plain(password), plain(name)):
            raise CodedError("ACCOUNT-PASSWORD-COMMON", Actor.CLERK, Retry.AFTER_ACTION)
        return self._hasher.hash(plain(password))

    def check(self, name: str, password: str) -> Any:
        """Give the row of the user behind a name and a password.

        An unknown name takes as long as a wrong password and is answered in the same words.

        Raises: CodedError ACCOUNT-WAIT (facts: wait_s), ACCOUNT-WRONG.
        """
        self.refuse_if_too_soon(name)
        with reading(self._store):
            user = User.get_or_none((User.name == plain(name)) & User.is_active & (User.password_hash != ""))
        is_right = self._is_right(self._nobody if user is None else str(user.password_hash), password)
        with writing(self._store):
            self.note_try(name, has_succeeded=user is not None and is_right)
            if user is None or not is_right:
                audit.write(self._clock, None, audit.Act.SIGN_IN_FAILED, ("user", None if user is None else user.id))
            elif self._hasher.check_needs_rehash(user.password_hash):
                User.update(password_hash=self._hasher.hash(plain(password))).where(User.id == user.id).execute()
        if user is None or not is_right:
            raise CodedError("ACCOUNT-WRONG", Actor.CLERK, Retry.NOW)
        return user

    def check_own(self, name: str, password: str) -> Any:
        """Make sure that the one who is signed in as `name` sits there still; give their row.

        Raises: CodedError ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT (facts: wait_s).
        """
        try:
            return self.check(name, password)
        except CodedError as error:
            if error.code != "ACCOUNT-WRONG":
                raise
            raise CodedError("ACCOUNT-OWN-PASSWORD", Actor.CLERK, Retry.NOW) from error

    def note_try(self, name: str, *, has_succeeded: bool) -> None:
        """Count a try to come in under a name, inside the caller's transaction."""
        now = self._clock.now()
        SignInTry.delete().where(SignInTry.at < now - timedelta(days=30)).execute()
        SignInTry.create(name_hash=_name_hash(name), at=now, has_succeeded=has_succeeded)

    def _is_right(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, plain(password)[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False

    def refuse_if_too_soon(self, name: str) -> None:
        """Let nobody try on who has failed too often.  Raises: CodedError ACCOUNT-WAIT (facts: wait_s)."""
        name_hash, now = _name_hash(name), self._clock.now()
        with reading(self._store):
            latest = list(
                SignInTry.select(SignInTry.at, SignInTry.has_succeeded)
                .where(SignInTry.name_hash == name_hash)
                .order_by(SignInTry.at.desc())
                .limit(64)
            )
            of_all = (
                SignInTry.select().where((SignInTry.at > now - timedelta(minutes=1)) & ~SignInTry.has_succeeded).count()
            )
        wait_s = self._delay_left_s([(row.at, bool(row.has_succeeded)) for row in latest], now)
        if of_all >= self._policy.tries_a_minute:
            wait_s = max(wait_s, 60)
        if wait_s > 0:
            raise CodedError("ACCOUNT-WAIT", Actor.CLERK, Retry.AFTER_ACTION, wait_s=wait_s)

    def _delay_left_s(self, latest: list[tuple[datetime, bool]], now: datetime) -> int:
        failures = next((i for i, (_, has_succeeded) in enumerate(latest) if has_succeeded), len(latest))
        beyond = failures - self._policy.free_failures
        if beyond < 0:
            return 0
        delay_s: int = min(self._policy.longest_delay_s, self._policy.first_delay_s * 2 ** min(beyond, 20))
        return max(0, math.ceil(delay_s - (now - latest[0][0]).total_seconds()))


def _name_hash(name: str) -> str:
    return hashlib.sha256(plain(name).casefold().encode()).hexdigest()


def plain(text: str) -> str:
    """Write a name or a password in the one form in which it is kept and looked up."""
    return unicodedata.normalize("NFKC", text).strip()
