"""The states of a scan job and what leads from one to another: the whole table stands here.

    queued → scanning → done | cancelled | failed | interrupted

An ended job never begins again: to go on is a new job for the same document, whose pages are all still there.
"""

from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    """How far a scan job is."""

    QUEUED = "queued"
    SCANNING = "scanning"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class JobHappening(StrEnum):
    """What can happen to a scan job.

    STARTED: the scanner took it.  PAGE: a page is stored.  FINISHED: the scanner has no more.  CANCELLED: the clerk's
    wish has been carried out, never the wish alone.  FAILED: with an error code.  RESTARTED: the agent came up and
    found it unended.
    """

    STARTED = "started"
    PAGE = "page"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"
    RESTARTED = "restarted"


_S, _H = JobState, JobHappening

TRANSITIONS: dict[tuple[JobState, JobHappening], JobState] = {
    (_S.QUEUED, _H.STARTED): _S.SCANNING,
    (_S.QUEUED, _H.CANCELLED): _S.CANCELLED,
    (_S.QUEUED, _H.FAILED): _S.FAILED,
    (_S.QUEUED, _H.RESTARTED): _S.INTERRUPTED,
    (_S.SCANNING, _H.PAGE): _S.SCANNING,
    (_S.SCANNING, _H.FINISHED): _S.DONE,
    (_S.SCANNING, _H.CANCELLED): _S.CANCELLED,
    (_S.SCANNING, _H.FAILED): _S.FAILED,
    (_S.SCANNING, _H.RESTARTED): _S.INTERRUPTED,
}
RUNNING = frozenset({_S.QUEUED, _S.SCANNING})


def after(state: JobState, happening: JobHappening) -> JobState | None:
    """The state after `happening`; None where it may not happen, as a page that comes after the end."""
    return TRANSITIONS.get((state, happening))


def is_ended(state: JobState) -> bool:
    """Whether nothing can happen to the job any more."""
    return state not in RUNNING
