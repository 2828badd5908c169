"""Whatever a clerk drags or a detector finds, the frame lies in the picture and has the photo's proportion."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.photos.framing import Frame, Head, by_hand, fitted, proposed, wide_enough
from agent.photos.standard import GA_461

RATIO = GA_461.height_px / GA_461.width_px
sides = st.integers(200, 9000)
sizes = st.tuples(sides, sides)
numbers = st.one_of(st.integers(-100_000, 100_000), st.integers(-(10**30), 10**30))
frames = st.builds(Frame, numbers, numbers, numbers, numbers)


def lies_in(frame: Frame, size: tuple[int, int]) -> bool:
    is_within = frame.left + frame.width <= size[0] and frame.top + frame.height <= size[1]
    return frame.left >= 0 and frame.top >= 0 and frame.width >= 1 and frame.height >= 1 and is_within


def is_in_proportion(frame: Frame) -> bool:
    return abs(frame.height - frame.width * RATIO) <= 1 + RATIO / 2


@st.composite
def held(draw: st.DrawFn) -> tuple[Frame, tuple[int, int]]:
    """A frame as a page sends it of its picture."""
    size = draw(sizes)
    width = draw(st.integers(1, size[0]))
    place = draw(st.integers(-size[0], size[0])), draw(st.integers(-size[1], size[1]))
    return Frame(*place, width, draw(numbers)), size


@given(held())
def test_a_frame_that_a_page_can_send_is_taken_as_near_as_can_be(given_frame: tuple[Frame, tuple[int, int]]) -> None:
    frame, size = given_frame
    made = fitted(frame, size, GA_461)
    assert made is not None
    assert lies_in(made, size)
    assert is_in_proportion(made)
    fits = min(frame.width, round(size[1] / RATIO))
    assert abs(made.width - fits) <= 1
    for at, asked, most in (
        (made.left, frame.left, size[0] - made.width),
        (made.top, frame.top, size[1] - made.height),
    ):
        assert at == min(max(asked, 0), most)


@given(held())
def test_a_frame_that_fits_stays_as_it_is(given_frame: tuple[Frame, tuple[int, int]]) -> None:
    frame, size = given_frame
    once = fitted(frame, size, GA_461)
    assert once is not None
    again = fitted(once, size, GA_461)
    assert again is not None
    assert (again.left, again.top, again.width) == (once.left, once.top, once.width)
    assert abs(again.height - once.height) <= 1


@given(frames, sizes)
@example(Frame(0, 0, 0, 9), (4000, 3000))
@example(Frame(-4001, 0, 400, 9), (4000, 3000))
@example(Frame(0, 3001, 400, 9), (4000, 3000))
@example(Frame(0, 0, 4001, 9), (4000, 3000))
def test_any_other_frame_is_none(frame: Frame, size: tuple[int, int]) -> None:
    made = fitted(frame, size, GA_461)
    is_one = 1 <= frame.width <= size[0] and abs(frame.left) <= size[0] and abs(frame.top) <= size[1]
    assert (made is not None) is is_one
    assert made is None or lies_in(made, size)


heads = st.builds(
    lambda middle, width, top, eyes: Head(middle - width / 2, middle + width / 2, top, top + eyes),
    st.floats(-500, 9500), st.floats(0, 9000), st.floats(-500, 9500), st.floats(0, 5000),
)  # fmt: skip


@given(heads, sizes)
def test_what_is_proposed_and_made_wide_enough_has_the_photos_picture_elements(
    head: Head, size: tuple[int, int]
) -> None:
    frame = proposed(head, size, GA_461)
    assert lies_in(frame, size)
    wide = wide_enough(frame, size, GA_461)
    assert lies_in(wide, size)
    assert wide.width >= frame.width or wide == frame
    if min(size[0] / GA_461.width_px, size[1] / GA_461.height_px) > 1.01:
        assert wide.width >= GA_461.width_px
        assert wide.height >= GA_461.height_px
    if frame.width >= GA_461.width_px and frame.height >= GA_461.height_px:
        assert wide == frame
    elif lies_in(around(frame, wide), size):
        assert middle(wide) == pytest.approx(middle(frame), abs=1), "about the same middle"


def around(frame: Frame, wide: Frame) -> Frame:
    """A rectangle as large as `wide` about the middle of `frame`."""
    left, top = frame.left + (frame.width - wide.width) // 2, frame.top + (frame.height - wide.height) // 2
    return Frame(left, top, wide.width, wide.height)


def middle(frame: Frame) -> tuple[float, float]:
    return frame.left + frame.width / 2, frame.top + frame.height / 2


@given(sizes)
def test_by_hand_it_is_the_largest_that_the_picture_has(size: tuple[int, int]) -> None:
    frame = by_hand(size, GA_461)
    assert lies_in(frame, size)
    assert is_in_proportion(frame)
    assert frame.width == size[0] or abs(frame.height - size[1]) <= 1
