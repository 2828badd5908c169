"""Cells of spreadsheet files: what a spreadsheet would calculate or rewrite is marked, and the mark taken off; pure.

A marked text has one apostrophe more than it had.  So marks can be told from apostrophes that are part of the text, and
whatever is written is read again as it was.  Source: security requirement S-15.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from drivers.stored_text import REPLACEMENT

MARK: Final = "'"
_FORMULA: Final = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
"""What a spreadsheet takes for a formula, or hides one behind, however many marks stand before it."""

_REWRITTEN: Final = re.compile(r"'*(?=[^']*[0-9])[0-9.,:/\-+eE% ]+")
"""What is a number, a day or a time to a spreadsheet: it would be shown otherwise, and long numbers lose digits."""

_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,10}|[12][0-9]{3}-[01][0-9]-[0-3][0-9]")
"""Of these, what it gives back as it was: a short number, and a day."""

_EXPONENT: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+")
_PRIVATE: Final = re.compile("[\ue000-\uf8ff\ud800-\udfff\U000f0000-\U0010ffff]")
LONG_DIGITS: Final = 15
"""A spreadsheet keeps so many digits of a number; the others become noughts."""


class Number(str):
    """What a spreadsheet holds as a number, as its file writes it."""

    __slots__ = ()


def inert(text: str) -> str:
    """Mark a text that would be a formula."""
    return MARK + text if _FORMULA.match(text) else text


def inert_and_whole(text: str) -> str:
    """Mark what would be a formula, or a number that would be rewritten: for files that have no kinds of cells."""
    if _FORMULA.match(text) or (_REWRITTEN.fullmatch(text) and not _WHOLE.fullmatch(text)):
        return MARK + text
    return text


def unmarked_formula(text: str) -> str:
    """Take off again what `inert` has put on."""
    return text[1:] if text.startswith(MARK) and _FORMULA.match(text) else text


def unmarked(text: str) -> str:
    """Take off again what `inert_and_whole` has put on."""
    if text.startswith(MARK) and (_FORMULA.match(text) or _REWRITTEN.fullmatch(text)):
        return text[1:]
    return text


def has_lost_digits(text: str) -> bool:
    """Whether a long number went through a spreadsheet's arithmetic: as 9.9E+17, or with its last digits noughts.

    A number of 18 digits that ends in three noughts is hardly ever given out, and cannot be told from such a one.
    """
    bare = text.strip()
    if _EXPONENT.fullmatch(bare):
        return True
    digits = bare.partition(".")[0]
    is_long = len(digits) > LONG_DIGITS and digits.isascii() and digits.isdigit()
    return is_long and (isinstance(text, Number) or "." in bare or digits.endswith("000"))


def as_text(number: Number) -> str:
    """Write a number as people would have typed it: 13800000000 for 1.38E+10, 3 for 3.0."""
    try:
        exact = Decimal(number)
    except InvalidOperation:
        return str(number)
    if not exact.is_finite() or abs(exact.adjusted()) > LONG_DIGITS:
        return str(number)
    if exact == exact.to_integral_value():
        return str(int(exact))
    return format(exact.normalize(), "f")


def flaw(text: str) -> str:
    """The code of what speaks against a cell's characters; "" for nothing: they were lost, or mean nothing elsewhere.

    Source: domain reference 4.1: such a row is an error, and is not dropped.
    """
    if text.isascii():
        return "IMPORT-CONTROL" if "\0" in text else ""
    if REPLACEMENT in text:
        return "IMPORT-LOST-CHARACTER"
    if _PRIVATE.search(text):
        return "IMPORT-PRIVATE-CHARACTER"
    return "IMPORT-CONTROL" if "\0" in text else ""
