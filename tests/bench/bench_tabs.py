"""Twenty tabs of every page of a clerk open and thirty reloads within ten seconds: how long the slowest page takes."""

from __future__ import annotations

import time

from demo import clerk_at, running
from table import Row

TABS = 20
PATHS = ("desk", "register", "households", "practice", "password")
RELOADS = 30
WITHIN_S = 10.0


def rows() -> list[Row]:
    """Open the tabs, then reload in turn at an even pace; each reload is timed by the browser itself."""
    with running() as demo, clerk_at(demo) as (context, page):
        tabs = [page, *(context.new_page() for _ in range(TABS - 1))]
        for number, tab in enumerate(tabs):
            tab.goto(f"{demo.url}/{PATHS[number % len(PATHS)]}")
        taken = []
        begin = time.monotonic()
        for number in range(RELOADS):
            while time.monotonic() < begin + number * WITHIN_S / RELOADS:
                page.wait_for_timeout(5)
            tab = tabs[number % TABS]
            tab.reload(wait_until="load")
            taken.append(tab.evaluate("() => performance.getEntriesByType('navigation')[0].duration"))
        spent_s = time.monotonic() - begin
    return [
        Row("20 tabs, 30 reloads: slowest page, ms", max(taken), None, "", 1000.0, {"ours": taken}),
        Row("20 tabs, 30 reloads: all done in, s", spent_s, None, "", WITHIN_S + 1.0, {"ours": [spent_s]}),
    ]
