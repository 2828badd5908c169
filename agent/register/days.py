"""Days and months as clerks type them, and as they are stored: 2026-03-02, 2026-03; pure."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date
from typing import Final

from agent.register.form import as_date

_BETWEEN: Final = r"(?:\s*(?:年|月|_|[^\w\s])\s*|\s+)"
_PARTS: Final = re.compile(rf"([0-9]{{4}}){_BETWEEN}([0-9]{{1,2}}){_BETWEEN}([0-9]{{1,2}})\s*[日号]?")
_DIGITS: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MONTH: Final = re.compile(r"([0-9]{4})(?:(?:\s*[年/._-]\s*|\s+)([0-9]{1,2})|([0-9]{2}))\s*月?")
_STORED_MONTH: Final = re.compile(r"[0-9]{4}-[0-9]{2}")


def day(text: str) -> str:
    """Write a typed day in ISO; where it could be more than one day (2026111), it stays as it was typed."""
    plain = unicodedata.normalize("NFKC", text)
    match = _DIGITS.fullmatch(plain) or _PARTS.fullmatch(plain)
    if match is None:
        return text
    year, month, number = match.groups()
    iso = f"{year}-{month:0>2}-{number:0>2}"
    return iso if as_date(iso) else text


def day_or_month(text: str) -> str:
    """Write a typed day or month in ISO; what is neither stays as it was typed."""
    iso = day(text)
    if as_date(iso):
        return iso
    match = _MONTH.fullmatch(unicodedata.normalize("NFKC", text))
    month = f"{match[1]}-{match[2] or match[3]:0>2}" if match else ""
    return month if days_of(month) else text


def days_of(stored: str) -> tuple[date, date] | None:
    """The first and the last day that a stored day or month may mean; None for anything else."""
    exact = as_date(stored)
    if exact is not None:
        return exact, exact
    first = as_date(stored + "-01") if _STORED_MONTH.fullmatch(stored) else None
    return None if first is None else (first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def months_after(day_of: date, months: int) -> date:
    """The same day some months later, or with a negative number before; the last of a month that has no such day."""
    year, month = divmod(day_of.year * 12 + day_of.month - 1 + months, 12)
    return date(year, month + 1, min(day_of.day, calendar.monthrange(year, month + 1)[1]))
