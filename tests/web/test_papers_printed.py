"""Papers from the record's page: made by the station's own process, for this session, with an audit row each."""

from __future__ import annotations

import re
import subprocess

import pytest

from agent.accounts.audit import Act
from agent.errors import CodedError
from agent.printing.service import KINDS
from peewee_models.audit import AuditEntry
from peewee_models.register import FullView

REST = {
    "soldier": "0", "arrive_city_date": "2026-01-02", "arrive_here_date": "2026-01-03", "reason": "12",
    "proof_type": "2", "town": "310112101", "road": "测试路", "mobile": "13800000000", "education": "20",
    "place_type": "30", "committee": "测试居委", "no": "12",
    "notice_given": "1",
}  # fmt: skip


@pytest.fixture
def record(house):
    """A registered person: the clerk's browser, and the key of the record."""
    clerk = house.signed_in("clerk")
    clerk.get("/register")
    found = re.search(r'href="/register/([0-9a-f-]{36})"', clerk.page)
    if found is None:
        house.lay(house.card("测试\ue863林", "990000198506120049"))
        clerk.get("/desk")
        saved = clerk.post(clerk.action("save"), clerk.form(**REST, then="stay"))
        assert saved.status_code == 303, re.findall(r'class="problem".*', clerk.page)
        house.lift()
        return clerk, saved.headers["Location"].rpartition("/")[2]
    return clerk, found[1]


def make(clerk, key, kind):
    """Press the button of a paper; the status, of its preview where it was made."""
    answer = clerk.post(f"/print/record/{key}/{kind}")
    return clerk.get(answer.headers["Location"]).status_code if answer.status_code == 303 else answer.status_code


def rows(house):
    with house.station.register.place.store.read():
        return [
            (str(row.subject_id), row.facts["kind"], row.facts["pages"])
            for row in AuditEntry.select().where(AuditEntry.action == Act.PAPER_MADE.value).order_by(AuditEntry.seq)
        ]


def addresses(page):
    return re.findall(r'<img class="paper[^"]*" src="([^"]+)"', page), re.search(
        r'href="(/print/paper/[^"]+pdf)"', page
    )[1]


def test_the_form_is_shown_page_by_page_and_handed_out_as_pdf(house, record):
    clerk, key = record
    before = len(rows(house))
    clerk.get(f"/register/{key}")
    assert re.search(rf'formaction="/print/record/{key}/registration" data-key="F8"', clerk.page)
    assert make(clerk, key, "registration") == 200
    pages, pdf = addresses(clerk.page)
    assert len(pages) == 1
    assert "U+E863" in clerk.page
    assert rows(house)[before:] == [(key, "registration", 1)]
    drawn = clerk.get(pages[0])
    assert drawn.mimetype == "image/svg+xml"
    assert drawn.get_data().startswith(b"<svg ")
    assert drawn.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert drawn.headers["Cache-Control"] == "no-store"
    handed = clerk.get(pdf)
    assert handed.mimetype == "application/pdf"
    assert "测试" not in str(handed.headers)
    read = subprocess.run(["pdftotext", "-", "-"], input=handed.get_data(), capture_output=True, check=True).stdout
    said = re.sub(r"\s", "", read.decode())
    assert "测试U+E863林" in said
    assert "测试路" in said
    assert "SIMULATED" in said
    assert len(rows(house)) == before + 1, "to look at a page of it again is no new paper"


def test_each_paper_that_is_offered_can_be_had(house, record):
    clerk, key = record
    clerk.get(f"/register/{key}")
    offered = re.findall(r'formaction="/print/record/[^"]+/([a-z-]+)"', clerk.page)
    assert offered == ["registration", "receipt", "notice", "own-data"]
    for kind in offered:
        assert make(clerk, key, kind) == 200, kind


def test_a_changed_record_has_a_form_of_change(house, record):
    clerk, key = record
    assert make(clerk, key, "changes") == 409
    assert "没有更正过" in clerk.page
    clerk.get(f"/register/{key}/edit")
    version = re.search(r'name="version" value="(\d+)"', clerk.page)[1]
    saved = clerk.post(f"/register/{key}/edit", {"version": version, "road": "测试西路", "edit_reason": "搬家"})
    assert saved.status_code == 303, clerk.page
    clerk.get(f"/register/{key}")
    assert f'formaction="/print/record/{key}/changes"' in clerk.page
    assert make(clerk, key, "changes") == 200


def test_who_has_left_has_a_form_of_cancellation_and_no_receipt(house, record):
    clerk, key = record
    assert make(clerk, key, "cancellation") == 409
    assert "没有注销" in clerk.page
    clerk.get(f"/register/{key}/cancel")
    version = re.search(r'name="version" value="(\d+)"', clerk.page)[1]
    second = house.sign_ins["supervisor"]
    left = {"cancel_kind": "31", "leave_date": "20260301", "evidence_3": "1"}
    approved = {"second_name": second["name"], "second_password": second["password"]}
    done = clerk.post(f"/register/{key}/cancel", {"version": version, **left, **approved})
    assert done.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    clerk.get(f"/register/{key}")
    offered = re.findall(r'formaction="/print/record/[^"]+/([a-z-]+)"', clerk.page)
    assert offered[0] == "cancellation"
    for kind in ("receipt", "notice", "household"):
        assert kind not in offered
        assert make(clerk, key, kind) == 409
        assert "不再打印这种纸" in clerk.page
    for kind in offered:
        assert make(clerk, key, kind) == 200, kind


def test_a_paper_with_numbers_in_full_stands_in_the_record_and_a_masked_one_does_not(house, record):
    clerk, key = record
    with house.station.register.place.store.read():
        before = FullView.select().count()
    assert make(clerk, key, "own-data") == 200
    assert make(clerk, key, "registration") == 200
    with house.station.register.place.store.read():
        told = [(str(one.registration_id), one.reason) for one in FullView.select().order_by(FullView.at)][before:]
    assert told == [(key, "PRINT")] * 2
    clerk.get(f"/register/{key}")
    assert "打印" in re.search(r'<ol class="timeline">(.*?)</ol>', clerk.page, re.DOTALL)[1]
    assert 'value="PRINT"' not in clerk.page, "nobody chooses it to see the numbers"
    refused = clerk.post(f"/register/{key}/full", {"reason": "PRINT", "words": ""})
    assert refused.status_code == 422


def test_more_people_than_fit_are_refused(house, record, monkeypatch):
    clerk, key = record
    monkeypatch.setattr(house.station.register, "household_of", lambda record_id, _by: (record_id,) * 21)
    before = rows(house)
    assert make(clerk, key, "household") == 409
    assert "21 人" in clerk.page
    assert rows(house) == before


def test_a_supervisor_prints_and_a_technician_does_not(house, record):
    _, key = record
    assert make(house.signed_in("supervisor"), key, "registration") == 200
    assert make(house.signed_in("technician"), key, "registration") == 403


def test_a_paper_is_of_one_session(house, record):
    clerk, key = record
    make(clerk, key, "registration")
    pages, pdf = addresses(clerk.page)
    supervisor = house.signed_in("supervisor")
    for path in (*pages, pdf):
        assert clerk.get(path).status_code == 200
        assert supervisor.get(path).status_code == 404
        assert "已经收起" in supervisor.page
    assert clerk.get(pages[0].replace("/1.svg", "/2.svg")).status_code == 404
    assert clerk.get(pages[0].replace("/1.svg", "/0.svg")).status_code == 404


def test_there_is_no_other_paper_and_no_paper_of_nobody(house, record):
    clerk, key = record
    before = rows(house)
    assert make(clerk, key, "anything") == 404
    assert "没有这种纸" in clerk.page
    assert make(clerk, "00000000-0000-4000-8000-000000000000", "registration") == 404
    assert rows(house) == before


def test_a_paper_that_cannot_be_set_leaves_no_row(house, record, monkeypatch):
    clerk, key = record
    before = rows(house)

    def fails(*_arguments):
        raise CodedError("PAPER-NOT-MADE", "technician", "now")

    monkeypatch.setattr(house.station.printing._pictures, "work", fails)
    assert make(clerk, key, "registration") >= 400
    assert "没有排好" in clerk.page
    assert rows(house) == before


def test_every_kind_has_words(house):
    with house.app.test_request_context():
        name = house.app.jinja_env.globals["paper_name"]
        assert [kind for kind in KINDS if name(kind) == kind] == []


def test_a_list_wants_the_own_password_once_more_and_is_a_paper_like_the_others(house, record):
    clerk, _ = record
    house.lay(house.card("测试名单", "990000198506120065"))
    clerk.get("/desk")
    assert clerk.post(clerk.action("save"), clerk.form(**REST, then="stay")).status_code == 303
    house.lift()
    before = len(rows(house))
    clerk.get("/board/list?what=RG")
    assert 'id="print-list"' in clerk.page
    refused = clerk.post("/board/list/print", {"what": "RG", "password": "not mine at all"})
    assert refused.status_code == 422
    assert 'id="sentence"' in clerk.page
    assert len(rows(house)) == before
    made = clerk.post("/board/list/print", {"what": "RG", "password": house.sign_ins["clerk"]["password"]})
    assert made.status_code == 303
    clerk.get(made.headers["Location"])
    pages, pdf = addresses(clerk.page)
    assert len(pages) == 1
    said = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=clerk.get(pdf).data, capture_output=True, check=True
    ).stdout.decode()
    assert "0065" in said
    assert "990000198506120065" not in said
    assert "来沪" in said
    assert rows(house)[before:] == [("None", "list", 1)]


def test_a_list_of_nobody_or_of_no_figure_is_not_printed(house, record):
    clerk, _ = record
    password = house.sign_ins["clerk"]["password"]
    assert clerk.post("/board/list/print", {"what": "HZ", "password": password}).status_code == 422
    assert clerk.post("/board/list/print", {"what": "best", "password": password}).status_code == 404
