"""How a name is spelled in pinyin, for finding.  Only what saves a record loads the dictionary."""

from __future__ import annotations

import itertools
import os
import re
from functools import lru_cache

from agent.register.names import MIDDLE_DOT, search_key

# Names are read character by character; the phrase dictionary would cost 45 MB and a third of the start.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin import Style, lazy_pinyin, pinyin

_MOST_READINGS = 8
_HAN = re.compile("[\u4e00-\u9fff]+")
_SURNAMES = {"曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "任": "ren", "朴": "piao"}
_SURNAMES |= {"盖": "ge", "尉迟": "yuchi", "万俟": "moqi", "缪": "miao", "翟": "zhai", "逄": "pang", "召": "shao"}


def pinyin_keys(name: str) -> tuple[str, str]:
    """Spell a name for finding: all likely full spellings and their initials, each set parted by blanks."""
    key = search_key(name).replace(MIDDLE_DOT, "")
    spellings = [_spelled(key)]
    surname = next((head for head in sorted(_SURNAMES, key=len, reverse=True) if key.startswith(head)), None)
    if surname is not None:
        spellings.insert(0, [_SURNAMES[surname], *_spelled(key[len(surname) :])])
    readings = _readings(key)
    spellings += [list(variant) for variant in itertools.islice(itertools.product(*readings), _MOST_READINGS)]
    full = dict.fromkeys("".join(spelling) for spelling in spellings)
    initials = dict.fromkeys("".join(syllable[:1] for syllable in spelling) for spelling in spellings)
    return " ".join(full)[:400], " ".join(initials)[:200]


def _spelled(text: str) -> list[str]:
    if _HAN.fullmatch(text):
        return [_first(character) for character in text]
    return list(lazy_pinyin(text, style=Style.NORMAL)) if text else []


def _readings(text: str) -> list[list[str]]:
    """The first three readings of each part of a text: of each character where all are Han."""
    if _HAN.fullmatch(text):
        return [_three(character) for character in text]
    return [entry[:3] for entry in pinyin(text, style=Style.NORMAL, heteronym=True)] if text else []


@lru_cache(maxsize=4096)
def _first(character: str) -> str:
    return str(lazy_pinyin(character, style=Style.NORMAL)[0])


@lru_cache(maxsize=4096)
def _three(character: str) -> list[str]:
    return list(pinyin(character, style=Style.NORMAL, heteronym=True)[0][:3])
