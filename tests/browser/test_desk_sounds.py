"""The sound at the desk: for a tap, for a card that may be lifted, for a refusal; none for a page opened anew."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.sounds import REFUSAL, SPY, heard

TAP = ["1320", "1760"]
LEFT = ["660"]
REMINDED_MS = 25_000
CARDS = {1: "resident-035", 2: "resident-037"}


def at_the_desk(clerk: Any) -> None:
    clerk.page.add_init_script(f"({SPY})()")
    clerk.sign_in()
    clerk.clear_desk()
    assert heard(clerk) == []


def lift(clerk: Any) -> None:
    clerk.demo.lift()
    expect(clerk.page.locator("#live")).to_have_attribute("data-sound", "none")


def test_a_tap_sounds_once_and_a_reload_or_a_resumed_draft_not_at_all(clerk):
    at_the_desk(clerk)
    clerk.tap("resident-030")
    assert heard(clerk) == TAP
    clerk.page.reload()
    expect(clerk.page.locator("#card-panel")).to_have_attribute("data-card-state", "verified")
    lift(clerk)
    clerk.page.keyboard.press("Escape")
    expect(clerk.page.locator("#query")).to_be_visible()
    clerk.page.locator("#drafts form button").first.click()
    expect(clerk.page.locator("#name")).to_have_value(clerk.demo.names["resident-030"])
    assert heard(clerk) == TAP
    clerk.tap("resident-030")
    assert heard(clerk) == TAP * 2


def test_a_refusal_sounds_once_with_another_tone(clerk):
    at_the_desk(clerk)
    clerk.demo.control("PUT", "/faults/status", {"status": "41", "count": 50})
    clerk.demo.lay("resident-031")
    expect(clerk.page.locator("#live")).to_have_attribute("data-sound", "refused")
    clerk.demo.control("DELETE", "/faults")
    clerk.demo.lift()
    expect(clerk.page.locator("#live")).to_have_attribute("data-sound", "gone")
    expect(clerk.page.locator("#card-sentence")).to_contain_text("读卡器读不了这张证件")
    assert heard(clerk) == REFUSAL


def test_a_card_that_leads_to_no_registration_sounds_as_a_refusal_once(clerk):
    at_the_desk(clerk)
    clerk.demo.lay("foreigner-2023-2")
    expect(clerk.page.locator("#live")).to_have_attribute("data-sound", "outside")
    expect(clerk.page.locator("#card-sentence")).to_contain_text("已读完，请把证件交还本人")
    lift(clerk)
    assert heard(clerk) == REFUSAL


@pytest.mark.parametrize("reading", [1, 2])
def test_a_card_taken_away_too_early_is_explained_and_sounds_once(clerk, reading):
    at_the_desk(clerk)
    clerk.demo.control("PUT", "/faults/card-pulled", {"command": "read-base", "skip": reading - 1})
    clerk.demo.lay(CARDS[reading])
    expect(clerk.page.locator("#live")).to_have_attribute("data-sound", "gone")
    clerk.demo.control("DELETE", "/faults")
    expect(clerk.page.locator("#card-sentence")).to_contain_text("证件读到一半被拿开了，请重新放上")
    if reading == 2:
        expect(clerk.page.locator("#checks")).to_contain_text("芯片填入的内容已收回")
        expect(clerk.page.locator("#card-says")).not_to_contain_text("只读一次")
    assert [tone for tone in heard(clerk) if tone not in TAP] == REFUSAL
    clerk.tap(CARDS[reading])
    expect(clerk.page.locator("#card-sentence")).not_to_contain_text("被拿开")


LEFT_SOON = "import agent.register.plate as plate; plate.LEFT_AFTER_S = 0.5; "


@pytest.mark.parametrize("weakened_demo", [LEFT_SOON], indirect=True)
def test_a_card_left_on_the_reader_is_spoken_of_once(clerk_at_weakened):
    clerk = clerk_at_weakened
    clerk.page.clock.install()
    at_the_desk(clerk)
    clerk.demo.lay("resident-036")
    expect(clerk.page.locator("#name")).to_have_value(clerk.demo.names["resident-036"])
    live = clerk.page.locator("#live")
    for _ in range(10):
        clerk.page.clock.fast_forward(REMINDED_MS)
        with suppress(AssertionError):
            expect(live).to_have_attribute("data-sound", "left", timeout=1_000)
            break
    says = clerk.page.locator("#card-sentence .callout.busy")
    expect(says).to_contain_text("证件还在读卡器上，请拿起交还本人")
    lift(clerk)
    assert [tone for tone in heard(clerk) if tone not in TAP] == LEFT


def test_a_sound_switched_off_is_silent_and_stays_so(clerk):
    at_the_desk(clerk)
    switch = clerk.page.locator("[data-switch=sound]")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    clerk.page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    clerk.tap("resident-032")
    lift(clerk)
    assert heard(clerk) == []


HIDDEN = """() => {
  globalThis.isAway = false;
  Object.defineProperty(document, "visibilityState", { get: () => (globalThis.isAway ? "hidden" : "visible") });
}"""
SCANNED = ["990", "1320"]


def scan(clerk: Any) -> None:
    """Press F2 and see the scan begin; the desk asks for a paper from the glass."""
    clerk.page.keyboard.press("F2")
    expect(clerk.page.locator("#scan-job")).to_be_visible()


def look_away(clerk: Any, is_away: bool) -> None:
    clerk.page.evaluate(
        "(away) => { globalThis.isAway = away; document.dispatchEvent(new Event('visibilitychange')); }", is_away
    )


def test_a_scan_that_ends_is_heard_once_also_while_the_clerk_looks_elsewhere_and_marks_the_tab(clerk):
    clerk.page.add_init_script(f"({HIDDEN})()")
    at_the_desk(clerk)
    clerk.demo.control("DELETE", "/faults", device="scanner")
    clerk.tap("resident-032")
    title = clerk.page.title()
    before = heard(clerk)
    scan(clerk)
    look_away(clerk, True)
    expect(clerk.page).to_have_title(f"✓ {title}", timeout=60_000)
    assert heard(clerk) == before + SCANNED
    look_away(clerk, False)
    expect(clerk.page.locator("#scan-job[data-state=done]")).to_be_visible()
    expect(clerk.page).to_have_title(title)
    assert heard(clerk) == before + SCANNED, "what was heard is not heard again when the page is looked at"


def scan_and_leave(clerk: Any, person: str, delay_ms: int = 3000, jams_at: int = 0) -> list[str]:
    """Begin a scan that takes a while, from the feeder where it is to jam there; gives what was heard till then."""
    clerk.page.add_init_script(f"({HIDDEN})()")
    at_the_desk(clerk)
    clerk.demo.control("DELETE", "/faults", device="scanner")
    clerk.demo.control("PUT", "/faults/slow-page", {"delay_ms": delay_ms}, device="scanner")
    clerk.tap(person)
    before = heard(clerk)
    if jams_at:
        clerk.demo.control("PUT", "/feeder", {"papers": ["lease"] * jams_at}, device="scanner")
        clerk.demo.control("PUT", "/faults/jam", {"page": jams_at}, device="scanner")
        clerk.page.locator("#papers button.preset[value=D02]").click()
        expect(clerk.page.locator("#scan-job")).to_be_visible()
    else:
        scan(clerk)
    return before


def test_a_scan_that_ends_while_nobody_looks_is_heard_and_told_when_the_page_is_looked_at_again(clerk):
    before = scan_and_leave(clerk, "resident-028")
    clerk.page.goto(f"{clerk.demo.url}/register")
    title = clerk.page.title()
    look_away(clerk, True)
    expect(clerk.page).to_have_title(f"✓ {title}", timeout=60_000)
    clerk.demo.control("DELETE", "/faults", device="scanner")
    assert heard(clerk) == before + SCANNED
    told = clerk.page.locator("#scan-ended .callout.good")
    expect(told).to_have_count(0)
    look_away(clerk, False)
    expect(told).to_contain_text("扫好 1 页")
    expect(clerk.page).to_have_title(title)
    assert heard(clerk) == before + SCANNED
    told.get_by_role("button", name="知道了").click()
    expect(told).to_have_count(0)


def test_a_jam_sounds_low_and_is_told_with_its_paper_until_the_next_scan_goes_well(clerk):
    before = scan_and_leave(clerk, "resident-056", jams_at=2)
    page = clerk.page
    page.keyboard.press("Escape")
    expect(page.locator("#query")).to_be_visible()
    told = page.locator("#scan-ended .callout.bad")
    says = "《居住登记信息表》（已签名）：送纸器卡纸"
    expect(told).to_contain_text(says, timeout=60_000)
    expect(told).to_contain_text("已扫的 1 页都在。")
    clerk.demo.control("DELETE", "/faults", device="scanner")
    assert heard(clerk)[len(before) :] == REFUSAL
    board = told.locator("a").get_attribute("href")
    clerk.tap("resident-031")
    expect(told).to_be_visible()
    scan(clerk)
    expect(page.locator("#scan-job[data-state=done]")).to_be_visible(timeout=60_000)
    expect(told).to_have_count(0)
    page.goto(f"{clerk.demo.url}{board}")
    expect(page.locator("#scan-job .callout.bad")).to_contain_text(says)


def test_of_several_tabs_one_sounds_and_one_tells(clerk):
    before = scan_and_leave(clerk, "resident-029", delay_ms=6000)
    look_away(clerk, True)  # the scan's own page
    others = [clerk.page.context.new_page() for _ in range(2)]
    for other in others:
        for script in (SPY, HIDDEN):
            other.add_init_script(f"({script})()")
        other.goto(f"{clerk.demo.url}/register")
    seen, hidden = others
    hidden.evaluate("() => { globalThis.isAway = true; }")
    title = hidden.title()
    expect(seen.locator("#scan-ended .callout.good")).to_contain_text("扫好 1 页", timeout=60_000)
    expect(hidden).to_have_title(f"✓ {title}")
    clerk.demo.control("DELETE", "/faults", device="scanner")
    tones = [tone for tab in others for tone in (tab.evaluate("sessionStorage.getItem('heard')") or "").split()]
    assert heard(clerk)[len(before) :] + tones == SCANNED
    hidden.evaluate("() => { globalThis.isAway = false; document.dispatchEvent(new Event('visibilitychange')); }")
    expect(hidden).to_have_title(title)
    expect(hidden.locator("#scan-ended > *")).to_have_count(0)
    seen.locator("#scan-ended a").click()
    expect(seen.locator(".sheet")).to_have_count(1)
    expect(seen.locator("#scan-ended > *")).to_have_count(0)
    for other in others:
        other.close()
