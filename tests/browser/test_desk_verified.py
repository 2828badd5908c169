"""The second reading at the desk: its marks stand on the page at once, before the page is fetched anew."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect


def test_a_verified_form_is_shown_as_such_before_the_fresh_page_comes(clerk: Any) -> None:
    held = []

    def hold_back_what_says_verified(route: Any) -> None:
        answer = route.fetch()
        if 'data-card-state="verified"' in answer.text():
            held.append(route)
        else:
            route.fulfill(response=answer)

    clerk.sign_in()
    clerk.clear_desk()
    clerk.page.route("**/desk", hold_back_what_says_verified)
    clerk.demo.lay("resident-048")
    expect(clerk.page.locator("#name")).to_have_value(clerk.demo.names["resident-048"])
    expect(clerk.page.locator("#card-panel")).to_have_attribute("data-card-state", "verified")
    expect(clerk.page.locator("#card-sentence")).to_contain_text("已读完，请把证件交还本人")
    expect(clerk.page.locator("#field-name")).to_have_class("field cols-3 from-chip")
    expect(clerk.page.locator("#draft-form .is-unverified")).to_have_count(0)
    assert set(clerk.page.locator("#draft-form .verified-word").all_text_contents()) == {"已核验"}
    expect(clerk.page.locator("#section-identity summary")).to_contain_text("已核验")
    expect(clerk.page.locator("#checks")).to_have_count(0)
    assert held
    clerk.page.unroute("**/desk")
