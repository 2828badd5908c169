"""Something that is asked for twice with one and the same form is done once; the second asker gets what the first got.

A page's form that makes something new carries a word of its own, made with the page.  A double click, or a form that a
browser sends again, brings that word once more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

KEPT: Final = 32

_Made = TypeVar("_Made")


@dataclass(slots=True)
class _Asked(Generic[_Made]):
    lock: threading.Lock = field(default_factory=threading.Lock)
    made: tuple[_Made] | None = None


class Once(Generic[_Made]):
    """What was made of late, each by what it was asked with; in memory only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[Hashable, _Asked[_Made]] = {}

    def do(self, key: Hashable, deed: Callable[[], _Made]) -> _Made:
        """Do it, or wait for who is at it and give the same.

        Args:
            key: what it is asked with.
            deed: what is done; where it raises nothing is made, and the next asker tries anew.
        """
        with self._lock:
            asked = self._asked.setdefault(key, _Asked())
            for oldest in list(self._asked)[:-KEPT]:
                del self._asked[oldest]
        with asked.lock:
            if asked.made is None:
                asked.made = (deed(),)
            return asked.made[0]
