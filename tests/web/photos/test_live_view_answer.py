"""The live view in a browser: it ends with its session, frees its place, and nobody's face stands still in it."""

from __future__ import annotations

import io
import re
import socket
import threading
import time
import uuid
from datetime import timedelta

import pytest
from PIL import Image
from werkzeug.test import Client

from agent.accounts.storage import writing
from agent.devices.live_view import SeenFrame
from agent.errors import Actor, CodedError, Retry
from agent.listening import listen
from agent.web_server import WebServer
from peewee_models.accounts import Session
from webui.live_frames import ASK_EVERY_S, BOUNDARY, LIVE_CAP, LiveStream

ORIGIN = "http://127.0.0.1:8731"
PATIENCE_S = 20.0
GREY = b"\xff\xd8\xff grey"


class HandLive:
    """A live view that shows what a test has laid out; None is a moment without a frame, which takes its time."""

    def __init__(self, clock, *frames):
        self.clock, self.frames, self.asked = clock, list(frames), []

    def next(self, after, limit_s):
        self.asked.append(after)
        content = self.frames.pop(0) if self.frames else None
        self.clock.now_s += limit_s if content is None else 0.04
        return None if content is None else SeenFrame(after + 1, content)


class HandClock:
    def __init__(self):
        self.now_s = 0.0

    def monotonic(self):
        return self.now_s


def shown(parts):
    """The pictures of a stream, in their order."""
    whole = b"".join(parts)
    line = f"--{BOUNDARY}\r\n".encode()
    assert whole.startswith(line)
    assert whole.endswith(line), "a browser shows a picture when the line behind it has come"
    pictures = []
    for part in whole.removeprefix(line).removesuffix(line).split(line):
        head, _, content = part.partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        assert head == f"Content-Type: image/jpeg\r\nContent-Length: {len(content)}".encode()
        pictures.append(content)
    return pictures


def stream(*frames, looks=1, connection=None):
    """A stream that may look so many times more when it asks, each of whose seconds is counted."""
    clock, left = HandClock(), [looks]

    def may_look():
        left[0] -= 1
        return left[0] >= 0

    live = HandLive(clock, *frames)
    return LiveStream(live, connection, clock, may_look, GREY), live, clock


def test_frames_follow_each_other_each_asked_for_behind_the_last():
    one, live, _ = stream(b"a", b"b", b"c", looks=0)
    assert shown(one.parts())[:3] == [b"a", b"b", b"c"]
    assert live.asked[:4] == [0, 1, 2, 3]


def test_nobodys_face_stands_still_where_no_frames_come():
    one, _, _ = stream(b"a", None, None, b"b", None, looks=1)
    assert shown(one.parts())[:4] == [b"a", GREY, b"b", GREY], "grey is sent once"


def test_it_asks_each_second_whether_it_may_and_ends_grey():
    one, _, clock = stream(*[b"face"] * 500, looks=2)
    pictures = shown(one.parts())
    assert pictures[-1] == GREY
    assert set(pictures[:-1]) == {b"face"}
    assert clock.now_s == pytest.approx(3 * ASK_EVERY_S, abs=0.3)


@pytest.mark.parametrize("way", ["ended", "hung up"])
def test_it_ends_when_it_is_told_to_or_the_browser_has_gone(way):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        one, live, _ = stream(*[b"face"] * 500, looks=500, connection=ours)
        parts = one.parts()
        for _ in range(3):
            next(parts)
        if way == "ended":
            one.end()
        else:
            theirs.close()
        assert next(parts).endswith(GREY + f"\r\n--{BOUNDARY}\r\n".encode())
        assert list(parts) == []
        assert len(live.frames) == 498


def opened(house, token, **headers):
    client = Client(house.app)
    client.set_cookie("__Host-sid", token, domain="127.0.0.1")
    return client.get("/photos/live", base_url=ORIGIN, headers={"Sec-Fetch-Site": "same-origin", **headers})


@pytest.fixture
def token(house):
    house.signed_in("clerk")
    return house.tokens["clerk"]


@pytest.fixture
def faces(camera):
    """The camera shows somebody, for as long as the test lasts."""
    is_over, shot = threading.Event(), camera.still("good")

    def show():
        number = 0
        while not is_over.wait(0.02):
            number += 1
            camera.live._number = number
            with camera.live._changed:
                camera.live._frame = SeenFrame(number, shot)
                camera.live._changed.notify_all()

    thread = threading.Thread(target=show)
    thread.start()
    yield shot
    is_over.set()
    thread.join()


def last_of(parts):
    """The last that was sent."""
    end_s, sent = time.monotonic() + PATIENCE_S, [b""]
    for part in parts:
        sent[:] = [part]
        assert time.monotonic() < end_s, "it goes on"
    return sent[0]


def test_it_is_an_endless_picture_that_no_browser_keeps(house, token, faces):
    answer = opened(house, token)
    assert answer.headers["Content-Type"] == f"multipart/x-mixed-replace; boundary={BOUNDARY}"
    assert answer.headers["Cache-Control"] == "no-store"
    parts = answer.iter_encoded()
    next(parts)
    assert faces in next(parts)
    answer.close()


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_it_is_for_our_own_pages(house, token, camera, site):
    answer = opened(house, token, **{"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    answer.close()


def test_to_look_is_no_sign_of_a_person(house, token, faces):
    store, at = house.station.register.place.store, house.station.clock.now() - timedelta(minutes=4)
    with writing(store):
        Session.update(last_seen_at=at).execute()
    answer = opened(house, token)
    parts = answer.iter_encoded()
    next(parts)
    assert faces in next(parts)
    answer.close()
    with store.read():
        assert {row.last_seen_at for row in Session.select()} == {at}


def test_the_lock_of_a_page_ends_it_grey(house, token, faces):
    grey = re.compile(rb"\r\n\r\n(\xff\xd8.*)\r\n--renhu-frame\r\n\Z", re.DOTALL)
    answer = opened(house, token)
    parts = answer.iter_encoded()
    next(parts)
    assert faces in next(parts)
    with writing(house.station.register.place.store):
        Session.update(last_seen_at=house.station.clock.now() - timedelta(minutes=6)).execute()
    last = last_of(parts)
    answer.close()
    with Image.open(io.BytesIO(grey.search(last)[1])) as picture:
        assert len(picture.convert("L").getcolors()) == 1
    assert opened(house, token).status_code in {303, 423}
    house.tokens.clear()


def test_a_database_that_does_not_answer_ends_it_grey(house, token, faces, monkeypatch):
    answer = opened(house, token)
    parts = answer.iter_encoded()
    next(parts)

    def fail(*_arguments, **_more):
        raise CodedError("DATABASE-FAILED", Actor.TECHNICIAN, Retry.AFTER_ACTION)

    monkeypatch.setattr(house.station.accounts, "session", fail)
    last = last_of(parts)
    assert faces not in last
    answer.close()


def test_signing_out_ends_it(house, faces):
    token = house.sign_in("clerk")
    browser = house.visitor()
    browser.client.set_cookie("__Host-sid", token, domain="127.0.0.1")
    browser.get("/desk")
    answer = opened(house, token)
    parts = answer.iter_encoded()
    next(parts)
    browser.post("/sign-out")
    last = last_of(parts)
    assert faces not in last
    answer.close()
    assert house.app.extensions["renhu"].live_streams.count_open() == 0


def test_so_many_browsers_look_at_once_and_one_more_is_told_so(house, token, camera):
    streams = house.app.extensions["renhu"].live_streams
    others = [(str(uuid.uuid4()), stream()[0]) for _ in range(LIVE_CAP)]
    try:
        for session, one in others:
            assert streams.add(session, one)
        answer = opened(house, token)
        assert answer.status_code == 503
        assert "WEB-STREAMS-FULL" in answer.get_data(as_text=True)
        session, one = others.pop()
        streams.remove(session, one)
        answer = opened(house, token)
        assert answer.status_code == 200
        answer.close()
    finally:
        for session, one in others:
            streams.remove(session, one)
    assert streams.count_open() == 0


def test_a_browser_that_hangs_up_frees_its_place(house, token, faces):
    bound = listen("127.0.0.1", 0)
    port = bound.getsockname()[1]

    def as_port(environ, start_response):
        return house.app(environ | {"SERVER_PORT": "8731"}, start_response)

    server = WebServer(bound, as_port, 4)
    server.start()
    streams = house.app.extensions["renhu"].live_streams
    caller = socket.create_connection(("127.0.0.1", port))
    caller.sendall(
        f"GET /photos/live HTTP/1.1\r\nHost: 127.0.0.1:8731\r\nCookie: __Host-sid={token}\r\n"
        "Sec-Fetch-Site: same-origin\r\n\r\n".encode()
    )
    try:
        house.until(lambda: streams.count_open() == 1, "somebody looks")
        assert caller.recv(4096)
        caller.close()
        house.until(lambda: streams.count_open() == 0, "nobody looks")
    finally:
        caller.close()
        server.stop()
