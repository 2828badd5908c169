"""Who may do what: one table of roles and rights, asked by every service.

No role has all: the technician sees no personal data, the supervisor reads the register, looks after the users, the
code tables and the rules, gives files of it away and takes files in, which changes nothing that is there.
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
    EXPORT = "exchange.export"
    IMPORT = "exchange.import"


_RIGHTS: dict[str, frozenset[Right]] = {
    "clerk": frozenset({Right.DESK, Right.REGISTER_WRITE, Right.REGISTER_READ}),
    "supervisor": frozenset({Right.REGISTER_READ, Right.USERS, Right.TABLES, Right.EXPORT, Right.IMPORT}),
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
