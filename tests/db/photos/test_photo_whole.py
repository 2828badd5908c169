"""With the real pictures process: from what a camera sees of drawn people to the photo that is kept."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from PIL import Image

from agent.clock import SystemClock
from agent.documents.pictures import Pictures
from simulators.camera_looks import Light
from simulators.camera_studio import Exposed, Studio

SIZE = (1600, 1200)
EXIF_AT = b"Exif\0\0"


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    made = Pictures(SystemClock())
    yield made
    made.end()


@cache
def still(look: str) -> bytes:
    """What a camera gives of somebody, with a word of where it was taken."""
    studio = Studio(1)
    studio.seat("resident-003", look)
    shown = Image.open(io.BytesIO(studio.still(1, Exposed(SIZE, Light()), 92)))
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "测试地区测试路1号"
    shown.save(made, "JPEG", quality=92, exif=exif)
    return made.getvalue()


@pytest.fixture
def developed(gallery: Any, pictures: Pictures) -> Any:
    gallery.service.stop()
    gallery.service = gallery.opened(pictures)
    return gallery


def test_a_good_one_counts_and_is_as_the_standard_wants_it(developed: Any) -> None:
    developed.take(still("good"))
    photo = developed.picture(developed.current)
    with Image.open(io.BytesIO(photo)) as shown:
        assert (shown.size, shown.info["dpi"]) == ((358, 441), (350, 350))
    assert EXIF_AT not in photo


def test_a_bad_one_waits_with_its_reason_and_is_framed_by_hand(developed: Any) -> None:
    developed.take(still("grey-wall"))
    waiting = developed.waiting
    assert [flaw.code for flaw in waiting.flaws] == ["PHOTO-BACKGROUND-DARK"]
    assert (developed.current, waiting.size) == (None, SIZE)
    before = developed.picture(waiting)
    developed.frame(waiting, left=waiting.frame.left + 60, width=waiting.frame.width)
    assert developed.waiting.frame.left == waiting.frame.left + 60
    assert developed.picture(developed.waiting) != before


def test_the_cameras_picture_is_shown_without_what_its_file_says(developed: Any) -> None:
    developed.take(still("good"))
    assert EXIF_AT in still("good")
    shown = developed.service.still(developed.ref, developed.current.id, developed.by)
    with Image.open(io.BytesIO(shown)) as opened:
        assert (opened.format, opened.size, dict(opened.getexif())) == ("JPEG", (1200, 900), {})


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff\xe0 nothing", b"\xff\xd8" + bytes(999)])
def test_what_is_no_picture_is_given_up(developed: Any, content: bytes) -> None:
    assert developed.code_of(lambda: developed.take(content)) == "PHOTO-NOT-MADE"
    assert (developed.rows(), developed.files()) == ([], set())


def test_what_is_left_at_a_stop_is_made_by_whoever_looks(developed: Any) -> None:
    dead = Pictures(SystemClock())
    dead.end()
    developed.service.stop()
    service, developed.service = developed.service, developed.opened(dead)
    assert developed.code_of(lambda: developed.take(still("good"))) == "PHOTO-NOT-MADE"
    assert developed.kinds() == ["photo-still"]
    developed.service.stop()
    developed.service = service
    assert developed.current.is_used
