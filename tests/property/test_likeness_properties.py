"""One slip apart is what a table of edit distances says, for any two numbers, and what is looked up is all of it."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.register import likeness, number_slips
from agent.register.likeness import Compared
from drivers.id_number import check_digit

BY_DIGITS = settings(max_examples=150, deadline=None)
heads = st.builds(
    lambda area, day, serial: f"{area}{day:%Y%m%d}{serial:03d}",
    st.sampled_from(["990000", "990001", "909000"]),
    st.dates(date(1800, 1, 1), date(2030, 1, 1)),
    st.integers(0, 999),
)
numbers = st.builds(lambda head, last: head + (last or check_digit(head)), heads, st.sampled_from(["", "0", "7", "X"]))


def distance(one: str, other: str) -> int:
    """How many digits changed, put in, taken out, or swapped with their neighbour: the whole table."""
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            if min(i, j) == 0:
                table[i][j] = i + j
                continue
            same = one[i - 1] == other[j - 1]
            ways = [table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (not same)]
            if min(i, j) > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                ways.append(table[i - 2][j - 2] + 1)
            table[i][j] = min(ways)
    return table[-1][-1]


@st.composite
def near_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """Two numbers, the second made of the first by up to three slips, its check digit mended or not."""
    one = draw(numbers)
    text = list(one)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, 17))
        if draw(st.booleans()) and place < 17:
            text[place], text[place + 1] = text[place + 1], text[place]
        else:
            text[place] = draw(st.sampled_from("0123456789X" if place == 17 else "0123456789"))
    other = "".join(text)
    head = other[:17]
    return one, head + check_digit(head) if head.isdigit() and draw(st.booleans()) else other


@BY_DIGITS
@given(pair=near_numbers())
def test_one_slip_apart_is_one_step_of_the_table(pair: tuple[str, str]) -> None:
    one, other = pair
    is_near = False
    if other[:17].isdigit():
        are_right = number_slips.is_valid(one) and number_slips.is_valid(other)
        is_near = distance(one, other) == 1 or (are_right and distance(one[:17], other[:17]) == 1)
    assert number_slips.is_one_slip_apart(one, other) == is_near
    assert number_slips.is_one_slip_apart(other, one) == is_near
    assert (other in number_slips.slips(one)) == is_near
    assert (one in number_slips.slips(other)) == is_near


people = st.builds(
    Compared,
    id_no=st.one_of(st.just(""), numbers),
    id_no_raw=st.sampled_from(["", "990000850612001"]),
    name_key=st.sampled_from(["测试林", "测试森", ""]),
    birth_date=st.sampled_from(["1985-06-12", "1985-06-21", ""]),
    guardian_id=st.sampled_from(["", "g"]),
)


@BY_DIGITS
@given(one=people, other=people)
def test_whoever_is_named_first_the_reasons_are_the_same(one: Compared, other: Compared) -> None:
    assert likeness.reasons(one, other) == likeness.reasons(other, one)
    assert likeness.digest(one, other) == likeness.digest(other, one)
    are_two = number_slips.is_valid(one.id_no) and number_slips.is_valid(other.id_no)
    if are_two and not number_slips.is_one_slip_apart(one.id_no, other.id_no) and not one.numbers & other.numbers:
        assert not likeness.is_suspicion(tuple(set(likeness.reasons(one, other)) - {likeness.NAME_AND_GUARDIAN}))
