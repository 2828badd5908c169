"""The agent's unix socket: one line asks, one line answers; strangers are refused by the kernel's word."""

import os
import socket
import stat
import struct
import subprocess
import sys

import pytest

from agent import control
from agent.errors import Actor, CodedError, Retry


@pytest.fixture
def place(tmp_path):
    def refuse(_question, _uid):
        raise CodedError("READER-IN-SERVICE", Actor.CLERK, Retry.NOW, limit_s=3)

    server = control.ControlServer(
        tmp_path / "agent.sock", {"echo": lambda question, uid: {**question, "uid": uid}, "no": refuse}
    )
    server.start()
    yield tmp_path / "agent.sock"
    server.stop()


def test_the_answer_comes_from_the_asked_handler_with_the_askers_uid(place):
    assert control.ask(place, {"ask": "echo", "x": "测"}, 5) == {"ask": "echo", "x": "测", "uid": os.geteuid()}


def test_an_error_comes_back_as_the_same_error(place):
    with pytest.raises(CodedError) as caught:
        control.ask(place, {"ask": "no"}, 5)
    assert (caught.value.code, caught.value.actor, caught.value.facts) == (
        "READER-IN-SERVICE",
        Actor.CLERK,
        {"limit_s": 3},
    )


def test_an_unknown_question_is_refused(place):
    with pytest.raises(CodedError, match="CONTROL-UNKNOWN"):
        control.ask(place, {"ask": "everything"}, 5)


def test_no_agent_is_none_and_not_an_error(tmp_path):
    assert control.ask(tmp_path / "none.sock", {"ask": "echo"}, 1) is None


@pytest.mark.parametrize("garbage", [b"\n", b"[]\n", b"{", b"\xff\xfe\n", b"x" * 300_000])
def test_garbage_ends_that_connection_only(place, garbage):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(str(place))
        try:
            connection.sendall(garbage)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(10) == b""
        except OSError:
            pass
    assert control.ask(place, {"ask": "echo"}, 5) is not None


def test_the_socket_is_closed_to_others_and_gone_after_the_stop(tmp_path):
    server = control.ControlServer(tmp_path / "agent.sock", {})
    server.start()
    assert stat.S_IMODE((tmp_path / "agent.sock").stat().st_mode) == 0o660
    server.stop()
    assert not (tmp_path / "agent.sock").exists()


def test_another_user_is_refused_even_where_the_file_lets_it_in(place, monkeypatch):
    nobody = 65534
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    credentials = struct.pack("3i", 1, nobody, nobody)
    monkeypatch.setattr(socket.socket, "getsockopt", lambda *_: credentials)
    with pytest.raises(CodedError, match="CONTROL-DENIED"):
        control.ask(place, {"ask": "echo"}, 5)


ASK = "import sys; from agent import control; print(control.ask(sys.argv[1], {'ask': 'echo'}, 5))"
BY_ITSELF = [sys.executable, "-c", ASK]
BY_ITS_CHILD = ["/bin/sh", "-c", '"$@"; true', "sh", *BY_ITSELF]


@pytest.mark.parametrize("asking", [BY_ITSELF, BY_ITS_CHILD], ids=["worker", "its-child"])
def test_a_process_that_the_agent_has_started_is_refused_though_it_has_the_agents_uid(place, asking):
    done = subprocess.run([*asking, str(place)], capture_output=True, text=True, timeout=60, check=False)
    assert "CONTROL-DENIED" in done.stderr
    assert done.stdout == ""
