"""A press of the scanner's own button: the page with the form answers it, any other says that nothing was scanned."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

TELL = "draft => new BroadcastChannel('renhu-events').postMessage({name: 'scan-button', facts: {draft}})"

TELL_ON = f"draft => setInterval(({TELL}), 200, draft)"
COUNT_RENEWALS = "() => document.addEventListener('fragments', () => { window.renewals = (window.renewals ?? 0) + 1 })"
RENEW = "() => new BroadcastChannel('renhu-events').postMessage({name: 'resync', facts: {}})"


def test_the_page_with_the_form_answers_a_press_and_no_other(clerk: Any) -> None:
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-019")
    draft = page.locator("#live").get_attribute("data-owner")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/button" in request.url else None)
    for place in ("desk", f"documents/draft/{draft}"):
        page.goto(f"{clerk.demo.url}/{place}")
        expect(page.locator("body.live")).to_be_visible()
        with page.expect_response(f"**/documents/draft/{draft}/button?from=*") as answered:
            page.evaluate(TELL, draft)
        assert answered.value.status == 303
    for place in ("register", "practice", "notice"):
        page.goto(f"{clerk.demo.url}/{place}")
        expect(page.locator("body.live")).to_be_visible()
        page.evaluate(TELL_ON, draft)  # a page that was just opened hears nothing for a moment
        expect(page.locator("#notice")).to_contain_text("扫描仪按键已按下")
    assert len(asked) == 2


def test_the_word_of_a_press_stays_where_the_page_is_renewed_before_anybody_has_read_it(clerk: Any) -> None:
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    page.locator("form[action$='/desk/without-card'] button").click()
    expect(page.locator("#draft-form")).to_be_visible()
    page.evaluate(TELL_ON, "00000000-0000-4000-8000-000000000000")
    expect(page.locator("#notice")).to_contain_text("扫描仪按键已按下")
    page.evaluate("() => { for (let id = 1; id < 10_000; id += 1) clearInterval(id) }")
    page.evaluate(COUNT_RENEWALS)
    page.evaluate(RENEW)
    page.wait_for_function("() => window.renewals")
    expect(page.locator("#notice")).to_contain_text("扫描仪按键已按下")
