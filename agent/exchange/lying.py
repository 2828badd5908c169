"""The file that lies here to be taken in, and how the pages see it and the imports that were run."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Final

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.exchange import views
from agent.exchange.mapping import Mapping
from agent.exchange.passes import Found
from agent.exchange.tables_read import Sheet
from agent.exchange.views import Column, Counts, FileView, JobState, RunView

AT_WORK: Final = frozenset({"checking", "running"})


@dataclass(slots=True)
class Lying:
    """The file that lies here.

    Attributes:
        rows: how many it has below its head.
        touched_s: when somebody last did something with it, by the clock's `monotonic`.
        found: what the pass that is under way, or was last, has found.
        checked: what a whole dry run with these columns has found; None where there was none.
        error: why the last pass failed.
        is_over: set when the pass that is under way is to end.
        told: how many rows the pages were last told of.
    """

    owner: SignedIn
    sheet: Sheet
    sha256: str
    rows: int
    mapping: Mapping
    touched_s: float
    state: JobState = ""
    found: Found = field(default_factory=Found)
    checked: Found | None = None
    error: CodedError | None = None
    is_over: threading.Event = field(default_factory=threading.Event)
    told: int = 0


def view(lying: Lying, by: SignedIn) -> FileView:
    """The file as somebody sees it."""
    how, found, error = lying.mapping, lying.found, lying.error
    shown = sorted(found.rejections.copy().values(), key=lambda one: one.line)[: views.SHOWN]
    return FileView(
        is_own=lying.owner.user_id == by.user_id,
        owner=lying.owner.name,
        encoding=lying.sheet.encoding,
        size_bytes=len(lying.sheet.content),
        head_line=how.head_line,
        columns=tuple(Column(place, head, how.keys[place]) for place, head in enumerate(how.heads)),
        constants=dict(how.constants),
        legacy=dict(how.legacy),
        state=lying.state,
        done=found.done,
        total=lying.rows,
        counts=found.counts,
        rejections=tuple(shown),
        share_of_han=found.share_of_han,
        error_code="" if error is None else error.code,
        facts={} if error is None else dict(error.facts),
    )


def run_view(row: Any) -> RunView:
    """A run from its row."""
    counts = Counts(
        row.made + row.equal + row.different + row.rejected, row.made, row.equal, row.different, row.rejected
    )
    return RunView(
        str(row.id), str(row.user.name), row.begun_at, row.ended_at, row.state, row.error_code, row.sha256, row.rows,
        row.last_row, counts,
    )  # fmt: skip
