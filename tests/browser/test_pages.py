"""Every page: no axe violation, nothing untranslated, no sideways scrolling, one event stream a browser."""

from __future__ import annotations

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.looking import HAN, WORDS

# Every page is looked at in English in test_every_page.py too, and the other sizes lie between these two.
DRILL = pytest.mark.drill
SIZES = {"desk": (1366, 768), "small": (1280, 720), "phone": (390, 844), "zoomed": (683, 384)}
PATHS = {
    "clerk": ("register", "board", "duplicates", "households", "notice", "practice", "password"),
    "technician": ("devices", "practice"),
    "supervisor": ("register", "board", "tables", "addresses", "export", "import", "users"),
}

ONE_HOLDS_AND_OTHERS_WAIT = """async (others) => {
  const {held, pending} = await navigator.locks.query();
  return held.length === 1 && pending.length === others;
}"""


def desk_pages(clerk):
    """The desk and the documents of one draft, in all that they can show, by a name."""
    page = clerk.page
    clerk.clear_desk()
    yield "idle"
    clerk.demo.lay("resident-020")
    expect(page.locator("#card-panel")).to_have_attribute("data-card-state", "verified")
    page.fill("#mobile", "1380")
    expect(page.locator("#says-mobile")).to_be_visible()
    yield "form"
    page.locator("#notice-text summary").click()
    page.select_option("#soldier", "1")
    expect(page.locator("#out-of-scope")).to_be_visible()
    yield "out-of-scope"
    page.select_option("#soldier", "0")
    expect(page.locator("#out-of-scope")).to_have_count(0)
    clerk.demo.lay("resident-021")
    expect(page.locator("#question")).to_be_visible()
    yield "question"
    page.keyboard.press("Alt+3")
    expect(page.locator("#question")).to_have_count(0)
    page.focus("#reason")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#codes")).to_be_visible()
    yield "codes"
    page.keyboard.press("Escape")
    clerk.demo.control("PUT", "/feeder", {"papers": ["employer-letter"]}, device="scanner")
    page.locator("#to-papers").click()
    page.wait_for_url("**/documents/**")
    yield "documents-none"
    page.select_option("#scan-source", "adf-duplex")
    page.select_option("#scan-dpi", "75")
    page.locator("#other-scan button").first.click()
    expect(page.locator("#scan-job[data-state=done]")).to_be_visible(timeout=60_000)
    expect(page.locator(".sheet")).not_to_have_count(0)
    yield "documents"
    page.locator(".sheet button[value=remove]").first.click()
    expect(page.locator(".document > details")).to_be_visible()
    yield "documents-removed"
    page.locator("#other-scan button[formaction]").click()
    expect(page.locator("#preview img")).to_be_visible(timeout=60_000)
    yield "documents-preview"


def pages_of(clerk, role):
    """Every page of a role, opened one after the other, by a name."""
    page, url = clerk.page, clerk.demo.url
    if role == "visitor":
        page.goto(f"{url}/sign-in")
        yield "sign-in"
        page.goto(f"{url}/enrol")
        yield "enrol"
        return
    clerk.sign_in(role, language=clerk.language)
    if role == "clerk":
        yield from desk_pages(clerk)
    for path in PATHS[role]:
        page.goto(f"{url}/{path}")
        yield path
    if role == "supervisor":
        page.locator("td a", has_text="technician").click()
        page.wait_for_url("**/users/**")
        yield "person"
        page.fill("#code-password", clerk.demo.people[role]["password"])
        page.keyboard.press("Enter")
        expect(page.locator("#one-time-code")).to_be_visible()
        yield "code"
    page.goto(f"{url}/nowhere")
    yield "error"


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=DRILL)])
@pytest.mark.parametrize("role", ["visitor", "clerk", "technician", "supervisor"])
def test_axe_finds_nothing_and_every_word_is_in_the_pages_language(clerk, role, language, tmp_path):
    clerk.language = language
    for name in pages_of(clerk, role):
        expect(clerk.page.locator("#main"), name).to_have_count(1)
        result = Axe().run(clerk.page)
        assert result.violations_count == 0, f"{name}: {result.generate_report()}"
        if language == "en" and role != "visitor":
            han = [text for text in clerk.page.evaluate(WORDS) if HAN.search(text.replace("“无”", ""))]
            assert han == [], name
    clerk.said = [said for said in clerk.said if "404" not in said]


@pytest.mark.parametrize("size", ["desk", "phone", *(pytest.param(size, marks=DRILL) for size in ("small", "zoomed"))])
def test_no_page_scrolls_sideways(clerk, size):
    clerk.language = "en"
    width, height = SIZES[size]
    clerk.page.set_viewport_size({"width": width, "height": height})
    for name in pages_of(clerk, "clerk"):
        wide = clerk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, name
    clerk.said = [said for said in clerk.said if "404" not in said]


def test_twenty_tabs_of_every_page_share_one_stream_and_all_answer(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    paths = ("desk", *PATHS["clerk"])
    tabs = [clerk.page, *(clerk.context.new_page() for _ in range(19))]
    for tab, path in zip(tabs[1:], itertools.cycle(paths), strict=False):
        tab.goto(f"{clerk.demo.url}/{path}")
    # A tab asks for the lock when its module has run, which may be after its page counts as loaded.  The pages that
    # follow nothing do not ask.
    following = sum(tab.locator("#live:not([data-live=''])").count() for tab in tabs)
    assert following == 1 + sum(path == "desk" for _, path in zip(tabs[1:], itertools.cycle(paths), strict=False))
    clerk.page.wait_for_function(ONE_HOLDS_AND_OTHERS_WAIT, arg=following - 1, polling=100, timeout=60_000)
    for tab in tabs:
        tab.reload(timeout=5000)
        expect(tab.locator("#main")).to_be_visible()


def test_another_tab_hears_of_the_card_too(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    second = clerk.context.new_page()
    second.goto(f"{clerk.demo.url}/desk")
    clerk.demo.lay("resident-022")
    expect(second.locator("#draft-form")).to_be_visible(timeout=15_000)


def test_names_show_only_while_the_key_is_held_and_never_over_a_card(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    name = clerk.demo.names["resident-023"]
    clerk.tap("resident-023")
    clerk.complete()
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("F9")
    first = page.locator("#recent .who-name").first
    expect(first.locator(".masked")).to_be_visible()
    expect(page.locator(".names-hint")).to_be_visible()
    assert name not in page.content()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/desk/names") else None)
    page.keyboard.down("Alt")
    page.wait_for_timeout(600)
    page.keyboard.up("Alt")
    assert asked == []
    clerk.demo.lift()
    expect(page.locator("#live")).to_have_attribute("data-sound", "none")
    page.keyboard.down("Alt")
    expect(first.locator(".unmasked")).to_have_text(name)
    expect(first.locator(".masked")).to_be_hidden()
    page.keyboard.up("Alt")
    expect(first.locator(".unmasked")).to_be_hidden()
    expect(first.locator(".masked")).to_be_visible()
    assert name not in page.content()
