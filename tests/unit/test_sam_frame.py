"""Frames against the vectors of the document, and against everything that a line does to them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from drivers import sam_frame
from drivers.sam_frame import Decoder, Frame, Noise, NoiseReason

GOLDEN = tomllib.loads((Path(__file__).parent.parent / "golden" / "sam_v.toml").read_text())
FIND_OK = bytes.fromhex(GOLDEN["answers"]["find"])
SELECT_OK = bytes.fromhex(GOLDEN["answers"]["select"])
PREAMBLE = bytes.fromhex("AA AA AA 96 69")


def frames(events: list[Frame | Noise]) -> list[Frame]:
    return [event for event in events if isinstance(event, Frame)]


def reasons(events: list[Frame | Noise]) -> list[NoiseReason]:
    return [event.reason for event in events if isinstance(event, Noise)]


def resident_answer(photo: bytes = bytes(1024)) -> bytes:
    """The base answer of the document, its photo changed where wished and the check with it."""
    text = b"".join(
        bytes.fromhex(group) * int(count or 1)
        for group, _, count in (row.partition("×") for row in GOLDEN["texts"]["resident"])
    )
    check = int(GOLDEN["base_checks"]["resident"], 16)
    for byte in photo:
        check ^= byte
    return bytes.fromhex(GOLDEN["answers"]["base_head"]) + text + photo + bytes((check,))


@pytest.mark.parametrize(("status", "check"), GOLDEN["status_answers"].items())
def test_answer_without_data(status: str, check: str) -> None:
    wire = bytes.fromhex(f"AA AA AA 96 69 00 04 00 00 {status} {check}")
    (frame,) = Decoder().feed(wire)
    assert isinstance(frame, Frame)
    assert (frame.status, frame.card_status, frame.data) == (int(status, 16), b"\0\0", b"")


def test_status_of_the_card_is_kept() -> None:
    (frame,) = Decoder().feed(bytes.fromhex(GOLDEN["answers"]["with_card_status"]))
    assert isinstance(frame, Frame)
    assert (frame.status, frame.card_status) == (0x41, b"\x6a\x82")


@pytest.mark.parametrize("kind", GOLDEN["base_checks"])
def test_base_answer_of_each_kind(kind: str) -> None:
    text = b"".join(
        bytes.fromhex(group) * int(count or 1)
        for group, _, count in (row.partition("×") for row in GOLDEN["texts"][kind])
    )
    head, check = bytes.fromhex(GOLDEN["answers"]["base_head"]), bytes.fromhex(GOLDEN["base_checks"][kind])
    wire = head + text + bytes(1024) + check
    assert len(wire) == 1295
    (frame,) = frames(Decoder().feed(wire))
    assert frame.data == b"\x01\x00\x04\x00" + text + bytes(1024)


@pytest.mark.parametrize(
    "payload", [*GOLDEN["requests"], *GOLDEN["requests_never_sent"]], ids=lambda payload: payload.replace(" ", "")
)
def test_encoded_request(payload: str) -> None:
    expected = (GOLDEN["requests"] | GOLDEN["requests_never_sent"])[payload]
    assert sam_frame.encode(bytes.fromhex(payload)) == bytes.fromhex(expected)


@pytest.mark.parametrize("payload", [b"", b"\x10", bytes(0xFFFF)])
def test_payload_that_fits_no_frame(payload: bytes) -> None:
    with pytest.raises(ValueError, match="request"):
        sam_frame.encode(payload)


def test_wrong_check_is_noise_and_the_next_frame_is_found() -> None:
    decoder = Decoder()
    events = decoder.feed(FIND_OK[:-1] + b"\x00" + SELECT_OK)
    assert reasons(events)[0] is NoiseReason.CHECK
    assert [frame.status for frame in frames(events)] == [0x90]
    assert not decoder.is_pending


@pytest.mark.parametrize("length", ["00 00", "00 03", "10 01", "FF FF"])
def test_impossible_length_is_noise_at_once(length: str) -> None:
    events = Decoder().feed(PREAMBLE + bytes.fromhex(length) + FIND_OK)
    assert reasons(events)[0] is NoiseReason.LENGTH
    assert [frame.status for frame in frames(events)] == [0x9F]


@pytest.mark.parametrize("noise", ["AA", "AA AA", "AA AA AA", "AA AA AA 96", "69 96 AA", "00", "FF FF FF"])
def test_noise_before_the_preamble(noise: str) -> None:
    events = Decoder().feed(bytes.fromhex(noise) + FIND_OK)
    assert [frame.status for frame in frames(events)] == [0x9F]
    assert sum(event.size_bytes for event in events if isinstance(event, Noise)) == len(bytes.fromhex(noise))


@pytest.mark.parametrize("cut", range(1, len(FIND_OK)))
def test_preamble_or_body_split_over_two_reads(cut: int) -> None:
    decoder = Decoder()
    assert decoder.feed(FIND_OK[:cut]) == []
    assert decoder.is_pending
    (frame,) = decoder.feed(FIND_OK[cut:])
    assert isinstance(frame, Frame)
    assert not decoder.is_pending


def test_frame_cut_at_every_position_is_given_up_in_silence() -> None:
    wire = resident_answer()
    for cut in range(len(wire)):
        decoder = Decoder()
        assert frames(decoder.feed(wire[:cut])) == []
        given_up = decoder.flush()
        assert frames(given_up) == []
        assert sum(event.size_bytes for event in given_up if isinstance(event, Noise)) == cut
        assert frames(decoder.feed(FIND_OK)) == frames(Decoder().feed(FIND_OK))


def test_preamble_inside_the_photo_does_not_cut_the_frame() -> None:
    photo = (PREAMBLE + b"\x00\x04\x00\x00\x90\x94").ljust(1024, b"\xaa")
    (frame,) = Decoder().feed(resident_answer(photo))
    assert isinstance(frame, Frame)
    assert frame.data.endswith(photo)


def test_packets_of_64_bytes() -> None:
    wire = resident_answer(bytes(range(256)) * 4)
    decoder = Decoder()
    events = [event for start in range(0, len(wire), 64) for event in decoder.feed(wire[start : start + 64])]
    assert events == Decoder().feed(wire)
    assert len(frames(events)) == 1


def test_frame_inside_a_frame_with_a_broken_length_is_found_in_silence() -> None:
    decoder = Decoder()
    assert decoder.feed(PREAMBLE + b"\x0f\xff" + FIND_OK) == []
    events = decoder.flush()
    assert reasons(events) == [NoiseReason.UNFINISHED, NoiseReason.GARBAGE]
    assert [frame.status for frame in frames(events)] == [0x9F]


def test_spare_byte_after_the_check() -> None:
    decoder = Decoder()
    assert len(frames(decoder.feed(FIND_OK + b"\0" + FIND_OK))) == 2


def test_memory_is_bounded_whatever_comes() -> None:
    decoder = Decoder()
    worst = 0
    for piece in (PREAMBLE + b"\x0f\xff", b"\xaa", bytes(5000), PREAMBLE, PREAMBLE * 3000):
        for _ in range(40):
            decoder.feed(piece)
            worst = max(worst, decoder.kept_bytes)
    assert worst <= 7 + 4096


def test_longest_answer_is_accepted() -> None:
    body = bytes(4095)
    check = bytes((0x10 ^ 0x00,))
    assert frames(Decoder().feed(PREAMBLE + b"\x10\x00" + body + check)) == [Frame(body)]


def test_how_much_is_missing_is_known_from_the_length_on() -> None:
    answer = resident_answer()
    decoder = Decoder()
    assert decoder.missing_bytes == 0
    decoder.feed(answer[:7])
    assert decoder.missing_bytes == len(answer) - 7
    decoder.feed(answer[7:100])
    assert decoder.missing_bytes == len(answer) - 100
    decoder.feed(answer[100:])
    assert decoder.missing_bytes == 0
