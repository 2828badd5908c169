"""A head who has moved away is missed on the pages of those who stay; one of them becomes the head, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look

HAS_ITS_OWN_DEMO = True


def correct(page, key, text):
    """Correct one field of the record that is open, by its form."""
    page.fill(f"#{key}", text)
    page.fill("#edit-reason", "本人申报")
    page.keyboard.press("F9")
    expect(page.locator(f"[data-field={key}]")).to_have_attribute("data-value", text)


@pytest.mark.parametrize(
    ("language", "head", "other", "room"),
    [("zh", "resident-036", "resident-037", "821"), ("en", "resident-038", "resident-039", "822")],
)
def test_a_head_who_moved_is_missed_until_another_is_chosen(clerk, language, head, other, room):
    page, url = clerk.page, clerk.demo.url
    clerk.sign_in(language=language)
    clerk.clear_desk()
    clerk.tap(head)
    clerk.complete()
    page.fill("#room", room)
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("Shift+F9")
    page.wait_for_url("**/register/*-*")
    first = page.url
    clerk.demo.lift()
    expect(page.locator("body.live")).to_have_count(1)
    page.keyboard.press("m")
    expect(page.locator("#household li")).to_have_count(1)
    clerk.demo.lay(other)
    expect(page.locator("#name")).to_have_value(clerk.demo.names[other])
    expect(page.locator("#card-panel")).to_have_attribute("data-card-state", "verified")
    clerk.complete()
    page.fill("#room", room)
    page.fill("#relation_to_head", "97")
    page.keyboard.press("Tab")
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("Shift+F9")
    page.wait_for_url(lambda at: "/register/" in at and at != first)
    second = page.url
    clerk.demo.lift()
    expect(page.locator(".head-is-gone")).to_have_count(0)
    page.goto(f"{first}/edit")
    correct(page, "room", f"{room}9")
    expect(page.locator(".head-is-gone")).to_have_count(0)

    page.goto(f"{url}/households")
    page.locator("#query").fill(f"测试路 {room}")
    page.keyboard.press("Enter")
    expect(page.locator(".head-is-gone")).to_be_visible()
    look(page, language)
    page.goto(second)
    expect(page.locator(".head-is-gone")).to_be_visible()
    look(page, language)
    page.locator(".head-is-gone a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit#relation_to_head")
    correct(page, "relation_to_head", "02")
    expect(page.locator(".head-is-gone")).to_have_count(0)
    row = clerk.demo.row("SELECT relation_to_head AS head, version FROM registration WHERE room = ?", room)
    assert row == {"head": "02", "version": 2}
