"""Event streams: what they carry, how they resume, whose gives way, and that a hang-up ends them."""

from __future__ import annotations

import json
import re
import socket
import time

import pytest
from werkzeug.test import Client

from agent.events.service import Event
from agent.listening import listen
from agent.web_server import WebServer
from webui.streams import COMMENT_EVERY_S, LIFE_S, Stream, Streams

ORIGIN = "http://127.0.0.1:8731"
PATIENCE_S = 10.0


def until(condition, what):
    """Poll `condition` until it holds."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def opened(house, token, **headers):
    client = Client(house.app)
    client.set_cookie("__Host-sid", token, domain="127.0.0.1")
    return client.get("/events", base_url=ORIGIN, headers={"Sec-Fetch-Site": "same-origin", **headers})


@pytest.fixture
def token(house):
    house.signed_in("clerk")
    return house.tokens["clerk"]


def test_an_event_carries_its_name_its_ids_and_no_person(house, token):
    answer = opened(house, token)
    assert answer.mimetype == "text/event-stream"
    lines = answer.iter_encoded()
    assert next(lines).startswith(b"retry:")
    house.lay(house.card("测试流", "990000198506120188"))
    text = next(lines).decode()
    answer.close()
    assert re.fullmatch(r"(id: [0-9a-f]+-\d+\nevent: [a-z]+\ndata: \{.*\}\n\n)+", text)
    assert {"desk", "draft"} >= set(re.findall(r"event: (\w+)", text))
    assert "测试流" not in text
    assert "990000198506120188" not in text


def test_a_stream_resumes_where_it_was(house, token):
    answer = opened(house, token)
    lines = answer.iter_encoded()
    next(lines)
    house.station.bus.publish(Event("device", None, {"n": 1}))
    last = re.search(r"id: (\S+)", next(lines).decode())[1]
    answer.close()
    for number in (2, 3):
        house.station.bus.publish(Event("device", None, {"n": number}))
    answer = opened(house, token, **{"Last-Event-ID": last})
    lines = answer.iter_encoded()
    next(lines)
    seen = [json.loads(data)["n"] for data in re.findall(r"data: (.*)", next(lines).decode())]
    answer.close()
    assert seen == [2, 3]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_a_stream_is_for_our_own_pages(house, token, site):
    assert opened(house, token, **{"Sec-Fetch-Site": site}).status_code == 403


def test_signing_out_ends_the_stream(house):
    token = house.sign_in("supervisor")
    browser = house.visitor()
    browser.client.set_cookie("__Host-sid", token, domain="127.0.0.1")
    browser.get("/register")
    answer = opened(house, token)
    lines = answer.iter_encoded()
    next(lines)
    browser.post("/sign-out")
    assert list(lines) == []
    answer.close()


class StillClock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        self.now_s += 7.0
        return self.now_s


class Silent:
    """A subscription to which nothing happens."""

    def __init__(self) -> None:
        self.is_closed = False

    def get(self, timeout_s: float) -> list[object]:
        assert timeout_s <= 1.0
        return []

    def close(self) -> None:
        self.is_closed = True


def test_silence_is_broken_by_comments_and_a_long_life_ends():
    stream = Stream(Silent(), None, StillClock())
    said = list(stream.lines())
    assert said[1:] == [b": still here\n\n"] * (len(said) - 1)
    assert len(said) - 1 == pytest.approx(LIFE_S / (3 * 7.0), abs=1)
    assert COMMENT_EVERY_S == 15.0


def test_the_newest_stream_of_a_session_replaces_its_oldest_and_the_cap_holds():
    streams = Streams(3)
    subscriptions = [Silent() for _ in range(6)]
    made = [Stream(subscription, None, StillClock()) for subscription in subscriptions]
    assert streams.add("a", made[0])
    assert streams.add("a", made[1])
    assert streams.add("a", made[2])
    assert [one.is_closed for one in subscriptions[:3]] == [True, False, False]
    assert streams.add("b", made[3])
    assert not streams.add("c", made[4])
    assert streams.count_open() == 3
    streams.remove("b", made[3])
    assert streams.add("c", made[4])
    streams.end_all()
    assert streams.count_open() == 0
    assert all(one.is_closed for one in subscriptions[:5])


def test_a_browser_that_hangs_up_frees_its_place_at_once(house, token):
    bound = listen("127.0.0.1", 0)
    port = bound.getsockname()[1]
    server = WebServer(bound, as_port(house.app, 8731), 4)
    server.start()
    streams = house.app.extensions["renhu"].streams
    before = streams.count_open()
    caller = socket.create_connection(("127.0.0.1", port))
    caller.sendall(
        f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:8731\r\nCookie: __Host-sid={token}\r\n"
        "Sec-Fetch-Site: same-origin\r\n\r\n".encode()
    )
    try:
        until(lambda: streams.count_open() == before + 1, "the stream is open")
        caller.close()
        until(lambda: streams.count_open() == before, "the stream has ended")
    finally:
        caller.close()
        server.stop()


def as_port(app, port):
    """Serve on any free port what believes to be on `port`."""

    def answer(environ, start_response):
        return app(environ | {"SERVER_PORT": str(port)}, start_response)

    return answer
