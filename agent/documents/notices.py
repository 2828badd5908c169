"""What is said quietly on the pages of a session, for a moment: one thing at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from agent.accounts.service import SignedIn
from agent.documents.scan_views import Notice
from agent.documents.views import OwnerRef
from agent.events.service import Event
from drivers.api import Clock

NOTICE_S: Final = 20.0
Facts = Mapping[str, str | int | float]
NONE: Final[Facts] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Said:
    session_id: str
    notice: Notice
    about: OwnerRef | None
    until_s: float


class Notices:
    """The last thing that was said.

    Args:
        clock: tells when its moment is over.
        publish: has the pages of a session look again.
    """

    def __init__(self, clock: Clock, publish: Callable[[Event], None]) -> None:
        self._clock = clock
        self._publish = publish
        self._last: _Said | None = None

    def tell(self, by: SignedIn, code: str, **facts: str | int | float) -> None:
        """Say something on the pages of a session that are open."""
        self.note(by, code, facts)
        self._publish(Event("desk", by.session_id, {}))

    def note(self, by: SignedIn, code: str, facts: Facts = NONE, about: OwnerRef | None = None) -> None:
        """Say something on the pages of a session that are opened within a moment: on those of `about` only, if any."""
        self._last = _Said(by.session_id, Notice(code, facts), about, self._clock.monotonic() + NOTICE_S)

    def forget(self, by: SignedIn) -> None:
        """Say no more what was said to a session."""
        if self._last is not None and self._last.session_id == by.session_id:
            self._last = None

    def clear(self) -> None:
        """Say no more what was said to anybody: a scan begins."""
        self._last = None

    def of(self, by: SignedIn, ref: OwnerRef | None = None) -> Notice | None:
        """What was said to this session a moment ago, about this draft or record or about none."""
        said = self._last
        if said is None or said.session_id != by.session_id or self._clock.monotonic() >= said.until_s:
            return None
        return said.notice if said.about in {None, ref} else None
