"""`kill -9` of the reader's worker, again and again, and of all workers at once: pages are answered, all come back."""

import http.client
import importlib.util
import io
import json
import random
import re
import signal
import threading
import time
import urllib.request
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import pikepdf
import psutil
import pytest

SPEC = importlib.util.spec_from_file_location("clerk_of_dying_workers", Path(__file__).with_name("clerk.py"))
clerk = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(clerk)

LAWFUL = {200, 302, 303}
LONGEST_S = 10.0
BREATH_S = 0.02
CARD = "resident-001"
WORKERS = ("agent.devices.worker", "agent.documents.picture_process")
# A kill strikes anywhere from before the card is found until after it was verified.
EXCHANGE_S = 2.5


class Asker(threading.Thread):
    """One visitor who asks page after page and counts every answer; `wrong` is all that was not as it should be."""

    def __init__(self, url, pages, sign_in=None):
        super().__init__(name=f"asks {pages[0]}")
        self.person = clerk.Clerk(url, sign_in)
        self.pages = pages
        self.answers = Counter()
        self.wrong = []
        self.is_done = threading.Event()

    def run(self):
        while not self.is_done.is_set():
            for page in self.pages:
                self._ask(page)
                self.is_done.wait(BREATH_S)

    def _ask(self, page):
        began_s = time.monotonic()
        try:
            status, place = self.person.get(page)
        except (OSError, http.client.HTTPException) as error:
            self.wrong.append(f"{page}: {error!r}")
            return
        took_s = time.monotonic() - began_s
        self.answers[page] += 1
        if status not in LAWFUL or place == "/sign-in":
            self.wrong.append(f"{page}: {status} {place}")
        elif took_s > LONGEST_S:
            self.wrong.append(f"{page}: after {took_s:.1f} s")


@pytest.fixture
def visitors(demo):
    """One visitor who has not signed in, one at the desk, one technician; all ask until the test ends."""
    told, _ = demo
    people = {who["role"]: who for who in told["sign_ins"]}
    asking = [
        Asker(told["url"], ["/healthz", "/sign-in"]),
        Asker(told["url"], ["/desk", "/register"], people["clerk"]),
        Asker(told["url"], ["/devices"], people["technician"]),
    ]
    for visitor in asking:
        visitor.start()
    yield asking
    for visitor in asking:
        visitor.is_done.set()
    for visitor in asking:
        visitor.join(60)


def control(told, device, method, path, body=None):
    """Move something on a simulated device by its control port."""
    request = urllib.request.Request(  # noqa: S310 - the control port's own address
        f"{told['faults'][device].rstrip('/')}{path}",
        method=method,
        headers={"X-Renhu-Control": told["token"], "Content-Type": "application/json"},
        data=None if body is None else json.dumps(body).encode(),
    )
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310


class Reader:
    """The demo's reader as the clerk's page shows it, its plate, and the worker behind it."""

    def __init__(self, told, process, wait_for, visitor):
        self._told = told
        self._agent = psutil.Process(process.pid)
        self._wait_for = wait_for
        self.person = clerk.Clerk(told["url"])
        self.person.cookies = dict(visitor.person.cookies)
        self.person.get("/register")
        self.person.post("/desk/take")

    def lay(self):
        control(self._told, "reader", "PUT", "/plate", {"card": CARD})

    def lift(self):
        control(self._told, "reader", "DELETE", "/plate")

    def worker(self):
        """The worker that runs now, or None between two."""
        for child in self._agent.children():
            try:
                if "agent.devices.worker" in child.cmdline():
                    return child
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        return None

    def kill(self):
        """End the worker by `kill -9` and see the agent bury it; gives its number."""
        worker = self._wait_for(self.worker, "a worker to kill")
        worker.send_signal(signal.SIGKILL)
        worker.wait(30)
        return worker.pid

    def shows(self, *states):
        """Whether the clerk's desk shows the plate in one of these states."""
        self.person.get("/desk")
        found = re.search(r'data-card-state="([^"]*)"', self.person.page)
        return (found[1] if found else "none") in states

    def exchange(self, what):
        """Lift what lies there, lay a card, and see it read twice."""
        self.lift()
        # Lifted in the middle of a reading by the new worker, the card stays told of as taken away too early.
        self._wait_for(lambda: self.shows("none", "gone"), f"an empty plate {what}")
        self.lay()
        self._wait_for(lambda: self.shows("verified", "left"), f"a card read {what}")


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=pytest.mark.drill)])
def test_every_page_is_answered_while_the_worker_is_killed_again_and_again(demo, visitors, wait_for, kills):
    chance = random.Random(3)
    told, process = demo
    reader = Reader(told, process, wait_for, visitors[1])
    reader.exchange("before the first kill")
    before = {page: visitor.answers[page] for visitor in visitors for page in visitor.pages}
    killed = set()
    for number in range(1, kills + 1):
        reader.lift()
        reader.lay()
        time.sleep(chance.uniform(0, EXCHANGE_S))
        killed.add(reader.kill())
        reader.exchange(f"after kill {number}")
        assert [visitor.wrong for visitor in visitors] == [[]] * len(visitors)
    assert len(killed) == kills
    assert process.poll() is None
    for visitor in visitors:
        assert visitor.is_alive()
        for page in visitor.pages:
            assert visitor.answers[page] > before[page] + kills, f"{page} was hardly asked"


class Papers:
    """The papers of a draft as a clerk's page shows them, and the demo's scanner."""

    LEASE: ClassVar = {"kind": "D04", "source": "adf", "colour": "grey", "dpi": "75"}

    def __init__(self, told, wait_for, person):
        self._told = told
        self._wait_for = wait_for
        self.person = person
        self.board = f"/documents/draft/{person.open_draft().rpartition('/')[2]}"
        wait_for(lambda: self.has("") and "scanner-says" not in person.page, "a scanner")

    def has(self, state):
        """Whether the last scan stands so; notes the pages that are shown."""
        assert self.person.get(self.board)[0] == 200
        found = re.search(r'id="scan-job"[^>]*data-state="([a-z]+)"', self.person.page)
        self.pages = set(re.findall(r'data-page="([^"]+)"', self.person.page))
        return (found[1] if found else "") == state

    def scan(self, sheets):
        """Lay in leases and have them scanned."""
        control(self._told, "scanner", "PUT", "/feeder", {"papers": ["lease"] * sheets})
        self._wait_for(lambda: self.person.get(self.board) and "scanner-says" not in self.person.page, "a scanner")
        assert self.person.post(f"{self.board}/scan", **self.LEASE)[0] == 303

    def shown(self, page):
        """A page's picture, large and small."""
        for size in ("", "/small"):
            assert self.person.get(f"{self.board}/pages/{page}{size}")[0] == 200
            assert self.person.content.startswith(b"\xff\xd8\xff")
        return True

    def pdf(self):
        """How many pages the document has as PDF."""
        place = re.search(r'"(/documents/draft/[^"]+/files/[^"]+[.]pdf)"', self.person.page)[1]
        assert self.person.get(place)[0] == 200
        with pikepdf.open(io.BytesIO(self.person.content)) as made:
            return len(made.pages)


def workers_of(process):
    """All that work for an agent at devices and at pictures, by what they are."""
    found = {}
    for child in psutil.Process(process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            line = child.cmdline()
            name = next((name for name in WORKERS if name in line), None)
            if name is not None:
                found.setdefault(name, []).append(child)
    return found


def test_all_workers_killed_amid_a_scan_cost_no_page_and_everything_works_again(demo, visitors, wait_for):
    told, process = demo
    reader = Reader(told, process, wait_for, visitors[1])
    papers = Papers(told, wait_for, reader.person)
    control(told, "scanner", "PUT", "/faults/slow-page", {"delay_ms": 1500})
    papers.scan(6)
    wait_for(lambda: papers.has("scanning") and papers.pages, "a page while the scan goes on")
    before = papers.pages
    assert all(map(papers.shown, before))
    assert papers.pdf()
    killed = workers_of(process)
    assert killed.keys() == set(WORKERS)
    assert len(killed[WORKERS[0]]) == 3, "one each of the reader, the scanner and the camera"
    for child in (child for children in killed.values() for child in children):
        child.kill()
    wait_for(lambda: papers.has("failed"), "the end of the scan")
    assert "工作进程意外结束，正在重新启动。已扫描的页都在，请再扫一次。" in papers.person.page
    assert before <= papers.pages
    kept = papers.pages
    assert all(map(papers.shown, kept))
    control(told, "scanner", "DELETE", "/faults")
    papers.scan(2)
    wait_for(lambda: papers.has("done"), "the next scan")
    assert len(papers.pages - kept) == 2
    assert kept < papers.pages
    assert all(map(papers.shown, papers.pages))
    assert papers.pdf() == len(papers.pages)
    reader.exchange("after all workers died")
    assert [visitor.wrong for visitor in visitors] == [[]] * len(visitors)
    assert process.poll() is None
