"""One-time codes: with one a person sets their own password, and nobody else ever sees it.

A code is kept as its SHA-256; it dies with its use, with too many wrong tries, and with its time.
Source: security requirement S-26.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agent.accounts.passwords import AccountsPolicy
from drivers.api import Clock
from peewee_models.accounts import EnrolmentCode, User

_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")
_GROUPS, _GROUP = 4, 4


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code as it is shown, once."""

    text: str = field(repr=False)
    expires_at: datetime


class Codes:
    """The one-time codes of a station.  Every method works inside the caller's transaction."""

    def __init__(self, clock: Clock, policy: AccountsPolicy) -> None:
        self._clock = clock
        self._policy = policy

    def issue_first(self) -> IssuedCode:
        """Make the code (160 bits) for the first user of a register; it replaces an older one."""
        EnrolmentCode.delete().execute()
        return self._keep(secrets.token_hex(20), None, self._policy.enrolment_s)

    def issue(self, user: Any) -> IssuedCode:
        """Make a code (80 bits, written to be typed) for `user`; it replaces an older one."""
        EnrolmentCode.delete().where(EnrolmentCode.user == user.id).execute()
        groups = ("".join(secrets.choice(_SYMBOLS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        return self._keep("-".join(groups), user, self._policy.invitation_s)

    def redeem(self, user: Any, code: str) -> bool:
        """Use up the code of `user`, or of the first user where that is None.

        Returns: False when it is wrong, used, too old or tried too often; a wrong try is counted.
        """
        owner = EnrolmentCode.user.is_null() if user is None else EnrolmentCode.user == user.id
        row = EnrolmentCode.get_or_none(owner)
        if row is None or not self.is_alive(row):
            return False
        if not hmac.compare_digest(row.code_hash, _hash(code)):
            EnrolmentCode.update(failures=EnrolmentCode.failures + 1).where(EnrolmentCode.id == row.id).execute()
            return False
        row.delete_instance()
        return True

    def revoke(self, user_id: Any) -> None:
        """Let no code of this user open anything any more."""
        EnrolmentCode.delete().where(EnrolmentCode.user == user_id).execute()

    def open_until(self) -> dict[Any, datetime]:
        """Tell whose codes can still be used, and until when."""
        rows = EnrolmentCode.select().join(User)
        return {row.user_id: row.expires_at for row in rows if self.is_alive(row)}

    def is_alive(self, row: Any) -> bool:
        """Whether a code may still be tried."""
        return bool(row.expires_at > self._clock.now() and row.failures < self._policy.code_tries)

    def _keep(self, text: str, user: Any, lasts_s: int) -> IssuedCode:
        expires_at = self._clock.now() + timedelta(seconds=lasts_s)
        EnrolmentCode.create(code_hash=_hash(text), user=user, expires_at=expires_at)
        return IssuedCode(text, expires_at)


def _hash(code: str) -> str:
    """Hash a code as people type it: in any case, with or without dashes, with O for 0 and I or L for 1."""
    typed = "".join(code.upper().split()).replace("-", "").translate(_MISREAD)
    return hashlib.sha256(typed.encode()).hexdigest()
