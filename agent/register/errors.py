"""The register's own errors, all with a code."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from agent.errors import Actor, CodedError, Retry
from agent.register.views import Problem


class Problems(CodedError):
    """A form that cannot be saved as it is; `problems` says why, each at its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("REGISTER-PROBLEMS", Actor.CLERK, Retry.AFTER_ACTION, count=len(problems))
        self.problems = tuple(problems)


def unknown_draft() -> CodedError:
    """There is no such draft, or it is somebody else's: the same answer."""
    return CodedError("DRAFT-UNKNOWN", Actor.CLERK, Retry.NEVER)


def unknown_record() -> CodedError:
    """There is no such record."""
    return CodedError("RECORD-UNKNOWN", Actor.CLERK, Retry.NEVER)


def refused(code: str) -> CodedError:
    """The wish does not fit what is; the clerk can do something about it."""
    return CodedError(code, Actor.CLERK, Retry.AFTER_ACTION)


def key_of(text: str) -> uuid.UUID | None:
    """Read a key as it came from outside; None where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
