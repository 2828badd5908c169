"""The wire between agent and worker: whole messages or a broken wire, never something else."""

import socket
import threading

import pytest

from agent.devices import wire
from agent.devices.wire import (
    FRAME_LIMIT_BYTES,
    LINE_LIMIT_BYTES,
    PAGE_LIMIT_BYTES,
    Cancel,
    Frame,
    Hello,
    Look,
    Page,
    Pulse,
    Reply,
    Request,
    Sign,
    State,
    Watch,
    Wire,
    WireBroken,
    raw,
)


@pytest.fixture
def ends():
    agent, worker = socket.socketpair()
    yield Wire(agent, is_worker=False), Wire(worker, is_worker=True), worker
    agent.close()
    worker.close()


@pytest.mark.parametrize(
    "message",
    [
        Hello(1, 7), State("absent", "READER-ABSENT", {"status": 3}), Sign("read", raw({"a": [1, None]})),
        Reply(4, raw("é测")), Pulse({"frames": 3}),
    ],
)  # fmt: skip
def test_what_a_worker_sends_arrives_as_it_was(ends, message):
    agent, worker, _ = ends
    worker.send(message)
    assert agent.receive() == [message]


@pytest.mark.parametrize(
    "message", [Watch(is_reading=True, poll_ms=100), Request(1, "reset", {}, 102.5, 2.5), Cancel(1), Look(25)]
)
def test_what_the_agent_sends_arrives_as_it_was(ends, message):
    agent, worker, _ = ends
    agent.send(message)
    assert worker.receive() == [message]


def test_messages_may_come_in_any_pieces(ends):
    agent, _, plug = ends
    line = b'{"type":"hello","version":1,"pid":7}\n'
    got = []
    for index in range(len(line) * 2):
        plug.sendall((line * 2)[index : index + 1])
        got += agent.receive()
    assert got == [Hello(1, 7)] * 2


@pytest.mark.parametrize("piece_bytes", [1, 7, 64, 10_000])
def test_a_page_comes_with_its_bytes_between_other_messages_in_any_pieces(ends, piece_bytes):
    agent, _, plug = ends
    body = b'{"type":"hello"}\n\x00\xff' * 9
    head = b'{"type":"page","number":3,"data":{"n":1},"size_bytes":%d}\n' % len(body)
    hello = b'{"type":"hello","version":1,"pid":7}\n'
    stream = hello + head + body + hello + head + body
    got = []
    for at in range(0, len(stream), piece_bytes):
        plug.sendall(stream[at : at + piece_bytes])
        got += agent.receive()
    assert [type(each) for each in got] == [Hello, Page, Hello, Page]
    assert [bytes(got[1].body), bytes(got[3].body)] == [body, body]
    assert (got[1].number, bytes(got[1].data)) == (3, b'{"n":1}')


def test_a_page_that_is_sent_arrives_whole(ends):
    agent, worker, _ = ends
    worker.send(Page(1, raw({}), 5), b"12345")
    assert [page.body for page in agent.receive()] == [b"12345"]


def large(agent, worker, number, content):
    """The page as it comes when it is sent while it is received, and how many times it was received of it."""
    sending = threading.Thread(target=worker.send, args=(Page(number, raw({}), len(content)), content))
    sending.start()
    got, turns = [], 0
    while not got:
        got, turns = agent.receive(), turns + 1
    sending.join()
    return got[0].body, turns


def test_room_for_a_page_like_the_last_one_is_there_before_it_comes(ends, monkeypatch):
    agent, worker, _ = ends
    made = []
    monkeypatch.setattr(wire, "room", lambda size, **how: made.append((size, how)) or memoryview(bytearray(size)))
    agent.expect_page()
    assert large(agent, worker, 1, b"a" * 10_000)[0] == b"a" * 10_000
    assert made == [(0, {"is_touched": True}), (10_000, {})]
    agent.expect_page()
    worker.send(Frame(1, 5), b"frame")
    assert agent.receive()[0].body == b"frame"
    assert large(agent, worker, 2, b"b" * 10_500)[0] == b"b" * 10_500
    assert made[2:] == [(11_000, {"is_touched": True}), (5, {})], "a frame leaves the room to the page"
    agent.expect_page()
    assert large(agent, worker, 3, b"c" * 12_000)[0] == b"c" * 12_000
    assert made[-1] == (12_000, {}), "a larger one gets its own"
    agent.expect_page()
    worker.send(Reply(4))
    agent.receive()
    assert large(agent, worker, 5, b"d" * 100)[0] == b"d" * 100
    assert made[-1] == (100, {}), "what ends without a page gives its room back"


class Dripping:
    """A socket that gives ten bytes at a time, as many times as there are, and notes how it was asked."""

    def __init__(self, head, drops):
        self._head, self._drops, self.flags = head, drops, []

    def recv(self, _most):
        return self._head

    def recv_into(self, room, _size, flags):
        self.flags.append(flags)
        if not self._drops:
            raise BlockingIOError
        self._drops -= 1
        room[:10] = b"0123456789"
        return 10


def test_a_page_is_taken_at_draughts_and_others_have_their_turn_between(ends, monkeypatch):
    agent, _, _ = ends
    monkeypatch.setattr(wire, "DRAUGHT_BYTES", 50)
    dripping = Dripping(b'{"type":"page","number":3,"data":1,"size_bytes":120}\n', drops=8)
    agent._socket = dripping
    for taken in (0, 5, 3):
        before = len(dripping.flags)
        assert agent.receive() == []
        asked = dripping.flags[before:]
        assert len(asked) == taken + (taken == 3), "the last one finds that there is no more for now"
        assert asked == [0, *[socket.MSG_DONTWAIT] * (len(asked) - 1)][: len(asked)], "only the first may wait"
    dripping._drops = 4
    [page] = agent.receive()
    assert page.body == b"0123456789" * 12


@pytest.mark.parametrize("size_bytes", [-1, 0, PAGE_LIMIT_BYTES + 1])
def test_a_page_of_an_impossible_size_breaks_the_wire(ends, size_bytes):
    agent, _, plug = ends
    plug.sendall(b'{"type":"page","number":1,"data":null,"size_bytes":%d}\n' % size_bytes)
    with pytest.raises(WireBroken):
        agent.receive()


def test_frames_come_with_their_bytes_between_pages(ends):
    agent, worker, _ = ends
    worker.send(Frame(7, 5), b"frame")
    worker.send(Page(1, raw({}), 4), b"page")
    worker.send(Frame(8, 5), b"other")
    got = []
    while len(got) < 3:
        got += agent.receive()
    assert [(type(each), bytes(each.body)) for each in got] == [(Frame, b"frame"), (Page, b"page"), (Frame, b"other")]
    assert (got[0].number, got[2].number) == (7, 8)


@pytest.mark.parametrize("size_bytes", [-1, 0, FRAME_LIMIT_BYTES + 1])
def test_a_frame_of_an_impossible_size_breaks_the_wire(ends, size_bytes):
    agent, _, plug = ends
    plug.sendall(b'{"type":"frame","number":1,"size_bytes":%d}\n' % size_bytes)
    with pytest.raises(WireBroken):
        agent.receive()


def test_a_worker_knows_whether_the_agent_has_taken_all(ends):
    agent, worker, _ = ends
    assert not worker.is_behind
    worker.send(Pulse({}))
    assert worker.is_behind
    agent.receive()
    assert not worker.is_behind


@pytest.mark.parametrize(
    "bad",
    [b"{}\n", b"\n", b"not json\n", b'{"type":"start"}\n', b'{"type":"hello","version":"x","pid":1}\n', b"\xff\n"],
)
def test_anything_else_breaks_the_wire(ends, bad):
    agent, _, plug = ends
    plug.sendall(bad)
    with pytest.raises(WireBroken):
        agent.receive()


def test_a_line_without_an_end_breaks_the_wire(ends):
    agent, _, plug = ends
    endless = b"x" * (LINE_LIMIT_BYTES // 2)
    for _ in range(2):
        plug.sendall(endless)
        assert agent.receive() == []
    plug.sendall(endless)
    with pytest.raises(WireBroken):
        agent.receive()


def test_the_end_of_the_other_side_breaks_the_wire(ends):
    agent, _, plug = ends
    plug.close()
    with pytest.raises(WireBroken):
        agent.receive()
