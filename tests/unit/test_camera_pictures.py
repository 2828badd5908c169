"""A camera's picture is whole, or it is none: by its bytes, at whatever place they end."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from drivers.api import LinkError, NeedsOperator
from drivers.camera_pictures import LARGEST_BYTES, check, is_frame, is_named_raw, jpeg_size_px


def jpeg(size_px: tuple[int, int] = (320, 240), **options: Any) -> bytes:
    noise = Image.effect_noise(size_px, 60).convert("RGB")
    written = io.BytesIO()
    noise.save(written, "JPEG", **options)
    return written.getvalue()


def with_thumbnail() -> bytes:
    """A JPEG whose EXIF holds another one, with an end of its own."""
    return jpeg(exif=b"Exif\0\0" + bytes(20) + jpeg((64, 48)))


def reason_of(content: bytes) -> str:
    with pytest.raises(LinkError, match="CAMERA-PICTURE") as caught:
        check(content)
    assert caught.value.facts["size_bytes"] == len(content)
    return str(caught.value.facts["reason"])


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}, {"quality": 97}])
def test_a_whole_jpeg_is_taken_with_its_size(options: dict[str, Any]) -> None:
    content = jpeg(**options)
    check(content)
    assert jpeg_size_px(content) == (320, 240)


def test_what_follows_the_end_is_of_no_account() -> None:
    check(with_thumbnail() + bytes(5000))
    check(jpeg() + jpeg((16, 16)))


def test_a_jpeg_that_ends_too_early_is_none_wherever_it_ends() -> None:
    content = with_thumbnail()
    cuts = [*range(3, 700), *range(700, len(content) - 1, 97), len(content) - 1]
    assert {reason_of(content[:cut]) for cut in cuts} == {"broken"}


def test_nothing_and_something_else_are_no_pictures() -> None:
    assert reason_of(b"") == "empty"
    assert reason_of(b"<html></html>") == "unknown"
    assert reason_of(b"\x89PNG\r\n\x1a\n" + bytes(100)) == "unknown"
    assert reason_of(b"\xff\xd8\xff" + b"\xff" * 1000) == "broken"
    assert reason_of(b"\xff\xd8\xff\xe0\x00\x00" + bytes(1000)) == "broken"


def test_a_picture_that_is_too_long_or_says_it_is_enormous_is_none() -> None:
    assert reason_of(jpeg() + bytes(LARGEST_BYTES)) == "large"
    bomb = bytearray(jpeg())
    at = bomb.index(b"\xff\xc0")
    bomb[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    assert reason_of(bytes(bomb)) == "large"


@pytest.mark.parametrize("start", [b"II*\0", b"MM\0*", b"IIU\0", b"FUJIFILMCCD-RAW", b"\0\0\0\x18ftypcrx "])
def test_a_raw_file_is_known_by_its_first_bytes_whatever_its_name_is(start: bytes) -> None:
    with pytest.raises(NeedsOperator, match="CAMERA-RAW-ONLY"):
        check(start + bytes(2000))


def test_raw_files_are_told_from_others_by_their_names() -> None:
    raw = ["DSC_0001.NEF", "_MG_1.cr2", "x.Dng", "DSC1.ARW"]
    other = ["DSC_0001.JPG", "nef", "NEF.", "clip.mov", "", "a.nef.jpg", "\x01<b>.JPG"]
    assert ([is_named_raw(name) for name in raw], [is_named_raw(name) for name in other]) == ([True] * 4, [False] * 7)


def test_a_frame_of_the_live_view_begins_and_ends_as_a_jpeg() -> None:
    frame = jpeg((64, 48))
    assert is_frame(frame)
    assert not any(
        map(is_frame, (frame[:-1], frame[1:], b"", bytes(30_000), frame[:-2] + bytes(5_000_000) + frame[-2:]))
    )


@pytest.mark.parametrize("behind", [0, 1, 64 * 1024 - 1, 64 * 1024, 200_000])
def test_the_end_of_a_picture_is_found_wherever_it_is(behind: int) -> None:
    start = b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x10\x00\x20" + bytes(10) + b"\xff\xda"
    picture = start + b"x" * 100_000 + b"\xff\xd9" + b"\0" * behind
    for content in (picture, memoryview(picture)):
        check(content)
        with pytest.raises(LinkError, match="CAMERA-PICTURE"):
            check(content[: len(start) + 100_001])
