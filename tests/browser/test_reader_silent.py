"""A reader falls silent while a card lies there: the desk says so while it is still asked, and goes on by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

SAYS = {
    "zh": "读卡器没有正常应答，正在重试。请拿起证件再放上；",
    "en": "The reader does not answer as it should; trying again. Lift the card and lay it down once more;",
}
DOT = {"zh": "恢复中", "en": "recovering"}


@pytest.mark.parametrize(("language", "card"), [("zh", "resident-054"), ("en", "resident-055")])
def test_the_desk_says_that_the_reader_does_not_answer(clerk, language, card):
    clerk.sign_in(language=language)
    clerk.clear_desk()
    clerk.demo.control("PUT", "/faults/silent", {})
    clerk.demo.lay(card)
    expect(clerk.page.locator("#reader-trouble")).to_contain_text(SAYS[language])
    expect(clerk.page.locator("#devices-dots .dot-warn")).to_contain_text(re.compile(DOT[language], re.IGNORECASE))
    clerk.demo.control("DELETE", "/faults")
    expect(clerk.page.locator("#name")).to_have_value(clerk.demo.names[card])
    expect(clerk.page.locator("#reader-trouble")).to_have_count(0)
