"""What the finding index holds of a registration, as words of FTS5, and how a wish becomes a question in its language.

FTS5 splits its text at ASCII blanks and marks and folds ASCII letters (tokenizer `ascii`); everything else stands in a
token as it is, so that characters which no version of Unicode knows yet, and private ones, are found, too.  What FTS5
would take for a mark is written out, so that nothing a clerk types can be syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

COLUMNS: Final = (
    *("number", "number_long", "phone", "phone_long"),
    *("name", "name_long", "spelled", "road", "road_long", "place"),
)
DIGITS_TOGETHER: Final = 3
"""So many characters of a number or a phone stand in one token: the shortest part that is found."""

_LONG: Final = 6
"""So many stand in one token of the second kind: of longer parts each three characters stand in too many numbers."""

_PAIR: Final = 2
"""So many characters of a name or a road stand in one token of the second kind: 路 alone is in nearly every road."""

_WHOLE: Final = {"number": 18, "phone": 11}
"""A part that is so long is the whole, which has a token of its own; nothing is longer."""

LONGEST: Final = 400
"""No column is longer, so no longer text stands in one."""

ADDRESS: Final = ("road", "district", "town", "committee", "lane", "sublane", "no", "room")
HOUSEHOLD: Final = "h_"
"""Stands before the parts of a second address: where the household of somebody is who lives elsewhere."""
SOURCES: Final = (
    *("id_no", "mobile", "guardian_mobile", "name_key", "name_pinyin", "name_initials"),
    *(head + key for head in ("", HOUSEHOLD) for key in ADDRESS),
)
"""The columns of person and registration from which the index is made, in the order that `words_of` takes."""

PLACE_KEYS: Final = ("lane", "sublane", "no", "room")
DOORS: Final = (("lane", "no"), ("no", "room"))
"""What stands in one token together, so that a whole address is found as quickly in a large register as in a small."""

AREA_KEYS: Final = ("district", "town", "committee")
_SPELLED: Final = re.compile(r"[a-z]+")
_NO_LETTERS: Final = re.compile(r"[^a-z]")
_GAP: Final = "_"
_APART: Final = "__"
"""Stands before each token of a household's road: no token of another road begins so."""
_OF_ADDRESS: Final = frozenset({"road", "place", "area", *PLACE_KEYS, *AREA_KEYS})


@dataclass(frozen=True, slots=True)
class Fit:
    """One way in which a registration may be meant.

    Attributes:
        kind: `number` and `phone`, any part of an ID number, capital X, or of a mobile number, the guardian's too;
            `name`, any part of a name's search key; `spelled`, the beginning of a spelling or of its initials, small
            letters; `road`, any part of a road's name; `place`, a whole number of lane, sublane, house or room;
            `area`, the whole code of a district, a town or a committee; or one of these by its column.
        text: what stands there; "" fits nobody.
    """

    kind: str
    text: str


def words_of(values: Iterable[str | None]) -> tuple[str, ...]:
    """The texts of `COLUMNS` for one registration.

    Args:
        values: of `SOURCES`, in that order.
    """
    held: Mapping[str, str] = dict(zip(SOURCES, (value or "" for value in values), strict=True))
    phones = [held[key] for key in ("mobile", "guardian_mobile") if held[key]]
    spelled = {start for key in ("name_pinyin", "name_initials") for start in _starts(held[key])}
    places = [token for head in ("", HOUSEHOLD) for token in _places(head, held)]
    return (
        _short([held["id_no"]]),
        _long([held["id_no"]]),
        _short(phones),
        _long(phones),
        " ".join(_parts(held["name_key"], 1)),
        " ".join(_parts(held["name_key"], _PAIR)),
        " ".join(sorted(spelled)),
        " ".join(token for head in ("", HOUSEHOLD) for token in _road(head, held[f"{head}road"], 1)),
        " ".join(token for head in ("", HOUSEHOLD) for token in _road(head, held[f"{head}road"], _PAIR)),
        " ".join(places),
    )


def is_of_address(ways: Iterable[Fit]) -> bool:
    """Whether a wish may be meant of an address."""
    return any(fit.kind in _OF_ADDRESS for fit in ways)


def question(wishes: Iterable[Iterable[Fit]]) -> str:
    """What FTS5 is asked: every wish, each in one of its ways; "" where nothing is wished, or nobody can fit a wish.

    What is wished of an address is true of where somebody is found, or all of it of where their household is.
    """
    asked = [list(ways) for ways in wishes]
    of_address = sum(map(is_of_address, asked))
    if of_address < 2:
        return _asked(asked, ("", HOUSEHOLD) if of_address else ("",))
    return " OR ".join(f"({one})" for one in (_asked(asked, (head,)) for head in ("", HOUSEHOLD)) if one)


def question_of_dwellings(wishes: Iterable[Iterable[Fit]]) -> tuple[str, list[list[Fit]]]:
    """The same of the address alone where somebody is found.

    Returns: what FTS5 is asked, and the wishes that are left to be looked at in what it finds: where lane, house and
    room are all said, so few registrations are left that looking at them costs less than the long lists of a road.
    """
    asked = [list(ways) for ways in wishes]
    doors, said = _doors(asked, "")
    left = [ways for ways in asked if len(ways) > 1 or ways[0].kind not in said] if len(doors) == len(DOORS) else []
    return _asked([ways for ways in asked if ways not in left], ("",)), left


def _asked(asked: list[list[Fit]], heads: Sequence[str]) -> str:
    """Every wish, each in one of its ways, at one of some addresses."""
    clauses = [list(dict.fromkeys(filter(None, (_way(fit, head) for fit in ways for head in heads)))) for ways in asked]
    if not all(clauses):
        return ""
    doors, said = _doors(asked, heads[0]) if len(heads) == 1 else ([], set())
    plain = [ways for ways, wish in zip(clauses, asked, strict=True) if len(wish) > 1 or wish[0].kind not in said]
    return " AND ".join(f"({' OR '.join(ways)})" for ways in (*plain, *([door] for door in doors)))


def _doors(wishes: list[list[Fit]], head: str) -> tuple[list[str], set[str]]:
    """Of a lane with its house, and a house with its room, one token each: both stand in few registrations together.

    Returns: the tokens as FTS5 asks for them, and the parts of the address that they say.
    """
    single = [ways[0] for ways in wishes if len(ways) == 1 and ways[0].kind in PLACE_KEYS]
    said = {fit.kind: fit.text for fit in single}
    pairs = [pair for pair in DOORS if set(pair) <= said.keys()] if len(said) == len(single) else []
    return [_phrase("place", [head + _door(pair, said)]) for pair in pairs], {key for pair in pairs for key in pair}


def _way(fit: Fit, head: str) -> str:
    """One way as FTS5 asks for it, of an address at the one that `head` names; "" where nobody can fit it."""
    if not fit.text or len(fit.text) > LONGEST:
        return ""
    if fit.kind in {"number", "phone"}:
        return _part_of_number(fit.kind, fit.text)
    if fit.kind in {"name", "road"}:
        column, size = (f"{fit.kind}_long", _PAIR) if len(fit.text) >= _PAIR else (fit.kind, 1)
        return _phrase(column, _road(head if fit.kind == "road" else "", fit.text, size))
    if fit.kind == "spelled":
        return _phrase("spelled", [fit.text] if _SPELLED.fullmatch(fit.text) else [])
    keys = {"place": PLACE_KEYS, "area": AREA_KEYS}.get(fit.kind, (fit.kind,))
    return " OR ".join(_phrase("place", [head + _place(key, fit.text)]) for key in keys)


def _phrase(column: str, tokens: Iterable[str]) -> str:
    phrase = " ".join(tokens)
    return f'{{{column}}} : "{phrase}"' if phrase else ""


def _short(numbers: Iterable[str]) -> str:
    """The parts of three of some numbers; between two of them a gap, over which no part reaches."""
    return f" {_GAP} ".join(" ".join(_parts(number, DIGITS_TOGETHER)) for number in numbers)


def _long(numbers: Iterable[str]) -> str:
    """The parts of six of some numbers, each behind them whole."""
    return f" {_GAP} ".join(
        " ".join((*_parts(number, _LONG), _GAP, *_parts(number, len(number)))) for number in numbers if number
    )


def _part_of_number(kind: str, text: str) -> str:
    if len(text) > _WHOLE[kind]:
        return ""
    if len(text) == _WHOLE[kind]:
        return _phrase(f"{kind}_long", _parts(text, len(text)))
    if len(text) >= _LONG:
        return _phrase(f"{kind}_long", _parts(text, _LONG))
    return _phrase(kind, _parts(text, DIGITS_TOGETHER))


def _parts(number: str, size: int) -> Iterator[str]:
    """Every `size` characters that follow one another: what stands in a row, stands in a row of these."""
    plain = [_character(character) for character in number]
    for begin in range(len(plain) - size + 1):
        yield "".join(plain[begin : begin + size])


def _starts(spellings: str) -> Iterator[str]:
    """Every beginning of every spelling, as far as it is letters."""
    for spelling in spellings.split(" "):
        letters = _NO_LETTERS.split(spelling, maxsplit=1)[0]
        for end in range(1, len(letters) + 1):
            yield letters[:end]


def _road(head: str, name: str, size: int) -> Iterator[str]:
    """The parts of a road's name; of a household's each set apart from those of other roads."""
    return (_APART + part if head else part for part in _parts(name, size))


def _places(head: str, held: Mapping[str, str]) -> Iterator[str]:
    """The tokens of an address but for its road."""
    own = {key: held[head + key] for key in (*PLACE_KEYS, *AREA_KEYS)}
    yield from (head + _place(key, text) for key, text in own.items() if text)
    yield from (head + _door(pair, own) for pair in DOORS if all(own[key] for key in pair))


def _place(key: str, text: str) -> str:
    return f"{key}_{''.join(map(_character, text))}"


def _door(pair: tuple[str, str], held: Mapping[str, str]) -> str:
    """Two parts of an address as one token; how long the first is says where the second begins."""
    first, second = (held[key] for key in pair)
    return _place("_".join(pair), f"{len(first)} {first} {second}")


@lru_cache(maxsize=8192)
def _character(character: str) -> str:
    """A character as it stands in a token: marks, blanks and control characters of ASCII by their number."""
    return character if ord(character) > 0x7F or character.isalnum() else f"_{ord(character):x}_"
