"""How faults of the line change an answer between the module and the host."""

from __future__ import annotations

from random import Random

from simulators.fault_board import FaultBoard, Strike
from simulators.sam_codec import HEAD_BYTES, PREAMBLE, Answer
from simulators.wire import Segment

_LONGEST_BURST = 6


def deliver(frame: bytes, request: bytes, operation: str, faults: FaultBoard) -> list[Segment]:
    """Let every fault of the line that is switched on do its work, and give back what goes out."""
    frame = _damage(frame, operation, faults)
    segments = [Segment(frame)]
    if (strike := faults.take("split", operation)) is not None:
        cut = min(strike.number("after_bytes"), len(frame) - 1)
        segments = [Segment(frame[:cut]), Segment(frame[cut:], cut, strike.seconds("delay_ms"))]
    if (strike := faults.take("dribble", operation)) is not None:
        size = strike.number("piece_bytes")
        pieces = range(0, len(frame), size)
        segments = [Segment(frame[at : at + size], at, strike.seconds("delay_ms")) for at in pieces]
    if (strike := faults.take("merge", operation)) is not None:
        stray = Answer(0x90).frame()
        joined = stray + frame if strike.value("stray") == "before" else frame + stray
        segments = [Segment(joined, is_whole=True)]
    if (strike := faults.take("noise-before", operation)) is not None:
        segments.insert(0, Segment(_noise(strike), None))
    if faults.take("echo", operation):
        segments.insert(0, Segment(request))
    if (strike := faults.take("duplicate-answer", operation)) is not None:
        segments.append(Segment(frame, pause_s=strike.seconds("delay_ms")))
    return segments


def cut_off(segments: list[Segment], after_bytes: int) -> list[Segment]:
    """The first bytes of an answer, never all of it."""
    left = min(after_bytes, sum(len(segment.data) for segment in segments) - 1)
    kept = []
    for segment in segments:
        kept.append(Segment(segment.data[:left], segment.offset, segment.pause_s, segment.is_whole))
        left -= len(kept[-1].data)
        if left <= 0:
            break
    return [segment for segment in kept if segment.data]


def garbage(rng: Random, size: int) -> bytes:
    """Random bytes in which no answer can hide: the preamble's last byte never occurs."""
    return bytes(rng.choice(b"\x00\x03\x1f\x55\x7e\x80\xaa\xc3\xf0\xff") for _ in range(size))


def _damage(frame: bytes, operation: str, faults: FaultBoard) -> bytes:
    """Damage the frame itself."""
    if (strike := faults.take("bad-length", operation)) is not None:
        given = strike.value("length")
        length = given if isinstance(given, int) else len(frame) - HEAD_BYTES + 5
        frame = frame[:5] + length.to_bytes(2, "big") + frame[7:]
    if faults.take("bad-check", operation):
        frame = frame[:-1] + bytes([frame[-1] ^ 0x5A])
    if (strike := faults.take("bit-flips", operation)) is not None:
        frame = _garble(frame, strike)
    return frame


def _garble(frame: bytes, strike: Strike) -> bytes:
    """Flip, burst, lose, double or insert at random places, or cut the end off."""
    wire, rng, kind = bytearray(frame), strike.rng, strike.value("kind")
    if kind == "flip":
        for place in rng.sample(range(8 * len(wire)), min(strike.number("flips"), 8 * len(wire))):
            wire[place // 8] ^= 1 << place % 8
        return bytes(wire)
    for _ in range(strike.number("flips")):
        place = rng.randrange(1, len(wire)) if len(wire) > 1 else 0
        if kind == "burst":
            size = rng.randint(2, _LONGEST_BURST)
            wire[place : place + size] = rng.randbytes(len(wire[place : place + size]))
        elif kind == "lost":
            del wire[place]
        elif kind == "doubled":
            wire.insert(place, wire[place - 1])
        elif kind == "inserted":
            wire.insert(place, rng.randrange(256))
        else:
            del wire[place:]
    return bytes(wire)


def _noise(strike: Strike) -> bytes:
    """Noise that ends with AA AA: the run of AA before the answer is longer than three."""
    size = strike.number("noise_bytes")
    return (garbage(strike.rng, size) + PREAMBLE[:2])[-size:]
