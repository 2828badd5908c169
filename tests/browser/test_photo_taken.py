"""The photo at the desk: the live view moves, one press takes it, a bad one is refused with its reason.

What lies in the database is compared with what the page shows, and both with the standard's figures.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Locator, Page, expect

HAS_ITS_OWN_DEMO = True
ID_PHOTO_PX = (358, 441)
LIVE_PX = 640
CAMERA_MS = 40_000
"""A simulated camera draws each new person once, which takes seconds on a busy machine."""
WORDS = {
    "zh": {
        "adjust": "调整取景",
        "large": "放大对照",
        "tilted": "头歪了约",
        "used": "检查通过，已采用",
        "again": "用回这张",
    },
    "en": {
        "adjust": "Adjust frame",
        "large": "Compare larger",
        "tilted": "tilted by about",
        "used": "Passed every check",
        "again": "Use this one again",
    },
}


@pytest.fixture
def seated(demo: Any) -> Iterator[Callable[..., None]]:
    """Seat somebody before the camera."""

    def seat(person: str, look: str = "good") -> None:
        demo.control("PUT", "/sitter", {"person": person, "look": look}, device="camera")

    demo.control("DELETE", "/faults", device="camera")
    yield seat
    demo.control("DELETE", "/faults", device="camera")


def panel(page: Page) -> Locator:
    return page.locator("#photo-panel")


def wait_for_state(page: Page, state: str) -> None:
    expect(panel(page)).to_have_attribute("data-state", state, timeout=CAMERA_MS)


def seen(page: Page) -> Image.Image:
    """What the live view shows now."""
    return Image.open(io.BytesIO(page.locator("#live-view").screenshot())).convert("RGB")


def wait_for_frames(page: Page) -> None:
    """Wait until a frame of the camera is shown: the ground alone is one grey."""
    expect(page.locator("#live-view img")).to_be_visible()
    expect(page.locator("#live-view img")).to_have_js_property("naturalWidth", LIVE_PX, timeout=CAMERA_MS)


def assert_accessible(page: Page) -> None:
    """Axe finds nothing, also in what is folded away."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()


def photo(page: Page, selector: str) -> Image.Image:
    """The photo that a part of the page shows, as the station serves it."""
    source = page.locator(f"{selector} .photo-marked img").get_attribute("src")
    answer = page.request.get(page.url.split("/desk")[0].split("/photos")[0].split("/register")[0] + str(source))
    assert answer.headers["content-type"] == "image/jpeg"
    return Image.open(io.BytesIO(answer.body()))


@pytest.mark.parametrize(
    ("language", "card", "person"), [("zh", "resident-041", "resident-002"), ("en", "resident-042", "resident-004")]
)
def test_one_press_takes_the_photo_and_a_bad_one_is_refused(
    clerk: Any, seated: Any, language: str, card: str, person: str
) -> None:
    words = WORDS[language]
    seated(person, "tilted")
    clerk.sign_in(language=language)
    clerk.clear_desk()
    clerk.tap(card)
    page = clerk.page

    wait_for_frames(page)
    first = seen(page)
    page.wait_for_timeout(700)
    moved = ImageChops.difference(first, seen(page))
    assert max(ImageStat.Stat(moved).stddev) > 1, "the live view stands still"
    expect(page.locator("#live-says")).to_have_class(re.compile("problem"), timeout=CAMERA_MS)

    page.keyboard.press("F4")
    wait_for_state(page, "waiting")
    expect(page.locator("#photo-waiting .flaws")).to_contain_text(words["tilted"])
    expect(page.locator("#photo-waiting .mark-line")).to_have_count(page.locator("#photo-waiting .flaws li").count())
    number = clerk.demo.row("SELECT used_at FROM photo ORDER BY taken_at DESC LIMIT 1")
    assert number["used_at"] is None, "a refused photo counts"

    seated(person)
    expect(page.locator("#live-says")).to_have_class(re.compile("good-word"), timeout=CAMERA_MS)
    page.keyboard.press("F4")
    wait_for_state(page, "used")
    expect(page.locator("#photo-used")).to_contain_text(words["used"])
    expect(page.locator("#photo-current figure")).to_have_count(2), "the chip's photo stands beside it"
    at_desk = photo(page, "#photo-current")
    assert (at_desk.size, at_desk.info["dpi"]) == (ID_PHOTO_PX, (350, 350))

    clerk.complete()
    page.keyboard.press("Shift+F9")
    page.wait_for_url(re.compile(r"/register/[0-9a-f-]+$"))
    clerk.demo.lift()
    assert photo(page, "#photo-panel").tobytes() == at_desk.tobytes()
    kept = clerk.demo.row(
        "SELECT p.draft_id, p.still_id, p.flaws, m.kind FROM photo p JOIN media m ON m.id = p.picture_id"
        " WHERE hex(p.record_id) = ? OR p.record_id = ?",
        page.url.rsplit("/", 1)[1].replace("-", "").upper(),
        page.url.rsplit("/", 1)[1].replace("-", ""),
    )
    assert kept == {"draft_id": None, "still_id": None, "flaws": "[]", "kind": "photo"}


def test_a_refused_photo_is_framed_by_hand_and_used_with_a_reason(clerk: Any, seated: Any) -> None:
    seated("resident-005", "grey-wall")
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-043")
    page, words = clerk.page, WORDS["zh"]
    wait_for_frames(page)
    page.locator("#take-photo").click()
    wait_for_state(page, "waiting")
    before = photo(page, "#photo-waiting").tobytes()
    page.locator("#photo-waiting details.more summary").focus()
    page.locator("#photo-verdict").click()
    clerk.demo.lift()
    expect(page.locator("#card-panel")).not_to_have_attribute("data-card-state", "verified")
    assert page.evaluate("document.activeElement === document.body"), "the next press of a key takes no photo"

    page.get_by_role("button", name=words["large"]).click()
    page.wait_for_url(re.compile(r"/photos/draft/"))
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"/desk$"))

    page.get_by_role("button", name=words["adjust"]).click()
    page.wait_for_url(re.compile(r"/frame\?"))
    assert_accessible(page)
    left, width = (int(page.locator(f"#{name}").input_value()) for name in ("left", "width"))
    for key in ("ArrowLeft", "ArrowLeft", "+"):
        page.keyboard.press(key)
    assert int(page.locator("#left").input_value()) < left
    assert int(page.locator("#width").input_value()) > width
    page.keyboard.press("F9")
    page.wait_for_url(re.compile(r"/desk$"))
    assert photo(page, "#photo-waiting").tobytes() != before

    page.locator("#photo-waiting details.more summary").click()
    use = page.locator("#photo-waiting details.more button")
    use.click()
    expect(panel(page).locator("#sentence")).to_be_visible()
    clerk.said.clear()  # the browser says of a refusal that it was one
    page.fill("#photo-reason", "没有白背景")
    page.locator("#photo-reason").press("Enter")
    wait_for_state(page, "used")
    expect(page.locator("#photo-used")).to_contain_text(f"没有白背景 · {clerk.demo.people['clerk']['name']}")
    expect(page.locator("#photo-again > summary")).to_be_focused()
    row = clerk.demo.row("SELECT reason, flaws FROM photo WHERE reason <> '' ORDER BY used_at DESC LIMIT 1")
    assert row["reason"] == "没有白背景"
    assert "PHOTO-BACKGROUND" in row["flaws"]


def test_a_records_photo_is_taken_anew_and_the_earlier_one_can_be_used_again(clerk: Any, seated: Any) -> None:
    seated("resident-006")
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-044")
    page, words = clerk.page, WORDS["zh"]
    wait_for_frames(page)
    page.keyboard.press("F4")
    wait_for_state(page, "used")
    clerk.complete()
    page.keyboard.press("Shift+F9")
    page.wait_for_url(re.compile(r"/register/[0-9a-f-]+$"))
    clerk.demo.lift()
    first = photo(page, "#photo-panel").tobytes()

    seated("resident-007")
    page.locator("#photo-panel a.btn").click()
    page.wait_for_url(re.compile(r"/photos/record/"))
    page.keyboard.press("F4")
    wait_for_frames(page)
    page.keyboard.press("F4")
    expect(page.locator("#earlier li")).to_have_count(1, timeout=CAMERA_MS)
    assert photo(page, "#photo-current").tobytes() != first
    page.get_by_role("button", name=words["again"]).click()
    expect(page.locator("#earlier li")).to_have_count(1)
    assert photo(page, "#photo-current").tobytes() == first


NOTE_COUNTS = """() => {
  const count = document.querySelector(".live-count");
  window.counts = [];
  new MutationObserver(() => {
    if (count.textContent !== window.counts.at(-1)) window.counts.push(count.textContent);
  }).observe(count, {childList: true, characterData: true, subtree: true});
}"""
"""What the countdown says, each word once: it may be over before anybody looks."""


def test_the_countdown_counts_and_esc_calls_it_off(clerk: Any, seated: Any) -> None:
    seated("resident-008")
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-045")
    page = clerk.page
    wait_for_frames(page)
    page.evaluate(NOTE_COUNTS)
    page.keyboard.press("Shift+F4")
    page.wait_for_function("() => window.counts.includes('3')")
    page.keyboard.press("Escape")
    expect(page.locator(".live-count")).to_be_hidden()
    expect(page.locator("#draft-form")).to_be_visible()
    page.evaluate(NOTE_COUNTS)
    page.keyboard.press("Shift+F4")
    wait_for_state(page, "used")
    assert page.evaluate("window.counts.filter(Boolean)") == ["3", "2", "1"]


def test_the_live_view_comes_back_by_itself_and_says_meanwhile_why_not(clerk: Any, seated: Any) -> None:
    seated("resident-009")
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-046")
    page = clerk.page
    wait_for_frames(page)
    clerk.demo.control("PUT", "/faults/unplug", {}, device="camera")
    expect(page.locator("#camera-says")).to_be_visible(timeout=CAMERA_MS)
    expect(page.locator("#live-view")).to_have_count(0)
    expect(page.locator("#draft-form")).to_be_visible()
    clerk.demo.control("DELETE", "/faults", device="camera")
    expect(page.locator("#live-says")).to_have_class(re.compile("good-word"), timeout=CAMERA_MS)
    wait_for_frames(page)


def test_why_no_photo_came_stays_to_be_read_until_the_next_press(clerk: Any, seated: Any) -> None:
    """The events behind the refusal, and what is typed on, bring fresh pages that do not know of it."""
    seated("resident-012")
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-049")
    page = clerk.page
    wait_for_frames(page)
    clerk.demo.control("PUT", "/faults/no-card", {}, device="camera")
    page.keyboard.press("F4")
    sentence = page.locator("#photo-panel #sentence")
    expect(sentence).to_contain_text("存储卡", timeout=CAMERA_MS)
    clerk.said.clear()  # the browser says of a refusal that it was one

    clerk.demo.control("PUT", "/faults/unplug", {}, device="camera")
    expect(page.locator("#camera-says")).to_be_visible(timeout=CAMERA_MS)
    expect(sentence).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.fill("#employer", "测试单位")
    expect(sentence).to_be_visible()

    clerk.demo.control("DELETE", "/faults", device="camera")
    wait_for_frames(page)
    page.keyboard.press("F4")
    wait_for_state(page, "used")
    expect(sentence).to_have_count(0)


def test_nobody_is_shown_when_nobody_looks(clerk: Any, seated: Any) -> None:
    """The frames are asked for while the view is on the screen, and no longer."""
    seated("resident-010")
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-047")
    page = clerk.page
    wait_for_frames(page)
    page.set_viewport_size({"width": 1366, "height": 400})
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator("#live-view img")).not_to_have_attribute("src", re.compile("."))
    page.evaluate("scrollTo(0, 0)")
    page.locator("#live-view").scroll_into_view_if_needed()
    expect(page.locator("#live-view img")).to_have_attribute("src", re.compile("/photos/live"))


@pytest.mark.parametrize("language", ["zh"])
def test_the_photo_is_taken_and_framed_without_javascript(
    clerk_without_script: Any, seated: Any, language: str
) -> None:
    clerk = clerk_without_script
    seated("resident-011", "tilted")
    clerk.sign_in(language=language)
    clerk.clear_desk()
    page = clerk.page
    clerk.demo.lay("resident-048")
    page.locator("#acts button[formaction$='/read-card'], form[action$='/read-card'] button").first.click()
    expect(page.locator("#draft-form")).to_be_visible()
    expect(page.locator("#live-view img")).to_be_visible()
    page.locator("#take-photo").click()
    wait_for_state(page, "waiting")
    page.get_by_role("button", name=WORDS[language]["adjust"]).click()
    width = int(page.locator("#width").input_value())
    page.locator("button[value=smaller]").click()
    assert int(page.locator("#width").input_value()) < width
    page.locator("button[value=make][data-key]").click()
    wait_for_state(page, "waiting")
    page.locator("#photo-waiting details.more summary").click()
    page.fill("#photo-reason", "站内灯光所限")
    page.locator("#photo-waiting details.more button").click()
    wait_for_state(page, "used")
    clerk.demo.lift()
