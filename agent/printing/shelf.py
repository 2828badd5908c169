"""Where a paper waits, in memory alone, for the session that made it: until it was printed, or for a while."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from typing import Final

from drivers.api import Clock

KEPT_S: Final = 600.0
MOST_BYTES: Final = 48_000_000


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper.

    Attributes:
        id: where it is asked for; nobody can guess it.
        kind: of the paper.
        record_id: of the registration that it was asked of; "" for a list.
        session_id: who may see it.
        pdf: PDF/A-2b.
        pages: a drawing of each page, SVG.
        undrawn: the code points that no font of this station draws, as `U+30000`.
        made_s: when it was made, by the clock's `monotonic`.
    """

    id: str
    kind: str
    record_id: str
    session_id: str
    pdf: bytes = field(repr=False)
    pages: tuple[bytes, ...] = field(repr=False)
    undrawn: tuple[str, ...]
    made_s: float

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.pdf) + sum(map(len, self.pages))


class Shelf:
    """The papers that wait; the oldest go first where there is no room."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._papers: dict[str, Paper] = {}

    def put(self, paper: Paper) -> None:
        """Keep a paper."""
        with self._lock:
            self._drop_old()
            while self._papers and sum(each.size for each in self._papers.values()) + paper.size > MOST_BYTES:
                del self._papers[next(iter(self._papers))]
            self._papers[paper.id] = paper

    def find(self, paper_id: str, session_id: str) -> Paper | None:
        """The paper, where it waits for this session; else None."""
        with self._lock:
            self._drop_old()
            paper = self._papers.get(paper_id)
        return paper if paper is not None and paper.session_id == session_id else None

    def drop_old(self) -> None:
        """Let go of what has waited long enough."""
        with self._lock:
            self._drop_old()

    def _drop_old(self) -> None:
        oldest_s = self._clock.monotonic() - KEPT_S
        for paper in [each for each in self._papers.values() if each.made_s < oldest_s]:
            del self._papers[paper.id]


def new_id() -> str:
    """A name for a paper that nobody can guess."""
    return str(uuid.uuid4())
