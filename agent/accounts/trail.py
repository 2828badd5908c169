"""The audit rows looked over: whether all hang together, where not, and the mark by which that can be told again later.

What a look without a mark can not see stands in `peewee_models.audit_chain`: rows cut off the end, an older database
put back, a chain written anew.  So the last row's mark is noted outside: in the log after each look, on paper by the
supervisor; `renhu doctor` and the page take it back.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from agent.accounts import audit
from agent.accounts.rights import Right, require
from agent.accounts.storage import Store, reading, writing
from agent.errors import Actor, CodedError, Retry
from drivers.api import Clock
from peewee_models.audit_chain import MARK_DIGITS, ChainState, Mark, look_over

if TYPE_CHECKING:
    from agent.accounts.service import SignedIn

log = logging.getLogger("renhu.audit")

_MARK: Final = re.compile(rf"(\d{{1,12}})-([0-9a-f]{{{MARK_DIGITS}}})")


@dataclass(frozen=True, slots=True)
class TrailView:
    """What a look over the audit rows has found.

    Attributes:
        rows: how many hang together from the first.
        mark: the last of these, as it is noted elsewhere.
        code: what is wrong with the next row, `AUDIT-CHANGED`, `AUDIT-MISSING` or `AUDIT-REWRITTEN`; empty for nothing.
        bad_row: the number of that row.
        noted: the mark from elsewhere that was compared; empty where none was.
    """

    at: datetime
    rows: int
    mark: str
    code: str
    bad_row: int | None
    noted: str


class Trail:
    """The audit rows of the station.

    Attributes:
        last: what the latest look of this run has found; None before the first.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.last: TrailView | None = None

    def look(self, by: SignedIn, noted: str = "") -> TrailView:
        """Look over all rows for a supervisor.  Raises: RightsDenied; CodedError AUDIT-MARK."""
        require(by, Right.USERS)
        return self._look(by.audit_ids, noted)

    def look_for_command(self, noted: str = "") -> TrailView:
        """Look over all rows for the command line.  Raises: CodedError AUDIT-MARK."""
        return self._look(None, noted)

    def _look(self, by: audit.SignedInIds | None, noted: str) -> TrailView:
        mark = read_mark(noted)
        with reading(self._store):
            state = look_over(self._store, mark)
        found = view(state, self._clock.now(), mark)
        with writing(self._store):
            facts = {"rows": found.rows} | ({"bad_row": found.bad_row} if found.bad_row is not None else {})
            audit.write(self._clock, by, audit.Act.TRAIL_LOOKED_OVER, ("audit", None), **facts)
        if found.code:
            log.error("audit row %s: %s", found.bad_row, found.code)
        else:
            log.info("audit rows hang together up to %s", found.mark)
        self.last = found
        return found


def read_mark(noted: str) -> Mark | None:
    """Read a mark as people write it, in any case, with blanks; None for none.  Raises: CodedError AUDIT-MARK."""
    bare = "".join(noted.split()).lower()
    if not bare:
        return None
    fits = _MARK.fullmatch(bare)
    if fits is None or int(fits[1]) == 0:
        raise CodedError("AUDIT-MARK", Actor.SUPERVISOR, Retry.AFTER_ACTION)
    return Mark(int(fits[1]), fits[2])


def written(mark: Mark) -> str:
    """A mark as people write it."""
    return f"{mark.seq}-{mark.digits}"


def view(state: ChainState, at: datetime, mark: Mark | None) -> TrailView:
    """Put what was found into words' codes."""
    code = f"AUDIT-{state.fault.upper()}" if state.fault else ""
    return TrailView(at, state.rows, written(state.mark), code, state.bad_seq, written(mark) if mark else "")
