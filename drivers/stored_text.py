"""Which text databases and pages can carry, from cards, from devices and typed; places in it, as told."""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"
LONGEST_OF_DEVICE = 64

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` with each unpaired surrogate and NUL replaced by U+FFFD: databases and HTTP refuse them."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def printable(told: str) -> str:
    """What a device says of itself, as a page can show it: without control characters and not endless."""
    return "".join(filter(str.isprintable, told))[:LONGEST_OF_DEVICE]


def character_at(text: str, unit: int) -> int:
    """Which character stands at a UTF-16 unit, counted from one as people count: a pair is one character.

    Args:
        text: the field.
        unit: from 0, as in a card's doubts; behind the text's end each unit counts as a character.
    """
    units = text.encode("utf-16-le", "surrogatepass")
    return len(units[: 2 * unit].decode("utf-16-le", "surrogatepass")) + max(0, unit - len(units) // 2) + 1
