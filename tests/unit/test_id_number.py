"""The ID number's checks in their order: what blocks, what only warns, what is out of scope.

Numbers of the standard are typed in from GB 11643-1999; all others are made up under 990000 or have no person.
"""

from __future__ import annotations

from datetime import date

import pytest

from agent.register import id_number
from agent.register.id_number import FormFacts, check
from drivers.id_number import check_digit

TODAY = date(2026, 11, 23)
FORM = FormFacts(TODAY, is_practice=True)


def whole(first_17: str) -> str:
    return first_17 + check_digit(first_17)


def codes(typed: str, form: FormFacts = FORM) -> list[str]:
    return [problem.code for problem in check(typed, form).problems]


def test_the_standards_examples() -> None:
    first = check("11010519491231002X", FORM)
    assert (first.problems, first.warnings, first.scope) == ((), (), None)
    assert (first.birth_date, first.sex) == (date(1949, 12, 31), "2")
    assert codes("440524188001010014") == ["ID-AGE"]


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002X",
        " 11010519491231002X\t",
    ],
)
def test_what_is_typed_is_cleaned(typed: str) -> None:
    assert check(typed, FORM).number == "11010519491231002X"
    assert codes(typed) == []


def test_fifteen_digits_are_upgraded() -> None:
    result = check("110105491231002", FORM)
    assert (result.number, result.raw, result.problems) == ("11010519491231002X", "110105491231002", ())


@pytest.mark.parametrize("sequence", [996, 997, 998, 999])
def test_the_centenarians_sequence_means_the_1800s(sequence: int) -> None:
    result = check(f"110105990101{sequence}", FORM)
    assert result.birth_date == date(1899, 1, 1)
    assert check("110105990101995", FORM).birth_date == date(1999, 1, 1)


@pytest.mark.parametrize(
    ("typed", "length"), [("1234", 4), ("11010519491231002", 17), ("", 0), ("1101051949123100200", 19)]
)
def test_a_wrong_length_is_told_with_its_difference(typed: str, length: int) -> None:
    (problem,) = check(typed, FORM).problems
    assert (problem.code, problem.facts) == ("ID-LENGTH", {"length": length, "difference": abs(18 - length)})


@pytest.mark.parametrize("typed", ["1101051949123100XX", "A10105194912310021", "11010549123100X", "11010519491231002٣"])
def test_letters_where_digits_belong(typed: str) -> None:
    assert codes(typed) in (["ID-SHAPE"], ["ID-LENGTH"])


@pytest.mark.parametrize(
    ("first_17", "expected"),
    [
        ("99000019850230001", ["ID-DATE"]),
        ("99000019851306001", ["ID-DATE"]),
        ("99000020990101001", ["ID-FUTURE"]),
        ("99000020261124001", ["ID-FUTURE"]),
        ("99000020261123001", []),
        ("99000018951123001", ["ID-AGE"]),
        ("99000018961123001", []),
    ],
)
def test_dates(first_17: str, expected: list[str]) -> None:
    assert codes(whole(first_17)) == expected


def test_every_wrong_check_digit_is_seen() -> None:
    right = whole("99000019850612001")
    for last in "0123456789X":
        assert codes(right[:17] + last) == ([] if last == right[17] else ["ID-CHECK-DIGIT"])


@pytest.mark.parametrize(
    ("first_17", "scope"),
    [
        ("81000019900101001", "SCOPE-HMT"),
        ("82000019900101001", "SCOPE-HMT"),
        ("83000019900101001", "SCOPE-HMT"),
        ("93100019900101001", "SCOPE-FOREIGNER"),
        ("91100019900101001", "SCOPE-FOREIGNER"),
        ("96500019900101001", "SCOPE-FOREIGNER"),
        ("99000019900101001", None),
        ("91600019900101001", None),
        ("80000019900101001", None),
        ("31011219900101001", None),
    ],
)
def test_typed_numbers_of_foreigners_and_hmt_residents(first_17: str, scope: str | None) -> None:
    assert check(whole(first_17), FORM).scope == scope
    assert check(whole(first_17), FormFacts(TODAY, is_from_card=True)).scope is None


def test_scope_is_decided_before_the_date() -> None:
    assert check("810000990230001" + "000", FORM).scope == "SCOPE-HMT"


@pytest.mark.parametrize(
    "code", ["320102", "310112", "310221", "510202", "512301", "330113", "110101", "533103", "659010"]
)
def test_old_and_new_division_codes_are_known(code: str) -> None:
    assert check(whole(code + "19700101001"), FORM).warnings == ()


def test_an_unknown_division_only_warns() -> None:
    result = check(whole("31019919900101001"), FORM)
    assert [warning.code for warning in result.warnings] == ["ID-DIVISION"]
    assert result.problems == ()


def test_the_made_up_division_is_known_in_practice_only() -> None:
    number = whole("99000019900101001")
    assert check(number, FORM).warnings == ()
    assert [warning.code for warning in check(number, FormFacts(TODAY)).warnings] == ["ID-DIVISION"]


def test_the_form_is_held_against_the_number() -> None:
    number = whole("99000019850612001")
    assert codes(number, FormFacts(TODAY, "1", "1985-06-12")) == []
    assert codes(number, FormFacts(TODAY, "2", "1985-06-12")) == ["ID-SEX-MISMATCH"]
    assert codes(number, FormFacts(TODAY, "1", "1985-06-13")) == ["ID-BIRTH-MISMATCH"]
    assert codes(number, FormFacts(TODAY, "9", "")) == []


def test_what_may_pass_never_includes_length_shape_or_future() -> None:
    assert id_number.PASSABLE.isdisjoint({"ID-LENGTH", "ID-SHAPE", "ID-FUTURE"})


@pytest.mark.parametrize(
    ("birth", "today", "years"),
    [
        (date(2010, 11, 24), TODAY, 15),
        (date(2010, 11, 23), TODAY, 16),
        (date(2008, 2, 29), date(2024, 2, 28), 15),
        (date(2008, 2, 29), date(2025, 2, 28), 16),
        (date(2008, 2, 29), date(2025, 3, 1), 17),
    ],
)
def test_years(birth: date, today: date, years: int) -> None:
    assert id_number.years_between(birth, today) == years


def test_numbers_are_masked_and_grouped() -> None:
    assert id_number.masked("990000198506120049") == "990000********0049"
    assert id_number.masked("1234") == "****"
    assert id_number.grouped("990000198506120049") == "990000 19850612 0049"
