"""Which citizen ID numbers one slip of the fingers turns into each other: one digit, or two neighbours swapped; pure.

The check digit of GB 11643 catches every such slip in 18 characters, so two numbers that are both right are never that
close.  They are where a number came with 15 digits, which have no check digit: then the slip is among the first
seventeen, and the eighteenth follows from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from drivers import id_number

_DIGITS: Final = "0123456789"
_LAST: Final = _DIGITS + "X"
_HEAD: Final = 17


def is_valid(number: str) -> bool:
    """Whether a number is right by itself: its shape, its check digit, and the date in it."""
    return id_number.is_check_digit_valid(number) and id_number.birth_date(number) is not None


def is_one_slip_apart(one: str, other: str) -> bool:
    """Whether one slip turns one number of 18 characters into the other, which is another number."""
    if not (id_number.is_well_formed(one) and id_number.is_well_formed(other)):
        return False
    return _is_slip(one, other) or (is_valid(one) and is_valid(other) and _is_slip(one[:_HEAD], other[:_HEAD]))


def slips(number: str) -> frozenset[str]:
    """All numbers that are one slip apart from a number of 18 characters, some 350; none of what is no such number."""
    if not id_number.is_well_formed(number):
        return frozenset()
    found = {text for text in _slipped(number) if id_number.is_well_formed(text)}
    if is_valid(number):
        longer = (head + id_number.check_digit(head) for head in _slipped(number[:_HEAD]) if head.isdigit())
        found |= {text for text in longer if is_valid(text)}
    return frozenset(found - {number})


def places(one: str, other: str) -> tuple[int, ...]:
    """At which places, from 1, two texts of one length differ; none where their lengths differ."""
    if len(one) != len(other):
        return ()
    return tuple(place for place, pair in enumerate(zip(one, other, strict=True), 1) if pair[0] != pair[1])


def _is_slip(one: str, other: str) -> bool:
    apart = places(one, other)
    if len(apart) != 2:
        return len(apart) == 1
    first, second = apart[0] - 1, apart[1] - 1
    return second == first + 1 and one[first] == other[second] and one[second] == other[first]


def _slipped(text: str) -> Iterator[str]:
    for place in range(len(text)):
        before, after = text[:place], text[place + 1 :]
        yield from (before + character + after for character in (_LAST if place == _HEAD else _DIGITS))
        if after:
            yield before + after[0] + text[place] + after[1:]
