"""Who may be the same person, and who is probably somebody else: the rules with cases typed in by hand."""

from __future__ import annotations

import itertools

import pytest

from agent.register import id_number, likeness, merging, number_slips, revision
from agent.register.likeness import Compared
from agent.register.merging import Wish
from drivers.id_number import check_digit

RIGHT = "990000198506120014"
SWAPPED = "990000198506210014"


def number(first_17: str) -> str:
    return first_17 + check_digit(first_17)


def person(**values: str) -> Compared:
    return likeness.of({"name": "测试林", "birth_date": "1985-06-12"} | values)


def test_the_numbers_that_a_slip_leads_to() -> None:
    right = number(RIGHT[:17])
    found = number_slips.slips(right)
    assert number(right[:16] + "3") in found, "a number that came with 15 digits has no check digit of its own"
    assert right[:16] + "3" + right[17] in found
    assert right[:17] + ("0" if right[17] != "0" else "1") in found
    assert number(SWAPPED[:17]) in found
    assert number("99000019850612103") not in found, "two slips"
    assert number(right[:10] + "13" + right[12:17]) not in found, "there is no 13th month"
    assert right not in found
    far = number("99000019850612213")
    assert number("99000019850612312") not in number_slips.slips(far), "they swapped over another digit"
    assert not number_slips.is_one_slip_apart(far, number("99000019850612312"))
    assert 200 < len(found) < 350
    assert number_slips.slips("990000850612001") == frozenset()
    assert number_slips.places(right, number(SWAPPED[:17]))[:2] == (13, 14)
    assert number_slips.places(right, "") == ()


def test_the_check_digit_catches_every_slip_in_eighteen_characters() -> None:
    """So two right numbers are one slip apart in their first seventeen only."""
    for serial in range(1, 200, 7):
        right = number(f"99000019850612{serial:03d}")
        near = [text for text in number_slips.slips(right) if number_slips.is_valid(text)]
        assert near
        assert all(text[17] == check_digit(text[:17]) and text[:17] != right[:17] for text in near)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({"id_no": number(RIGHT[:17])}, {"id_no": ""}, ("LIKE-NAME-BIRTH",)),
        ({"id_no": number(RIGHT[:17])}, {"name": "测试森"}, ()),
        ({"id_no": number(RIGHT[:17])}, {"id_no": number(SWAPPED[:17]), "birth_date": "1985-06-21"}, ("LIKE-SLIP",)),
        ({"id_no": number(RIGHT[:17])}, {"id_no": number(RIGHT[:16] + "3")}, ("LIKE-SLIP", "LIKE-NAME-BIRTH")),
        ({"id_no": number(RIGHT[:17])}, {"id_no": number(RIGHT[:14] + "777")}, ("LIKE-TWO-NUMBERS",)),
        ({"id_no": number(RIGHT[:17])}, {"id_no": number(RIGHT[:16] + "3"), "name": "测试森"}, ()),
        ({"birth_date": "", "guardian_id": "g"}, {"birth_date": "", "guardian_id": "g"}, ("LIKE-NAME-GUARDIAN",)),
        (
            {"id_no": number(RIGHT[:17]), "guardian_id": "g"},
            {"id_no": number("99000019900101777"), "guardian_id": "g", "birth_date": "1990-01-01"},
            (),
        ),
        ({"name": "测 试林"}, {"name": "测试林"}, ("LIKE-NAME-BIRTH",)),
        ({"name": ""}, {"name": ""}, ()),
        ({"birth_date": ""}, {"birth_date": ""}, ()),
    ],
)
def test_reasons(one: dict[str, str], other: dict[str, str], reasons: tuple[str, ...]) -> None:
    for pair in itertools.permutations((person(**one), person(**other))):
        assert likeness.reasons(*pair) == reasons
        assert likeness.is_suspicion(reasons) == (reasons not in {(), ("LIKE-TWO-NUMBERS",)})
    assert likeness.digest(person(**one), person(**other)) == likeness.digest(person(**other), person(**one))


def test_a_number_that_is_not_right_is_a_slip_whatever_the_names_are() -> None:
    right = number(RIGHT[:17])
    wrong = right[:17] + ("0" if right[17] != "0" else "1")
    assert likeness.reasons(person(id_no=right), person(id_no=wrong, name="测试森", birth_date="")) == ("LIKE-SLIP",)


def test_two_numbers_that_chips_have_said_are_two_persons_however_near_they_are() -> None:
    one, other = ({"name": "测试林", "id_no": number(head)} for head in (RIGHT[:17], RIGHT[:16] + "3"))
    said = likeness.of(one, is_of_chip=True)
    assert likeness.reasons(said, likeness.of(other, is_of_chip=True)) == ()
    assert likeness.reasons(said, likeness.of(other)) == ("LIKE-SLIP",)
    assert likeness.digest(said, likeness.of(other)) == likeness.digest(likeness.of(one), likeness.of(other))


def test_an_old_number_of_fifteen_digits_is_the_same_as_its_eighteen() -> None:
    old = RIGHT[:6] + RIGHT[8:17]
    named = person(id_no="", id_no_raw=old, name="测试旧", birth_date="")
    assert likeness.reasons(named, person(id_no=id_number.upgrade(old))) == ("LIKE-NUMBER",)


def test_what_can_be_taken_and_what_is_taken_where_nobody_says_so() -> None:
    held = {"name": "测试林", "id_no": "", "id_type": "113", "mobile": "1", "guardian_name": "测试母", "road": "甲"}
    others = {"name": "测试林", "id_no": "n", "id_type": "111", "mobile": "2", "guardian_name": "", "road": "乙"}
    assert merging.offered(held, others) == ("id_no", "mobile")
    assert merging.preset(held, others) == {"id_no"}
    taken = merging.merged(held, others, {"id_no", "guardian_name"})
    assert taken == held | {"id_no": "n", "id_type": "111"}
    assert merging.merged(held, others, ()) == held


@pytest.mark.parametrize(
    ("evidence", "reason", "codes"),
    [
        (("1",), "同一人", []),
        (("1", "9"), "同一人", []),
        ((), "", [("FIELD-MISSING", "evidence"), ("FIELD-MISSING", "merge_reason")]),
        (("9",), "同一人", [("MERGE-EVIDENCE", "evidence")]),
        (("8",), "同一人", [("FIELD-CODE", "evidence")]),
        (("2",), f"号码 {RIGHT}", [("REMARK-DIGITS", "merge_reason")]),
    ],
)
def test_what_a_merge_needs(evidence: tuple[str, ...], reason: str, codes: list[tuple[str, str]]) -> None:
    found = merging.judge(Wish(1, 1, frozenset(), evidence, reason))
    assert [(one.code, one.field) for one in found] == codes


class Line:
    """A line of a history."""

    def __init__(self, key: str, old: str, new: str) -> None:
        self.key, self.old, self.new = key, old, new


def test_what_comes_back_is_as_it_was_and_what_a_card_vouched_for_is_not() -> None:
    there, back = Line("mobile", "1", "2"), Line("mobile", "2", "1")
    assert revision.is_as_it_was([])
    assert not revision.is_as_it_was([there])
    assert revision.is_as_it_was([there, back])
    assert revision.is_as_it_was([Line("unchanged", "a", "b")])
    assert not revision.is_as_it_was([there, back, Line("card", "", "name")])
