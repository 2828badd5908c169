"""A paper as it waits, in memory alone, for the session that made it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from agent.shelf import Shelf as AnyShelf

Shelf = AnyShelf["Paper"]


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


def new_id() -> str:
    """A name for a paper that nobody can guess."""
    return str(uuid.uuid4())
