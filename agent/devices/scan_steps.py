"""What a scanner shows amid a page: from one line to the next takes it no longer than usual, however fine the page is.

Before the first line of each page it may warm up, draw a sheet in, or keep the page to itself until it is scanned.
"""

from __future__ import annotations

from agent.devices.wire import Page, Sign


def is_amid_page(shown: Sign | Page) -> bool:
    """Whether what a device shows are lines of a page that is still under way."""
    if not isinstance(shown, Sign) or shown.name != "progress":
        return False
    lines = shown.facts.get("lines", 0)
    return isinstance(lines, int) and lines > 0
