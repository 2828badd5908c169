"""One door has one key, however it is written; and whatever the base has is found by every way of writing it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.register import address_parts, door_of_form
from agent.register.address_parts import door_key, parts_of
from agent.register.doors import Directory, Door

AREA = "310112101"
DIGITS = "零一二三四五六七八九"
NUMBERS = st.integers(1, 999).map(str)
NOS = st.builds(lambda number, tail: number + tail, NUMBERS, st.sampled_from(("", "", "甲", "-1", "B", "临")))
ROADS = st.sampled_from(("测试路", "测试东路", "测试新村", "样例街", "五一路", "测试大道"))
DOORS = st.tuples(ROADS, st.one_of(st.just(""), NUMBERS), NOS).flatmap(
    lambda door: st.tuples(st.just(door), st.one_of(st.just(""), NUMBERS) if door[1] else st.just(""))
)


def wide(text: str) -> str:
    """In the wide letters and digits of a Chinese input method."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def in_han(number: str) -> str:
    """Digit by digit in Chinese, where it is nothing but digits."""
    return "".join(DIGITS[int(one)] for one in number) if number.isdigit() else number


WAYS = st.sampled_from((str, wide, in_han, str.lower, lambda text: f" {text} ", lambda text: text.replace("-", "—")))


@given(DOORS, WAYS, st.booleans())
def test_a_door_has_one_key_however_it_is_typed(found, way, with_units) -> None:
    (road, lane, no), sublane = found
    units = ("弄", "支弄", "号") if with_units else ("", "", "")
    typed = [way(part) + unit if part else "" for part, unit in zip((lane, sublane, no), units, strict=True)]
    assert door_key(way(road), *typed) == door_key(road, lane, sublane, no)


@given(DOORS, WAYS)
def test_the_key_is_the_door_as_one_text_and_is_taken_apart_again(found, way) -> None:
    (road, lane, no), sublane = found
    door = Door("990000001", AREA, "测试一居", "A01", road, lane, sublane, no)
    assert door.key == door_key(road, lane, sublane, no) == address_parts.plain(door.key)
    parts = parts_of(way(door.name))
    assert door_key(*(parts.get(key, "") for key in ("road", "lane", "sublane", "no"))) == door.key


@given(
    st.lists(DOORS, min_size=1, max_size=12, unique_by=lambda found: door_key(*found[0][:2], found[1], found[0][2])),
    WAYS,
    st.data(),
)
def test_what_is_chosen_from_the_list_is_the_door_that_the_form_finds(many, way, data) -> None:
    doors = [
        Door(f"99{place}", AREA, "测试一居", "A01", road, lane, sublane, no)
        for place, ((road, lane, no), sublane) in enumerate(many)
    ]
    base = Directory(doors, {"A01": "测试一队"}, 1)
    meant = data.draw(st.sampled_from(doors))
    assert meant.name in [choice.name for choice in base.choices(way(meant.name), 100)]
    said = door_of_form.spread(base, {"road": meant.name}, {"town": AREA})
    assert door_of_form.number_of(base, {"town": AREA, "form": "RG", **said}) == meant.addr_id
    assert base.at("", way(meant.road), meant.lane, meant.sublane, meant.no) is meant
