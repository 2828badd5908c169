"""The card feed: what the store or a worker's bytes do wrong never makes the desk deaf."""

import threading

import msgspec
import pytest
from peewee import IntegrityError

from agent.devices.wire import Sign
from agent.station import CardFeed
from peewee_models.failures import DiskFull


class Desk:
    def __init__(self, failure):
        self.failures = [failure]
        self.events = []
        self.arrived = threading.Event()

    def holder_session(self):
        return None

    def reader_event(self, event):
        if self.failures:
            raise self.failures.pop()
        self.events.append(event.kind)
        self.arrived.set()


class Register:
    def erase_stale_chips(self):
        raise DiskFull("no room at midnight")


@pytest.mark.parametrize("failure", [DiskFull("x"), IntegrityError("x"), msgspec.ValidationError("x")])
def test_the_next_card_is_taken_after_a_failure(failure):
    desk = Desk(failure)
    feed = CardFeed(desk, Register())
    feed.start()
    feed.put(Sign("placed"))
    feed.put(Sign("read", msgspec.Raw(b'{"no": "card"}')))
    feed.put(Sign("removed"))
    assert desk.arrived.wait(10)
    assert feed.is_alive
    feed.stop()
    assert desk.events == ["removed"]
    assert not feed.is_alive
