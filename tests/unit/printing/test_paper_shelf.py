"""A paper waits for its own session alone, for a while, and never takes more room than there is."""

from __future__ import annotations

from agent import shelf
from agent.printing.shelf import Paper, Shelf


class Hours:
    """A clock that a test turns."""

    def __init__(self):
        self.at_s = 1000.0

    def monotonic(self):
        return self.at_s


def paper(name, clock, size=10, session="a"):
    return Paper(name, "registration", "record", session, b"x" * size, (b"y",), (), clock.monotonic())


def test_another_session_finds_nothing():
    clock = Hours()
    kept = Shelf(clock)
    kept.put(paper("1", clock))
    assert kept.find("1", "a").id == "1"
    assert kept.find("1", "b") is None
    assert kept.find("2", "a") is None


def test_a_paper_goes_after_a_while_asked_for_or_not():
    clock = Hours()
    kept = Shelf(clock)
    kept.put(paper("1", clock))
    clock.at_s += shelf.KEPT_S
    assert kept.find("1", "a") is not None
    clock.at_s += 1
    kept.drop_old()
    assert not kept._kept
    kept.put(paper("2", clock))
    clock.at_s += shelf.KEPT_S + 1
    assert kept.find("2", "a") is None


def test_the_oldest_make_room():
    clock = Hours()
    kept = Shelf(clock)
    for name in "123":
        kept.put(paper(name, clock, shelf.MOST_BYTES // 2 - 10))
    assert kept.find("1", "a") is None
    assert kept.find("2", "a") is not None
    assert kept.find("3", "a") is not None
    kept.put(paper("4", clock, shelf.MOST_BYTES + 1))
    assert kept.find("4", "a") is not None
    assert kept.find("3", "a") is None
