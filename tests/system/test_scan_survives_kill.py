"""`kill -9` of the agent in the middle of a scan: every page that a clerk has seen is there after the restart."""

import http.client
import importlib.util
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SPEC = importlib.util.spec_from_file_location("clerk", Path(__file__).with_name("clerk.py"))
clerk = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(clerk)

LIMIT_S = 60.0


class Demo:
    """A demo on a folder that stays, with a hand on its scanner."""

    def __init__(self, folder):
        command = [sys.executable, "-m", "agent", "demo", "--port", "0", "--no-open", "--data", str(folder)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.told = json.loads(self.process.stdout.readline())

    def sign_in(self):
        return clerk.Clerk(self.told["url"], self.told["sign_ins"][0])

    def scanner(self, method, path, body):
        place = urlsplit(self.told["faults"]["scanner"])
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
        headers = {"X-Renhu-Control": self.told["token"], "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body), headers)
        assert connection.getresponse().status == 204
        connection.close()

    def end(self, how):
        self.process.send_signal(how)
        try:
            self.process.wait(LIMIT_S)
        finally:
            self.process.kill()
            self.process.communicate()


def seen(person, board):
    """The pages and the job's state, as the page shows them."""
    person.get(board)
    state = re.search(r'id="scan-job"[^>]*data-state="([a-z]+)"', person.page)
    return set(re.findall(r'data-page="([^"]+)"', person.page)), state[1] if state else ""


def until(person, board, condition):
    end_s = time.monotonic() + LIMIT_S
    while True:
        pages, state = seen(person, board)
        if condition(pages, state):
            return pages
        assert time.monotonic() < end_s, (len(pages), state)
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_pages_that_were_seen_are_there_after_a_restart(tmp_path, how):
    lease = {"kind": "D04", "source": "adf", "colour": "grey", "dpi": "75"}
    demo = Demo(tmp_path / "data")
    try:
        person = demo.sign_in()
        draft = person.open_draft().rpartition("/")[2]
        board = f"/documents/draft/{draft}"
        until(person, board, lambda _, __: "scanner-says" not in person.page)
        demo.scanner("PUT", "/feeder", {"papers": ["lease"] * 6})
        demo.scanner("PUT", "/faults/slow-page", {"delay_ms": 1000})
        assert person.post(f"{board}/scan", **lease)[0] == 303
        before = until(person, board, lambda pages, state: len(pages) >= 2 and state == "scanning")
    finally:
        demo.end(how)
    demo = Demo(tmp_path / "data")
    try:
        person = demo.sign_in()
        after, state = seen(person, board)
        assert state == "interrupted"
        assert before <= after
        for page in after:
            assert person.get(f"{board}/pages/{page}")[0] == 200
        until(person, board, lambda _, __: "scanner-says" not in person.page)
        demo.scanner("PUT", "/feeder", {"papers": ["lease"]})
        assert person.post(f"{board}/scan", **lease)[0] == 303
        assert len(until(person, board, lambda _, state: state == "done")) == len(after) + 1
    finally:
        demo.end(signal.SIGTERM)
