"""Twenty tabs of every page of a clerk open and thirty reloads within ten seconds: how long the slowest page takes."""

from __future__ import annotations

import runpy
import time
from pathlib import Path

from demo import Demo, clerk_at, running
from table import Row

PERSON = runpy.run_path(str(Path(__file__).parent.with_name("system") / "clerk.py"))
TABS = 20
PATHS = ("/desk", "/register", "/households", "/practice", "/password", "/notice")
RELOADS = 30
WITHIN_S = 10.0


def addresses(demo: Demo) -> tuple[str, ...]:
    """Every page of a clerk: those with a fixed address, a saved record's, its correction's, the documents pages."""
    person = PERSON["Clerk"](demo.url, demo.clerk)
    draft = person.open_draft()
    person.post(f"{draft}/keep", **PERSON["adult"](1))
    status, record = person.post(f"{draft}/save", then="stay")
    if status != 303:
        raise RuntimeError(f"the record was not saved: {status}")
    draft = person.open_draft()
    return (
        *PATHS,
        record,
        f"{record}/edit",
        record.replace("/register/", "/documents/record/"),
        (draft.replace("/desk/draft/", "/documents/draft/")),
    )


def rows() -> list[Row]:
    """Open the tabs, then reload in turn at an even pace; each reload is timed by the browser itself."""
    with running() as demo:
        paths = addresses(demo)
        return measured(demo, paths)


def measured(demo: Demo, paths: tuple[str, ...]) -> list[Row]:
    """The rows, for tabs on these pages in turn."""
    with clerk_at(demo) as (context, page):
        tabs = [page, *(context.new_page() for _ in range(TABS - 1))]
        for number, tab in enumerate(tabs):
            path = paths[number % len(paths)]
            answer = tab.goto(demo.url + path)
            if answer is None or answer.status != 200 or path not in tab.url:
                raise RuntimeError(f"{path} shows another page")
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
