"""The citizen ID number (公民身份号码) as typed or read: the checks, in their order, as problem or warning.

Source: GB 11643-1999; GB 11643-1989 for 15 digits (sequence 996-999 belongs to a birth in the 1800s).
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from agent.register import divisions, rules
from agent.register.views import Problem
from drivers import id_number

NOT_OF_CARD = "ID-NOT-OF-CARD"
PASSABLE = frozenset({"ID-CHECK-DIGIT", "ID-BIRTH-MISMATCH", "ID-SEX-MISMATCH", "ID-DATE", "ID-AGE", NOT_OF_CARD})
_FOREIGN = re.compile(r"9(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])")
_SEX_UNSAID = frozenset({"0", "9"})
_CENTENARIANS = range(996, 1000)


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the rest of the form says, to be held against the number; "" or None where it says nothing."""

    today: date
    sex: str = ""
    birth_date: str = ""
    is_from_card: bool = False
    is_practice: bool = False
    parameters: rules.Parameters = dataclasses.field(default_factory=rules.shipped)

    @property
    def oldest_years(self) -> int:
        """Years of age that nobody exceeds."""
        return self.parameters.on(self.today).oldest_years


@dataclass(frozen=True, slots=True)
class IdNumber:
    """What a number turned out to be.

    Attributes:
        number: cleaned, and upgraded to 18 characters where it had 15 digits.
        raw: the 15 digits as typed, "" otherwise.
        birth_date: from the number, None where it has none.
        sex: "1" or "2" from the number, "" where its shape is wrong.
        scope: `SCOPE-FOREIGNER` or `SCOPE-HMT` when the number itself says so: no person to register here, and no
            division at its head; a guardian may have such a number.
        problems: what blocks; those in `PASSABLE` may be officially so and pass with a reason and a second person.
    """

    number: str
    raw: str
    birth_date: date | None
    sex: str
    scope: str | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def clean(typed: str) -> str:
    """Write full-width characters as half-width, drop blanks and hyphens, and write the check digit as X."""
    bare = re.sub(r"[\s\-\u2010-\u2015\u2212]", "", unicodedata.normalize("NFKC", typed)).upper()
    return unicodedata.normalize("NFKC", bare)  # what stood apart may have come together


def upgrade(old: str) -> str:
    """Write 15 digits as 18: the century in front of the year, the check digit behind."""
    century = "18" if int(old[12:]) in _CENTENARIANS else "19"
    longer = old[:6] + century + old[6:]
    return longer + id_number.check_digit(longer)


def upgraded(number: str) -> str:
    """Write a cleaned number of 15 digits with 18 characters; any other stays as it is."""
    return upgrade(number) if len(number) == 15 and number.isascii() and number.isdigit() else number


def check(typed: str, form: FormFacts, field: str = "id_no") -> IdNumber:
    """Run all checks in the order of the rule.

    Args:
        typed: as it came.
        form: the rest of the form.
        field: the key under which problems are shown.
    """
    number, raw = clean(typed), ""
    if len(number) == 15 and number.isascii() and number.isdigit():
        raw, number = number, upgrade(number)
    if len(number) != 18:
        fault = Problem("ID-LENGTH", field, {"length": len(number), "difference": abs(18 - len(number))})
        return IdNumber(number, raw, None, "", None, (fault,), ())
    if not id_number.is_well_formed(number):
        return IdNumber(number, raw, None, "", None, (Problem("ID-SHAPE", field),), ())
    birth = id_number.compact_date(number[6:14])
    sex = "1" if int(number[16]) % 2 else "2"
    scope = None if form.is_from_card else _scope(number)
    problems = _own_problems(number, birth, form, field) + _form_problems(birth, sex, form, field)
    is_placed = scope is not None or divisions.is_known(number[:6], is_practice=form.is_practice)
    warnings = [] if is_placed else [Problem("ID-DIVISION", field)]
    if form.sex in _SEX_UNSAID:
        warnings.append(Problem("SEX-UNSAID", "sex"))
    return IdNumber(number, raw, birth, sex, scope, tuple(problems), tuple(warnings))


def _scope(number: str) -> str | None:
    if _FOREIGN.match(number):
        return "SCOPE-FOREIGNER"
    return "SCOPE-HMT" if number[:2] in {"81", "82", "83"} else None


def _own_problems(number: str, birth: date | None, form: FormFacts, field: str) -> list[Problem]:
    problems = []
    if birth is None:
        problems.append(Problem("ID-DATE", field))
    elif birth > form.today:
        problems.append(Problem("ID-FUTURE", field))
    elif years_between(birth, form.today) > form.oldest_years:
        problems.append(Problem("ID-AGE", field, {"most": form.oldest_years}))
    if not id_number.is_check_digit_valid(number):
        problems.append(Problem("ID-CHECK-DIGIT", field))
    return problems


def _form_problems(birth: date | None, sex: str, form: FormFacts, field: str) -> list[Problem]:
    problems = []
    if form.sex in {"1", "2"} and form.sex != sex:
        problems.append(Problem("ID-SEX-MISMATCH", field))
    if form.birth_date and birth is not None and form.birth_date != birth.isoformat():
        problems.append(Problem("ID-BIRTH-MISMATCH", field))
    return problems


def years_between(birth: date, today: date) -> int:
    """Full years of age on a day."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def masked(number: str) -> str:
    """Show only the first six and the last four characters; nothing of a short one."""
    return f"{number[:6]}********{number[-4:]}" if len(number) == 18 else "*" * len(number)


def grouped(number: str) -> str:
    """Show a number in groups of 6, 8 and 4, as people read it aloud."""
    return f"{number[:6]} {number[6:14]} {number[14:]}" if len(number) == 18 else number
