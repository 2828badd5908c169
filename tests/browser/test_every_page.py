"""Axe finds nothing on any page of any role: the pages are the application's own addresses, none can be forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import expect

from tests.browser.looking import HAN, WORDS
from webui.rights import NO_PAGES, TABLE
from webui.views import blueprints

# Pages that need more than an address have axe in a test of their own.
ELSEWHERE = {
    "straighten.page": "test_straighten.py",
    "devices.use_question": "test_devices.py",
    "duplicates.compare": "test_duplicate_journey.py",
    "photos.frame_page": "test_photo_taken.py",
    "printing.page": "test_papers_on_screen.py",
    "export_requests.page": "test_export_of_two_journey.py",
    "tables.waiting": "test_tables_journey.py",
}
ASKED = {"devices.order_question": "?value=9600", "accounts.lock_page": "?back=/password"}


def addresses(role, arguments):
    """Every address of the application that shows a page to `role`; one of a new kind of key is told by a KeyError."""
    app = Flask("addresses", static_folder=None)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    found = {}
    for rule in app.url_map.iter_rules():
        is_page = "GET" in rule.methods and rule.endpoint not in NO_PAGES | ELSEWHERE.keys()
        if is_page and TABLE[rule.endpoint].allows(role):
            path = re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda key: arguments[key[1]], rule.rule)
            found[rule.endpoint] = path + ASKED.get(rule.endpoint, "")
    return found


def look(person, name, language="en"):
    """No violation, also in what is folded away, and on an English page no Han character outside data."""
    expect(person.page.locator("#main"), name).to_have_count(1)
    expect(person.page.locator("html"), name).to_have_attribute("lang", {"zh": "zh-CN", "en": "en"}[language])
    person.page.evaluate("document.querySelectorAll('details:not(.lessons)').forEach(one => { one.open = true })")
    result = Axe().run(person.page)
    assert result.violations_count == 0, f"{name}: {result.generate_report()}"
    if language == "en":
        han = [text for text in person.page.evaluate(WORDS) if HAN.search(text.replace("“无”", ""))]
        assert han == [], name


def a_record(clerk):
    """The address of a saved record."""
    page = clerk.page
    clerk.sign_in()
    page.goto(f"{clerk.demo.url}/register")
    links = page.locator("td a")
    if links.count() == 0:
        clerk.clear_desk()
        clerk.register("resident-035")
        page.goto(f"{clerk.demo.url}/register")
    return links.first.get_attribute("href")


def arguments_for(person, role):
    """What stands for each kind of key in an address."""
    given = {"role": "reader", "order": "speed", "kind": "record"}
    if role in {"clerk", "supervisor"}:
        record = a_record(person).rpartition("/")[2]
        given |= {"record_id": record, "owner_id": record}
        person.context.clear_cookies()
    person.sign_in(role, language="en")
    if role == "supervisor":
        given |= {"name": "reason", "key": "days_in_scope"}
        person.page.goto(f"{person.demo.url}/users")
        given["user_id"] = person.page.locator("td a").first.get_attribute("href").rpartition("/")[2]
    if role in {"clerk", "supervisor"}:
        person.page.goto(f"{person.demo.url}/notice")
        given["version"] = person.page.url.rpartition("/")[2]
    return given


def refuse_a_correction(clerk, address, language):
    """A correction with a wrong value and no reason, as the page says so; then it is given up."""
    page = clerk.page
    page.goto(address)
    page.fill("#mobile", "139")
    page.keyboard.press("F9")
    expect(page.locator("#problems li")).to_have_count(2)
    look(clerk, "a correction that was refused", language)
    page.locator("button[formaction$='/give-up']").click()
    expect(page.locator("dl.facts").first).to_be_visible()


def refuse_passwords(page):
    """Type passwords that are refused into a page, as it then says."""
    for empty in page.locator("input[type=password]").all():
        empty.fill("a password of nobody")
    page.keyboard.press("Enter")
    expect(page.locator(".problem").first).to_be_visible()


# What axe finds is rarely a matter of the words; `test_pages` has it look at the pages of each role in Chinese.
LANGUAGES = ["en", pytest.param("zh", marks=pytest.mark.drill)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["clerk", "technician", "supervisor"])
def test_axe_finds_nothing_on_any_page(clerk, role, language):
    page, url = clerk.page, clerk.demo.url
    given = arguments_for(clerk, role)
    places = addresses(role, given)
    assert places.keys() >= {"accounts.password_page", "accounts.lock_page"}
    foreign = "/devices" if role != "technician" else "/users"
    refused = {"/nowhere": 404, "/desk/take": 405, foreign: 403}
    if language == "zh":
        page.goto(url + "/password")
        page.locator("button[name=language]").click()
    for endpoint, path in places.items():
        answer = page.goto(url + path)
        assert answer is not None
        assert answer.status == 200, endpoint
        look(clerk, endpoint, language)
    if (role, language) == ("technician", "en"):
        page.goto(url + places["practice.page"])
        page.evaluate("document.querySelectorAll('.lessons').forEach(one => { one.open = true })")
        look(clerk, "every card, paper and fault of the practice page", language)
    if role == "clerk":
        refuse_a_correction(clerk, url + places["corrections.page"], language)
    for path, status in refused.items():
        assert page.goto(url + path).status == status
        look(clerk, path, language)
    page.goto(url + "/password")
    if role == "technician":
        refuse_passwords(page)
        look(clerk, "a new password that was refused", language)
    if language == "zh":
        page.locator("button[name=language]").click()
    clerk.demo.leave_alone()
    page.goto(url + "/password")
    expect(page.locator("h1")).to_have_text("Locked")
    look(clerk, "locked")
    page.locator("button[name=language]").click()
    expect(page.locator("h1")).to_have_text("已锁定")
    look(clerk, "locked", "zh")
    if role == "technician":
        refuse_passwords(page)
        look(clerk, "a password that does not unlock", "zh")
    clerk.said = [said for said in clerk.said if "Failed to load resource" not in said]


def test_axe_finds_nothing_where_a_visitor_is_refused(clerk):
    page, url = clerk.page, clerk.demo.url
    for language in ("zh", "en"):
        for path, fields in {"sign-in": ("name", "password"), "enrol": ("name", "code")}.items():
            page.goto(f"{url}/{path}")
            for field in fields:
                page.fill(f"#{field}", "nobody")
            refuse_passwords(page)
            look(clerk, path, language)
        page.locator("button[name=language]").click()
    page.goto(url.replace("127.0.0.1", "localhost"))
    expect(page.locator("#sentence")).to_be_visible()
    look(clerk, "a foreign host", "zh")
    clerk.said = [said for said in clerk.said if "Failed to load resource" not in said]


def test_what_is_looked_at_elsewhere_is(clerk):
    for endpoint, test in ELSEWHERE.items():
        assert endpoint in TABLE
        said = (Path(__file__).parent / test).read_text(encoding="utf-8")
        assert re.search(r"Axe\(\)\.run|\blook\((?:\w+\.)?page", said)


def said_of_cards(clerk):
    """The desk in all that it says of a card and its person, by a name."""
    page = clerk.page
    clerk.demo.control("PUT", "/faults/status", {"status": "41", "count": 50})
    clerk.demo.lay("resident-001")
    expect(page.locator("#live")).to_have_attribute("data-sound", "refused")
    yield "a refused card"
    clerk.demo.control("DELETE", "/faults")
    clerk.demo.lift()
    expect(page.locator("#live")).to_have_attribute("data-sound", "gone")
    clerk.demo.lay(next(card["id"] for card in clerk.demo.control("GET", "/cards")["cards"] if card["kind"] == "hmt"))
    expect(page.locator("#live")).to_have_attribute("data-sound", "outside")
    expect(page.locator("#idle-says .callout.bad")).to_be_visible()
    expect(page.locator("#card-sentence .callout.good")).to_be_visible()
    yield "a card of another kind"
    clerk.demo.lift()
    clerk.tap("four-addresses")
    yield "several newest addresses"
    page.keyboard.press("Escape")
    expect(page.locator("#query")).to_be_visible()
    clerk.tap("wrong-check")
    page.locator("#second-person summary").click()
    expect(page.locator("#second-name")).to_be_visible()
    yield "a second person is asked for"
    page.keyboard.press("Escape")
    expect(page.locator("#query")).to_be_visible()
    clerk.register("resident-002")
    page.goto(f"{clerk.demo.url}/desk")
    clerk.tap("resident-002")
    expect(page.locator("#existing")).to_be_visible()
    yield "a known person"


@pytest.mark.parametrize("weakened_demo", [""], indirect=True)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_in_what_the_desk_says_of_cards(clerk_at_weakened, language):
    clerk = clerk_at_weakened
    clerk.sign_in(language=language)
    for name in said_of_cards(clerk):
        look(clerk, name, language)
