"""A register of more than one page, in a real browser: its pager goes by keyboard alone, and axe finds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from agent.assembly import Running, start
from agent.config import parse
from agent.folder import FolderKind
from agent.notify import Notifier
from agent.register.desk import CardEvent
from drivers.api import CardKind, IdCard
from drivers.id_number import check_digit

RECORDS = 43
REST = {
    "soldier": "0", "arrive_city_date": "2026-01-02", "arrive_here_date": "2026-01-03", "reason": "12",
    "proof_type": "2", "town": "310112101", "road": "测试路", "mobile": "13800000000", "education": "20",
    "place_type": "30", "committee": "测试居委", "no": "12",
    "notice_given": "1",
}  # fmt: skip


def card(number: int) -> IdCard:
    """A made-up man; each has another name and number."""
    first = f"99000019850612{2 * number + 1:03d}"
    return IdCard(
        kind=CardKind.RESIDENT,
        name="测试" + "甲乙丙丁戊己庚辛壬癸"[number % 10] + "一二三四五"[number // 10],
        name_latin=None,
        sex="1",
        ethnic_group="01",
        birth_date="1985-06-12",
        address=f"测试地区云杉路{number}号",
        newest_addresses=(),
        id_number=first + check_digit(first),
        issuer="测试公安局",
        valid_from="2020-01-01",
        valid_to="2040-01-01",
        nationality=None,
        pass_number=None,
        issues=None,
        sam_id="99.99-1",
        readings=1,
        doubtful=(),
        text_raw=bytes(256),
        photo_wlt=b"",
    )


def fill(running: Running, password: str) -> None:
    """Register people until there are three pages."""
    station = running.station
    by = station.accounts.sign_in("clerk", password)
    station.desk.take(by)
    for number in range(RECORDS):
        made = card(number)
        station.desk.reader_event(CardEvent("placed"))
        station.desk.reader_event(CardEvent("read", made))
        station.desk.reader_event(CardEvent("verified", msgspec.structs.replace(made, readings=2)))
        station.desk.reader_event(CardEvent("removed"))
        draft = station.desk.view(by).draft
        assert draft is not None
        station.register.type_fields(draft.id, REST, by)
        station.desk.save(draft.id, by)
    station.desk.release(by.session_id)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """A station whose register has three pages: where it answers, and the password of each role."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    document: dict[str, Any] = {"data": {"folder": str(folder)}, "station": {"code": "310112101", "name": "测试站"}}
    config = replace(parse(document, "test"), port=0, reader=None)
    running = start(config, FolderKind.PRACTICE, Notifier({}))
    passwords = {user["role"]: user["password"] for user in running.accounts.create_demo_users()}
    fill(running, passwords["clerk"])
    yield running.url, passwords
    running.stop()


@pytest.fixture
def page(chromium: Browser, filled: tuple[str, dict[str, str]]) -> Iterator[Page]:
    url, passwords = filled
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    opened = context.new_page()
    opened.goto(f"{url}/sign-in")
    opened.fill("#name", "supervisor")
    opened.fill("#password", passwords["supervisor"])
    opened.keyboard.press("Enter")
    expect(opened.locator("#query")).to_be_visible()
    yield opened
    context.close()


def hears(page: Page, url: str) -> None:
    """The page has come, and its keys act."""
    expect(page).to_have_url(re.compile(url))
    expect(page.locator("body.live")).to_have_count(1)


def sound(page: Page) -> None:
    """No axe violation, and nothing runs out of the window, wide or narrow."""
    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 720})
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_pager_is_sound_on_its_first_middle_and_last_page(page, language):
    if page.locator("html").get_attribute("lang") != language:
        page.locator("button[name=language]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    hears(page, r"/register$")
    for number, buttons in ((1, 1), (2, 2), (3, 1)):
        expect(page.locator("tbody tr")).to_have_count(20 if number < 3 else RECORDS - 40)
        expect(page.locator(".pager button")).to_have_count(buttons)
        sound(page)
        page.keyboard.press("]")
        if number < 3:
            hears(page, rf"/register\?page={number + 1}$")
    page.keyboard.press("[")
    hears(page, r"/register\?page=2$")


def test_a_search_goes_on_and_its_address_names_nobody(page):
    hears(page, r"/register$")
    page.keyboard.press("/")
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.insert_text("测试")
    page.keyboard.press("Enter")
    hears(page, r"/register/search$")
    expect(page.locator("tbody tr")).to_have_count(20)
    expect(page.locator(".pager button")).to_have_count(1)
    page.keyboard.press("]")
    expect(page.locator(".pager button")).to_have_count(2)
    assert page.url.endswith("/register/search")
    sound(page)
