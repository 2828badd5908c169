"""What in a reading contradicts itself or cannot be shown for certain.  Doubts are marks: the values stay as they are.

Source: SAM_V communication protocol, text record; GB 11643-1999 (number), GB/T 2261.1 (sex), GB/T 3304 (ethnic groups).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from drivers import id_number
from drivers.api import CardKind, Doubt, DoubtReason

PHOTO_HEADER = bytes.fromhex("574C66007E00")

_LONG_TERM = "长期"
_SEXES = frozenset("0129")
_ETHNIC_GROUPS = frozenset(f"{code:02d}" for code in (*range(1, 57), 97, 98))
_SHAPES = {
    "nationality": re.compile("[A-Z]{3}"),
    "pass_number": re.compile("[A-Z0-9]{1,9}"),
    "issues": re.compile("[0-9]{1,2}"),
}
_CATEGORIES = {
    "Co": DoubtReason.PRIVATE_USE,
    "Cs": DoubtReason.UNPAIRED_SURROGATE,
    "Cc": DoubtReason.CONTROL,
    "Cf": DoubtReason.CONTROL,
    "Zl": DoubtReason.CONTROL,
    "Zp": DoubtReason.CONTROL,
    "Cn": DoubtReason.UNASSIGNED,
}
_NAMES = ("name", "name_latin")
_EIGHTEEN_DIGIT_KINDS = (CardKind.RESIDENT, CardKind.HMT, CardKind.FOREIGNER_2023)
_SEX_IN_NUMBER_KINDS = (CardKind.RESIDENT, CardKind.HMT)


def doubts_of(
    kind: CardKind,
    on_card: Mapping[str, str],
    sizes_units: Mapping[str, int],
    addresses: tuple[str, ...],
    photo: bytes,
) -> tuple[Doubt, ...]:
    """Hold a reading against itself.

    Args:
        kind: which card.
        on_card: the trimmed text of each field as it stands on the card.
        sizes_units: the size of each field in UTF-16 units.
        addresses: the trimmed newest-address records that are not blank.
        photo: the photo in the reader's own coding; empty where none came.
    """
    return (
        *(doubt for field, text in on_card.items() for doubt in _in_characters(field, text)),
        *(doubt for text in addresses for doubt in _in_characters("newest_addresses", text)),
        *_in_names(on_card, sizes_units),
        *_in_number(kind, on_card),
        *_in_dates(on_card),
        *_in_codes(kind, on_card),
        *_in_photo(photo),
    )


def _in_characters(field: str, text: str) -> Iterator[Doubt]:
    if text.isascii() and text.isprintable():
        return
    position = 0
    for character in text:
        if character > "\uffff":
            # A pair is a true character; the interpreter's table may be older than the card's.
            position += 2
            continue
        reason = _CATEGORIES.get(unicodedata.category(character))
        if reason is not None:
            yield Doubt(field, reason, position, f"U+{ord(character):04X}")
        position += 1


def _in_names(on_card: Mapping[str, str], sizes_units: Mapping[str, int]) -> Iterator[Doubt]:
    for field in _NAMES:
        text = on_card.get(field, "")
        if text and len(text.encode("utf-16-le", "surrogatepass")) // 2 == sizes_units[field]:
            yield Doubt(field, DoubtReason.FULL_FIELD)


def _in_number(kind: CardKind, on_card: Mapping[str, str]) -> Iterator[Doubt]:
    if kind not in _EIGHTEEN_DIGIT_KINDS:
        return  # the published specimen of the 15-character number does not satisfy its own check
    number = on_card["id_number"]
    if not id_number.is_check_digit_valid(number):
        yield Doubt("id_number", DoubtReason.CHECK_DIGIT)
    if not id_number.is_well_formed(number):
        return
    if number[6:14] != on_card["birth_date"]:
        yield Doubt("birth_date", DoubtReason.BIRTH_DATE)
    sex = on_card["sex"]
    if kind in _SEX_IN_NUMBER_KINDS and sex in {"1", "2"} and sex != id_number.sex(number):
        yield Doubt("sex", DoubtReason.SEX)


def _in_dates(on_card: Mapping[str, str]) -> Iterator[Doubt]:
    born, start, end = (id_number.compact_date(on_card[field]) for field in ("birth_date", "valid_from", "valid_to"))
    if born is None:
        yield Doubt("birth_date", DoubtReason.DATE)
    if start is None or (born is not None and start < born):
        yield Doubt("valid_from", DoubtReason.DATE)
    if on_card["valid_to"] != _LONG_TERM and (end is None or (start is not None and end < start)):
        yield Doubt("valid_to", DoubtReason.DATE)


def _in_codes(kind: CardKind, on_card: Mapping[str, str]) -> Iterator[Doubt]:
    if on_card["sex"] not in _SEXES or not on_card["sex"]:
        yield Doubt("sex", DoubtReason.CODE)
    if kind is CardKind.RESIDENT and on_card["ethnic_group"] not in _ETHNIC_GROUPS:
        yield Doubt("ethnic_group", DoubtReason.CODE)
    for field, shape in _SHAPES.items():
        text = on_card.get(field, "")
        if text and shape.fullmatch(text) is None:
            yield Doubt(field, DoubtReason.CODE)


def _in_photo(photo: bytes) -> Iterator[Doubt]:
    if photo and not photo.startswith(PHOTO_HEADER):
        yield Doubt("photo_wlt", DoubtReason.PHOTO_HEADER)
