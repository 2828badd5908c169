"""A page that was left locks: the server shows and does nothing before the same user's password is typed again."""

from datetime import timedelta

import pytest

from agent.accounts.storage import reading, writing
from peewee_models.accounts import Session
from peewee_models.audit import AuditEntry

NAME = "测试锁"


@pytest.fixture
def clerk(house):
    browser = house.signed_in("clerk")
    browser.post("/desk/take")
    browser.post("/desk/without-card")
    browser.get("/desk")
    browser.post(browser.action("keep"), browser.form(name=NAME))
    browser.get("/desk")
    assert NAME in browser.page
    yield browser
    unlock(house, browser)


def leave_alone(house):
    """Let every session have been unused for six minutes."""
    with writing(house.station.register.place.store):
        Session.update(last_seen_at=house.station.clock.now() - timedelta(minutes=6)).execute()


def looks_at_forms(house):
    """How many audit rows say that a form was looked at."""
    with reading(house.station.register.place.store):
        return AuditEntry.select().where(AuditEntry.action == "draft.viewed").count()


def unlock(house, browser, back="/desk"):
    return browser.post("/locked", {"password": house.sign_ins["clerk"]["password"], "back": back})


def test_nothing_is_shown_and_the_way_back_is_kept(house, clerk):
    leave_alone(house)
    for path in ("/desk", "/register", "/password", "/"):
        answer = clerk.get(path)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/locked")
        assert NAME not in clerk.page
    page = clerk.get("/locked?back=/register")
    assert page.status_code == 200
    assert NAME not in clerk.page
    assert 'name="back" value="/register"' in clerk.page
    answer = unlock(house, clerk, "/register")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/register")
    looks = looks_at_forms(house)
    for _ in range(2):
        clerk.get("/desk")
        assert f'value="{NAME}"' in clerk.page
    assert looks_at_forms(house) == looks + 1


def test_a_wrong_password_leaves_it_locked(house, clerk):
    leave_alone(house)
    clerk.get("/locked")
    answer = clerk.post("/locked", {"password": house.sign_ins["supervisor"]["password"], "back": "/desk"})
    assert answer.status_code >= 400
    assert 'role="alert"' in clerk.page
    assert clerk.get("/desk").headers["Location"].startswith("/locked")


def test_what_was_typed_is_kept_and_nothing_else_is_done(house, clerk):
    for end in ("keep", "save", "aside"):
        clerk.get("/desk")
        act, typed = clerk.action(end), clerk.form(road=f"测试{end}路")
        leave_alone(house)
        assert clerk.post(act, typed).status_code == 303
        assert clerk.get("/desk").headers["Location"].startswith("/locked")
        clerk.get("/locked")
        unlock(house, clerk)
        clerk.get("/desk")
        assert f'value="测试{end}路"' in clerk.page


def test_no_act_is_done_behind_the_lock_and_no_stream_opens(house, clerk):
    leave_alone(house)
    assert clerk.post("/register/search", {"query": NAME}).headers["Location"] == "/locked"
    assert NAME not in clerk.page
    assert clerk.get("/events", **{"Sec-Fetch-Mode": "cors"}).status_code == 423


def test_a_page_that_asks_by_itself_hears_when_and_keeps_nothing_open(house, clerk):
    assert 0 < int(clerk.get("/locked/left", **{"Renhu-Refresh": "1"}).text) <= 300
    leave_alone(house)
    assert clerk.get("/locked/left", **{"Renhu-Refresh": "1"}).text == "0"


def test_where_nothing_is_locked_the_lock_page_leads_on(clerk):
    assert clerk.get("/locked?back=/register").headers["Location"] == "/register"
    assert clerk.get("/locked?back=//evil.test").headers["Location"] == "/"
