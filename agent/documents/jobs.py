"""Scan jobs as rows: written down before the scanner hears of them, ended once, found again after a restart."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from agent.accounts.storage import Store, writing
from agent.documents.errors import refused
from agent.documents.job_state import RUNNING, JobHappening, JobState, after, is_ended
from agent.documents.people import Person
from drivers.api import Clock
from peewee_models import document_queries
from peewee_models.document_queries import Owner

TOLD: Final = timedelta(minutes=5)
_WELL: Final = {JobState.DONE, JobState.CANCELLED}


class Jobs:
    """The scan jobs of the station."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def queue(self, owner: Owner, kind: str, request: dict[str, Any], by: Person) -> uuid.UUID:
        """Write down a wish to scan; give the job's key.

        Args:
            owner: for which draft or record.
            kind: of which kind of document, D01 to D13.
            request: source, colour mode, resolution and size, as they will be asked of the scanner.
            by: whose wish.
        """
        with writing(self._store):
            row = document_queries.insert_job(
                owner,
                self._clock.now(),
                kind=kind,
                request=request,
                user=uuid.UUID(by.user_id),
                session_id=uuid.UUID(by.session_id),
                state=JobState.QUEUED.value,
            )
            key: uuid.UUID = row.id
            return key

    def note(
        self, job_id: uuid.UUID, happening: JobHappening, error_code: str = "", **facts: str | int | float
    ) -> JobState:
        """Write down what happened to a job; gives its new state.

        Args:
            job_id: the job.
            happening: anything but PAGE, which `Papers.store_page` writes beside the page.
            error_code: why it failed.
            **facts: for the sentence of that code.

        Raises: CodedError JOB-UNKNOWN; SCAN-ENDED where it may not happen in the job's state.
        """
        with writing(self._store):
            row = running_job(job_id)
            return self._note(row, happening, error_code, facts)

    def interrupt_unended(self) -> list[uuid.UUID]:
        """Mark what the last run left unended, at start; their pages are kept.  Gives the jobs."""
        with writing(self._store):
            rows = document_queries.jobs_in(RUNNING)
            for row in rows:
                self._note(row, JobHappening.RESTARTED, "", {})
            return [row.id for row in rows]

    def _note(self, row: Any, happening: JobHappening, error_code: str, facts: dict[str, Any]) -> JobState:
        state = after(JobState(row.state), happening)
        if state is None:
            raise refused("SCAN-ENDED")
        row.state = state.value
        row.error_code = error_code
        row.facts = facts
        if happening is JobHappening.STARTED:
            row.started_at = self._clock.now()
        if is_ended(state):
            row.ended_at = self._clock.now()
        row.save()
        return state


def is_told(row: Any, now: datetime, page_at: datetime | None, removed_at: datetime | None) -> bool:
    """Whether a job is still shown to the clerk.

    One that ended well is, for a moment, where it was wished for, unless another page came or one was taken out since;
    one that did not, or that left sheets in the feeder, until the next page.

    Args:
        row: the job.
        now: the time.
        page_at: when the newest page of its owner was kept; None for none.
        removed_at: when a page of its kind was last taken out; None for never.
    """
    if row.ended_at is None:
        return True
    is_last = page_at is None or bool(page_at <= row.ended_at)
    if JobState(row.state) in _WELL and not row.facts:
        is_here = row.record_id is None or row.request.get("for") != "draft"
        is_whole = removed_at is None or bool(removed_at <= row.ended_at)
        return is_here and is_last and is_whole and bool(now - row.ended_at < TOLD)
    return is_last


def running_job(job_id: uuid.UUID) -> Any:
    """The row of a job that has not ended, inside the caller's transaction.

    Raises: CodedError JOB-UNKNOWN, SCAN-ENDED.
    """
    row = document_queries.job(job_id)
    if row is None:
        raise refused("JOB-UNKNOWN")
    if is_ended(JobState(row.state)):
        raise refused("SCAN-ENDED")
    return row
