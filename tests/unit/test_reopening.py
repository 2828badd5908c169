"""When a device that could not be opened is tried again."""

from __future__ import annotations

from agent.devices.reopening import Reopening


class Time:
    """A clock that stands still."""

    now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s


def pauses(reopening: Reopening, slowest_s: float, count: int) -> list[float]:
    told = []
    for _ in range(count):
        reopening.failed(slowest_s)
        told.append(reopening.next_s - Time.now_s)
    return told


def test_it_is_tried_at_once_then_soon_then_less_and_less_often() -> None:
    reopening = Reopening(Time(), 0.25)  # type: ignore[arg-type]
    assert reopening.is_due
    assert pauses(reopening, 10.0, 8) == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    assert not reopening.is_due
    assert pauses(reopening, 1.0, 2) == [1.0, 1.0]
    assert pauses(reopening, 10.0, 10_000)[-1] == 10.0


def test_one_success_begins_anew_and_both_short_cuts_are_short() -> None:
    reopening = Reopening(Time(), 0.5)  # type: ignore[arg-type]
    pauses(reopening, 10.0, 4)
    reopening.soon()
    assert reopening.next_s - Time.now_s == 0.5
    assert pauses(reopening, 10.0, 1) == [8.0], "it has failed as often as before"
    reopening.at_once()
    assert reopening.is_due
    reopening.succeeded()
    assert pauses(reopening, 10.0, 1) == [0.5]
