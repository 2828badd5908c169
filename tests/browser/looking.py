"""How a test looks at a page: nothing that axe objects to, nothing that scrolls sideways, English that is English."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe

HAN = re.compile(r"[\u3400-\u9fff]")
WORDS = """() => [...document.querySelectorAll('body *')]
  .filter(e => !e.closest('[translate=no]:not(html), [lang]:not(html), .station, .who, datalist, script'))
  .flatMap(e => [...[...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent),
    e.title, e.placeholder, e.ariaLabel])
  .filter(Boolean)"""


def look(page, language):
    """No violation, nothing that scrolls sideways, and no Han character on an English page outside data."""
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    if language == "en":
        assert [text for text in page.evaluate(WORDS) if HAN.search(text)] == []
