"""Whatever the line does: the decoder is total, bounded and linear, and no small number of flips is ever accepted."""

from __future__ import annotations

import itertools
import random
import time
from functools import reduce
from operator import xor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import sam_commands
from drivers.sam_frame import MAX_FRAME_BYTES, PREAMBLE, Decoder, Frame, Noise

bodies = st.one_of(
    st.binary(min_size=3, max_size=40),
    st.binary(min_size=3, max_size=40).map(lambda tail: b"\0\0\x90" + PREAMBLE + tail),
    st.just(b"\0\0\x90\x01\0\x04\0" + bytes(range(256)) * 5),
)
noises = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([b"\xaa", b"\xaa\xaa", PREAMBLE[:4], PREAMBLE, PREAMBLE + b"\0\x03", PREAMBLE + b"\0\x09abc"]),
)


def wire_of(body: bytes) -> bytes:
    guarded = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + guarded + bytes((reduce(xor, guarded),))


def frames(events: list[Frame | Noise]) -> list[Frame]:
    return [event for event in events if isinstance(event, Frame)]


def noise_bytes(events: list[Frame | Noise]) -> int:
    return sum(event.size_bytes for event in events if isinstance(event, Noise))


def fed(wire: bytes, cuts: list[int]) -> list[Frame | Noise]:
    decoder = Decoder()
    events: list[Frame | Noise] = []
    edges = [0, *sorted(cut % (len(wire) + 1) for cut in cuts), len(wire)]
    for start, end in itertools.pairwise(edges):
        events += decoder.feed(wire[start:end])
    return events + decoder.flush()


@given(st.lists(bodies, min_size=1, max_size=5), st.lists(st.integers(0, 10_000), max_size=30))
def test_any_chunking_gives_the_same_frames(sent: list[bytes], cuts: list[int]) -> None:
    events = fed(b"".join(map(wire_of, sent)), cuts)
    assert [frame.body for frame in frames(events)] == sent
    assert noise_bytes(events) == 0


@given(st.lists(st.one_of(bodies.map(wire_of), noises), max_size=8), st.lists(st.integers(0, 10_000), max_size=30))
def test_chunking_changes_nothing_in_noise_either(pieces: list[bytes], cuts: list[int]) -> None:
    wire = b"".join(pieces)
    once, chunked = fed(wire, []), fed(wire, cuts)
    assert frames(chunked) == frames(once)
    assert noise_bytes(chunked) == noise_bytes(once)


@given(st.binary(max_size=9000))
def test_every_byte_is_accounted_for(wire: bytes) -> None:
    events = fed(wire, [])
    assert noise_bytes(events) + sum(len(frame.body) + 8 for frame in frames(events)) == len(wire)


@given(st.lists(st.binary(max_size=300).map(lambda tail: PREAMBLE + tail), max_size=40))
@settings(max_examples=50)
def test_memory_is_bounded(pieces: list[bytes]) -> None:
    decoder = Decoder()
    for piece in pieces:
        decoder.feed(piece)
        assert decoder.kept_bytes < MAX_FRAME_BYTES
    decoder.flush()
    assert not decoder.is_pending


def is_accepted(frame: Frame) -> bool:
    """Whether the driver would take this for the answer to 30 01 that holds a card."""
    legal = sam_commands.is_legal_answer(sam_commands.READ_BASE, frame)
    return legal and frame.status == sam_commands.READ_BASE.success


@pytest.mark.parametrize("flips", [1, 3])
def test_single_and_triple_flips_are_never_accepted(flips: int) -> None:
    chance = random.Random(20_000 + flips)
    body = b"\0\0\x90\x01\0\x04\0" + chance.randbytes(1280)
    wire = wire_of(body)
    assert [is_accepted(frame) for frame in frames(fed(wire, []))] == [True]
    for _ in range(10_000):
        garbled = bytearray(wire)
        for bit in chance.sample(range(len(wire) * 8), flips):
            garbled[bit // 8] ^= 1 << bit % 8
        decoder = Decoder()
        events = decoder.feed(bytes(garbled)) + decoder.flush()
        assert not [frame for frame in frames(events) if is_accepted(frame)]


def test_worst_input_costs_linear_time() -> None:
    # Every seven bytes a new candidate of the greatest length: a decoder that scans again would need minutes.
    wire = (PREAMBLE + b"\x0f\xff") * 150_000
    decoder = Decoder()
    started = time.process_time()
    for start in range(0, len(wire), 62):
        decoder.feed(wire[start : start + 62])
    decoder.flush()
    assert time.process_time() - started < 20
