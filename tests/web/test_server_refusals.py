"""What the server refuses before any page sees it carries our policy, and repeats nothing of what was sent."""

import socket

import pytest

from agent.listening import listen
from agent.web_server import WebServer


@pytest.fixture(scope="module")
def place():
    bound = listen("127.0.0.1", 0)
    server = WebServer(bound, lambda _environ, _start: [], stream_cap=0)
    server.start()
    yield bound.getsockname()
    server.stop()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"CANARY / HTTP/9.9\r\n\r\n", b"505 "),
        (b"canary / HTTP/1.1\r\n\r\n", b"400 "),
        (b"GET / HTTP/1.1\r\ncanary\r\n\r\n", b"400 "),
        (b"GET /" + b"canary" * 2800 + b" HTTP/1.1\r\n\r\n", b"414 "),
        (b"GET / HTTP/1.1\r\nX: " + b"canary" * 2800 + b"\r\n\r\n", b"413 "),
    ],
)
def test_a_refusal_carries_the_policy_and_nothing_of_what_was_sent(place, sent, status):
    with socket.create_connection(place, 20) as line:
        line.sendall(sent)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"\r\nContent-Security-Policy: default-src 'none'" in answer
    assert b"canary" not in answer.lower()
