"""Opening the documents of a folder: a key is made, what a crash left behind goes, and running scans are over."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from agent.accounts.storage import writing
from agent.documents.job_state import JobHappening
from agent.documents.media_envelope import Binding
from agent.documents.media_key import KeySources
from agent.documents.media_store import IN_HAND_S
from agent.documents.opening import SWEEP_EVERY_S, open_documents
from agent.documents.papers import NewPage
from agent.errors import Exit, StartRefused
from agent.folder import DataFolder, FolderKind
from peewee_models.document_queries import Owner
from peewee_models.documents import ScanJob

SAID = KeySources("", "")


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    taken = DataFolder.take(tmp_path / "data", FolderKind.PRACTICE)
    yield taken
    taken.release()


def stray(folder: DataFolder) -> Path:
    path = folder.path / "media" / "ab" / ("ab" * 32)
    path.write_bytes(b"nobody's")
    return path


def test_a_folder_opens_again_with_its_pages_and_without_what_a_crash_left(
    office: Any, clerk: Any, folder: Any
) -> None:
    documents = open_documents(SAID, folder, office.store, office.clock)
    owner = Owner("draft", uuid.UUID(office.register.open_draft(clerk).id))
    page = documents.papers.store_page(owner, "D04", NewPage(b"page", "image/jpeg"), clerk)
    job = documents.jobs.queue(owner, "D04", {}, clerk)
    documents.jobs.note(job, JobHappening.STARTED)
    orphan, leftover = stray(folder), folder.path / "media" / "incoming" / "half"
    leftover.write_bytes(b"half")
    again = open_documents(SAID, folder, office.store, office.clock)
    assert again.papers.page_content(owner, page.id).content == b"page"
    assert not orphan.exists()
    assert not leftover.exists()
    assert ScanJob.get().state == "interrupted"


def test_house_is_kept_once_a_day(office: Any, folder: Any) -> None:
    documents = open_documents(SAID, folder, office.store, office.clock)
    orphan = stray(folder)
    office.clock.forward(SWEEP_EVERY_S - 1)
    documents.keep_house()
    assert orphan.exists()
    kept = documents.media.put(b"page", "image/jpeg", Binding(uuid.UUID(int=1), "original"))
    office.clock.forward(1)
    documents.keep_house()
    assert not orphan.exists()
    assert (folder.path / "media" / kept.address[:2] / kept.address).exists(), "it was put a second ago"
    assert IN_HAND_S < SWEEP_EVERY_S
    with writing(office.store):
        documents.media.keep(kept)
    orphan = stray(folder)
    office.clock.forward(SWEEP_EVERY_S - 1)
    documents.keep_house()
    assert orphan.exists(), "the day began anew"


def test_what_hinders_is_told_with_the_contracts_exit_code(office: Any, folder: Any) -> None:
    (folder.path / "media").write_text("in the way")
    with pytest.raises(StartRefused) as caught:
        open_documents(SAID, folder, office.store, office.clock)
    assert (caught.value.code, caught.value.exit_code) == ("DATABASE-FAILED", Exit.DAMAGED)
    (folder.path / "media").unlink()
    open_documents(SAID, folder, office.store, office.clock)
    (folder.path / "practice-media.key").unlink()
    with pytest.raises(StartRefused) as caught:
        open_documents(SAID, folder, office.store, office.clock)
    assert (caught.value.code, caught.value.exit_code) == ("MEDIA-KEY-MISSING", Exit.LOCKED)
