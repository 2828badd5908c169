"""From the tap to the filled form in a real Chromium, and to the verified one.

The clock starts at the simulator's first "card found" answer (9F).  What the wire and the module themselves take until
the end of the first, and of the second reading is measured in the same run, from the simulator's own log, and is the
floor: ours is what comes on top of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from typing import Any

from playwright.sync_api import Page, sync_playwright
from table import Row, percentile

TAPS = 40
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WATCH = """
new MutationObserver(() => {
    const field = document.querySelector("#field-name");
    const now = performance.timeOrigin + performance.now();
    if (field && document.querySelector("#name").value) {
        window.filledAt ??= now;
        const marks = field.classList;
        if (marks.contains("from-chip") && !marks.contains("is-unverified")) window.verifiedAt ??= now;
    }
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""


def rows() -> list[Row]:
    """Tap card after card and time each."""
    command = [sys.executable, "-m", "agent", "demo", "--port", "0", "--no-open"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        filled, verified = _taps(_Demo(json.loads(process.stdout.readline() if process.stdout else "")))
    finally:
        process.terminate()
        process.wait(15)
        if process.stdout:
            process.stdout.close()
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


class _Demo:
    def __init__(self, told: dict[str, Any]) -> None:
        self.url: str = told["url"]
        self.clerk = next(sign_in for sign_in in told["sign_ins"] if sign_in["role"] == "clerk")
        self._told = told

    def call(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the control port's own address
            self._told["faults"]["reader"].rstrip("/") + path,
            method=method,
            headers={"X-Renhu-Control": self._told["token"], "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            content = answer.read()
        return json.loads(content) if content else None


def _taps(demo: _Demo) -> tuple[list[float], list[float]]:
    """Milliseconds beyond the end of the first and of the second reading, a pair for each tap."""
    filled, verified = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.add_init_script(WATCH)
        page.goto(demo.url)
        page.fill("[name=name]", demo.clerk["name"])
        page.fill("[name=password]", demo.clerk["password"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk")
        for number in range(1, TAPS + 1):
            first, second = _tap(demo, page, f"resident-{number:03}")
            filled.append(first)
            verified.append(second)
        browser.close()
    return filled, verified


def _tap(demo: _Demo, page: Page, card: str) -> tuple[float, float]:
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
