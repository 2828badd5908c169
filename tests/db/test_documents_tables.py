"""The tables of documents refuse what must not be, on both engines, and a migrated one refuses the same."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from peewee import IntegrityError

from peewee_models import schema
from peewee_models.database import SqlCipherStore
from peewee_models.documents import Document, Media, Page, ScanJob
from peewee_models.drafts import Draft
from peewee_models.register import Registration

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STEP = "0003_documents"
CHECK = re.compile(r"CHECK \((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")


def media(**changes: Any) -> Any:
    columns = {
        "address": uuid.uuid4().hex * 2, "size_bytes": 99, "content_type": "image/jpeg", "wrapped_key": bytes(60),
        "subject_id": uuid.uuid4(), "kind": "original", "revision": 1, "created_at": NOW,
    }  # fmt: skip
    return Media.create(**columns | changes)


@pytest.fixture
def owner(office: Any, clerk: Any) -> dict[str, Any]:
    return {"draft": uuid.UUID(office.register.open_draft(clerk).id), "created_by": uuid.UUID(clerk.user_id)}


@pytest.fixture
def job(owner: Any) -> dict[str, Any]:
    return {
        "draft": owner["draft"], "user": owner["created_by"], "kind": "D01", "session_id": uuid.uuid4(),
        "state": "queued", "request": {}, "facts": {}, "queued_at": NOW,
    }  # fmt: skip


@pytest.fixture
def document(owner: Any) -> Any:
    return Document.create(**owner, kind="D04", created_at=NOW)


def refused(office: Any, make: Any) -> None:
    with pytest.raises(IntegrityError), office.store.write():
        make()


@pytest.mark.parametrize(
    "wrong", [{"address": "ab"}, {"size_bytes": 0}, {"wrapped_key": bytes(59)}, {"revision": 0}], ids=str
)
def test_media_rows_are_whole(office: Any, wrong: dict[str, Any]) -> None:
    refused(office, lambda: media(**wrong))
    media()
    assert Media.select().count() == 1


def test_an_address_stands_once(office: Any) -> None:
    media(address="a" * 64)
    refused(office, lambda: media(address="a" * 64))


def test_a_document_has_exactly_one_owner(office: Any, clerk: Any, owner: Any, people: Any) -> None:
    office.register_person(clerk, people())
    record = Registration.get().id
    refused(office, lambda: Document.create(**owner, record=record, kind="D01", created_at=NOW))
    refused(office, lambda: Document.create(created_by=owner["created_by"], kind="D01", created_at=NOW))
    Document.create(created_by=owner["created_by"], record=record, kind="D01", created_at=NOW)


@pytest.mark.parametrize("wrong", [{"kind": "D14"}, {"kind": "x"}, {"state": "lost"}, {"version": 0}], ids=str)
def test_documents_know_their_kinds_and_states(office: Any, owner: Any, wrong: dict[str, Any]) -> None:
    refused(office, lambda: Document.create(**owner | {"kind": "D01", "created_at": NOW} | wrong))


def test_a_draft_does_not_go_while_it_has_documents(office: Any, document: Any) -> None:
    draft = Draft.get(Draft.id == document.draft_id)
    refused(office, lambda: draft.delete_instance(recursive=True))
    assert Document.get().draft_id == draft.id


def test_a_place_in_a_document_is_held_by_one_page_that_is_not_removed(office: Any, document: Any) -> None:
    first = Page.create(document=document, position=1, original=media(), doubts=[])
    refused(office, lambda: Page.create(document=document, position=1, original=media(), doubts=[]))
    first.removed_at = NOW
    first.save()
    Page.create(document=document, position=1, original=media(), doubts=[{"code": "blank"}])
    refused(office, lambda: Page.update(removed_at=None).where(Page.id == first.id).execute())
    assert Page.get(Page.removed_at.is_null()).doubts == [{"code": "blank"}]


@pytest.mark.parametrize("wrong", [{"position": 0}, {"side": "left"}, {"rotation_deg": 45}], ids=str)
def test_pages_are_turned_by_quarters(office: Any, document: Any, wrong: dict[str, Any]) -> None:
    columns = {"document": document, "position": 1, "original": media(), "doubts": []}
    refused(office, lambda: Page.create(**columns | wrong))


def test_a_file_is_the_original_of_one_page_and_stays_while_it_is(office: Any, document: Any) -> None:
    held = media()
    Page.create(document=document, position=1, original=held, doubts=[])
    refused(office, lambda: Page.create(document=document, position=2, original=held, doubts=[]))
    refused(office, lambda: Media.delete().where(Media.id == held.id).execute())


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "lost"}, {"page_count": -1}, {"kind": "D00"}, {"state": "done"}, {"ended_at": NOW},
        {"state": "failed", "ended_at": NOW}, {"state": "done", "ended_at": NOW, "error_code": "SCANNER-JAM"},
        {"draft": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_job_that_ended_says_when_and_a_failed_one_why(office: Any, job: Any, wrong: dict[str, Any]) -> None:
    refused(office, lambda: ScanJob.create(**job | wrong))
    ScanJob.create(**job)
    ScanJob.create(**job | {"state": "failed", "ended_at": NOW, "error_code": "SCANNER-JAM"})


def test_the_step_goes_down_and_up_with_documents_in_it(office: Any, document: Any, job: Any) -> None:
    Page.create(document=document, position=1, original=media(), finished=media(), doubts=[])
    ScanJob.create(**job)
    schema.downgrade(office.store, STEP)
    assert not {"media", "document", "page", "scan_job"} & set(office.store.get_tables())
    assert Draft.select().count() == 1
    assert schema.upgrade(office.store)[0] == STEP
    assert Media.select().count() == 0


def test_pages_that_were_there_before_were_scanned(office: Any, document: Any) -> None:
    page = Page.create(document=document, position=1, original=media(), doubts=[], origin="uploaded")
    refused(office, lambda: Page.update(origin="found").execute())
    schema.downgrade(office.store, "0009_page_origin")
    schema.upgrade(office.store)
    assert Page.get(Page.id == page.id).origin == "scanned"
    refused(office, lambda: Page.update(origin="found").execute())


def rules(store: Any) -> dict[str, list[str]]:
    """Every constraint of the tables in the engine's own words."""
    answer = {}
    for table in (Media, Document, Page, ScanJob):
        name = table._meta.table_name
        if isinstance(store, SqlCipherStore):
            query = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
        else:
            query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
        found = "\n".join(re.sub(r"\s+", " ", row[0]) for row in store.execute_sql(query, (name,)).fetchall())
        answer[name] = sorted(CHECK.findall(found)) if isinstance(store, SqlCipherStore) else sorted(found.split("\n"))
    return answer


def test_migrated_rules_equal_the_models(office: Any) -> None:
    migrated = rules(office.store)
    assert "rotation_deg" in str(migrated["page"])
    schema.downgrade(office.store, STEP)
    office.store.create_tables([Media, Document, Page, ScanJob])
    assert rules(office.store) == migrated
