"""The two sides of a card on one page: how each is taken out of its original, and what is to be looked at on which.

A doubt on such a page says of which side it is; what concerns both says none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

Side = Literal["front", "back"]
SIDES: Final[tuple[Side, Side]] = ("front", "back")
OTHER: Final[dict[str, Side]] = {"front": "back", "back": "front"}
UNKNOWN: Final[dict[str, Any]] = {"box": None, "quarters": 0}
FAILED: Final = "CARD-NOT-COMPOSED"
SAME: Final = "CARD-SAME-SIDE"
EDGES: Final = "CARD-EDGES"
BLANK_PAGE: Final = "PAGE-BLANK"
BLANK_SIDE: Final = "CARD-SIDE-BLANK"
"""A blank side is no blank page: it must not take the other side away with it."""

Doubts = list[dict[str, Any]]


class SideTaken(msgspec.Struct, frozen=True):
    """How a side was taken out of its original, and whether its edges were clear."""

    box: tuple[float, float, float, float, float]
    quarters: int
    is_found: bool


class Composed(msgspec.Struct, frozen=True):
    """How a page with both sides was made."""

    sides: tuple[SideTaken, SideTaken]
    is_same: bool


def with_unknown(sides: Sequence[Any], side: Side) -> list[Any]:
    """The sides, where one of them is to be looked for anew."""
    known = list(sides) if len(sides) == len(SIDES) else [UNKNOWN] * len(SIDES)
    known[SIDES.index(side)] = UNKNOWN
    return known


def turned(sides: Sequence[Any], side: Side) -> list[Any]:
    """The sides, where one stands the other way up; one that is not known yet stays so."""
    made, place = [dict(one) for one in sides], SIDES.index(side)
    if len(made) == len(SIDES) and made[place]["box"] is not None:
        made[place]["quarters"] = (made[place]["quarters"] + 2) % 4
    return made


def of_side(page_doubts: Iterable[Mapping[str, Any]], side: Side) -> Doubts:
    """What is doubtful of a side, as it is said of a page that shows both."""
    return [_with_code(one, BLANK_PAGE, BLANK_SIDE) | {"side": side} for one in page_doubts]


def of_page(doubts: Iterable[Mapping[str, Any]], side: Side) -> Doubts:
    """What is doubtful of a side, as it is said of a page that shows that side alone."""
    own = (_with_code(one, BLANK_SIDE, BLANK_PAGE) for one in only(doubts, side))
    return [{key: one[key] for key in one if key != "side"} for one in own if one["code"] != EDGES]


def only(doubts: Iterable[Mapping[str, Any]], side: Side) -> Doubts:
    """The doubts of one side."""
    return [dict(one) for one in doubts if one.get("side") == side]


def exchanged(doubts: Iterable[Mapping[str, Any]]) -> Doubts:
    """The doubts when front and back have changed places."""
    return [dict(one) | ({"side": OTHER[one["side"]]} if "side" in one else {}) for one in doubts]


def composed(doubts: Sequence[Mapping[str, Any]], before: Sequence[Any], made: Composed) -> Doubts:
    """The doubts of a page on which both sides have just been put together; a blank side has no edges to ask about.

    Whether both show the same is asked once of two sides: turned or exchanged, they are as alike as before.

    Args:
        doubts: as they were before.
        before: the sides as they were known before: the edges of one that was known have been asked about.
        made: how the page was made.
    """
    looked_for = [one["box"] is None for one in before] if before else [True] * len(SIDES)
    over = {FAILED, SAME} if any(looked_for) else {FAILED}
    kept = [dict(one) for one in doubts if one["code"] not in over]
    for side, is_new, taken in zip(SIDES, looked_for, made.sides, strict=True):
        is_blank = any(one["code"] == BLANK_SIDE for one in only(doubts, side))
        if is_new and not taken.is_found and not is_blank:
            kept.append({"code": EDGES, "side": side})
    return [*kept, *([{"code": SAME}] if made.is_same and any(looked_for) else [])]


def not_composed(doubts: Iterable[Mapping[str, Any]]) -> Doubts:
    """The doubts of a page whose sides could not be put together."""
    return [{"code": FAILED}, *(dict(one) for one in doubts if one["code"] != FAILED)]


def _with_code(doubt: Mapping[str, Any], code: str, other: str) -> dict[str, Any]:
    return dict(doubt) | ({"code": other} if doubt["code"] == code else {})
