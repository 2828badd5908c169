"""A wrong person is never verified: readings garbled on the line, through codec and comparison.

One frame in eight with two flipped bits passes the XOR; the second reading must catch it.  The negative control leaves
the comparison out and must let wrong readings through.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from functools import reduce
from operator import xor

import pytest

from drivers import card_text, sam_commands
from drivers.sam_answers import BaseRecord, split_base
from drivers.sam_frame import PREAMBLE, Decoder, Frame


def text_of(chance: random.Random) -> bytes:
    """A resident's text with made-up content."""
    name = "测试" + chr(chance.randrange(0x4E00, 0x9FA5))
    number = f"990000{chance.randrange(1900, 2020)}0101{chance.randrange(10000):04d}"
    fields = (
        name.ljust(15),
        "1",
        "01",
        number[6:14],
        "测试省测试市".ljust(35),
        number,
        "测试市公安局".ljust(15),
        "20200101",
        "长期".ljust(8),
        " " * 18,
    )
    return "".join(fields).encode("utf-16-le")


def answer_of(text: bytes, photo: bytes) -> bytes:
    body = b"\x05\x08\0\0\x90\x01\0\x04\0" + text + photo
    return PREAMBLE + body + bytes((reduce(xor, body),))


def flip(wire: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        bit = chance.randrange(len(wire) * 8)
        wire[bit // 8] ^= 1 << bit % 8


def burst(wire: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(wire))
    size = min(chance.randint(1, 64), len(wire) - start)
    wire[start : start + size] = chance.randbytes(size)


def lose(wire: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(wire))
    del wire[start : start + chance.randint(1, 16)]


def double(wire: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(wire))
    end = start + chance.randint(1, 16)
    wire[end:end] = wire[start:end]


def insert(wire: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(wire))
    wire[start:start] = chance.randbytes(chance.randint(1, 16))


def two_flips(wire: bytearray, chance: random.Random) -> None:
    """The garble that passes the XOR most often: the same bit of two bytes."""
    column = chance.randrange(8)
    for place in chance.sample(range(5, len(wire)), 2):
        wire[place] ^= 1 << column


GARBLES = (flip, burst, lose, double, insert, two_flips)


def garbled(wire: bytes, chance: random.Random) -> bytes:
    """A reading as a bad line delivers it: where garbling has cancelled itself out, it is done again."""
    garble = chance.choice(GARBLES)
    while True:
        delivered = bytearray(wire)
        garble(delivered, chance)
        if delivered != wire:
            return bytes(delivered)


def read(wire: bytes) -> BaseRecord | None:
    """What the driver makes of one answer on the line."""
    decoder = Decoder()
    for event in decoder.feed(wire) + decoder.flush():
        if isinstance(event, Frame) and sam_commands.is_legal_answer(sam_commands.READ_BASE, event):
            base = split_base(event.data)
            if base is not None and card_text.kind_of(base.text) is not None:
                return base
    return None


@dataclass
class Tally:
    """What came of readings: how many were really garbled, how many pairs verified, and how many of those wrong."""

    garbled: int = 0
    verified: int = 0
    wrong: int = 0


def drill(count: int, seed: int, *, is_compared: bool) -> Tally:
    """Read in pairs until `count` readings were garbled; one in seven comes whole, so that some pairs are equal."""
    chance = random.Random(seed)
    tally = Tally()
    for number in itertools.count():
        if tally.garbled >= count:
            return tally
        if number % 500 == 0:
            true = BaseRecord(text_of(chance), chance.randbytes(1024))
            wire = answer_of(true.text, true.photo)
        readings = []
        for _ in range(2):
            delivered = garbled(wire, chance) if chance.randrange(7) else wire
            tally.garbled += delivered != wire
            readings.append(read(delivered))
        first, second = readings
        if first is not None and (first == second or not is_compared):
            tally.verified += 1
            tally.wrong += first != true
    return tally


def test_a_wrong_reading_is_never_verified() -> None:
    tally = drill(20_000, 7, is_compared=True)
    assert tally.wrong == 0
    assert tally.verified > 0


@pytest.mark.drill
@pytest.mark.timeout(3600)
def test_a_wrong_reading_is_never_verified_in_a_million() -> None:
    tally = drill(1_000_000, 11, is_compared=True)
    assert tally.wrong == 0
    assert tally.garbled >= 1_000_000


def test_without_the_comparison_wrong_readings_pass() -> None:
    assert drill(2_000, 7, is_compared=False).wrong > 0


def test_flips_that_cancel_each_other_out_count_for_nothing() -> None:
    chance = random.Random(3)
    wire = PREAMBLE + bytes(3)
    assert all(garbled(wire, chance) != wire for _ in range(5_000))
