"""A lease from before a move, in the browser: it is told, counted, and counted no more."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

CARDS = {"zh": "ethnic-97", "en": "ethnic-98"}
SCAN_MS = 60_000


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_lease_of_a_former_dwelling_is_counted_and_no_longer_counted(clerk: Any, language: str) -> None:
    page = clerk.page
    clerk.sign_in(language=language)
    clerk.clear_desk()
    clerk.register(CARDS[language])
    page.locator("#papers a[href*='/documents/']").click()
    clerk.demo.control("PUT", "/feeder", {"papers": ["lease"]}, device="scanner")
    page.locator("#paper-D04 button.preset").click()
    expect(page.locator("#scan-job[data-state=done]")).to_be_visible(timeout=SCAN_MS)
    record = page.url.rsplit("/", 1)[1]
    page.goto(f"{clerk.demo.url}/register/{record}/edit")
    page.fill("#road", "测试西路")
    page.fill("#edit-reason", "搬家")
    page.keyboard.press("F9")
    expect(page.locator("[data-field=road]")).to_have_attribute("data-value", "测试西路")
    expect(page.locator("#papers .warning")).to_be_visible()
    page.locator("#papers a[href*='/documents/']").click()
    callout = page.locator(".elsewhere")
    expect(callout).to_contain_text("测试西路")
    expect(page.locator("#paper-D04")).to_have_attribute("data-state", "missing")
    callout.locator("button").click()
    expect(page.locator("#paper-D04")).to_have_attribute("data-state", "here")
    expect(callout).to_have_count(0)
    page.locator(".counted button").click()
    expect(callout).to_be_visible()
    expect(page.locator("#paper-D04")).to_have_attribute("data-state", "missing")
