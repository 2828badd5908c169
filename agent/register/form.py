"""A form while it is filled: an immutable set of entries, each with its source, and what else is on offer for it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from agent.register.views import Source
from drivers.stored_text import storable

_STORED_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class StoredOffer:
    """An alternative value: where it comes from, and what it is."""

    source: str
    value: str


@dataclass(frozen=True, slots=True)
class StoredDoubt:
    """A doubtful place in a chip value, as the reading reported it.

    Attributes:
        said: what the chip has in the field where it is no value (a date of letters), "" otherwise.
    """

    reason: str
    position: int | None
    code_point: str | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field's value and everything known about it."""

    value: str
    source: Source
    at: datetime
    is_verified: bool = False
    offers: tuple[StoredOffer, ...] = ()
    doubts: tuple[StoredDoubt, ...] = ()

    def with_offer(self, offer: StoredOffer) -> Entry:
        """Put an offer beside the value, in place of an older one of the same source."""
        others = tuple(one for one in self.offers if one.source != offer.source)
        return dataclasses.replace(self, offers=(*others, offer))

    def standing_doubts(self) -> tuple[StoredDoubt, ...]:
        """The doubts of the value that stands here: of several addresses of a card each has its own."""
        return tuple(doubt for doubt in self.doubts if _is_in(doubt, self.value))

    def offered(self, source: str) -> str | None:
        """The value offered by a source, or None."""
        return next((offer.value for offer in self.offers if offer.source == source), None)


def _is_in(doubt: StoredDoubt, text: str) -> bool:
    """Whether a doubtful character stands in a text at its place, counted in UTF-16 units; other doubts are of all."""
    if doubt.position is None or doubt.code_point is None:
        return True
    units = storable(chr(int(doubt.code_point.removeprefix("U+"), 16))).encode("utf-16-le")
    return text.encode("utf-16-le").startswith(units, 2 * doubt.position)


Form = Mapping[str, Entry]


def value(form: Form, key: str) -> str:
    """The value of a field, "" where it has none."""
    entry = form.get(key)
    return "" if entry is None else entry.value


def source(form: Form, key: str) -> Source:
    """Where the value of a field came from, "" where it has none."""
    entry = form.get(key)
    return "" if entry is None else entry.source


def of_chip(form: Form, key: str) -> str | None:
    """What a card has brought into a field, also where another value stands by now; None where it brought nothing."""
    entry = form.get(key)
    if entry is None:
        return None
    return entry.value if entry.source == "chip" else entry.offered("chip")


def as_date(text: str) -> date | None:
    """Read a day as it is stored, 2026-03-02; None for anything else, weeks of ISO 8601 too."""
    try:
        return date.fromisoformat(text) if _STORED_DAY.fullmatch(text) else None
    except ValueError:
        return None


def offers_as_json(entry: Entry) -> list[Any]:
    """Write the offers for their column."""
    return [[offer.source, offer.value] for offer in entry.offers]


def doubts_as_json(entry: Entry) -> list[Any]:
    """Write the doubts for their column."""
    return [[doubt.reason, doubt.position, doubt.code_point, doubt.said] for doubt in entry.doubts]


def entry_from_row(row: Any) -> Entry:
    """Read an entry from its row."""
    return Entry(
        value=row.value,
        source=row.source,
        at=row.at,
        is_verified=bool(row.is_verified),
        offers=tuple(StoredOffer(*offer) for offer in row.offers),
        doubts=tuple(StoredDoubt(*doubt) for doubt in row.doubts),
    )
