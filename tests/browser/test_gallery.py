"""The pictures of docs/pages.md: every page of the application, made by the tests; none can be forgotten.

`make pictures` makes them anew.  Fake people only, from a demo; times differ, so kept files are not compared.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pictures import MARK, MOST_BYTES, SIZE, small
from tests.browser.test_duplicate_journey import save_without_a_card, two_records
from tests.browser.test_every_page import page_endpoints
from tests.browser.test_export_of_two_journey import WISHED, colleague, prepare

HAS_ITS_OWN_DEMO = True
ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs" / "pages"
REDIRECTS = {"home.start", "notice.current"}
DEVICE_MS = 60_000


def at(role, path, shows="#main"):
    """Sign in as somebody and go to an address."""

    def go(clerk):
        clerk.sign_in(role)
        clerk.page.goto(f"{clerk.demo.url}/{path}")
        expect(clerk.page.locator(shows).first).to_be_visible()

    return go


def visitor(path):
    """An address for who is not signed in."""

    def go(clerk):
        clerk.page.goto(f"{clerk.demo.url}/{path}")
        expect(clerk.page.locator("#main")).to_be_visible()

    return go


def at_desk(clerk):
    clerk.sign_in()
    clerk.clear_desk()


def desk(clerk):
    at_desk(clerk)
    clerk.tap("resident-045")


def record(clerk):
    """A record, made where there is none yet; its address is open."""
    clerk.sign_in()
    clerk.page.goto(f"{clerk.demo.url}/register")
    links = clerk.page.locator("td a")
    if links.count() == 0:
        clerk.clear_desk()
        clerk.register("resident-046")
        return
    links.first.click()
    clerk.page.wait_for_url(re.compile(r"/register/[0-9a-f-]+$"))


def of_record(path):
    def go(clerk):
        record(clerk)
        clerk.page.goto(f"{clerk.page.url}/{path}")
        expect(clerk.page.locator("form").first).to_be_visible()

    return go


def beside_record(area):
    """What belongs to a record and has an address of its own."""

    def go(clerk):
        record(clerk)
        clerk.page.goto(f"{clerk.demo.url}/{area}/record/{clerk.page.url.rpartition('/')[2]}")
        expect(clerk.page.locator("#main")).to_be_visible()

    return go


def paper(clerk):
    record(clerk)
    clerk.page.keyboard.press("F8")
    clerk.page.locator("img.paper").evaluate("one => one.decode()")


def listed(path):
    """A list that a registration stands in."""

    def go(clerk):
        record(clerk)
        clerk.page.goto(f"{clerk.demo.url}/{path}")
        expect(clerk.page.locator("#main")).to_be_visible()

    return go


def straighten(clerk):
    at_desk(clerk)
    page = clerk.page
    page.locator("form[action$='/desk/without-card'] button").first.click()
    page.locator("#to-papers").click()
    clerk.demo.control("PUT", "/platen", {"paper": "rent-receipt-a5"}, device="scanner")
    for name, value in {"kind": "D04", "source": "flatbed", "dpi": "75", "colour": "colour"}.items():
        page.select_option(f"#scan-{name}", value)
    page.locator("#other-scan button").first.click()
    expect(page.locator(".sheet .framed")).to_have_count(1, timeout=DEVICE_MS)
    page.locator(".sheet .more summary").last.click()
    page.locator(".sheet a[href$=straighten]").last.click()
    expect(page.locator("#crop .frame-line")).to_be_visible()


def frame(clerk):
    clerk.demo.control("PUT", "/sitter", {"person": "resident-005", "look": "grey-wall"}, device="camera")
    at_desk(clerk)
    clerk.tap("resident-043")
    page = clerk.page
    expect(page.locator("#live-view img")).to_have_js_property("naturalWidth", 640, timeout=DEVICE_MS)
    page.locator("#take-photo").click()
    expect(page.locator("#photo-panel")).to_have_attribute("data-state", "waiting", timeout=DEVICE_MS)
    page.get_by_role("button", name="调整取景").click()
    page.wait_for_url(re.compile(r"/frame\?"))


def duplicates(clerk):
    clerk.sign_in()
    clerk.page.goto(f"{clerk.demo.url}/duplicates")
    if clerk.page.locator("#pairs li a").count() == 0:
        two_records(clerk, "twenty-years")
        save_without_a_card(clerk)
        clerk.page.goto(f"{clerk.demo.url}/duplicates")
    expect(clerk.page.locator("body.live #pairs li a").first).to_be_visible()


def compare(clerk):
    duplicates(clerk)
    clerk.page.keyboard.press("Control+1")
    expect(clerk.page.locator("#compare")).to_be_visible()


def table_waiting(clerk):
    """A table from a file, looked at before it is put in force."""
    clerk.sign_in("supervisor")
    page = clerk.page
    page.goto(f"{clerk.demo.url}/tables/reason")
    with page.expect_download() as waiting:
        page.keyboard.press("d")
    text = Path(waiting.value.path()).read_text("utf-8-sig") + "18,测试事由,Made up,cssy,,1,,\n"
    page.set_input_files("#table-file", {"name": "reason.csv", "mimeType": "text/csv", "buffer": text.encode()})
    for key, said in {"table-edition": "测试版", "table-source": "测试文件"}.items():
        page.fill(f"#{key}", said)
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_be_visible()


def addresses_waiting(clerk):
    """The made-up list of door plates, looked at before it is taken in."""
    clerk.sign_in("supervisor")
    clerk.page.goto(f"{clerk.demo.url}/addresses")
    clerk.page.locator("#practice-form button").click()
    expect(clerk.page.locator("#verdict")).to_be_visible()


def addresses(clerk):
    """The address base with the made-up list taken in."""
    addresses_waiting(clerk)
    if clerk.page.locator("#steps").count():
        clerk.page.keyboard.press("F9")
        clerk.page.wait_for_url("**/addresses")
    clerk.page.goto(f"{clerk.demo.url}/addresses")
    expect(clerk.page.locator("#blocks")).to_be_visible()


def use_question(clerk):
    clerk.sign_in("technician")
    clerk.page.goto(f"{clerk.demo.url}/devices")
    rows = clerk.page.locator("#device-reader .rows dd")
    address = rows.filter(has_text="serial:").first.inner_text().partition("?")[0]
    clerk.page.goto(f"{clerk.demo.url}/devices/reader/use?{urlencode({'address': address})}")
    expect(clerk.page.locator("h1")).to_be_visible()


def person(clerk):
    clerk.sign_in("supervisor")
    clerk.page.goto(f"{clerk.demo.url}/users")
    clerk.page.locator("td a").first.click()
    clerk.page.wait_for_url(re.compile(r"/users/[0-9a-f-]+$"))


def export_request(clerk):
    """An export that waits for another supervisor's word, as they see it."""
    prepare(clerk)
    clerk.sign_in("supervisor")
    page = clerk.page
    page.goto(f"{clerk.demo.url}/export")
    for field, text in WISHED.items():
        page.fill(f"#{field}", text)
    page.fill("#export-password", clerk.demo.people["supervisor"]["password"])
    page.locator("#export-form .btn-primary").click()
    expect(page.locator("#withdraw-form")).to_be_visible()
    place = page.url
    clerk.context.clear_cookies()
    colleague(clerk, page, "测试主管乙")
    page.goto(place)
    expect(page.locator("#agree-form")).to_be_visible()


def locked(clerk):
    """What stands there when nobody has touched the station for a while."""
    clerk.sign_in()
    clerk.page.goto("about:blank")  # a page that is open would lock by itself, in the way of the next
    clerk.demo.leave_alone()
    clerk.page.goto(f"{clerk.demo.url}/locked?back=/desk")
    expect(clerk.page.locator("#password")).to_be_visible()


def household(clerk):
    record(clerk)
    clerk.page.goto(f"{clerk.demo.url}/households")
    clerk.page.fill("#query", "测试路 12号 301室")
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("#main li").first).to_be_visible()


def notice(clerk):
    clerk.sign_in()
    clerk.page.goto(f"{clerk.demo.url}/notice")


# Each page by its endpoint, and how to get there.
PAGES = {
    "accounts.sign_in_page": visitor("sign-in"),
    "accounts.enrol_page": visitor("enrol"),
    "accounts.lock_page": locked,
    "accounts.password_page": at("clerk", "password"),
    "addresses.waiting": addresses_waiting,
    "addresses.page": addresses,
    "audit.page": at("supervisor", "audit"),
    "board.lanes": listed("board/lanes?" + urlencode({"committee": "测试居委"})),
    "board.lines": listed("board/list?what=RG"),
    "board.page": listed("board"),
    "cancellations.page": of_record("cancel"),
    "corrections.page": of_record("edit"),
    "desk.page": desk,
    "devices.order_question": at("technician", "devices/reader/order/speed?value=9600"),
    "devices.page": at("technician", "devices", "#device-reader[data-state=ready]"),
    "devices.use_question": use_question,
    "documents.page": beside_record("documents"),
    "duplicates.compare": compare,
    "duplicates.page": duplicates,
    "export_requests.page": export_request,
    "exports.page": at("supervisor", "export"),
    "households.page": household,
    "imports.page": at("supervisor", "import"),
    "notice.page": notice,
    "photos.frame_page": frame,
    "photos.page": beside_record("photos"),
    "practice.page": at("clerk", "practice", "form.fault"),
    "printing.page": paper,
    "register.page": listed("register"),
    "register.record": record,
    "rules.one": at("supervisor", "rules/asks_tenancy"),
    "straighten.page": straighten,
    "tables.one": at("supervisor", "tables/reason"),
    "tables.page": at("supervisor", "tables"),
    "tables.waiting": table_waiting,
    "users.page": at("supervisor", "users"),
    "users.person": person,
}


def name_of(endpoint):
    return endpoint.removesuffix("_page").replace(".", "-").replace("_", "-")


def test_every_page_of_the_application_has_a_picture_in_the_docs_and_no_other_has():
    assert {*PAGES} == page_endpoints() - REDIRECTS
    names = {name_of(endpoint) for endpoint in PAGES}
    assert {path.stem for path in KEPT.iterdir()} == names
    told = re.findall(r"\(pages/([\w-]+)\.png\)", (ROOT / "docs" / "pages.md").read_text("utf-8"))
    assert sorted(told) == sorted(names)


@pytest.mark.parametrize("endpoint", PAGES)
def test_each_kept_picture_of_a_page_was_made_here(endpoint):
    file = KEPT / f"{name_of(endpoint)}.png"
    assert file.stat().st_size < MOST_BYTES
    with Image.open(file) as picture:
        assert picture.size == (SIZE["width"], SIZE["height"])
        assert picture.info.get(MARK) == name_of(endpoint)


@pytest.mark.drill
@pytest.mark.parametrize("endpoint", PAGES)
def test_each_page_is_pictured(clerk, endpoint, tmp_path):
    clerk.page.set_viewport_size(SIZE)
    PAGES[endpoint](clerk)
    shown = small(clerk.page.screenshot(animations="disabled"), name_of(endpoint))
    assert len(shown) < MOST_BYTES
    folder = Path(os.environ.get("RENHU_PICTURES") or tmp_path) / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name_of(endpoint)}.png").write_bytes(shown)
