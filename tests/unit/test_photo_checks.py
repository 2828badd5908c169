"""A photo of drawn people: framed and passed where it is good, and each way to fail it is said by its name."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache

import pytest
from PIL import Image

from agent.clock import SystemClock
from agent.documents.pictures import Pictures
from agent.errors import CodedError
from agent.photos.framing import Frame
from agent.photos.making import Photo, finished, made
from agent.photos.standard import GA_461
from simulators.camera_looks import Scene, moving, see
from simulators.camera_sitters import sitters

CAMERA = (2000, 1500)
PEOPLE = tuple(sitters(1).values())


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    process = Pictures(SystemClock())
    yield process
    process.end()


@lru_cache(maxsize=16)
def picture(number: int, look: str, size: tuple[int, int] = CAMERA) -> bytes:
    other = PEOPLE[(number + 7) % len(PEOPLE)]
    coded = io.BytesIO()
    see(Scene(PEOPLE[number], look, other), size, moving(1.0)).save(coded, "JPEG", quality=92)
    return coded.getvalue()


def photo_of(pictures: Pictures, content: bytes) -> Photo:
    return made(pictures, content, GA_461)[1]


def codes(photo: Photo) -> list[str]:
    return [one.code for one in photo.flaws]


@pytest.mark.parametrize("number", range(0, 200, 40))
def test_a_good_picture_becomes_a_photo_as_the_standard_wants_it(pictures: Pictures, number: int) -> None:
    photo = photo_of(pictures, picture(number, "good"))
    assert codes(photo) == []
    assert GA_461.least_bytes <= len(photo.content) <= GA_461.most_bytes
    with Image.open(io.BytesIO(photo.content)) as shown:
        assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (358, 441))
        assert shown.info["dpi"] == (350, 350)
        assert not shown.getexif()


@pytest.mark.parametrize(
    ("look", "code"),
    [
        ("second-face", "PHOTO-SECOND-FACE"),
        ("eyes-closed", "PHOTO-EYES-NOT-SEEN"),
        ("tilted", "PHOTO-TILTED"),
        ("dark", "PHOTO-DARK"),
        ("blown-out", "PHOTO-LIGHT"),
        ("blurred", "PHOTO-BLURRED"),
        ("grey-wall", "PHOTO-BACKGROUND-DARK"),
    ],
)
@pytest.mark.parametrize("number", [0, 80, 162])
def test_a_picture_that_fails_says_why_and_where(pictures: Pictures, number: int, look: str, code: str) -> None:
    photo = photo_of(pictures, picture(number, look))
    assert code in codes(photo)
    for flaw in photo.flaws:
        left, top, width, height = flaw.box
        assert 0 <= left < left + width <= GA_461.width_px
        assert 0 <= top < top + height <= GA_461.height_px


def test_who_sits_too_far_away_is_told_so_and_nothing_is_made_larger_than_it_was(pictures: Pictures) -> None:
    content = picture(0, "too-small")
    seen, _ = made(pictures, content, GA_461)
    with pytest.raises(CodedError) as refused:
        finished(pictures, content, seen, GA_461, Frame(100, 100, 357, 440))
    assert refused.value.code == "PHOTO-TOO-COARSE"
    by_hand = finished(pictures, content, seen, GA_461, Frame(400, 0, 1218, 1500))
    assert "PHOTO-FACE-SMALL" in codes(by_hand) or "PHOTO-NO-FACE" in codes(by_hand)


def test_a_clerk_frames_by_hand_where_no_face_is_found(pictures: Pictures) -> None:
    plain = io.BytesIO()
    Image.new("RGB", (1600, 1200), "white").save(plain, "JPEG")
    seen, photo = made(pictures, plain.getvalue(), GA_461)
    assert (seen.heads, seen.size, seen.frame.height) == ([], (1600, 1200), 1200)
    assert codes(photo)[0] == "PHOTO-NO-FACE"


def test_a_frame_of_the_clerks_is_taken_and_judged(pictures: Pictures) -> None:
    content = picture(40, "good")
    seen, _ = made(pictures, content, GA_461)
    moved = Frame(seen.frame.left, max(0, seen.frame.top - 60), seen.frame.width, seen.frame.height)
    photo = finished(pictures, content, seen, GA_461, moved)
    assert photo.frame == moved
    assert set(codes(photo)) & {"PHOTO-EYES-LOW", "PHOTO-HAIR-TOP"}


def test_a_picture_that_lies_on_its_side_is_set_upright_first(pictures: Pictures) -> None:
    upright = picture(0, "good")
    with Image.open(io.BytesIO(upright)) as shown:
        lying = shown.transpose(Image.Transpose.ROTATE_90)
        exif = Image.Exif()
        exif[0x0112] = 6
        coded = io.BytesIO()
        lying.save(coded, "JPEG", quality=92, exif=exif)
    assert made(pictures, coded.getvalue(), GA_461)[0].size == CAMERA
    assert codes(photo_of(pictures, coded.getvalue())) == []


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0nonsense", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0II*\0\x08\0\0\0\xff\xff"]
)
def test_a_picture_with_a_broken_word_on_how_it_lies_is_taken_as_it_lies(pictures: Pictures, exif: bytes) -> None:
    coded = io.BytesIO()
    with Image.open(io.BytesIO(picture(0, "good"))) as shown:
        shown.save(coded, "JPEG", quality=92, exif=exif)
    assert codes(photo_of(pictures, coded.getvalue())) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "PHOTO-NOT-MADE"), (b"GIF89a", "PHOTO-NOT-MADE"), (picture(0, "good")[:20_000], "PHOTO-NOT-MADE")],
)
def test_what_is_no_picture_is_said_so(pictures: Pictures, content: bytes, code: str) -> None:
    with pytest.raises(CodedError) as refused:
        made(pictures, content, GA_461)
    assert refused.value.code == code


def test_a_picture_too_small_for_any_face_is_refused(pictures: Pictures) -> None:
    coded = io.BytesIO()
    Image.new("RGB", (199, 400), "white").save(coded, "JPEG")
    with pytest.raises(CodedError) as refused:
        made(pictures, coded.getvalue(), GA_461)
    assert (refused.value.code, refused.value.facts) == ("PHOTO-SIZE", {"width": 199, "height": 400})


def test_the_same_head_is_framed_alike_at_every_resolution(pictures: Pictures) -> None:
    shares = []
    for size in ((1200, 900), (2000, 1500), (4000, 3000)):
        frame = made(pictures, picture(80, "good", size), GA_461)[0].frame
        shares.append((frame.left / size[0], frame.top / size[1], frame.width / size[0]))
    for one in shares[1:]:
        assert one == pytest.approx(shares[0], abs=0.015)
