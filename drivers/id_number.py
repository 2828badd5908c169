"""What an 18-character citizen number (公民身份号码) says about itself: check digit, birth date, sex.

Pure; the driver and the register use the same rule.  Source: GB 11643-1999; check digit ISO 7064 MOD 11-2.
"""

from __future__ import annotations

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_DATE_SHAPE = re.compile(r"[0-9]{8}")


def check_digit(first_17: str) -> str:
    """The check digit, `0` to `9` or `X`, that belongs behind 17 digits.

    Raises:
        ValueError: these are not 17 digits.
    """
    if len(first_17) != len(_WEIGHTS) or not first_17.isascii() or not first_17.isdigit():
        raise ValueError("a check digit is calculated from 17 digits")
    return _CHECK_DIGITS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True)) % 11]


def is_well_formed(number: str) -> bool:
    """Whether `number` is 17 digits and a digit or a capital X."""
    return _SHAPE.fullmatch(number) is not None


def is_check_digit_valid(number: str) -> bool:
    """Whether `number` is well formed and its last character follows from the others."""
    return is_well_formed(number) and check_digit(number[:17]) == number[17]


def compact_date(text: str) -> date | None:
    """The date written as YYYYMMDD, or None where that is no date."""
    if _DATE_SHAPE.fullmatch(text) is None:
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def birth_date(number: str) -> date | None:
    """The birth date inside `number`, or None where it is not well formed or holds no date."""
    return compact_date(number[6:14]) if is_well_formed(number) else None


def sex(number: str) -> str | None:
    """`"1"` for an odd sequence (male), `"2"` for an even one (female), None where `number` is not well formed."""
    if not is_well_formed(number):
        return None
    return "1" if int(number[16]) % 2 else "2"
