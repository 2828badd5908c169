"""The rectangle of a photo: the head as large and where the standard wants it, as far as the picture goes."""

from __future__ import annotations

import pytest

from agent.photos.framing import Frame, Head, by_hand, proposed, seen_in
from agent.photos.standard import GA_461

SIZE = (4000, 3000)


def head(width: float = 800.0, top: float = 500.0, eyes: float = 1180.0, middle: float = 2000.0) -> Head:
    return Head(middle - width / 2, middle + width / 2, top, eyes, 0.0)


@pytest.mark.parametrize("width", [420.0, 800.0, 1100.0])
def test_a_head_of_any_size_becomes_as_wide_as_the_standard_wants(width: float) -> None:
    one = head(width, 300.0, 300.0 + 0.85 * width)
    seen = seen_in(one, proposed(one, SIZE, GA_461), GA_461)
    assert seen.width == pytest.approx(GA_461.face_px, abs=1)
    assert seen.middle_x == pytest.approx(GA_461.width_px / 2, abs=1)
    first, last = GA_461.hair_top_px
    assert first <= seen.top <= last
    assert seen.eyes_y <= GA_461.eye_line_px


def test_the_eyes_go_before_the_hair_where_both_cannot_be_met() -> None:
    one = head(top=300.0, eyes=1200.0)
    seen = seen_in(one, proposed(one, SIZE, GA_461), GA_461)
    assert seen.eyes_y == pytest.approx(GA_461.eye_line_px, abs=1)
    assert seen.top < GA_461.hair_top_px[0]


@pytest.mark.parametrize(
    "one",
    [head(middle=100.0), head(middle=3900.0), head(top=10.0, eyes=650.0), head(top=2000.0, eyes=2700.0), head(3900.0)],
)
def test_the_rectangle_never_leaves_the_picture_and_keeps_its_proportion(one: Head) -> None:
    frame = proposed(one, SIZE, GA_461)
    assert frame.left >= 0
    assert frame.top >= 0
    assert frame.left + frame.width <= SIZE[0]
    assert frame.top + frame.height <= SIZE[1]
    assert frame.width / frame.height == pytest.approx(GA_461.width_px / GA_461.height_px, rel=0.002)


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (358, 441), (600, 400)])
def test_a_rectangle_by_hand_is_the_largest_in_the_middle(size: tuple[int, int]) -> None:
    frame = by_hand(size, GA_461)
    assert frame.width == size[0] or frame.height == size[1] or abs(frame.height - size[1]) <= 1
    assert abs(2 * frame.left + frame.width - size[0]) <= 1
    assert frame.left >= 0
    assert frame.top >= 0


def test_no_face_at_all_is_no_division_by_nothing() -> None:
    assert proposed(head(0.0), SIZE, GA_461) == Frame(1999, 1179, 2, 2)
