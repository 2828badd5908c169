"""Sessions as rows: who is signed in, and that a person is so in one place at a time.

The browser holds a random token of which only the SHA-256 is kept.  Source: security requirements S-08 and S-25.
"""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from agent.accounts import audit
from agent.accounts.rights import ROLES, Role
from peewee_models.accounts import Session

Language = Literal["zh", "en"]
_REMEMBERED: Final = 256


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in.

    Attributes:
        is_locked: nobody has sat here for a while; nothing is shown or done before the password is typed again.
        token: filled only where a new one is made.
    """

    session_id: str
    user_id: str
    name: str
    role: Role
    language: Language
    csrf: str
    token: str = dataclasses.field(default="", repr=False)
    is_locked: bool = False

    @property
    def audit_ids(self) -> audit.SignedInIds:
        """Who an audit row names."""
        return audit.SignedInIds(self.user_id, self.session_id)


class Elsewhere:
    """The sessions that ended because their person signed in somewhere else; known until the agent ends."""

    def __init__(self) -> None:
        self._ended: OrderedDict[str, SignedIn] = OrderedDict()

    def make_room(self, user_id: uuid.UUID, places: int) -> list[str]:
        """End all but the newest sessions of a user, so that a new one has its place; inside the caller's transaction.

        Args:
            user_id: whose.
            places: in how many a person may be signed in.

        Returns: the ids of the sessions that were ended.
        """
        rows = list(Session.select().where(Session.user == user_id).order_by(Session.created_at.desc(), Session.id))
        ended = rows[max(0, places - 1) :]
        for row in ended:
            self._ended[str(row.token_hash)] = signed_in(row)
            row.delete_instance()
        while len(self._ended) > _REMEMBERED:
            self._ended.popitem(last=False)
        return [str(row.id) for row in ended]

    def ended(self, token: str) -> SignedIn | None:
        """The session of this token, if it ended so."""
        return self._ended.get(hashed(token))

    def pages_of(self, user_id: str) -> list[str]:
        """The tokens that the pages of a user's sessions carried which ended so."""
        return [one.csrf for one in self._ended.values() if one.user_id == user_id]


def signed_in(row: Any) -> SignedIn:
    """Put a session's row, with its user, into words."""
    user = row.user
    role = cast("Role", user.role if user.role in ROLES else "technician")
    language = cast("Language", row.language)
    return SignedIn(str(row.id), str(user.id), str(user.name), role, language, str(row.csrf))


def hashed(secret: str) -> str:
    """The form in which a token is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
