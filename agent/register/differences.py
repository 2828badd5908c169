"""Which characters two values differ in: pieces of the old and of the new one, in order, each changed or not."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

LEAST_ALIKE = 0.4
_JOINS = frozenset({"Mn", "Mc", "Me"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that are all kept or all changed."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Two values, piece by piece; the texts of the pieces of each together are that value."""

    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


def compare(old: str, new: str) -> Difference:
    """Find what was taken out of `old` and what was put into `new`; values hardly alike count as changed wholly."""
    before, after = _characters(old), _characters(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < LEAST_ALIKE:
        return Difference(_whole(old), _whole(new))
    steps = [(step != "equal", a, b, c, d) for step, a, b, c, d in matcher.get_opcodes()]
    return Difference(
        tuple(Piece("".join(before[a:b]), is_changed) for is_changed, a, b, _, _ in steps if b > a),
        tuple(Piece("".join(after[c:d]), is_changed) for is_changed, _, _, c, d in steps if d > c),
    )


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, is_changed=True),) if text else ()


def _characters(text: str) -> list[str]:
    """Part a text into what people see as characters: marks and variation selectors stay with their base."""
    parts: list[str] = []
    for character in text:
        if parts and unicodedata.category(character) in _JOINS:
            parts[-1] += character
        else:
            parts.append(character)
    return parts
