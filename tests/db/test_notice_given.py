"""A record keeps which text of the notice the person was given, from the moment the clerk says so."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.register import notice
from peewee_models import schema
from peewee_models.outbox import OutboxRow
from peewee_models.register import Registration


def test_the_version_is_that_of_the_moment(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice, "CURRENT", "2026-01-01")
    office.tap(people())
    draft = office.register.type_fields(office.draft(clerk).id, rest, clerk)
    monkeypatch.setattr(notice, "CURRENT", "2027-01-01")
    draft = office.register.type_fields(draft.id, {"remark": "一"}, clerk)
    saved = office.desk.save(draft.id, clerk)
    assert saved.notice_version == "2026-01-01"
    assert OutboxRow.get().body["notice_version"] == "2026-01-01"
    office.lift()
    office.tap(people())
    assert office.desk.save(office.draft(clerk).id, clerk).notice_version == "2026-01-01"


def test_given_anew_it_is_the_new_one_and_needs_no_other_reason(
    office: Any, clerk: SignedIn, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice, "CURRENT", "2026-01-01")
    record = office.register_person(clerk, people())
    monkeypatch.setattr(notice, "CURRENT", "2027-01-01")
    office.tap(people())
    draft = office.register.type_fields(office.draft(clerk).id, {"notice_given": ""}, clerk)
    assert "notice_given" in draft.missing
    draft = office.register.type_fields(draft.id, {"notice_given": "1"}, clerk)
    assert draft.missing == ()
    saved = office.desk.save(draft.id, clerk)
    assert (saved.id, saved.version, saved.notice_version) == (record.id, 2, "2027-01-01")
    assert [(line.field, line.old, line.new) for line in saved.history] == [
        ("notice_version", "2026-01-01", "2027-01-01")
    ]


def test_a_mark_taken_back_leaves_what_the_register_holds(
    office: Any, clerk: SignedIn, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice, "CURRENT", "2026-01-01")
    office.register_person(clerk, people())
    monkeypatch.setattr(notice, "CURRENT", "2027-01-01")
    office.tap(people())
    draft = office.draft(clerk)
    for mark in ("", "1", ""):
        draft = office.register.type_fields(draft.id, {"notice_given": mark}, clerk)
    draft = office.register.take_offer(draft.id, "notice_given", "register", clerk)
    assert office.desk.save(draft.id, clerk).notice_version == "2026-01-01"


def test_nobody_types_it(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    draft = office.desk.open_draft(clerk)
    with pytest.raises(ValueError, match="no form has"):
        office.register.type_fields(draft.id, {"notice_version": "1999-01-01"}, clerk)
    with pytest.raises(ValueError, match="no form has"):
        office.register.edit(record.id, {"notice_version": "1999-01-01"}, 1, clerk, "x")


def test_of_older_records_it_is_not_known(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    assert record.notice_version == notice.CURRENT
    schema.downgrade(office.store, "0007_versions_of_the_notice")
    schema.upgrade(office.store)
    assert [row.notice_version for row in Registration.select()] == [""]
