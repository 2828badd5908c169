"""From the rows of photos to what pages are given of them."""

from __future__ import annotations

from typing import Any

import msgspec

from agent.photos.framing import Frame
from agent.photos.making import Looked, Told
from agent.photos.views import PhotoView


def view_or_none(row: Any) -> PhotoView | None:
    """The same for a row that there may be none of."""
    return None if row is None else view(row)


def view(row: Any) -> PhotoView:
    """What a page is given of a photo's row, inside the caller's transaction."""
    seen = None if row.seen is None else msgspec.convert(row.seen, Looked)
    return PhotoView(
        id=str(row.id),
        version=row.version,
        flaws=msgspec.convert(row.flaws, list[Told]),
        frame=None if row.frame is None else Frame(**row.frame),
        size=None if seen is None else seen.size,
        taken_at=row.taken_at,
        taken_by=row.taken_by.name,
        used_at=row.used_at,
        used_by="" if row.used_by is None else row.used_by.name,
        reason=row.reason,
    )
