"""The demo and a Chromium on it, for the benches that measure pages."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium-headless-shell"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@contextmanager
def running() -> Iterator[Demo]:
    """Run a demo for as long as the block lasts."""
    command = [sys.executable, "-m", "agent", "demo", "--port", "0", "--no-open"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield Demo(json.loads(process.stdout.readline() if process.stdout else ""))
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.communicate()


class Demo:
    """A running demo, as it told of itself."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.url: str = told["url"]
        self.clerk = next(sign_in for sign_in in told["sign_ins"] if sign_in["role"] == "clerk")
        self._told = told

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Ask the simulated reader's control port."""
        request = urllib.request.Request(  # noqa: S310 - the control port's own address
            self._told["faults"]["reader"].rstrip("/") + path,
            method=method,
            headers={"X-Renhu-Control": self._told["token"], "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            content = answer.read()
        return json.loads(content) if content else None


@contextmanager
def clerk_at(demo: Demo) -> Iterator[tuple[BrowserContext, Page]]:
    """A Chromium in which the clerk is signed in and sees the desk."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.goto(demo.url)
        page.fill("[name=name]", demo.clerk["name"])
        page.fill("[name=password]", demo.clerk["password"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk")
        yield context, page
        browser.close()
