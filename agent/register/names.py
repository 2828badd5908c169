"""Names (姓名): what is wrong with one, how they are found again, and how they are hidden from the queue.

A name is stored code point for code point; only search keys are folded.
Source: notice of twelve ministries of 2016 (50 characters, separator U+00B7).
"""

from __future__ import annotations

import re
import unicodedata

from agent.register.views import Problem
from drivers.stored_text import REPLACEMENT, storable

LONGEST = 50
MIDDLE_DOT = "·"
_WRONG_DOTS = "•‧∙・･．.•"
_DOT_BETWEEN = re.compile(rf"(?<=[^\x00-\x7f])\s*[{re.escape(_WRONG_DOTS)}]\s*(?=[^\x00-\x7f])")


def with_right_dots(name: str) -> str:
    """Write the separator between two parts of a name as U+00B7."""
    return _DOT_BETWEEN.sub(MIDDLE_DOT, name)


def search_key(name: str) -> str:
    """Fold a name for comparing and finding: NFC, one kind of dot, no blanks, small letters; always storable."""
    return re.sub(r"\s+", "", with_right_dots(unicodedata.normalize("NFC", storable(name)))).lower()


def masked(name: str) -> str:
    """Show only the first character, for lists that the queue can read."""
    return name[:1] + "＊" * max(0, min(len(name), 4) - 1)


def check(name: str, field: str) -> tuple[list[Problem], list[Problem]]:
    """Say what blocks a typed name and what is worth a look.

    Returns: problems and warnings; a wrong separator is a warning with a proposal beside it, never changed silently.
    """
    problems: list[Problem] = []
    warnings: list[Problem] = []
    if len(name) > LONGEST:
        problems.append(Problem("NAME-LENGTH", field, {"most": LONGEST, "over": len(name) - LONGEST}))
    if any(_is_private(character) for character in name):
        warnings.append(Problem("NAME-PRIVATE-CHARACTER", field))
    if REPLACEMENT in name:
        warnings.append(Problem("NAME-LOST-CHARACTER", field))
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in name):
        problems.append(Problem("NAME-CONTROL-CHARACTER", field))
    if any(character.isdigit() for character in name):
        problems.append(Problem("NAME-DIGIT", field))
    if with_right_dots(name) != name:
        warnings.append(Problem("NAME-DOT", field))
    return problems, warnings


def _is_private(character: str) -> bool:
    return unicodedata.category(character) == "Co"
