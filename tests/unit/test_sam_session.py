"""The exchange and its ladder over a wire of bytes in memory: strays, repeats, resets, reopening, speeds, deadlines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from drivers import reader_errors, sam_commands
from drivers.api import DeviceAbsent, DeviceError, DeviceTimeout, LinkError, NeedsOperator

if TYPE_CHECKING:
    from conftest import Bench

    NewBench = Callable[[], Bench]

OK = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
FOUND = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
NO_CARD = bytes.fromhex("AA AA AA 96 69 00 04 00 00 80 84")
SELECTED = bytes.fromhex("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C")
CHECK_WRONG = bytes.fromhex("AA AA AA 96 69 00 04 00 00 10 14")
NOT_AUTHORISED = bytes.fromhex("AA AA AA 96 69 00 04 00 00 66 62")
SELF_TEST = bytes.fromhex("AA AA AA 96 69 00 04 00 00 60 64")
WRONG_COMMAND = bytes.fromhex("AA AA AA 96 69 00 04 00 00 21 25")
BAD = FOUND[:-1] + b"\0"


def code_of(error: pytest.ExceptionInfo[DeviceError]) -> str:
    return error.value.code


def test_answer_in_pieces(bench: Bench) -> None:
    bench.script["20 01"] = [[(0.1 * place, FOUND[place : place + 1]) for place in range(len(FOUND))]]
    assert bench.find() == 0x9F
    assert bench.session.statistics().repeats == 0


def test_strays_are_dropped_counted_and_the_wait_goes_on(bench: Bench) -> None:
    bench.script["20 01"] = [[(0.1, OK), (0.2, SELECTED), (1.4, FOUND)]]
    assert bench.find() == 0x9F
    assert bench.session.statistics().strays == 2
    assert bench.sent("20 01") == 1


def test_echo_is_noise(bench: Bench) -> None:
    bench.script["20 01"] = [[(0.0, bytes.fromhex("AA AA AA 96 69 00 03 20 01 22") + FOUND)]]
    assert bench.find() == 0x9F
    assert bench.session.statistics().noise_bytes == 10


def test_echo_of_a_request_that_has_an_answers_length_is_a_stray(bench: Bench) -> None:
    bench.script["61 FF"] = [[(0.0, bytes.fromhex("AA AA AA 96 69 00 04 61 FF 50 CA") + OK)]]
    answer = bench.session.exchange(sam_commands.SET_LARGEST_RF_FRAME, bench.deadline(), b"\x50")
    assert answer.status == 0x90
    assert bench.session.statistics().strays == 1


def test_late_answer_is_not_taken_for_the_next_commands(bench: Bench) -> None:
    bench.wire.coming.append((bench.clock.time_s, FOUND))
    bench.script["20 01"] = [[(0.1, NO_CARD)]]
    assert bench.find() == 0x80
    assert bench.session.statistics().strays == 1


def test_silence_is_asked_again_after_coming_into_step(bench: Bench) -> None:
    bench.script["20 01"] = [[]]
    assert bench.find() == 0x9F
    assert bench.wire.sent == [bytes.fromhex(code) for code in ("20 01", "11 FF", "20 01")]
    assert bench.session.statistics().repeats == 1


def test_answer_that_is_late_by_one_is_dropped_by_coming_into_step(bench: Bench) -> None:
    bench.script["20 01"] = [[(1.505, NO_CARD)], [(0.01, FOUND)]]
    assert bench.find() == 0x9F
    assert bench.session.statistics().strays == 1


def test_wrong_check_is_asked_again_at_most_twice(bench: Bench) -> None:
    bench.script["20 01"] = [[(0.1, BAD)], [(0.1, BAD)]]
    assert bench.find() == 0x9F
    bench.script["20 01"] = [[(0.1, BAD)]] * 3
    with pytest.raises(LinkError) as error:
        bench.find()
    assert (code_of(error), error.value.facts["reason"]) == ("READER-LINE", "check")
    assert bench.session.statistics().bad_checks == 5


def test_wrong_check_is_noticed_without_waiting_for_the_deadline(bench: Bench) -> None:
    bench.script["20 01"] = [[(0.1, BAD)]]
    before_s = bench.clock.time_s
    bench.find()
    assert bench.clock.time_s - before_s < 1.0


def test_the_module_heard_a_wrong_check(bench: Bench) -> None:
    bench.script["20 01"] = [[(0.1, CHECK_WRONG)]]
    assert bench.find() == 0x9F
    assert bench.session.statistics().repeats == 1


def test_broken_length_is_given_up_after_a_gap(bench: Bench) -> None:
    bench.script["20 01"] = [[(0.1, FOUND[:6] + b"\x0d" + FOUND[7:])]]
    assert bench.find() == 0x9F


def test_frame_that_is_cut_gives_a_length_error(bench: Bench) -> None:
    bench.script["20 01"] = [[(0.1, FOUND[:9])]] * 3
    with pytest.raises(LinkError) as error:
        bench.find()
    assert error.value.facts["reason"] == "length"


def test_a_stray_in_which_our_own_wait_ends_is_no_fault_of_the_line(bench: Bench) -> None:
    bench.script["20 01"] = [[(0.95, SELECTED[:9]), (1.02, SELECTED[9:])]]
    with pytest.raises(DeviceTimeout):
        bench.find(1.0)
    bench.clock.sleep(0.1)
    assert (bench.find(), bench.session.statistics().noise_bytes, bench.session.statistics().strays) == (0x9F, 0, 1)


def test_nothing_answers(bench: Bench) -> None:
    bench.usual.clear()
    with pytest.raises(DeviceTimeout) as error:
        bench.find(5.0)
    assert (code_of(error), error.value.facts["deadline_s"]) == ("READER-SILENT", 5.0)


def test_noise_without_end_does_not_hold_an_exchange(bench: Bench) -> None:
    bench.usual.clear()
    bench.wire.answer = lambda _: [(0.01 * number, b"\x55" * 30) for number in range(100_000)]
    started_s = bench.clock.time_s
    with pytest.raises(LinkError) as error:
        bench.find(4.0)
    assert error.value.facts["reason"] == "noise"
    assert bench.clock.time_s - started_s < 4.1


@pytest.mark.parametrize("limit_s", [0.0, 0.2, 1.0, 3.0])
def test_exchange_ends_by_its_deadline(bench: Bench, limit_s: float) -> None:
    bench.usual.clear()
    started_s = bench.clock.time_s
    with pytest.raises(DeviceTimeout):
        bench.session.recovering(lambda: bench.find(limit_s), bench.deadline(limit_s))
    assert bench.clock.time_s - started_s <= limit_s + 0.01


@pytest.mark.parametrize(
    ("answer", "code"), [(NOT_AUTHORISED, "READER-NOT-AUTHORISED"), (SELF_TEST, "READER-SELF-TEST")]
)
def test_module_that_must_be_serviced(bench: Bench, answer: bytes, code: str) -> None:
    bench.usual["11 FF"] = bench.usual["20 01"] = answer
    with pytest.raises(NeedsOperator) as error:
        bench.find()
    assert code_of(error) == code
    with pytest.raises(NeedsOperator) as error:
        bench.open()
    assert code_of(error) == code
    assert bench.wire.is_closed


def test_unplugged_wire_is_closed_and_opened_again(bench: Bench) -> None:
    bench.wire.is_unplugged = True
    with pytest.raises(DeviceAbsent):
        bench.find()
    assert bench.wire.is_closed
    assert not bench.session.is_open
    with pytest.raises(DeviceAbsent):
        bench.find()
    bench.wire.is_unplugged = False
    bench.open()
    assert bench.find() == 0x9F


def test_second_opener_is_named(bench: Bench) -> None:
    bench.usual.clear()
    bench.wire.is_shared = True
    with pytest.raises(DeviceError) as error:
        bench.find()
    assert code_of(error) == "READER-SECOND-OPENER"


def test_ladder_resets_then_reopens(bench: Bench) -> None:
    bench.script["20 01"] = [[(0.1, BAD)]] * 6
    assert bench.session.recovering(bench.find, bench.deadline()) == 0x9F
    statistics = bench.session.statistics()
    assert (statistics.resets, statistics.reopens, statistics.repeats) == (1, 1, 4)
    assert bench.sent("10 FF") == 1
    assert bench.port.openings == 2


def test_ladder_ends_with_the_lines_error(bench: Bench) -> None:
    bench.usual["20 01"] = BAD
    with pytest.raises(LinkError) as error:
        bench.session.recovering(bench.find, bench.deadline())
    assert code_of(error) == "READER-LINE"


def test_reopening_without_success_waits_longer_each_time(bench: Bench) -> None:
    bench.usual["20 01"] = BAD
    taken_s = []
    for _ in range(6):
        before_s = bench.clock.time_s
        with pytest.raises(LinkError):
            bench.session.recovering(bench.find, bench.deadline())
        taken_s.append(bench.clock.time_s - before_s)
    # From the second time on, coming into step costs 0.01 s more.
    assert [later - taken_s[0] for later in taken_s] == pytest.approx([0.0, 0.25, 0.5, 1.0, 2.0, 2.0], abs=0.02)
    bench.usual["20 01"] = FOUND
    bench.find()
    bench.usual["20 01"] = BAD
    before_s = bench.clock.time_s
    with pytest.raises(LinkError):
        bench.session.recovering(bench.find, bench.deadline())
    assert bench.clock.time_s - before_s == pytest.approx(taken_s[0], abs=0.02)


def test_two_cards_are_no_fault_of_the_line(bench: Bench) -> None:
    def work() -> None:
        raise reader_errors.changed()

    with pytest.raises(LinkError):
        bench.session.recovering(work, bench.deadline())
    assert bench.session.statistics().resets == 0


def test_module_that_starts_slowly_is_ready_at_its_first_good_answer(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.script["11 FF"] = [[]] * 20
    started_s = bench.clock.time_s
    bench.open()
    assert 1.0 <= bench.clock.time_s - started_s <= 1.2


def test_module_that_says_it_is_not_ready_is_polled_on(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.script["11 FF"] = [[(0.01, bytes.fromhex("AA AA AA 96 69 00 04 00 00 24 20"))]] * 5
    bench.open()
    assert bench.find() == 0x9F


def test_module_without_status_command_is_polled_by_its_id(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.usual["11 FF"] = WRONG_COMMAND
    bench.open()
    assert bench.session.is_open


@pytest.mark.parametrize("module_baud", sam_commands.SPEEDS_BAUD)
def test_speed_is_found_and_tried_first_afterwards(new_bench: NewBench, module_baud: int) -> None:
    bench = new_bench()
    bench.port.speeds_baud = sam_commands.SPEEDS_BAUD
    bench.wire.module_baud = module_baud
    bench.open()
    assert (bench.wire.speed_baud, bench.find()) == (module_baud, 0x9F)
    bench.session.open(bench.port, bench.deadline())
    assert bench.sent("11 FF") == 1


@pytest.mark.parametrize(("noise", "code"), [([], "READER-SILENT"), ([(0.01, b"hello")], "READER-NOT-A-READER")])
def test_no_reader_at_any_speed(new_bench: NewBench, noise: list[tuple[float, bytes]], code: str) -> None:
    bench = new_bench()
    bench.port.speeds_baud = sam_commands.SPEEDS_BAUD
    bench.wire.module_baud = bench.wire.speed_baud
    bench.wire.answer = lambda _: noise
    bench.wire.set_speed = lambda _: None  # type: ignore[method-assign]
    bench.port.open = lambda: bench.wire  # type: ignore[method-assign]
    with pytest.raises(DeviceError) as error:
        bench.open()
    assert code_of(error) == code
    assert bench.wire.is_closed


def test_changed_speed_is_confirmed_at_the_new_one(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.port.speeds_baud = sam_commands.SPEEDS_BAUD
    bench.wire.module_baud = 115200
    bench.open()

    def answer(code: bytes) -> list[tuple[float, bytes]]:
        if code == b"\x60\x04":
            bench.wire.module_baud = 9600
        return [(0.01, OK)]

    bench.wire.answer = answer
    bench.session.change_speed(9600, bench.deadline())
    assert bench.wire.speed_baud == 9600
    assert bench.wire.sent == [b"\x60\x04", b"\x11\xff"]
