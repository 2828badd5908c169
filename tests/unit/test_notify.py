"""What systemd is told: one datagram a message, the watchdog at a third of its time, nothing without a socket."""

import socket

import pytest

from agent.notify import Notifier


@pytest.fixture
def systemd(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        yield str(tmp_path / "notify"), lambda: listener.recv(100).decode()


def test_ready_and_stopping_are_told(systemd):
    address, told = systemd
    notifier = Notifier({"NOTIFY_SOCKET": address})
    notifier.ready()
    assert told() == "READY=1"
    notifier.stopping()
    assert told() == "STOPPING=1"


def test_the_watchdog_is_fed_each_third_of_its_time(systemd):
    address, told = systemd
    notifier = Notifier({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000"})
    for now_s in (100.0, 105.0, 109.9, 110.0, 115.0):
        notifier.alive(now_s)
    assert [told(), told()] == ["WATCHDOG=1"] * 2
    with pytest.raises(BlockingIOError):
        told()


def test_without_systemd_nothing_is_sent():
    notifier = Notifier({})
    notifier.ready()
    notifier.alive(0.0)
    assert notifier.interval_s is None


def test_an_abstract_socket_is_understood():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0renhu-test-notify")
        listener.settimeout(5)
        Notifier({"NOTIFY_SOCKET": "@renhu-test-notify"}).ready()
        assert listener.recv(100) == b"READY=1"
