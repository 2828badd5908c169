"""What is asked of the pictures process for a document's pages, and the check of what comes back."""

from __future__ import annotations

from collections.abc import Sequence

from agent.documents.papers import PageContent
from agent.documents.pictures import Pictures
from agent.errors import Actor, CodedError, Retry

SHOWN_BY_BROWSERS = frozenset({"image/jpeg", "image/png"})


def for_browser(pictures: Pictures, page: PageContent) -> PageContent:
    """Give a page as something that a browser shows: line art, kept as TIFF, becomes PNG of the same pixels.

    Raises: CodedError PAGE-UNREADABLE.
    """
    if page.content_type in SHOWN_BY_BROWSERS:
        return page
    worked = pictures.work("png", {}, [page.content], "PAGE-UNREADABLE")
    return PageContent(only(worked.pieces, b"\x89PNG", "PAGE-UNREADABLE"), "image/png")


def only(pieces: Sequence[bytes], start: bytes, failure: str) -> bytes:
    """The one piece that was wanted, when it begins as it should.  Raises: CodedError of the code `failure`."""
    if len(pieces) != 1 or not pieces[0].startswith(start):
        raise CodedError(failure, Actor.TECHNICIAN, Retry.NOW)
    return pieces[0]
