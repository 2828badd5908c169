"""SIGTERM while everything is at work: a reader that has fallen silent, a scan, an open stream.  10 s end it all."""

import http.client
import importlib.util
import json
import select
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SPEC = importlib.util.spec_from_file_location("clerk", Path(__file__).with_name("clerk.py"))
clerk = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(clerk)

ENDS_WITHIN_S = 10
DROP_EVERY_S = 0.5
# A part that never ends; and an answer that is long and taken drop by drop.
STANDS_STILL = """
import threading
from agent.station import CardFeed
CardFeed._run = lambda self: threading.Event().wait()
"""
LONG_ANSWER = """
from agent import pages
plain = pages.create_app
def with_long_answer(*parts):
    app = plain(*parts)
    app.wsgi_app, pages = lambda environ, start: (
        start("200 OK", [("Content-Type", "text/plain")]) and (bytes(1 << 20) for _ in range(256))
        if environ["PATH_INFO"] == "/long" else pages(environ, start)
    ), app.wsgi_app
    return app
pages.create_app = with_long_answer
"""
RUN = "import sys; from agent.__main__ import main; sys.exit(main())"


def told(demo, device, method, path, body):
    """Say something to a simulator."""
    place = urlsplit(demo["faults"][device])
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
    headers = {"X-Renhu-Control": demo["token"], "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body), headers)
    assert connection.getresponse().status == 204
    connection.close()


def test_a_stop_amid_a_silent_reading_a_stream_and_a_scan(demo, wait_for):
    said, process = demo
    person = clerk.Clerk(said["url"], said["sign_ins"][0])
    draft = person.open_draft().rpartition("/")[2]
    board = f"/documents/draft/{draft}"
    wait_for(lambda: person.get(board)[0] == 200 and "scanner-says" not in person.page, "the scanner is ready")
    stream = http.client.HTTPConnection(person.host, person.port, timeout=20)
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    stream.request("GET", "/events", headers={"Cookie": cookies, "Sec-Fetch-Site": "same-origin"})
    flowing = stream.getresponse()
    assert flowing.status == 200
    told(said, "scanner", "PUT", "/feeder", {"papers": ["lease"] * 6})
    told(said, "scanner", "PUT", "/faults/slow-page", {"delay_ms": 60_000, "skip": 1})
    lease = {"kind": "D04", "source": "adf", "colour": "grey", "dpi": "75"}
    assert person.post(f"{board}/scan", **lease)[0] == 303
    wait_for(lambda: person.get(board)[0] == 200 and 'data-page="' in person.page, "a page has come")
    assert 'data-state="scanning"' in person.page
    told(said, "reader", "PUT", "/faults/silent", {})
    told(said, "reader", "PUT", "/plate", {"card": "resident-001"})
    process.terminate()
    assert process.wait(ENDS_WITHIN_S) == 0
    stream.close()


@pytest.fixture
def weakened(request, tmp_path):
    """A demo to whose agent something was done before its start; what it says goes into a file."""
    place = ["--port", "0", "--no-open", "--data", str(tmp_path / "data")]
    with (tmp_path / "said").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", request.param + RUN, "demo", *place],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
        try:
            yield urlsplit(json.loads(process.stdout.readline())["url"]), process, tmp_path / "said"
        finally:
            process.kill()
            process.communicate()


@pytest.mark.parametrize("weakened", [LONG_ANSWER], indirect=True, ids=["long-answer"])
def test_an_answer_that_is_taken_drop_by_drop_does_not_hold_the_stop(weakened):
    url, process, _ = weakened
    with socket.create_connection((url.hostname, url.port), timeout=ENDS_WITHIN_S) as browser:
        browser.sendall(f"GET /long HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
        assert browser.recv(12) == b"HTTP/1.1 200"
        process.terminate()
        rounds = 0
        with suppress(ConnectionError):
            while process.poll() is None and rounds < ENDS_WITHIN_S / DROP_EVERY_S and browser.recv(1 << 18):
                rounds += 1
                select.select([], [], [], DROP_EVERY_S)
        assert process.wait(ENDS_WITHIN_S - rounds * DROP_EVERY_S) == 0


@pytest.mark.parametrize("weakened", [STANDS_STILL], indirect=True, ids=["stands-still"])
def test_a_part_that_never_ends_is_left_and_named(weakened):
    _, process, said = weakened
    process.terminate()
    assert process.wait(ENDS_WITHIN_S) == 1
    assert "card-feed did not end" in said.read_text()
