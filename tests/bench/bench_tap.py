"""From the tap to the filled form in a real Chromium, and to the verified one.

The clock starts at the simulator's first "card found" answer (9F).  What the wire and the module themselves take until
the end of the first, and of the second reading is measured in the same run, from the simulator's own log, and is the
floor: ours is what comes on top of it.
"""

from __future__ import annotations

import time
from typing import Any

from demo import Demo, clerk_at, running
from playwright.sync_api import Page
from table import Row, percentile

TAPS = 40
# All that stands on the page of the second reading: each field's mark and word, the sentence of the card, the check.
WATCH = """
const isVerified = () => !document.querySelector("#draft-form .is-unverified, [data-code='READING-UNVERIFIED']")
    && document.querySelector("#card-panel").dataset.cardState === "verified"
    && [...document.querySelectorAll("#draft-form .verified-word")].every(
        (word) => word.textContent.trim() === document.querySelector("#draft-form").dataset.verified);
new MutationObserver(() => {
    const field = document.querySelector("#field-name");
    const now = performance.timeOrigin + performance.now();
    if (field && document.querySelector("#name").value) {
        window.filledAt ??= now;
        if (field.classList.contains("from-chip") && isVerified()) window.verifiedAt ??= now;
    }
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""


def rows() -> list[Row]:
    """Tap card after card and time each."""
    with running() as demo:
        filled, verified = _taps(demo)
    return [
        Row(
            "tap to filled form, beyond wire and module, p95 ms",
            percentile(filled, 0.95),
            None,
            "",
            150.0,
            {"ours": filled},
        ),
        Row("second reading to verified form, p95 ms", percentile(verified, 0.95), None, "", 50.0, {"ours": verified}),
    ]


def _taps(demo: Demo) -> tuple[list[float], list[float]]:
    """Milliseconds beyond the end of the first and of the second reading, a pair for each tap."""
    filled, verified = [], []
    with clerk_at(demo) as (_, page):
        page.add_init_script(WATCH)
        page.reload()
        for number in range(1, TAPS + 1):
            first, second = _tap(demo, page, f"resident-{number:03}")
            filled.append(first)
            verified.append(second)
    return filled, verified


def _tap(demo: Demo, page: Page, card: str) -> tuple[float, float]:
    page.evaluate("() => { window.filledAt = window.verifiedAt = undefined; }")
    wall_minus_monotonic_s = time.time() - time.monotonic()
    begin_s = time.monotonic()
    demo.call("PUT", "/plate", {"card": card})
    page.wait_for_function("() => window.verifiedAt", timeout=15_000)
    seen = page.evaluate("() => [window.filledAt, window.verifiedAt]")
    ends = _reading_ends(demo.call("GET", "/log"), begin_s)
    beyond = [at_ms - (end_s + wall_minus_monotonic_s) * 1000 for at_ms, end_s in zip(seen, ends, strict=True)]
    demo.call("DELETE", "/plate")
    page.keyboard.press("Escape")
    page.wait_for_selector("#field-name", state="detached", timeout=15_000)
    return beyond[0], beyond[1]


def _reading_ends(log: list[dict[str, Any]], begin_s: float) -> list[float]:
    """When the first and the second reading of the card found after `begin_s` were out: each ends with 30 03."""
    said = [entry for entry in log if entry["t_s"] > begin_s and entry["direction"] == "out"]
    found_s = next(entry["t_s"] for entry in said if entry["status"] == "9F")
    return [entry["end_s"] for entry in said if entry["t_s"] > found_s and entry["command"] == "newest-address"][:2]
