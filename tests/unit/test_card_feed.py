"""The card feed: what the store or a worker's bytes do wrong never makes the desk deaf."""

import threading

import msgspec
import pytest
from peewee import IntegrityError

from agent.clock import SystemClock
from agent.devices.wire import Sign
from agent.station import CardFeed
from peewee_models.failures import DiskFull


class Desk:
    def __init__(self, failure):
        self.failures = [failure]
        self.events = []
        self.arrived = threading.Event()

    def attend(self):
        return 30.0

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
    feed = CardFeed(desk, Register(), SystemClock("Asia/Shanghai"))
    feed.start()
    feed.put(Sign("placed"))
    feed.put(Sign("read", msgspec.Raw(b'{"no": "card"}')))
    feed.put(Sign("removed"))
    assert desk.arrived.wait(10)
    assert feed.is_alive
    feed.stop()
    assert desk.events == ["removed"]
    assert not feed.is_alive


class HurriedDesk:
    """A desk that moves the clock on with each card, and says when it wants to be looked at again."""

    def __init__(self, clock):
        self.clock = clock
        self.looks = []

    def attend(self):
        self.looks.append(self.clock.time_s)
        return 12.0

    def reader_event(self, _event):
        self.clock.time_s += 4.0


class TidyRegister:
    def __init__(self):
        self.erasures = self.comparisons = 0
        self.duplicates = self

    def erase_stale_chips(self):
        self.erasures += 1

    def compare_some(self):
        self.comparisons += 1


def test_the_house_is_kept_by_the_clock_however_many_cards_come(bench):
    clock = bench.clock
    desk, register, began_s = HurriedDesk(clock), TidyRegister(), clock.time_s
    feed = CardFeed(desk, register, clock)
    for _ in range(16):
        feed.put(Sign("placed"))
    feed.start()
    feed.stop()
    assert [at - began_s for at in desk.looks] == [0, 12, 24, 36, 48, 60]
    assert (register.erasures, register.comparisons) == (3, 3)
