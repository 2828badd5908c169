"""How far a frame stands out of its page: so much room is shown around it."""

import pytest

from agent.documents.crops import Box, whole


@pytest.mark.parametrize(
    ("box", "out_mm"),
    [
        (whole(210, 297), 0),
        (Box(20, 30, 100, 100), 0),
        (Box(-5, 0, 210, 297), 5),
        (Box(0, 0, 210, 300), 3),
        (Box(0, 0, 210, 297, 4), 10.103),
        (Box(0, 0, 210, 297, -4), 10.103),
        (Box(0, 0, 100, 100, 45), 20.711),
    ],
)
def test_a_frame_stands_out_as_far_as_its_farthest_corner(box: Box, out_mm: float) -> None:
    assert box.standing_out_mm(210, 297) == pytest.approx(out_mm, abs=0.001)
