"""A large export takes two supervisors, each at their own browser: with keys alone, in both languages, no script."""

from __future__ import annotations

import csv
import hashlib
import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import looking

HAS_ITS_OWN_DEMO = True
PHRASE = "a long new password"
WISHED = {"receiver": "测试接收单位", "purpose": "测试用途"}


@pytest.fixture
def other(demo: Any, chromium: Browser) -> Iterator[Page]:
    """Another supervisor's browser, with scripts."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


@pytest.fixture
def other_without_script(demo: Any, chromium: Browser) -> Iterator[Page]:
    """The same without."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def own(person) -> str:
    return person.demo.people["supervisor"]["password"]


def prepare(person) -> None:
    """Somebody is registered, and no supervisor exports anybody alone; done once a demo."""
    page, url = person.page, person.demo.url
    if person.demo.row("SELECT count(*) AS n FROM rule_value")["n"]:
        return
    person.sign_in()
    person.clear_desk()
    person.register("resident-020")
    person.context.clear_cookies()
    person.sign_in("supervisor")
    page.goto(f"{url}/rules/export_alone_most")
    page.fill("#rule-value", "0")
    page.fill("#rule-from", person.demo.row("SELECT date('now', '+8 hours') AS today")["today"])
    page.select_option("#rule-basis", "RENHU")
    page.fill("#rule-reason", "测试")
    page.locator("main form .btn-primary, .rail .btn-primary").first.click()
    expect(page.locator("tbody")).to_contain_text("0")
    person.context.clear_cookies()


def colleague(person, page: Page, name: str) -> None:
    """A supervisor signs in whose account nobody here has opened of late; the password is the first one's."""
    person.demo.write(
        "INSERT INTO station_user (id, name, language, role, password_hash, is_active, created_at) "
        "SELECT ?, ?, 'zh', role, password_hash, is_active, created_at FROM station_user WHERE name = ?",
        uuid.uuid4().hex,
        name,
        person.demo.people["supervisor"]["name"],
    )
    page.goto(f"{person.demo.url}/sign-in")
    page.fill("#name", name)
    page.fill("#password", own(person))
    page.keyboard.press("Enter")
    expect(page.locator(".who")).to_contain_text(name)


def added(person, page: Page, name: str) -> None:
    """A supervisor is added on the page, and comes in with the code."""
    boss, url = person.page, person.demo.url
    boss.goto(f"{url}/users")
    boss.fill("#user-name", name)
    boss.select_option("#user-role", "supervisor")
    boss.locator("form:has(#user-name) input[type=password]").fill(own(person))
    boss.locator("form:has(#user-name) .btn-primary").click()
    code = boss.locator("#one-time-code").inner_text()
    page.goto(f"{url}/enrol")
    for field, text in (("#name", name), ("#code", code), ("#password", PHRASE), ("#again", PHRASE)):
        page.fill(field, text)
    page.locator("main .btn-primary").click()
    expect(page.locator(".who")).to_contain_text(name)


def given_away(demo, content: bytes) -> None:
    """What was given away names the file, and two people; each step left its audit row."""
    found = demo.row("SELECT * FROM provision ORDER BY at DESC LIMIT 1")
    assert found["sha256"] == hashlib.sha256(content).hexdigest()
    assert found["second_user_id"] not in {None, found["user_id"]}
    asked = demo.row("SELECT * FROM export_request WHERE provision_id = ?", found["id"])
    assert (asked["state"], asked["user_id"], asked["decided_by_id"]) == (
        "made", found["user_id"], found["second_user_id"],
    )  # fmt: skip
    assert asked["session_id"] != asked["decided_session_id"]
    steps = demo.row("SELECT group_concat(action) AS steps FROM audit_entry WHERE subject_id = ?", asked["id"])
    assert steps["steps"] == "exchange.export-asked,exchange.export-agreed"


def test_where_there_is_one_supervisor_both_pages_say_what_to_do(clerk, other):
    page, demo = clerk.page, clerk.demo
    prepare(clerk)
    clerk.sign_in("supervisor")
    page.goto(f"{demo.url}/export")
    for field, text in WISHED.items():
        page.fill(f"#{field}", text)
    page.fill("#export-password", own(clerk))
    page.keyboard.press("F9")
    expect(page.locator("#nobody a")).to_be_visible()
    looking.look(page, "zh")
    place = page.url
    added(clerk, other, "测试主管新")
    other.goto(place)
    expect(other.locator("#one-person")).to_be_visible()
    expect(other.locator("#agree-form")).to_have_count(0)
    looking.look(other, "zh")
    other.locator("button[name=language]").click()
    page.goto(place)
    page.locator("button[name=language]").click()
    for one in (other, page):
        looking.look(one, "en")
    page.locator("#withdraw-form button").click()
    expect(page.locator("#withdraw-form")).to_have_count(0)


@pytest.mark.parametrize(("language", "name"), [("zh", "测试主管甲"), ("en", "测试主管乙")])
def test_two_supervisors_with_the_keys_alone(clerk, other, language, name, tmp_path):
    page, demo = clerk.page, clerk.demo
    prepare(clerk)
    clerk.sign_in("supervisor", language)
    colleague(clerk, other, name)
    if language == "en":
        other.locator("button[name=language]").click()
    page.goto(f"{demo.url}/export")
    page.focus("#receiver")
    for text in WISHED.values():
        page.keyboard.insert_text(text)
        page.keyboard.press("Tab")
    page.focus("#export-password")
    page.keyboard.type(own(clerk))
    page.keyboard.press("F9")
    expect(page.locator("#withdraw-form")).to_be_visible()
    expect(page.locator("#make-form")).to_have_count(0)
    looking.look(page, language)
    place = page.url

    other.goto(f"{demo.url}/register")
    expect(other.locator(".pages .waiting")).to_contain_text("1")
    looking.look(other, language)
    other.goto(f"{demo.url}/export")
    expect(other.locator("#to-decide")).to_be_visible()
    looking.look(other, language)
    expect(other.locator("body.live")).to_have_count(1)
    other.keyboard.press("a")
    other.wait_for_url(place)
    looking.look(other, language)
    expect(other.locator("body.live")).to_have_count(1)
    other.focus("#agree-password")
    other.keyboard.type("not this one")
    other.keyboard.press("F9")
    expect(other.locator("#sentence")).to_be_visible()
    looking.look(other, language)
    other.focus("#agree-password")
    other.keyboard.type(own(clerk))
    other.keyboard.press("Enter")
    expect(other.locator("#agree-form")).to_have_count(0)
    looking.look(other, language)

    page.goto(place)
    looking.look(page, language)
    page.focus("#make-password")
    page.keyboard.type(own(clerk))
    page.keyboard.press("Enter")
    expect(page.locator("#made")).to_be_visible()
    looking.look(page, language)
    with page.expect_download() as coming:
        page.keyboard.press("d")
    coming.value.save_as(tmp_path / "taken.xlsx")
    given_away(demo, (tmp_path / "taken.xlsx").read_bytes())


def test_the_same_goes_without_a_script_and_is_refused_with_a_reason(
    clerk, clerk_without_script, other_without_script, tmp_path
):
    prepare(clerk)
    person, other = clerk_without_script, other_without_script
    page, demo = person.page, person.demo
    person.sign_in("supervisor")
    colleague(person, other, "测试主管丙")

    def ask() -> str:
        page.locator(".pages a", has_text="导出").click()
        for field, text in WISHED.items():
            page.fill(f"#{field}", text)
        page.select_option("#file_kind", "csv")
        page.fill("#export-password", own(person))
        page.locator("#export-form .btn-primary").click()
        expect(page.locator("#withdraw-form")).to_be_visible()
        return page.url

    place = ask()
    other.locator(".pages a", has_text="导出").click()
    other.locator("#to-decide a").first.click()
    other.fill("#reason", "测试理由")
    other.locator("#refuse-form button").click()
    expect(other.locator("#asked")).to_contain_text("测试理由")
    page.goto(place)
    expect(page.locator("#asked")).to_contain_text("测试理由")
    expect(page.locator("#make-form")).to_have_count(0)
    place = ask()
    other.goto(place)
    other.fill("#agree-password", own(person))
    other.locator("#agree-form button").click()
    page.goto(place)
    page.fill("#make-password", own(person))
    page.locator("#make-form button").click()
    with page.expect_download() as coming:
        page.locator("#take").click()
    coming.value.save_as(tmp_path / "taken.csv")
    content = (tmp_path / "taken.csv").read_bytes()
    given_away(demo, content)
    assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) == 2
