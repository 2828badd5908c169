"""Who may hold an account besides its owner: whoever added it, switched it on or was given a code for it of late.

The code for a password is shown to the supervisor who asks for it, so for some days two accounts may be one person's:
long enough for the owner to see that their password is another, and for the others to see a new name on the users'
page.  The audit rows say who did so: they are written with the act, nobody rewrites them, and tables of their own could
say nothing else.  Source: security requirements S-20, S-21.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from agent.accounts.audit import Act

HELD_DAYS: Final = 7
HELD: Final = timedelta(days=HELD_DAYS)
GIVING: Final = (Act.USER_MADE.value, Act.USER_ENABLED.value, Act.CODE_ISSUED.value)
"""The acts with which one person can come to hold another's account."""


def holders(user: uuid.UUID, given: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> set[uuid.UUID]:
    """Who may hold an account: its owner, whoever opened it, whoever opened theirs, and so on.

    Args:
        user: whose it is.
        given: who opened whose account, as pairs.
    """
    openers: dict[uuid.UUID, set[uuid.UUID]] = {}
    for opener, opened in given:
        openers.setdefault(opened, set()).add(opener)
    found, new = {user}, {user}
    while new:
        new = set().union(*(openers.get(one, set()) for one in new)) - found
        found |= new
    return found
