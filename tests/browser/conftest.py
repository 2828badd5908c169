"""The real `renhu demo` and a real Chromium, as a clerk would have them."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlcipher3
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium-headless-shell"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DEADLINE_MS = 15_000
expect.set_options(timeout=DEADLINE_MS)
ENDS_WITHIN_S = 30
CLEARINGS = 4


# What a card of the stack does not say, as a clerk types it.
WANTED = {
    "hukou_div": "990000",
    "soldier": "0",
    "arrive_city_date": "20260302",
    "arrive_here_date": "20260305",
    "reason": "17",
    "reason_other": "测试事由",
    "proof_type": "2",
    "place_type": "30",
    "committee": "测试居委",
    "town": "310112101",
    "road": "测试路",
    "no": "12",
    "room": "301",
    "mobile": "13800000000",
    "education": "60",
    "employer": "无",
}


@dataclass
class Demo:
    """A running demo: where it answers, who may sign in, and its simulators' control ports."""

    url: str
    data: Path
    faults: dict[str, str]
    token: str
    people: dict[str, dict[str, str]]
    names: dict[str, str] = field(default_factory=dict)

    def control(self, method: str, path: str, body: object = None, device: str = "reader") -> Any:
        content = self._asked(method, path, body, device)
        return json.loads(content) if content else None

    def drawn(self, paper: str, side: str) -> bytes:
        """The picture of a side of a simulated paper, as it was drawn."""
        return self._asked("GET", f"/paper?paper={paper}&side={side}", None, "scanner")

    def _asked(self, method: str, path: str, body: object, device: str) -> bytes:
        place = urlsplit(self.faults[device])
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
        try:
            headers = {"X-Renhu-Control": self.token, "Content-Type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status < 300, (path, answer.status, content)
            return content
        finally:
            connection.close()

    def row(self, query: str, *values: object) -> dict[str, Any]:
        """Ask the agent's own database for one row, with the practice folder's key."""
        connection = sqlcipher3.connect(f"file:{self.data / 'register.db'}?mode=ro", uri=True)
        try:
            key = (self.data / "practice.key").read_bytes()
            connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
            cursor = connection.execute(query, values)
            found = cursor.fetchone()
            assert found is not None, query
            return dict(zip([column[0] for column in cursor.description], found, strict=True))
        finally:
            connection.close()

    def write(self, statement: str, *values: object) -> None:
        """Change a row of the agent's own database, with the practice folder's key."""
        connection = sqlcipher3.connect(str(self.data / "register.db"), timeout=20)
        try:
            connection.execute(f"PRAGMA key=\"x'{(self.data / 'practice.key').read_bytes().hex()}'\"")
            connection.execute(statement, values)
            connection.commit()
        finally:
            connection.close()

    def leave_alone(self) -> None:
        """Let every session have been unused for six minutes, as far as the database knows."""
        newest = self.row("SELECT max(last_seen_at) AS at FROM user_session")["at"]
        past = str(datetime.fromisoformat(newest) - timedelta(minutes=6))
        self.write("UPDATE user_session SET last_seen_at = ?", past)

    def lay(self, card: str) -> None:
        self.control("PUT", "/plate", {"card": card})

    def lift(self) -> None:
        self.control("DELETE", "/plate")

    def do_without_live_view(self) -> None:
        """Have the camera opened anew without one: 25 frames a second take a processor that others wait for."""
        self.control("PUT", "/faults/wrong-abilities", {"what": "no-live-view"}, device="camera")
        self.control("PUT", "/faults/unplug", {"replug_after_ms": 100}, device="camera")


def end(process: subprocess.Popen[str], reading: threading.Thread) -> None:
    """End the process; one that does not end by itself is ended, and that is told."""
    assert process.stdout is not None
    assert process.stderr is not None
    process.terminate()
    try:
        process.wait(ENDS_WITHIN_S)
    finally:
        process.kill()
        process.wait()
        reading.join(ENDS_WITHIN_S)
        process.stdout.close()
        process.stderr.close()


@contextmanager
def running_demo(data: Path, weakening: str = "") -> Iterator[Demo]:
    """Run a demo for as long as the block lasts; `weakening` is Python that the agent runs before it starts."""
    program = f"{weakening}import sys; from agent.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "demo", "--port", "0", "--data", str(data), "--no-open"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    errors: list[str] = []
    reading = threading.Thread(target=lambda: errors.extend(process.stderr or []))
    reading.start()
    try:
        line = process.stdout.readline()
        assert line, errors
        told = json.loads(line)
        people = {who["role"]: who for who in told["sign_ins"]}
        made = Demo(told["url"], Path(told["data"]), told["faults"], told["token"], people)
        made.names = {card["id"]: card["name"] for card in made.control("GET", "/cards")["cards"]}
        yield made
    finally:
        end(process, reading)
    assert process.returncode == 0, errors


@pytest.fixture(scope="session")
def common_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo of most tests, whose camera has no live view."""
    with running_demo(tmp_path_factory.mktemp("demo") / "data") as running:
        running.do_without_live_view()
        yield running


@pytest.fixture(scope="module")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo of a file's tests: the common one, or with `HAS_ITS_OWN_DEMO` in the file one as it comes.

    A file has its own where the live view matters, where all faults are cleared, or where each card must be new.
    """
    if not getattr(request.module, "HAS_ITS_OWN_DEMO", False):
        yield request.getfixturevalue("common_demo")
        return
    with running_demo(tmp_path_factory.mktemp("demo") / "data") as running:
        yield running


@pytest.fixture
def weakened_demo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Demo]:
    """A demo of its own with the weakening that the test names, for a negative control."""
    with running_demo(tmp_path / "data", request.param) as running:
        yield running


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """Start a Chromium, with more arguments where a test needs them."""
    with sync_playwright() as playwright:

        def start(*more: str) -> Browser:
            return playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])

        yield start


@pytest.fixture(scope="session")
def chromium(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """The one Chromium of the session."""
    browser = launch()
    yield browser
    browser.close()


class Clerk:
    """A person at a browser."""

    def __init__(self, demo: Demo, context: BrowserContext) -> None:
        self.demo = demo
        self.context = context
        self.wanted = WANTED
        self.page: Page = context.new_page()
        self.page.set_default_timeout(DEADLINE_MS)
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)
        self.page.on("response", self._note)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _note(self, answer: Response) -> None:
        if answer.status >= 500:
            self.said.append(f"{answer.status} {answer.request.method} {urlsplit(answer.url).path}")

    def sign_in(self, role: str = "clerk", language: str = "zh") -> None:
        who = self.demo.people[role]
        self.page.goto(f"{self.demo.url}/sign-in")
        if self.page.locator("html").get_attribute("lang") != {"zh": "zh-CN", "en": "en"}[language]:
            self.page.locator("button[name=language]").click()
        self.page.fill("#name", who["name"])
        self.page.fill("#password", who["password"])
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".who")).to_be_visible()
        if self.page.locator("html").get_attribute("lang") != {"zh": "zh-CN", "en": "en"}[language]:
            self.page.locator("button[name=language]").click()
            expect(self.page.locator("html")).to_have_attribute("lang", {"zh": "zh-CN", "en": "en"}[language])

    def tap(self, card: str) -> None:
        """Lay a card and see the form fill by itself, then be verified."""
        self.demo.lay(card)
        try:
            expect(self.page.locator("#draft-form")).to_be_visible()
        except AssertionError as error:
            named = "SELECT count(*) AS forms FROM draft_field WHERE key = 'name' AND value = ?"
            forms = self.demo.row(named, self.demo.names[card])["forms"]
            error.add_note(f"{card} is on {forms} forms of the station: the reader, or the page, has missed it")
            raise
        expect(self.page.locator("#name")).to_have_value(self.demo.names[card])
        expect(self.page.locator("#card-panel")).to_have_attribute("data-card-state", "verified")

    def complete(self) -> None:
        """Type what the card does not say."""
        for key, text in WANTED.items():
            if key == "soldier":
                self.page.select_option("#soldier", text)
            else:
                self.page.fill(f"#{key}", text)
        self.page.check("#notice_given")

    def register(self, card: str) -> None:
        """Tap a card, fill in the rest and save; then its record's page is open and the plate empty."""
        self.tap(card)
        self.complete()
        expect(self.page.locator("#missing")).to_have_count(0)
        self.page.keyboard.press("Shift+F9")
        self.page.wait_for_url(re.compile(r"/register/[0-9a-f-]+$"))
        self.demo.lift()

    def clear_desk(self) -> None:
        """Leave an empty desk with nothing on the plate, whatever the test before has left.

        A reading that was under way may open its draft after the page has been looked at: then once more.
        """
        self.demo.lift()
        for _ in range(CLEARINGS):
            self.page.goto(f"{self.demo.url}/desk")
            take = self.page.locator("form[action$='/desk/take'] button")
            if take.count():
                take.click()
                expect(take).to_have_count(0)
            aside = self.page.locator("#acts button[formaction$='/aside']")
            if aside.count():
                aside.click()
            with suppress(AssertionError):
                expect(self.page.locator("#query")).to_be_visible(timeout=5_000)
                return
        expect(self.page.locator("#query")).to_be_visible()


@pytest.fixture
def clerk(demo: Demo, chromium: Browser) -> Iterator[Clerk]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    person = Clerk(demo, context)
    yield person
    demo.control("DELETE", "/faults")
    demo.lift()
    context.close()
    assert person.said == []


@pytest.fixture
def clerk_at_weakened(weakened_demo: Demo, chromium: Browser) -> Iterator[Clerk]:
    context = chromium.new_context()
    yield Clerk(weakened_demo, context)
    context.close()


@pytest.fixture
def clerk_without_script(demo: Demo, chromium: Browser) -> Iterator[Clerk]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, java_script_enabled=False)
    person = Clerk(demo, context)
    yield person
    demo.lift()
    context.close()
