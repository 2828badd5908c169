"""Where the cursor goes on the form, and that a page that is renewed meanwhile takes nothing from who types."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

IS_ABOVE_THE_BAR = """key => {
  const field = document.getElementById(key).getBoundingClientRect();
  return field.top >= 0 && field.bottom <= document.getElementById("acts").getBoundingClientRect().top;
}"""

IS_UNDER_THE_QUESTION = """key => document.getElementById(key).getBoundingClientRect().top
  >= document.getElementById("question").getBoundingClientRect().bottom"""


@pytest.fixture
def typist(clerk):
    """A clerk before a filled form, in a window of the size of an office's."""
    clerk.sign_in()
    clerk.clear_desk()
    clerk.page.set_viewport_size({"width": 1366, "height": 768})
    clerk.tap("resident-054")
    clerk.complete()
    expect(clerk.page.locator("#missing")).to_have_count(0)
    return clerk


def test_a_refused_save_leads_to_the_first_wrong_field_and_says_which_it_is(typist):
    page = typist.page
    page.fill("#mobile", "1380000")
    expect(page.locator("#in-the-way a")).to_have_attribute("href", "#mobile")
    page.focus("#name")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.keyboard.press("F9")
    expect(page.locator("#mobile")).to_be_focused()
    page.wait_for_function(IS_ABOVE_THE_BAR, arg="mobile")
    expect(page.locator("#sentence a")).to_have_text("手机")
    typist.said.clear()  # Chromium writes down each 422


def test_no_field_that_is_gone_to_lies_under_the_bar(typist):
    page = typist.page
    page.evaluate("scrollTo(0, 0)")
    page.focus("#name")
    keys = []
    while (key := page.evaluate("document.activeElement.id")) != "remark":
        keys.append(key)
        page.wait_for_function(IS_ABOVE_THE_BAR, arg=key)
        page.keyboard.press("Enter")
        assert key != page.evaluate("document.activeElement.id")
    assert len(keys) > 20


def test_a_question_takes_no_key_from_who_types_and_leaves_them_where_they_were(typist):
    page = typist.page
    page.fill("#employer", "")
    page.locator("#employer").press_sequentially("测试")
    typist.demo.lay("resident-055")
    expect(page.locator("#question")).to_be_in_viewport()
    expect(page.locator("#employer")).to_be_focused()
    page.keyboard.press("Space")
    told = page.locator("#live").get_attribute("data-version")
    page.locator("#employer").press_sequentially("公司")
    expect(page.locator("#live")).not_to_have_attribute("data-version", told)
    expect(page.locator("#employer")).to_have_value("测试 公司")
    expect(page.locator("#question")).to_be_visible()
    page.evaluate("scrollTo({top: 420, behavior: 'instant'})")
    told = page.locator("#live").get_attribute("data-version")
    page.focus("#soldier")
    page.wait_for_function(IS_UNDER_THE_QUESTION, arg="soldier")
    page.select_option("#soldier", "")
    expect(page.locator("#live")).not_to_have_attribute("data-version", told)
    page.focus("#employer")
    page.locator("#question button[value=ignore]").click()
    expect(page.locator("#question")).to_have_count(0)
    expect(page.locator("#employer")).to_be_focused()
    expect(page.locator("#name")).to_have_value(re.compile(typist.demo.names["resident-054"]))


COUNT_RENEWALS = "() => document.addEventListener('fragments', () => { window.renewals = (window.renewals ?? 0) + 1 })"


def test_what_is_on_its_way_stays_in_a_page_that_is_renewed_before_it_arrives(typist):
    page, held = typist.page, []
    page.route("**/keep", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/keep"):
        page.uncheck("#notice_given")
    page.focus("#employer")
    page.evaluate(COUNT_RENEWALS)
    typist.demo.lift()
    page.wait_for_function("() => window.renewals")
    assert len(held) == 1
    expect(page.locator("#notice_given")).not_to_be_checked()
    held[0].continue_()
    expect(page.locator("#missing")).to_contain_text("已告知")
    expect(page.locator("#notice_given")).not_to_be_checked()
    page.check("#notice_given")
    expect(page.locator("#missing")).to_have_count(0)


def test_what_is_typed_back_while_the_other_is_on_its_way_stays(typist):
    page, held = typist.page, []
    before = page.input_value("#employer")
    page.route("**/keep", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/keep"):
        page.fill("#employer", "测试别的单位")
    page.fill("#employer", before)
    page.focus("#remark")
    page.evaluate(COUNT_RENEWALS)
    held[0].continue_()
    page.wait_for_function("() => window.renewals")
    expect(page.locator("#employer")).to_have_value(before)
    page.reload()
    expect(page.locator("#employer")).to_have_value(before)


def test_a_page_is_not_renewed_under_a_mouse_that_is_pressed(typist):
    page = typist.page
    box = page.locator("#notice_given")
    box.scroll_into_view_if_needed()
    page.evaluate(COUNT_RENEWALS)
    place = box.bounding_box()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.evaluate("() => { window.renewals = 0 }")
    with page.expect_response(lambda answer: answer.request.method == "GET" and answer.url.endswith("/desk")):
        typist.demo.lift()
    page.evaluate("() => new Promise(done => setTimeout(done, 150))")
    assert page.evaluate("window.renewals") == 0
    page.mouse.up()
    page.wait_for_function("() => window.renewals")
    expect(box).not_to_be_checked()
    page.check("#notice_given")
    expect(page.locator("#missing")).to_have_count(0)
