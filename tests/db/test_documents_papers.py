"""Pages come in beside their audit rows, follow their draft into its record, and are shredded when it is discarded."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.documents.arrivals import MOST_PAGES
from agent.documents.job_state import JobHappening, JobState
from agent.documents.jobs import Jobs
from agent.documents.media_files import MediaFiles
from agent.documents.media_key import MediaKey
from agent.documents.media_store import MediaStore
from agent.documents.papers import NewPage, Papers
from agent.errors import CodedError
from agent.register.desk import Desk
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from peewee_models import document_queries
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.document_queries import Owner
from peewee_models.documents import Document, Media, Page, ScanJob
from peewee_models.drafts import Draft
from peewee_models.failures import DiskFull
from peewee_models.register import Registration

SCAN = NewPage(b"\xff\xd8\xff lease, page 1", "image/jpeg", "front", [{"code": "PAGE-BLANK", "percent": 99}])


class Counter:
    """An office with documents, its clerk at the desk, and a draft."""

    def __init__(self, office: Any, folder: Path) -> None:
        self.office, self.store, self.clock = office, office.store, office.clock
        self.folder = folder
        media = MediaStore(self.store, MediaFiles(folder), MediaKey.of(bytes(32), uuid.UUID(int=7)), self.clock)
        self.media, self.jobs = media, Jobs(self.store, self.clock)
        self.papers = Papers(self.store, self.clock, media)
        settings = StationSettings("310112101", "测试站", "Asia/Shanghai", is_practice=True)
        office.register = RegisterService(self.store, self.clock, settings, office.events.append, self.papers)
        office.desk = Desk(office.register, self.clock, office.events.append)
        self.by = office.sign_in("clerk")
        office.desk.take(self.by)

    def draft(self) -> Owner:
        return Owner("draft", uuid.UUID(self.office.register.open_draft(self.by).id))

    def store_page(self, owner: Owner, kind: str = "D04", page: NewPage = SCAN, **more: Any) -> Any:
        return self.papers.store_page(owner, kind, page, self.by, **more)

    @staticmethod
    def pages_by_kind(owner: Owner) -> dict[str, int]:
        counts: dict[str, int] = {}
        for kind, _, pages in document_queries.page_counts(owner):
            counts[kind] = counts.get(kind, 0) + pages
        return counts

    def files(self) -> set[str]:
        return {path.name for path in self.folder.rglob("*") if path.is_file()}

    def job(self, owner: Owner) -> uuid.UUID:
        return self.jobs.queue(owner, "D04", {"source": "adf-duplex", "dpi": 300}, self.by)

    def acts(self, action: str) -> list[Any]:
        return list(AuditEntry.select().where(AuditEntry.action == action).order_by(AuditEntry.seq))


@pytest.fixture
def counter(office: Any, tmp_path: Path) -> Counter:
    return Counter(office, tmp_path / "media")


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(CodedError) as caught:
        act()
    return caught.value.code


def test_pages_come_in_order_each_with_its_audit_row(counter: Counter) -> None:
    owner = counter.draft()
    first, second = counter.store_page(owner), counter.store_page(owner, page=NewPage(b"2", "image/tiff", "back"))
    other = counter.store_page(owner, "D01")
    assert (first.position, second.position, other.position) == (1, 2, 1)
    assert first.document_id == second.document_id != other.document_id
    row = Page.get(Page.id == first.id)
    assert (row.side, row.doubts, row.rotation_deg, row.removed_at) == ("front", [dict(SCAN.doubts[0])], 0, None)
    assert counter.papers.page_content(owner, first.id).content == SCAN.content
    assert counter.papers.page_content(owner, second.id).content_type == "image/tiff"
    assert counter.pages_by_kind(owner) == {"D04": 2, "D01": 1}
    facts = [(act.subject_id, act.facts) for act in counter.acts("document.page-stored")]
    assert facts == [
        (first.document_id, {"kind": "D04", "position": 1}),
        (first.document_id, {"kind": "D04", "position": 2}),
        (other.document_id, {"kind": "D01", "position": 1}),
    ]
    assert look_over(AuditEntry._meta.database).bad_seq is None


def test_a_page_is_for_ones_own_draft_only(counter: Counter) -> None:
    owner = counter.draft()
    page = counter.store_page(owner)
    strange = Owner("draft", uuid.uuid4())
    supervisor = counter.office.sign_in("supervisor")
    assert code_of(lambda: counter.store_page(strange)) == "DRAFT-UNKNOWN"
    assert code_of(lambda: counter.papers.store_page(owner, "D04", SCAN, supervisor)) == "DRAFT-UNKNOWN"
    assert code_of(lambda: counter.store_page(Owner("record", uuid.uuid4()))) == "RECORD-UNKNOWN"
    for wrong in (strange, Owner("record", owner.id)):
        assert code_of(lambda wrong=wrong: counter.papers.page_content(wrong, page.id)) == "PAGE-UNKNOWN"
    assert code_of(lambda: counter.papers.page_content(owner, uuid.uuid4())) == "PAGE-UNKNOWN"
    assert counter.files() == {Media.get().address}, "what was refused left nothing behind"


def test_a_page_pointed_to_anothers_file_is_refused(counter: Counter) -> None:
    mine, theirs = counter.store_page(counter.draft()), counter.store_page(counter.draft())
    foreign = Page.get(Page.id == theirs.id).original_id
    owner = Owner("draft", Document.get(Document.id == mine.document_id).draft_id)
    Page.delete().where(Page.id == theirs.id).execute()
    Page.update(original=foreign).where(Page.id == mine.id).execute()
    assert code_of(lambda: counter.papers.page_content(owner, mine.id)) == "MEDIA-FOREIGN"


def test_a_document_takes_so_many_pages_and_what_has_no_room_begins_another(counter: Counter) -> None:
    owner = counter.draft()
    side = NewPage(b"\xff\xd8\xff lease", "image/jpeg")
    for _ in range(MOST_PAGES - 1):
        last = counter.store_page(owner, page=side)
    full = last.document_id
    assert counter.store_page(owner, page=SCAN).position == 1, "its back would have no room"
    last = counter.store_page(owner, page=side)
    assert (last.position, last.document_id == full) == (2, False), "pages that come later do not go back"
    kept = counter.papers.store_file(owner, "D04", [side] * (MOST_PAGES - 2), counter.by)
    assert [one.position for one in kept] == list(range(3, MOST_PAGES + 1))
    kept = counter.papers.store_file(owner, "D04", [side] * 2, counter.by)
    assert [one.position for one in kept] == [1, 2], "all pages of a file in one document"
    files = counter.files()
    assert code_of(lambda: counter.papers.store_file(owner, "D04", [side] * 51, counter.by)) == "DOCUMENT-FULL"
    assert counter.store_page(owner, page=side).document_id == kept[0].document_id, "what is refused closes nothing"
    assert counter.files() > files
    assert len(counter.files()) == Media.select().count() == 2 * MOST_PAGES + 2
    assert counter.pages_by_kind(owner) == {"D04": 2 * MOST_PAGES + 2}


def test_what_the_database_does_not_take_leaves_no_row(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = counter.draft()

    def full(*_arguments: object, **_columns: object) -> None:
        raise DiskFull

    with monkeypatch.context() as broken:
        broken.setattr(document_queries, "insert_page", full)
        assert code_of(lambda: counter.store_page(owner)) == "DATABASE-FULL"
    assert (Media.select().count(), Document.select().count(), Page.select().count()) == (0, 0, 0)
    assert counter.acts("document.page-stored") == []
    assert counter.media.sweep(1, is_start=True).orphans == 1


def saved(counter: Counter, people: Any, rest: dict[str, str]) -> tuple[Owner, Callable[[], Owner]]:
    """A draft that can be saved, and the saving of it."""
    counter.office.tap(people())
    draft = counter.office.register.type_fields(counter.office.draft(counter.by).id, rest, counter.by)

    def save() -> Owner:
        record = counter.office.desk.save(draft.id, counter.by)
        return Owner("record", uuid.UUID(record.id))

    return Owner("draft", uuid.UUID(draft.id)), save


def test_documents_follow_their_draft_into_the_record(counter: Counter, people: Any, rest: dict[str, str]) -> None:
    owner, save = saved(counter, people, rest)
    pages = [counter.store_page(owner), counter.store_page(owner), counter.store_page(owner, "D01")]
    job = counter.job(owner)
    counter.jobs.note(job, JobHappening.CANCELLED)
    before = counter.files()
    record = save()
    assert Draft.select().count() == 0
    assert [row.record_id for row in document_queries.documents_of(record)] == [record.id] * 2
    for page in pages:
        assert counter.papers.page_content(record, page.id).content == SCAN.content
        assert code_of(lambda page=page: counter.papers.page_content(owner, page.id)) == "PAGE-UNKNOWN"
    assert counter.files() == before
    assert ScanJob.get().record_id == record.id
    (act,) = counter.acts("document.moved")
    assert (act.subject_id, act.facts) == (record.id, {"documents": 2, "files": 3})
    assert counter.store_page(record).position == 3


def test_a_record_that_is_not_saved_keeps_its_draft_whole(
    counter: Counter, people: Any, rest: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, save = saved(counter, people, rest)
    page = counter.store_page(owner)

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("peewee_models.outbox.append", fail)
        with pytest.raises(ZeroDivisionError):
            save()
    assert Registration.select().count() == 0
    assert counter.papers.page_content(owner, page.id).content == SCAN.content
    assert counter.papers.page_content(save(), page.id).content == SCAN.content


def test_a_discarded_draft_takes_its_documents_with_it(counter: Counter) -> None:
    owner, kept = counter.draft(), counter.draft()
    page = counter.store_page(owner)
    counter.store_page(owner, "D01")
    stays = counter.store_page(kept)
    job = counter.job(owner)
    counter.jobs.note(job, JobHappening.CANCELLED)
    counter.office.register.discard(str(owner.id), counter.by, "MISTAKE")
    assert code_of(lambda: counter.papers.page_content(owner, page.id)) == "PAGE-UNKNOWN"
    assert (Document.select().count(), Page.select().count(), ScanJob.select().count()) == (1, 1, 0)
    assert counter.files() == {Media.get().address}
    assert counter.papers.page_content(kept, stays.id).content == SCAN.content
    (act,) = counter.acts("document.shredded")
    assert (act.subject_id, act.facts) == (None, {"documents": 2, "files": 2})


def test_a_discard_that_fails_shreds_nothing(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = counter.draft()
    page = counter.store_page(owner)

    def fail(*_arguments: object, **_more: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(Draft, "delete_instance", fail)
        with pytest.raises(ZeroDivisionError):
            counter.office.register.discard(str(owner.id), counter.by, "MISTAKE")
    assert counter.papers.page_content(owner, page.id).content == SCAN.content


def test_a_running_scan_keeps_its_draft_from_going(counter: Counter, people: Any, rest: dict[str, str]) -> None:
    owner, save = saved(counter, people, rest)
    job = counter.job(owner)
    for happening in (JobHappening.STARTED, JobHappening.FINISHED):
        assert code_of(save) == "SCAN-RUNNING"
        assert code_of(lambda: counter.office.register.discard(str(owner.id), counter.by, "MISTAKE")) == "SCAN-RUNNING"
        counter.jobs.note(job, happening)
    assert Registration.select().count() == 0
    save()


def test_a_job_counts_its_pages_and_takes_none_after_its_end(counter: Counter) -> None:
    owner = counter.draft()
    job = counter.job(owner)
    assert code_of(lambda: counter.store_page(owner, job_id=job)) == "SCAN-ENDED", "it has not begun"
    counter.jobs.note(job, JobHappening.STARTED)
    counter.store_page(owner, job_id=job)
    counter.store_page(owner, job_id=job)
    assert code_of(lambda: counter.store_page(counter.draft(), job_id=job)) == "JOB-UNKNOWN"
    assert code_of(lambda: counter.store_page(owner, job_id=uuid.uuid4())) == "JOB-UNKNOWN"
    counter.jobs.note(job, JobHappening.CANCELLED)
    assert code_of(lambda: counter.store_page(owner, job_id=job)) == "SCAN-ENDED"
    row = ScanJob.get()
    assert (row.page_count, row.state, row.request) == (2, "cancelled", {"source": "adf-duplex", "dpi": 300})
    assert row.started_at is not None
    assert row.ended_at is not None
    assert len(counter.files()) == Page.select().count() == 2


def test_a_failed_job_says_why_and_an_ended_one_does_not_begin_again(counter: Counter) -> None:
    job = counter.job(counter.draft())
    counter.jobs.note(job, JobHappening.STARTED)
    assert counter.jobs.note(job, JobHappening.FAILED, "DATABASE-FULL", page=3) is JobState.FAILED
    assert (ScanJob.get().error_code, ScanJob.get().facts) == ("DATABASE-FULL", {"page": 3})
    for happening in JobHappening:
        assert code_of(lambda happening=happening: counter.jobs.note(job, happening)) == "SCAN-ENDED"
    assert code_of(lambda: counter.jobs.note(uuid.uuid4(), JobHappening.STARTED)) == "JOB-UNKNOWN"


def test_a_restart_interrupts_what_had_not_ended_and_keeps_its_pages(counter: Counter) -> None:
    owner = counter.draft()
    jobs = [counter.job(owner) for _ in range(3)]
    counter.jobs.note(jobs[1], JobHappening.STARTED)
    page = counter.store_page(owner, job_id=jobs[1])
    counter.jobs.note(jobs[2], JobHappening.CANCELLED)
    assert set(counter.jobs.interrupt_unended()) == set(jobs[:2])
    assert {row.id: row.state for row in ScanJob.select()} == dict(
        zip(jobs, ("interrupted", "interrupted", "cancelled"), strict=True)
    )
    assert counter.jobs.interrupt_unended() == []
    assert counter.papers.page_content(owner, page.id).content == SCAN.content
