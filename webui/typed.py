"""What a clerk has typed: which fields of a posted form have changed, and what was meant by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from agent.register.codes import choice, resolve
from webui.form_layout import FIELDS, FieldSpec

WAS: Final = "was."
_DATE: Final = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")


def changed(form: Mapping[str, str]) -> dict[str, str]:
    """Read the fields that differ from what the page had shown.

    A page that was made before a card was read would otherwise wipe out what the card has filled in since.
    """
    values: dict[str, str] = {}
    for key, spec in FIELDS.items():
        was = form.get(WAS + key)
        if was is None and key not in form:
            continue
        given = form.get(key, "")
        if given != was:
            values[key] = meant(spec, given)
    return values


def meant(spec: FieldSpec, given: str) -> str:
    """Turn what was typed into what is stored; what cannot be understood stays as typed, for the rules to say so."""
    if spec.kind == "code":
        return as_code(given, spec.table)
    if spec.kind == "date":
        return as_date(given)
    return given


def as_code(given: str, table_name: str) -> str:
    """Find the one choice meant: by the `01 务工` that the page shows, or as the register understands it."""
    text = given.strip()
    head = text.partition(" ")[0]
    if choice(table_name, head) is not None:
        return head
    return resolve(table_name, text) or text if text else ""


def as_date(given: str) -> str:
    """Write a date as ISO: `20260302`, `2026-3-2`, `2026/3/2`, `2026.3.2` and `2026年3月2日` are understood."""
    text = given.strip()
    match = _COMPACT_DATE.fullmatch(text) or _DATE.fullmatch(text)
    if match is None:
        return text
    year, month, day = (int(part) for part in match.groups())
    return f"{year:04d}-{month:02d}-{day:02d}"
