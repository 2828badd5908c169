"""The wire between agent and worker: whole messages or a broken wire, never something else."""

import socket

import pytest

from agent.devices.wire import LINE_LIMIT_BYTES, Hello, Pulse, Reply, Request, Sign, State, Watch, Wire, WireBroken, raw


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


@pytest.mark.parametrize("message", [Watch(is_reading=True, poll_ms=100), Request(1, "reset", {}, 102.5, 2.5)])
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
