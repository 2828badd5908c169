"""The faults: every name of the list, checked parameters, counting, and what the faults of the line do to an answer."""

from __future__ import annotations

import pytest

from simulators.delivery import cut_off, deliver, garbage
from simulators.fault import ParameterError, Value
from simulators.fault_board import FaultBoard
from simulators.fault_table import FAULTS
from simulators.sam_codec import PREAMBLE, Answer, check_byte
from simulators.wire import Segment

NAMES = """
unplug-before unplug-mid-frame unplug-after replug-other-name silent babble dribble bad-check bad-length bit-flips
split merge noise-before preamble-in-photo late-answer duplicate-answer echo wrong-baud status not-authorised
self-test-failed reset-during-read card-pulled card-swapped-before-read card-swapped-before-address text-length
fingerprint-answer second-opener slow-plate
"""
FRAME = Answer(0x90, bytes(range(16))).frame()
REQUEST = bytes.fromhex("AA AA AA 96 69 00 03 12 FF EE")


def board(name: str, **values: Value) -> FaultBoard:
    made = FaultBoard(FAULTS)
    made.switch_on(name, FAULTS[name].check(dict(values)))
    return made


def say(name: str, **values: Value) -> list[Segment]:
    return deliver(FRAME, REQUEST, "sam-id", board(name, **values))


def joined(segments: list[Segment]) -> bytes:
    return b"".join(segment.data for segment in segments)


def test_every_fault_of_the_list_is_there() -> None:
    assert set(FAULTS) == set(NAMES.split())


def test_faults_that_a_wire_cannot_show_say_so() -> None:
    assert {fault.name for fault in FAULTS.values() if "usb-pair" not in fault.wires} == {"wrong-baud", "second-opener"}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_the_defaults_of_every_fault_are_allowed_by_itself(fault: object) -> None:
    assert fault.check({}) == fault.check(fault.check({}))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("silent", {"count": 0}),
        ("silent", {"count": True}),
        ("silent", {"count": 1.5}),
        ("silent", {"count": "1"}),
        ("silent", {"percent": 101}),
        ("silent", {"percent": None}),
        ("silent", {"command": "no-such"}),
        ("silent", {"colour": 1}),
        ("babble", {"count": 1}),
        ("status", {"status": 256}),
        ("status", {"status": "XY"}),
        ("status", {"status": -1}),
        ("bit-flips", {"kind": "melt"}),
        ("wrong-baud", {"baud": 300}),
        ("card-swapped-before-read", {"card": 7}),
        ("card-swapped-before-read", {"card": ""}),
        ("card-swapped-before-read", {"noticed": []}),
        ("unplug-after", {"replug_after_ms": -1}),
    ],
)
def test_wrong_parameters_are_refused_by_name(name: str, given: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=next(iter(given))):
        FAULTS[name].check(given)


def test_a_status_word_may_be_given_in_hexadecimal() -> None:
    assert FAULTS["status"].check({"status": "9F"})["status"] == 0x9F


def test_a_fault_strikes_so_often_and_then_is_off() -> None:
    faults = board("bad-check", count=2, skip=1, command="find")
    struck = [
        faults.take("bad-check", operation) is not None for operation in ("find", "select", "find", "find", "find")
    ]
    assert struck == [False, False, True, True, False]
    assert faults.active() == {}


def test_a_percentage_is_kept_and_repeatable() -> None:
    def run() -> list[bool]:
        faults = board("silent", percent=30, seed=5)
        return [faults.take("silent", "find") is not None for _ in range(1000)]

    assert run() == run()
    assert 250 <= sum(run()) <= 350


def test_an_unplugging_fault_is_held_until_the_reader_is_back() -> None:
    faults = board("unplug-after")
    assert faults.take("unplug-after", "find") is not None
    assert faults.take("unplug-after", "find") is None
    assert faults.is_on("unplug-after")
    faults.settle()
    assert not faults.is_on("unplug-after")


def test_without_faults_an_answer_is_one_segment() -> None:
    assert deliver(FRAME, REQUEST, "sam-id", FaultBoard(FAULTS)) == [Segment(FRAME)]


def test_damaged_frames() -> None:
    assert check_byte(joined(say("bad-check"))[5:]) == 0x5A
    assert joined(say("bad-length"))[5:7] == (len(FRAME) - 7 + 5).to_bytes(2, "big")
    assert joined(say("bad-length", length=0xFFFF))[5:7] == b"\xff\xff"
    flipped = joined(say("bit-flips", flips=3))
    assert sum((a ^ b).bit_count() for a, b in zip(flipped, FRAME, strict=True)) == 3


@pytest.mark.parametrize(("kind", "change"), [("lost", -2), ("doubled", 2), ("inserted", 2), ("burst", 0)])
def test_other_kinds_of_damage(kind: str, change: int) -> None:
    damaged = joined(say("bit-flips", kind=kind, flips=2))
    assert len(damaged) == len(FRAME) + change
    assert damaged != FRAME


def test_a_cut_frame_is_shorter() -> None:
    assert FRAME.startswith(joined(say("bit-flips", kind="cut", flips=1)))
    assert len(joined(say("bit-flips", kind="cut", flips=1))) < len(FRAME)


def test_pieces_and_pauses() -> None:
    split = say("split", after_bytes=3, delay_ms=40)
    assert [(len(one.data), one.offset, one.pause_s) for one in split] == [(3, 0, 0.0), (len(FRAME) - 3, 3, 0.04)]
    assert len(say("split", after_bytes=4000)[1].data) == 1
    dribble = say("dribble", piece_bytes=1)
    assert (len(dribble), joined(dribble)) == (len(FRAME), FRAME)


def test_more_than_the_answer() -> None:
    stray = Answer(0x90).frame()
    assert joined(say("merge")) == FRAME + stray
    assert joined(say("merge", stray="before")) == stray + FRAME
    assert joined(say("echo")) == REQUEST + FRAME
    assert joined(say("duplicate-answer")) == FRAME * 2
    noisy = joined(say("noise-before", noise_bytes=9))
    assert noisy[7:] == b"\xaa\xaa" + FRAME
    assert joined(say("noise-before", noise_bytes=1)) == b"\xaa" + FRAME


@pytest.mark.parametrize("after_bytes", [0, 1, 7, 26, 27, 4000])
def test_a_frame_cut_off_by_unplugging_is_never_whole(after_bytes: int) -> None:
    split = say("split", after_bytes=3)
    assert joined(cut_off(split, after_bytes)) == FRAME[: min(after_bytes, len(FRAME) - 1)]


def test_garbage_never_holds_a_frame() -> None:
    faults = board("babble")
    strike = faults.take("babble")
    assert strike is not None
    assert PREAMBLE[3:] not in garbage(strike.rng, 100_000)
