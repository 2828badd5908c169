"""The made-up people before the simulated camera: all different, the same for a seed, each look as its name says."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from simulators.camera_figure import Pose
from simulators.camera_looks import LOOKS, Light, Scene, grained, moving, see
from simulators.camera_sitters import FEMALE, MALE, Sitter, sitters
from simulators.people import stack

PEOPLE = sitters(1)
SIZE = (640, 480)
WIDTH, HEIGHT = SIZE
FACE = (WIDTH // 2 - 40, HEIGHT * 2 // 5 - 50, WIDTH // 2 + 40, HEIGHT * 2 // 5 + 70)
CORNERS = ((0, 0, 60, 60), (WIDTH - 60, 0, WIDTH, 60))
STRAIGHT = Pose()


def seen(look: str = "good", person: str = "resident-001", pose: Pose = STRAIGHT, **more: object) -> Image.Image:
    other = PEOPLE["visitor-004"]
    return see(Scene(PEOPLE[person], look, other, **more), SIZE, pose)  # type: ignore[arg-type]


def level(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    return ImageStat.Stat(image.convert("L").crop(box)).mean[0]


def spread(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    return ImageStat.Stat(image.convert("L").crop(box)).stddev[0]


def edges(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L").filter(ImageFilter.FIND_EDGES).crop(FACE)).stddev[0]


def shown(sitter: Sitter) -> bytes:
    return see(Scene(sitter), (160, 120), STRAIGHT).tobytes()


def changed(first: Image.Image, second: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.difference(first, second).getbbox()
    assert box is not None
    return box


def test_there_are_200_and_no_two_look_alike() -> None:
    assert len(PEOPLE) == 200
    assert len({shown(sitter) for sitter in PEOPLE.values()}) == 200


def test_the_same_seed_gives_the_same_people_and_another_does_not() -> None:
    assert sitters(1) == PEOPLE
    others = sitters(2)
    assert list(others) == list(PEOPLE)
    assert not [name for name in others if others[name] == PEOPLE[name]]


def test_whoever_has_a_card_sits_here_as_the_card_says() -> None:
    cards = stack(1)
    assert list(PEOPLE)[: len(cards)] == list(cards)
    assert {PEOPLE[name].sex for name in ("resident-001", "family-a-1")} == {MALE}
    assert PEOPLE["family-a-2"].sex == FEMALE
    assert PEOPLE["family-a-4"].age == 2026 - 2018
    assert PEOPLE["family-a-4"].is_child
    assert not PEOPLE["old"].is_child
    assert all(4 <= sitter.age <= 95 for sitter in PEOPLE.values())
    assert all(sitter.name for sitter in PEOPLE.values())


def test_nobody_wears_white() -> None:
    assert all(min(sitter.cloth) < 200 for sitter in PEOPLE.values())


def test_a_good_one_sits_straight_before_a_white_wall() -> None:
    image = grained(seen(), 1)
    for corner in CORNERS:
        assert level(image, corner) >= 245
        assert 0 < spread(image, corner) <= 12
    assert 90 < level(image, FACE) < 220


def test_light_and_wall_are_as_the_look_says() -> None:
    dark, bright, wall = (seen(look) for look in ("dark", "blown-out", "grey-wall"))
    assert level(dark, FACE) < 70
    assert level(dark, CORNERS[0]) < 90
    assert level(bright, FACE) > 225
    assert level(wall, CORNERS[0]) < 200
    assert spread(wall, (0, 0, WIDTH, 60)) > 12
    assert abs(level(wall, FACE) - level(seen(), FACE)) < 5


def test_skin_and_cloth_are_rough_and_the_wall_is_not() -> None:
    image = seen()
    assert spread(image, CORNERS[0]) == 0
    assert spread(image, (WIDTH // 2 - 20, HEIGHT - 40, WIDTH // 2 + 20, HEIGHT - 10)) > 2


def test_a_blurred_one_has_no_edges() -> None:
    assert edges(seen("blurred")) < edges(seen()) / 3


def test_eyes_closed_differ_at_the_eyes_only() -> None:
    left, top, right, bottom = changed(seen(), seen("eyes-closed"))
    unit_px = 0.27 * HEIGHT
    assert WIDTH / 2 - 0.45 * unit_px < left < right < WIDTH / 2 + 0.45 * unit_px
    assert HEIGHT * 0.4 - 0.2 * unit_px < top < bottom < HEIGHT * 0.4 + 0.2 * unit_px


def test_a_tilted_head_leans_to_one_side() -> None:
    left, _, right, _ = changed(seen("tilted"), Image.new("RGB", SIZE, (252, 252, 251)))
    head = seen("tilted").crop((left, 60, right, 190))
    box = changed(head, Image.new("RGB", head.size, (252, 252, 251)))
    straight = seen().crop((left, 60, right, 190))
    upright = changed(straight, Image.new("RGB", straight.size, (252, 252, 251)))
    assert (box[0] + box[2]) / 2 > (upright[0] + upright[2]) / 2 + 10


def test_one_who_sits_too_far_away_is_small_and_behind_a_counter() -> None:
    far = seen("too-small").crop((0, 0, WIDTH, HEIGHT // 2))
    box = changed(far, Image.new("RGB", far.size, (252, 252, 251)))
    assert box[2] - box[0] < WIDTH / 6


def test_a_second_face_stands_beside_the_first() -> None:
    box = changed(seen(), seen("second-face"))
    assert box[0] > WIDTH / 2
    assert box[2] < WIDTH


def test_an_empty_chair_is_a_white_wall() -> None:
    assert see(Scene(None), SIZE, STRAIGHT).getcolors() == [(WIDTH * HEIGHT, (252, 252, 251))]


def test_settings_of_the_light_change_the_picture() -> None:
    assert level(seen(light=Light(0.5, 0.5, 0.5)), FACE) < level(seen(), FACE) * 0.6
    warm = ImageStat.Stat(seen(light=Light(1.0, 0.9, 0.7)).crop(CORNERS[0])).mean
    assert warm[0] > warm[1] > warm[2]


@pytest.mark.parametrize("look", LOOKS)
def test_the_picture_moves(look: str) -> None:
    first, second = (seen(look, pose=moving(moment)) for moment in (0.5, 1.0))
    assert first.tobytes() != second.tobytes()


def test_they_blink_now_and_then_and_the_movement_comes_back_to_where_it_began() -> None:
    shut = [moving(moment / 25).closed for moment in range(100)]
    assert 0 < sum(closed == 1.0 for closed in shut) < 10
    assert moving(0.0) == moving(4.0)


def test_grain_is_another_at_each_moment() -> None:
    assert grained(seen(), 1).tobytes() != grained(seen(), 2).tobytes()
    assert grained(seen(), 1).tobytes() == grained(seen(), 1).tobytes()


@pytest.mark.parametrize("name", ["bob", "long", "tied", "bun", "fringe", "curly", "side", "crew", "short", "receding"])
def test_every_way_to_wear_hair_occurs(name: str) -> None:
    assert any(sitter.hair == name for sitter in PEOPLE.values())
