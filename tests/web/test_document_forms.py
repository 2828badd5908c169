"""The documents of a draft by plain forms: what no page of ours sends, and what has gone meanwhile, is told so."""

from __future__ import annotations

import html
import re
import uuid
from types import SimpleNamespace

import pytest

from agent.devices.wire import Sign, raw
from agent.documents.papers import NewPage
from drivers.scanner_api import ColourMode, ScannerOffers, Source, SourceOffer
from peewee_models.audit import AuditEntry
from peewee_models.document_queries import Owner
from peewee_models.documents import ScanJob
from peewee_models.drafts import Draft

FLATBED = {"source": "flatbed", "colour": "colour", "dpi": "300", "kind": "D04"}


@pytest.fixture
def clerk(house):
    """A clerk with a form on the desk."""
    return house.clerk_at_a_form()


@pytest.mark.parametrize("act", ["to-²", "to-" + "9" * 5000, "to-", "to--1", "burn"])
def test_a_wish_for_a_page_that_no_button_sends_is_refused(clerk, act):
    answer = clerk.post(f"{clerk.documents()}/pages/{uuid.uuid4()}", {"act": act, "version": "1"})
    assert answer.status_code == 400


@pytest.mark.parametrize("field", [{"dpi": "9" * 5000}, {"dpi": "²"}, {"dpi": ""}, {"source": "sky"}])
def test_a_wish_to_scan_that_no_page_sends_is_refused(clerk, field):
    assert clerk.post(f"{clerk.documents()}/scan", {**FLATBED, **field}).status_code == 400


def test_a_scanner_that_names_no_resolution_is_offered_all_the_same(clerk, house):
    glass = SourceOffer(Source.FLATBED, (ColourMode.GREY,), (), 216, 297)
    house.station.scan_desk.put(Sign("offers", raw(ScannerOffers((glass,), has_button=False))))
    assert clerk.get(clerk.documents()).status_code == 200
    assert clerk.get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("place", "fields"), [("cancel", {"job": "x"}), ("scan", FLATBED), ("scan", {**FLATBED, "replaces": "x"})]
)
def test_an_act_on_a_form_that_has_gone_says_that_it_has_gone(clerk, place, fields):
    answer = clerk.post(f"/documents/draft/{uuid.uuid4()}/{place}", fields)
    assert answer.status_code == 404
    assert 'id="documents-title"' not in clerk.page
    assert clerk.post(f"{clerk.documents()}/{place}", fields).status_code == 409
    assert 'id="documents-title"' in clerk.page


def test_a_doubt_is_shown_on_the_desk_until_the_clerk_has_looked(clerk, house):
    place = clerk.documents()
    papers = house.station.documents._papers
    with papers._store.read():
        draft = Draft.get(Draft.id == uuid.UUID(place.rpartition("/")[2]))
        by = SimpleNamespace(user_id=str(draft.user_id), session_id=str(uuid.UUID(int=1)))
    page = NewPage(b"\xff\xd8\xff", "image/jpeg", doubts=[{"code": "PAGE-FLAT-EDGE", "percent": 66}])
    stored = papers.store_page(Owner("draft", draft.id), "D05", page, by)
    clerk.get("/desk")
    [at_desk] = re.findall(r'data-doubt="PAGE-FLAT-EDGE">(.*?)</button>', clerk.page, re.DOTALL)
    assert "第 1 页：下边约 66% 是一片灰" in at_desk
    act = html.unescape(re.search(r'formaction="([^"]+)"', at_desk)[1])
    assert clerk.post(act, {"act": "settle"}).location == "/desk"
    clerk.get("/desk")
    assert "data-doubt" not in clerk.page
    with papers._store.read():
        entry = AuditEntry.select().where(AuditEntry.action == "document.page-changed").get()
    assert (entry.facts, entry.subject_id) == ({"what": "settle"}, stored.id)
    assert clerk.post(act, {"act": "settle"}).status_code == 409
    assert "刚刚有变动" in clerk.page.split('id="papers"')[1]
    assert 'id="draft-form"' in clerk.page


def test_a_press_of_the_scanners_button_is_offered_on_the_desk_and_taken_there(clerk, house):
    place = clerk.documents()
    house.station.scan_desk.on_button(house.station.desk._turn)
    clerk.get("/desk")
    assert "扫描仪按键已按下" in clerk.page
    assert f'{place}/button?from=desk"' in clerk.page
    assert clerk.post(f"{place}/button?from=desk").location == "/desk"
    clerk.get("/desk")
    [said] = re.findall(r'id="scan-notice" role="status"><p>([^<]+)</p>', clerk.page)
    assert "本站没有配置扫描仪" in said
    assert f"{place}/button" not in clerk.page


def test_the_end_of_a_scan_is_told_to_the_session_that_wished_for_it_and_to_no_other(clerk, house):
    place, now = clerk.documents(), house.station.clock.now()
    by = house.station.accounts.session(house.tokens["clerk"], is_attended=False)
    jobs = {}
    with house.station.documents._store.write():
        for session_id in (uuid.UUID(by.session_id), uuid.UUID(int=1)):
            row = ScanJob.create(
                id=uuid.uuid4(), draft=uuid.UUID(place.rpartition("/")[2]), kind="D04", user=uuid.UUID(by.user_id),
                session_id=session_id, state="done", request={}, page_count=2, facts={}, queued_at=now, ended_at=now,
            )  # fmt: skip
            jobs[session_id.int == 1] = f"/scans/{row.id}"
    assert clerk.get(jobs[False]).status_code == 200
    assert "扫好 2 页" in clerk.page
    assert f'href="{place}"' in clerk.page
    assert clerk.get(jobs[True]).status_code == 204
    assert clerk.get("/scans/x").status_code == 404
    assert house.signed_in("supervisor").get(jobs[False]).status_code == 403
