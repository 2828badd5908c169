"""Scanned files that are gone, and damaged pages of the database, are told on the technician's page."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agent.accounts.storage import writing
from peewee_models import document_queries


def test_lost_files_are_told_until_they_are_back(house: Any) -> None:
    technician = house.signed_in("technician")
    technician.get("/devices")
    assert "lost-files" not in technician.page
    station = house.station
    with writing(station.documents._store):
        row = document_queries.insert_media(
            at=station.clock.now(), address="ab" * 32, size_bytes=1, content_type="image/jpeg",
            wrapped_key=bytes(60), subject_id=uuid.uuid4(), kind="original", revision=1,
        )  # fmt: skip
    assert station.documents.look_for_lost_files() == 1
    technician.get("/devices")
    assert all(words in technician.page for words in ("lost-files", "MEDIA-LOST", "少了 1 个", "从备份"))
    technician.post("/language", {"language": "en"})
    technician.get("/devices")
    assert "1 missing" in technician.page
    with writing(station.documents._store):
        document_queries.delete_media([row.id])
    assert station.documents.look_for_lost_files() == 0
    technician.get("/devices")
    assert "lost-files" not in technician.page


def test_damaged_pages_of_the_database_are_told(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    technician = house.signed_in("technician")
    technician.get("/devices")
    assert "damaged-pages" not in technician.page
    monkeypatch.setattr(house.station.watch, "damaged_pages", 3)
    technician.get("/devices")
    assert all(words in technician.page for words in ("damaged-pages", "DATABASE-PAGES-DAMAGED", "3"))
    technician.post("/language", {"language": "en"})
    technician.get("/devices")
    assert "damaged pages: 3" in technician.page
