"""What may lie on the glass: whose scan used it last, while the front of a card is here and its back is awaited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from drivers.scanner_api import Source
from peewee_models import card_queries
from peewee_models.document_queries import Owner

MOST_JOBS: Final = 100
"""So far back one looks for the scan of the front: behind so many others it is sure that the glass was used."""


@dataclass(frozen=True, slots=True)
class GlassUse:
    """A scan from the glass: its key, whose it was, and when it was wished for."""

    key: str
    name: str
    at: datetime


def used_since(owner: Owner, kind: str, lent: GlassUse | None) -> GlassUse | None:
    """The last scan of another paper from the glass since the card's own, inside the caller's transaction.

    A feeder leaves the glass alone; so does the owner's own look at it.

    Args:
        owner: whose card it is.
        kind: of the card's document.
        lent: the last loan to a command, which is no job.
    """
    other: GlassUse | None = None
    for row in card_queries.last_jobs(MOST_JOBS):
        is_own = getattr(row, f"{owner.column}_id") == owner.id
        if is_own and row.kind == kind and row.request.get("card"):
            lent = lent if lent is not None and lent.at > row.queued_at else None
            break
        if other is None and _is_use(row, is_own=is_own):
            other = GlassUse(str(row.id), row.user.name, row.queued_at)
    return max(filter(None, (other, lent)), key=lambda use: use.at, default=None)


def _is_use(row: Any, *, is_own: bool) -> bool:
    return row.request.get("source") == Source.FLATBED and not (is_own and row.request.get("preview"))
