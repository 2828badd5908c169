"""What a clerk's words for finding mean: a number, a name, its spelling, a phone, a character, an address; pure.

Words that stand apart must all fit, each in its own way: `王 0316`, `zhang 88号`, `测试东路 88弄 101`.  Letters that
follow one another are one spelling, and a query that is nothing but digits is one number, however it is parted.  Three
characters of a number are the least that is looked for in numbers; fewer are a lane, a house or a room.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from agent.register import codes, id_number, names
from peewee_models.finding_queries import PLACE_KEYS, Fit

_LEAST_OF_PHONE: Final = 4
# Two digits stand in every sixth number: alone they are meant of a door.
_NUMBER: Final = re.compile(r"(?=.{3})[0-9]{2,18}X?")
_CODE_POINT: Final = re.compile(r"U\+([0-9A-F]{4,6})")
# Without one of these a word is a name: on a road called after a surname lives half the register.
_ENDS_OF_ROADS: Final = tuple("路街巷道弄里村苑坊园庄城")
_LETTERS: Final = re.compile(r"[a-z']+")
_COLUMNS: Final = {"弄": ("lane",), "支弄": ("sublane",), "号": ("no",), "室": ("room",)}
_TOKEN: Final = re.compile(r"(?P<number>\d+[A-Za-z]?)(?P<unit>支弄|弄|号|室)?|(?P<word>[^\W\d_]+)")
# What stands before the road; two characters at least must be left of it.
_BEFORE_ROAD: Final = re.compile(r"(?:.{1,4}市)?(?:.{1,4}区)?(?:.{1,6}?(?:镇|乡|街道))?(?=.{2})")


def wishes(query: str) -> list[list[Fit]]:
    """Take a query apart.

    Returns: what must all be so, each as its alternatives; nothing where the query says nothing.
    """
    number = id_number.clean(query)
    if _NUMBER.fullmatch(number):
        return [_of_number(number)]
    pieces = names.with_right_dots(unicodedata.normalize("NFC", query)).split()
    return [wish for piece in _spelled_whole(pieces) for wish in _of_piece(piece)]


def _spelled_whole(pieces: list[str]) -> Iterator[str]:
    """The pieces; letters that follow one another as one, for a name is spelled with blanks or without."""
    letters = ""
    for piece in pieces:
        folded = unicodedata.normalize("NFKC", piece).lower()
        if _LETTERS.fullmatch(folded):
            letters += folded
            continue
        if letters:
            yield letters
        letters = ""
        yield piece
    if letters:
        yield letters


def _of_piece(piece: str) -> list[list[Fit]]:
    """What one piece asks for: of an address in one word every part of it."""
    plain = unicodedata.normalize("NFKC", piece)
    number = id_number.clean(piece)
    if point := _CODE_POINT.fullmatch(number):
        return [[Fit("name", _character(point[1]))]]
    if _NUMBER.fullmatch(number):
        return [[*_of_number(number), Fit("place", number)]]
    if plain.isascii() and not any(character.isdigit() for character in plain):
        spelled = re.sub(r"[^a-z]", "", plain.lower())
        return [[Fit("spelled", spelled)] if spelled else []]
    words, numbers = parts_of(piece)
    if not numbers:
        roads = [Fit("road", word) for word in words if len(words) == 1 and word.endswith(_ENDS_OF_ROADS)]
        areas = [fit for word in words if len(words) == 1 for fit in _areas(word)]
        return [[Fit("name", names.search_key(piece)), *roads, *areas]]
    return of_address(piece)


def _areas(word: str) -> list[Fit]:
    """The towns and districts that are called so, whole."""
    return [
        Fit("area", line.code) for name in ("town", "district") for line in codes.every(name) if line.text_zh == word
    ]


def of_address(address: str) -> list[list[Fit]]:
    """What an address asks for, every part of it, and nothing but places."""
    words, numbers = parts_of(address)
    placed = [[Fit("road", word), *_areas(word)] for word in words]
    return placed + [[Fit(column, text) for column in columns] for columns, text in numbers]


def _of_number(number: str) -> list[Fit]:
    """A part of an ID number or a phone's; fifteen digits may be an old number, which is held with eighteen."""
    fits = [Fit("number", text) for text in dict.fromkeys((number, id_number.upgraded(number)))]
    return [*fits, Fit("phone", number)] if len(number) >= _LEAST_OF_PHONE and number.isdigit() else fits


def _character(digits: str) -> str:
    """The character of a code point; one that there is not stands in no name."""
    point = int(digits, 16)
    is_character = point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF
    return names.search_key(chr(point)) if is_character else ""


def parts_of(address: str) -> tuple[list[str], list[tuple[tuple[str, ...], str]]]:
    """Take an address apart: parts of the road's name, and numbers with the columns that may hold them."""
    words: list[str] = []
    numbers: list[tuple[tuple[str, ...], str]] = []
    for found in _TOKEN.finditer(unicodedata.normalize("NFKC", address)):
        word, number, unit = found["word"], found["number"], found["unit"]
        if word:
            words.append(_BEFORE_ROAD.sub("", word, count=1))
        else:
            numbers.append((_COLUMNS.get(unit or "", PLACE_KEYS), number))
    return words, numbers
