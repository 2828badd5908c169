"""The notice (个人信息处理告知书) that a person gets before the form is filled: dated texts, kept for ever.

A record keeps the version that was given.  A text that is changed is a new file with a new date, never the old one.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

CURRENT: Final = "2026-11-30"
_VERSION: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a notice in both languages; `{station}` stands for the station's name."""

    heading_zh: str
    text_zh: str
    heading_en: str
    text_en: str


@cache
def notice(version: str) -> tuple[Part, ...] | None:
    """The parts of a version's text; None for a version that there never was."""
    if _VERSION.fullmatch(version) is None:
        return None
    file = resources.files(__package__).joinpath(f"notice-{version}.toml")
    if not file.is_file():
        return None
    return tuple(Part(**part) for part in tomllib.loads(file.read_text(encoding="utf-8"))["parts"])
