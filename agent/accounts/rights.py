"""Who may do what: one table of roles and rights, asked by every service.

No role has all: the technician sees no personal data, the supervisor only reads the register and looks after
the users, the code tables and the rules.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Protocol

from agent.errors import RightsDenied

Role = Literal["clerk", "technician", "supervisor"]
ROLES: tuple[Role, ...] = ("clerk", "technician", "supervisor")


class Right(StrEnum):
    """One thing that may be allowed."""

    DESK = "desk"
    REGISTER_WRITE = "register.write"
    REGISTER_READ = "register.read"
    DEVICES = "devices"
    USERS = "users"
    TABLES = "tables"


_RIGHTS: dict[str, frozenset[Right]] = {
    "clerk": frozenset({Right.DESK, Right.REGISTER_WRITE, Right.REGISTER_READ}),
    "supervisor": frozenset({Right.REGISTER_READ, Right.USERS, Right.TABLES}),
    "technician": frozenset({Right.DEVICES}),
}


class HasRole(Protocol):
    """Somebody with a role."""

    @property
    def role(self) -> Role:
        """The role."""


def may(who: HasRole, right: Right) -> bool:
    """Whether the role has the right."""
    return right in _RIGHTS.get(who.role, frozenset())


def require(who: HasRole, right: Right) -> None:
    """Go on only where the role has the right.  Raises: RightsDenied."""
    if not may(who, right):
        raise RightsDenied
