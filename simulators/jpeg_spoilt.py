"""JPEG files as faults leave them: of another size than they say, damaged anywhere."""

from __future__ import annotations

from simulators.fault_board import Strike

_START_OF_FRAME = (0xC0, 0xC1, 0xC2)
HTML = b"<!DOCTYPE html><html><head><title>RENHU-SIM</title></head><body><h1>200 OK</h1></body></html>\n"


def bomb(picture: bytes, edge_px: int) -> bytes:
    """Make a JPEG say that it is `edge_px` wide and high."""
    position = 2
    while position + 9 < len(picture):
        marker, length = picture[position + 1], int.from_bytes(picture[position + 2 : position + 4], "big")
        if marker in _START_OF_FRAME:
            edge = edge_px.to_bytes(2, "big")
            return picture[: position + 5] + edge + edge + picture[position + 9 :]
        position += 2 + length
    return picture


def flipped(picture: bytes, strike: Strike) -> bytes:
    """Bytes become others, anywhere in the file."""
    damaged = bytearray(picture)
    for _ in range(strike.number("flips")):
        damaged[strike.rng.randrange(2, len(damaged))] = strike.rng.randrange(256)
    return bytes(damaged)
