"""Where the cursor goes on the form: to what keeps it from being saved, above the bar, never away from who types."""

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
