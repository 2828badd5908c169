"""A form is sent after its session has ended: what was typed is kept for its clerk, and nothing is done or shown."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from agent.accounts.storage import writing
from peewee_models.accounts import Session, User

ROAD = "测试晚归路"


class Page:
    """A clerk's browser with a form open, as it was served while the session lived."""

    def __init__(self, house):
        self.house, self.browser = house, house.signed_in("clerk")
        self.browser.post("/desk/take")
        self.browser.post("/desk/without-card")
        self.browser.get("/desk")
        self.served, self.csrf = self.browser.page, self.browser.csrf

    def end(self):
        """Let every session have been unused for half an hour."""
        with writing(self.house.station.register.place.store):
            Session.update(last_seen_at=self.house.station.clock.now() - timedelta(minutes=31)).execute()

    def press(self, act: str = "save", **changes: str):
        """Press a button of the page as it was served, with a road typed."""
        self.browser.page = self.served
        keep = self.browser.action("keep")
        place = act if act.startswith("/") else self.browser.action(act)
        whose = {"typed_in": f"draft {keep.split('/')[3]}", "csrf": self.csrf}
        return self.browser.post(place, self.browser.form(road=ROAD) | whose | changes)

    def sign_in(self, browser, way: str):
        who = self.house.sign_ins["clerk"]
        browser.get(way)
        back = re.search(r'name="back" value="([^"]*)"', browser.page)
        sent = {"name": who["name"], "password": who["password"]} | ({"back": back[1]} if back else {})
        answer = browser.post("/sign-in", sent)
        assert answer.status_code == 303, browser.page
        self.house.tokens["clerk"] = browser.client.get_cookie("__Host-sid", domain="127.0.0.1").value
        return answer.headers["Location"]

    def is_kept(self) -> bool:
        browser = self.house.signed_in("clerk")
        assert 'id="draft-form"' in browser.page
        return f'value="{ROAD}"' in browser.page


@pytest.fixture
def page(house):
    return Page(house)


def way_to_sign_in(browser) -> str:
    return html.unescape(re.search(r'id="sign-in-again" href="([^"]+)"', browser.page)[1])


def test_what_was_typed_waits_behind_the_sign_in(page):
    page.end()
    answer = page.press()
    assert answer.status_code == 401
    assert "填写的内容已保存" in page.browser.page
    assert ROAD not in page.browser.page
    assert page.sign_in(page.browser, way_to_sign_in(page.browser)) == "/desk"
    assert page.is_kept()


@pytest.mark.parametrize("place", ["/language?back=/desk", "/sign-out"])
def test_another_language_and_another_person_are_chosen_without_losing_it(page, place):
    page.end()
    assert page.press(place, language="en").status_code == 401
    page.sign_in(page.browser, "/sign-in")
    assert page.is_kept()


def test_a_correction_is_gone_on_with(page):
    clerk = page.browser
    page.house.lay(page.house.card("测试丙", "990000198506120049"))
    clerk.get("/desk")
    rest = {
        "hukou_div": "990000", "soldier": "0", "arrive_city_date": "20260302", "arrive_here_date": "20260302",
        "reason": "12", "proof_type": "2", "town": "xzz", "road": "测试东路", "mobile": "13800000000",
        "place_type": "30", "committee": "测试居委", "no": "12",
        "education": "高中", "notice_given": "1", "then": "stay",
    }  # fmt: skip
    if 'name="choice"' in clerk.page:
        clerk.post(re.search(r'formaction="(/desk/question[^"]+)"', clerk.page)[1], {"choice": "own-draft"})
        clerk.get("/desk")
    record = clerk.post(clerk.action("save"), clerk.form(**rest)).headers["Location"]
    page.house.lift()
    clerk.get(f"{record}/edit")
    version = re.search(r'name="version" value="(\d+)"', clerk.page)[1]
    page.end()
    assert clerk.post(f"{record}/edit", clerk.form(road=ROAD) | {"version": version}).status_code == 401
    assert page.sign_in(clerk, way_to_sign_in(clerk)) == f"{record}/edit"
    clerk.get(f"{record}/edit")
    assert f'value="{ROAD}"' in clerk.page


def test_it_is_kept_where_the_clerk_has_signed_in_elsewhere_meanwhile(page):
    elsewhere = page.house.visitor()
    page.sign_in(elsewhere, "/sign-in")
    assert page.press().status_code == 401
    assert "填写的内容已保存" in page.browser.page
    assert page.is_kept()


def test_a_page_that_stayed_open_while_its_clerk_signed_in_anew_keeps_it_too(page):
    other_tab = page.house.visitor()
    other_tab.client = page.browser.client
    page.end()
    page.sign_in(other_tab, "/sign-in")
    answer = page.press("save")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    assert page.is_kept()


def test_without_both_proofs_nothing_is_kept(page):
    page.end()
    assert page.press(csrf="x").status_code == 401
    assert "填写的内容已保存" not in page.browser.page
    with writing(page.house.station.register.place.store):
        User.update(is_active=False).where(User.name == "clerk").execute()
    assert page.press().status_code == 401
    with writing(page.house.station.register.place.store):
        User.update(is_active=True).where(User.name == "clerk").execute()
    page.browser.client.set_cookie("__Host-sid", "x" * 43, domain="127.0.0.1")
    assert page.press().status_code == 401
    assert not page.is_kept()


def test_who_has_signed_out_leaves_nothing_behind(page):
    cookie = page.house.tokens["clerk"]
    page.browser.post("/sign-out")
    page.browser.client.set_cookie("__Host-sid", cookie, domain="127.0.0.1")
    assert page.press().status_code == 401
    assert not page.is_kept()


def test_another_person_in_the_same_browser_neither_keeps_nor_sees_it(page):
    page.end()
    page.house.sign_in("clerk")
    supervisor = page.house.sign_in("supervisor")
    page.browser.client.set_cookie("__Host-sid", supervisor, domain="127.0.0.1")
    assert page.press().status_code == 403
    accounts = page.house.station.accounts
    assert not accounts.is_earlier_page(accounts.session(supervisor), page.csrf)
    assert ROAD not in page.browser.page
    assert not page.is_kept()


@pytest.mark.parametrize("back", ["/desk", "//evil.test", "/locked/left"])
def test_the_way_back_is_for_whoever_may_go_there(house, back):
    visitor, who = house.visitor(), house.sign_ins["technician"]
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in", {"name": who["name"], "password": who["password"], "back": back})
    assert answer.headers["Location"] == "/"
