"""What is told while a reader does not answer: soon, once, not of one lost answer; and its recovery at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from drivers import sam_commands
from drivers.api import DeviceError, DeviceTimeout, LinkError

if TYPE_CHECKING:
    from conftest import Bench

    NewBench = Callable[[], Bench]

OK = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
BAD = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 00")


@pytest.fixture
def told(bench: Bench) -> list[tuple[float, str | None]]:
    """What the session tells from now on, and after how many seconds."""
    heard: list[tuple[float, str | None]] = []
    began_s = bench.clock.time_s

    def hear(trouble: DeviceError | None) -> None:
        heard.append((bench.clock.time_s - began_s, None if trouble is None else trouble.code))

    bench.session.on_struggle = hear
    return heard


def test_silence_is_told_long_before_the_ladder_ends(bench: Bench, told: list[tuple[float, str | None]]) -> None:
    bench.usual.clear()
    with pytest.raises(DeviceTimeout):
        bench.session.recovering(bench.find, bench.deadline())
    assert [code for _, code in told] == ["READER-NOT-ANSWERING"]
    assert told[0][0] == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("command", ["20 01", "30 01"])
def test_one_lost_answer_is_not_told(bench: Bench, told: list[tuple[float, str | None]], command: str) -> None:
    bench.usual["30 01"] = bytes.fromhex("AA AA AA 96 69 00 04 00 00 80 84")
    bench.script[command] = [[]]
    bench.session.exchange(sam_commands.FIND if command == "20 01" else sam_commands.READ_BASE, bench.deadline())
    assert told == []


def test_recovery_is_told_by_the_first_answer(bench: Bench, told: list[tuple[float, str | None]]) -> None:
    bench.script["20 01"] = [[]]
    bench.script["11 FF"] = [[(1.2, OK)]]
    bench.find()
    assert [code for _, code in told] == ["READER-NOT-ANSWERING", None]
    assert told[1][0] == pytest.approx(1.5 + 1.2, abs=0.1)


def test_bytes_that_stay_wrong_are_told_before_the_reset(bench: Bench, told: list[tuple[float, str | None]]) -> None:
    bench.usual["20 01"] = BAD
    bench.script["10 FF"] = [[]] * 9
    with pytest.raises(LinkError):
        bench.session.recovering(bench.find, bench.deadline())
    assert [code for _, code in told] == ["READER-NOT-ANSWERING"]
    assert told[0][0] < 1.0


@pytest.mark.parametrize("awake_s", [1.0, 3.0, 5.0])
def test_a_known_reader_is_found_again_soon_after_it_wakes(new_bench: NewBench, awake_s: float) -> None:
    bench = new_bench()
    bench.port.speeds_baud = sam_commands.SPEEDS_BAUD
    bench.wire.module_baud = 9600
    bench.open()
    answer, wakes_s = bench.wire.answer, bench.clock.time_s + awake_s
    bench.wire.answer = lambda code: answer(code) if bench.clock.time_s >= wakes_s else []
    bench.open()
    assert bench.clock.time_s - wakes_s < 0.6


@pytest.mark.parametrize("module_baud", sam_commands.SPEEDS_BAUD)
@pytest.mark.parametrize("wakes_s", [0.4, 1.0, 2.0])
def test_a_module_that_opening_restarts_is_found_at_any_speed(
    new_bench: NewBench, module_baud: int, wakes_s: float
) -> None:
    bench = new_bench()
    bench.port.speeds_baud = sam_commands.SPEEDS_BAUD
    bench.wire.module_baud = module_baud
    answer, began_s = bench.wire.answer, bench.clock.time_s
    bench.wire.answer = lambda code: answer(code) if bench.clock.time_s - began_s >= wakes_s else []
    bench.open()
    assert bench.wire.speed_baud == module_baud


def test_a_stranger_that_never_answers_costs_four_seconds(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.port.speeds_baud = sam_commands.SPEEDS_BAUD
    bench.usual.clear()
    began_s = bench.clock.time_s
    with pytest.raises(DeviceTimeout):
        bench.open()
    assert 2.5 < bench.clock.time_s - began_s < 4.5
