"""The documents' own errors, all with a code."""

from __future__ import annotations

from agent.errors import Actor, CodedError, Retry


def refused_file(code: str) -> CodedError:
    """A stored file cannot be shown: it is missing, damaged or somebody else's.  A matter for the supervisor."""
    return CodedError(code, Actor.SUPERVISOR, Retry.AFTER_ACTION)


def unknown_page() -> CodedError:
    """There is no such page, or it is somebody else's: the same answer."""
    return CodedError("PAGE-UNKNOWN", Actor.CLERK, Retry.NEVER)


def refused(code: str, **facts: str | int) -> CodedError:
    """The wish does not fit what is; the clerk can do something about it."""
    return CodedError(code, Actor.CLERK, Retry.AFTER_ACTION, **facts)
