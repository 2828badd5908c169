"""Whether two persons of the register may be one and the same, and why: pure rules; what follows a person decides.

Source: the forms' field list, passes 1, 3, 4, 5, 7 and 8 of the comparison.  Two right numbers that differ are two
persons, as twins and namesakes are, until somebody says otherwise.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agent.register import id_number, names, number_slips

SAME_NUMBER: Final = "LIKE-NUMBER"
SLIP: Final = "LIKE-SLIP"
NAME_AND_BIRTH: Final = "LIKE-NAME-BIRTH"
NAME_AND_GUARDIAN: Final = "LIKE-NAME-GUARDIAN"
TWO_NUMBERS: Final = "LIKE-TWO-NUMBERS"
_VALUES: Final = 5
COMPARED_KEYS: Final = ("id_no", "id_no_raw", "name", "birth_date", "guardian_id")
"""The values of a person that are compared; where none of them changes, nothing new is found."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared of a person; "" where it is not known.

    Attributes:
        id_no: 18 characters.
        id_no_raw: the 15 digits as they came.
        name_key: the name's search key.
        birth_date: ISO.
        is_of_chip: whether a chip says the number: then nobody's finger has slipped.
    """

    id_no: str
    id_no_raw: str
    name_key: str
    birth_date: str
    guardian_id: str
    is_of_chip: bool = False

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers that the person is known by, with 18 characters."""
        raw = id_number.upgraded(self.id_no_raw)
        return frozenset(number for number in (self.id_no, raw) if len(number) == 18)


def of(values: Mapping[str, str], *, is_of_chip: bool = False) -> Compared:
    """What is compared of a form's or a person's values."""
    told = {key: values.get(key, "") for key in ("id_no", "id_no_raw", "birth_date", "guardian_id")}
    return Compared(name_key=names.search_key(values.get("name", "")), is_of_chip=is_of_chip, **told)


def reasons(one: Compared, other: Compared) -> tuple[str, ...]:
    """Why two persons may be the same; `TWO_NUMBERS`, alone, says that they are alike and probably two."""
    if one.numbers & other.numbers:
        return (SAME_NUMBER,)
    are_namesakes = one.name_key == other.name_key != ""
    are_of_a_day = are_namesakes and one.birth_date == other.birth_date != ""
    are_right = number_slips.is_valid(one.id_no) and number_slips.is_valid(other.id_no)
    found = []
    may_have_slipped = not (one.is_of_chip and other.is_of_chip) and (are_namesakes or not are_right)
    if may_have_slipped and number_slips.is_one_slip_apart(one.id_no, other.id_no):
        found.append(SLIP)
    if are_of_a_day and are_right and not found:
        return (TWO_NUMBERS,)
    if are_of_a_day:
        found.append(NAME_AND_BIRTH)
    are_numbered = one.id_no != "" and other.id_no != ""
    if are_namesakes and one.guardian_id == other.guardian_id != "" and not are_numbered:
        found.append(NAME_AND_GUARDIAN)
    return tuple(found)


def is_suspicion(found: tuple[str, ...]) -> bool:
    """Whether somebody should look: not where nothing is alike, and not where the numbers tell two persons apart."""
    return found not in {(), (TWO_NUMBERS,)}


def digest(one: Compared, other: Compared) -> str:
    """What a decision about two persons was made on, whichever is named first: another text for any other values."""
    sides = sorted(repr(dataclasses.astuple(side)[:_VALUES]) for side in (one, other))
    return hashlib.sha256("\n".join(sides).encode()).hexdigest()
