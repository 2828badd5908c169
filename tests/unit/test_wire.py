"""The wire between agent and worker: whole messages or a broken wire, never something else."""

import socket

import pytest

from agent.devices.wire import (
    LINE_LIMIT_BYTES,
    PAGE_LIMIT_BYTES,
    Cancel,
    Hello,
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
    "message", [Watch(is_reading=True, poll_ms=100), Request(1, "reset", {}, 102.5, 2.5), Cancel(1)]
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


@pytest.mark.parametrize("size_bytes", [-1, 0, PAGE_LIMIT_BYTES + 1])
def test_a_page_of_an_impossible_size_breaks_the_wire(ends, size_bytes):
    agent, _, plug = ends
    plug.sendall(b'{"type":"page","number":1,"data":null,"size_bytes":%d}\n' % size_bytes)
    with pytest.raises(WireBroken):
        agent.receive()


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
