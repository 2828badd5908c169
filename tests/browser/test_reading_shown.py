"""While a card is read the desk says so at once: live, and on a page that was loaded without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

SAYS = {"zh": "正在读卡，请勿移动证件", "en": "Reading: do not move the card"}


@pytest.fixture
def slow_reading(demo: Any) -> Iterator[None]:
    """A reader that takes its time over every command that needs the card."""
    demo.control("PUT", "/faults/slow-plate", {"delay_ms": 900})
    yield
    demo.control("DELETE", "/faults")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_that_a_card_is_being_read_then_fills_the_form(clerk, slow_reading, language):
    clerk.sign_in(language=language)
    clerk.clear_desk()
    clerk.demo.lay("resident-033")
    expect(clerk.page.locator("#idle-says")).to_contain_text(SAYS[language])
    expect(clerk.page.locator("#name")).to_have_value(clerk.demo.names["resident-033"])


def test_without_script_a_reload_says_it_too(clerk_without_script, slow_reading):
    clerk = clerk_without_script
    clerk.sign_in()
    clerk.clear_desk()
    clerk.demo.lay("resident-034")
    says = clerk.page.locator("#idle-says")
    for _ in range(100):
        clerk.page.reload()
        if SAYS["zh"] in says.inner_text():
            break
    expect(says).to_contain_text(SAYS["zh"])
    for _ in range(10):
        if clerk.page.locator("#name").count():
            break
        with clerk.page.expect_navigation():
            clerk.page.locator("form[action$=read-card] button").click()
    expect(clerk.page.locator("#name")).to_have_value(clerk.demo.names["resident-034"])
