"""Registrations given away in a file: chosen, masked or in full, made in memory, written down for three years.

The file is never on the disk: it waits in memory, for the session that made it, and goes after ten minutes.
Source: PIPL 21 and 59; security requirements S-15, S-20, S-32; domain reference 3.5, L11.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from agent.accounts import audit
from agent.accounts.service import AccountsService, Right, SignedIn, require
from agent.accounts.storage import reading, writing
from agent.errors import Actor, CodedError, Retry
from agent.exchange import columns, views, xlsx_writing
from agent.exchange.cells import inert, inert_and_whole
from agent.exchange.views import ExportWish, MadeFile, ProvisionView
from agent.register import codes, days, divisions, fields
from agent.register.draft_view import dwelling
from agent.register.form import as_date
from agent.register.full_views import masked_value
from agent.register.workplace import Workplace
from agent.shelf import Shelf
from peewee_models import exchange, exchange_queries, register_queries
from peewee_models.exchange_queries import Chosen

MOST_ROWS: Final = 200_000
MOST_BYTES: Final = 300_000_000
LONGEST_RECEIVER: Final = 200
LONGEST_PURPOSE: Final = 500
SIMULATED: Final = "SIMULATED"
"""In every row of what a practice folder gives away."""

_TEXT_WITH_BOM: Final = "utf-8-sig"


class Exports:
    """What is given away of the register.

    Args:
        place: the register's store, clock and station.
        accounts: checks that who gives away sits there still.
    """

    def __init__(self, place: Workplace, accounts: AccountsService) -> None:
        self._place = place
        self._accounts = accounts
        self._shelf: Shelf[MadeFile] = Shelf(place.clock, MOST_BYTES)

    def listed(self, by: SignedIn) -> list[ProvisionView]:
        """The files that were given away, the newest first.  Raises: RightsDenied."""
        require(by, Right.EXPORT)
        with reading(self._place.store):
            return [self._view(row, by) for row in exchange.provisions(views.SHOWN)]

    def make(self, wish: ExportWish, by: SignedIn, own_password: str) -> str:
        """Make a file and write down that it is given away; it then waits for this session.

        Returns: the key of what was written down.
        Raises: RightsDenied; CodedError EXPORT-FORMS, EXPORT-COLUMNS, EXPORT-DAYS, EXPORT-RECEIVER, EXPORT-PURPOSE,
            EXPORT-FULL-REASON, EXPORT-NOBODY, EXPORT-TOO-MANY, ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT.
        """
        require(by, Right.EXPORT)
        asked = _checked(wish)
        chosen = self._chosen(asked)
        self._accounts.confirm(by, own_password)
        with reading(self._place.store):
            count = exchange_queries.count(chosen)
            if not 1 <= count <= MOST_ROWS:
                raise _refused("EXPORT-TOO-MANY" if count else "EXPORT-NOBODY", count=count, most=MOST_ROWS)
            content, rows = self._content(asked, chosen, by.language)
        with writing(self._place.store):
            key = self._note(asked, content, rows, by)
        self._shelf.put(MadeFile(str(key), by.session_id, asked.file_kind, content, self._place.clock.monotonic()))
        return str(key)

    def file(self, provision_id: str, by: SignedIn) -> MadeFile:
        """The file that this session has made of late.  Raises: RightsDenied; CodedError EXPORT-GONE."""
        require(by, Right.EXPORT)
        made = self._shelf.find(provision_id, by.session_id)
        if made is None:
            raise _refused("EXPORT-GONE")
        return made

    def drop_old(self) -> None:
        """Let go of files that nobody has taken for a while."""
        self._shelf.drop_old()

    def _note(self, wish: ExportWish, content: bytes, rows: int, by: SignedIn) -> uuid.UUID:
        digest = hashlib.sha256(content).hexdigest()
        criteria = {
            "forms": list(wish.forms),
            "states": list(wish.states),
            "committee": wish.committee,
            "since": wish.since,
            "until": wish.until,
        }
        key = exchange.provide(
            self._place.clock.now(),
            uuid.UUID(by.user_id),
            receiver=wish.receiver,
            purpose=wish.purpose,
            is_full=wish.is_full,
            full_reason=wish.full_reason,
            file_kind=wish.file_kind,
            criteria=criteria,
            columns=list(wish.columns),
            rows=rows,
            size_bytes=len(content),
            sha256=digest,
        )
        facts: dict[str, str | int] = {
            "rows": rows,
            "kind": wish.file_kind,
            "full": int(wish.is_full),
            "sha256": digest,
        }
        self._place.note(by, audit.Act.EXPORTED, ("provision", key), **facts)
        return key

    def _chosen(self, wish: ExportWish) -> Chosen:
        since, until = as_date(wish.since), as_date(wish.until)
        before = None if until is None else self._midnight(until + timedelta(days=1))
        first = None if since is None else self._midnight(since)
        return Chosen(wish.forms, wish.states, wish.committee, first, before)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._place.zone)

    def _content(self, wish: ExportWish, chosen: Chosen, language: str) -> tuple[bytes, int]:
        """The file, and how many registrations are in it."""
        counted = _Counted(self._lines(wish, chosen, language))
        heads = [columns.names()[key].head(language) for key in wish.columns]
        heads += [SIMULATED] if self._place.station.is_practice else []
        if wish.file_kind == "xlsx":
            content = xlsx_writing.workbook(heads, ([inert(text) for text in line] for line in counted))
        else:
            content = as_csv(heads, counted)
        return content, counted.count

    def _lines(self, wish: ExportWish, chosen: Chosen, language: str) -> Iterator[list[str]]:
        wanted = {*wish.columns, *(columns.OF_DWELLING if columns.ADDRESS in wish.columns else ())}
        own = {"form_no", "household", "verified_at"} & wanted
        person_keys = [key for key in register_queries.PERSON_KEYS if key in wanted]
        own_keys = [key for key in register_queries.REGISTRATION_KEYS if key in wanted] + sorted(own)
        stamp = [SIMULATED] if self._place.station.is_practice else []
        for row in exchange_queries.rows(chosen, person_keys, own_keys):
            yield [*(self._text(key, row, wish, language) for key in wish.columns), *stamp]

    def _text(self, key: str, row: dict[str, Any], wish: ExportWish, language: str) -> str:
        """What stands in one cell."""
        if key == columns.ADDRESS:
            return dwelling({each: row[each] for each in columns.OF_DWELLING})
        value = row[key]
        if isinstance(value, datetime):
            return value.astimezone(self._place.zone).strftime("%Y-%m-%d %H:%M:%S")
        text = value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
        if not wish.is_full:
            text = masked_value(key, text)
        return _in_words(key, text, language)

    def _view(self, row: Any, by: SignedIn) -> ProvisionView:
        chosen = row.criteria
        key = str(row.id)
        return ProvisionView(
            id=key,
            at=row.at,
            user=str(row.user.name),
            receiver=row.receiver,
            purpose=row.purpose,
            is_full=bool(row.is_full),
            full_reason=row.full_reason,
            file_kind=row.file_kind,
            forms=tuple(chosen["forms"]),
            states=tuple(chosen["states"]),
            committee=chosen["committee"],
            since=chosen["since"],
            until=chosen["until"],
            columns=tuple(row.columns),
            rows=row.rows,
            size_bytes=row.size_bytes,
            sha256=row.sha256,
            is_here=self._shelf.find(key, by.session_id) is not None,
        )


class _Counted(Iterable[list[str]]):
    """Lines, counted as they pass."""

    def __init__(self, lines: Iterator[list[str]]) -> None:
        self._lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[list[str]]:
        for line in self._lines:
            self.count += 1
            yield line


def _checked(wish: ExportWish) -> ExportWish:
    """A wish as it is written down.  Raises: CodedError for what is missing."""
    known = [key for key in columns.given() if key in wish.columns]
    asked = dataclasses.replace(
        wish,
        forms=tuple(form for form in views.FORMS if form in wish.forms),
        states=tuple(state for state in views.STATES if state in wish.states),
        committee=fields.reason(wish.committee)[: fields.RULES["committee"].most],
        since=days.day(wish.since.strip()),
        until=days.day(wish.until.strip()),
        columns=tuple(known),
        receiver=fields.reason(wish.receiver)[:LONGEST_RECEIVER],
        purpose=fields.reason(wish.purpose)[:LONGEST_PURPOSE],
        full_reason=fields.reason(wish.full_reason)[:LONGEST_PURPOSE] if wish.is_full else "",
    )
    given = [day for day in (asked.since, asked.until) if day]
    since, until = as_date(asked.since), as_date(asked.until)
    wrong = {
        "EXPORT-FORMS": not asked.forms or not asked.states or asked.file_kind not in views.FILE_KINDS,
        "EXPORT-COLUMNS": not asked.columns,
        "EXPORT-DAYS": not all(map(as_date, given)) or (since is not None and until is not None and until < since),
        "EXPORT-RECEIVER": not asked.receiver,
        "EXPORT-PURPOSE": not asked.purpose,
        "EXPORT-FULL-REASON": asked.is_full and not asked.full_reason,
    }
    for code, is_so in wrong.items():
        if is_so:
            raise _refused(code)
    return asked


def _in_words(key: str, text: str, language: str) -> str:
    """A code with its name, `01 汉族`; a division with its name; anything else as it is stored."""
    if key == "state":
        return columns.names()[key].value(text, language)
    if key == "form" or (text and columns.is_code(key)):
        line = codes.choice("form_kind" if key == "form" else fields.RULES[key].table, text)
        return text if line is None else f"{text} {line.text_zh if language == 'zh' else line.text_en}"
    if key == "hukou_div" and text:
        return f"{text} {divisions.name_of(text)}"
    return text


def as_csv(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """CSV as spreadsheets open it without asking: UTF-8 with its mark, every cell in quotes."""
    written = io.BytesIO()
    with io.TextIOWrapper(written, _TEXT_WITH_BOM, newline="", write_through=True) as text:
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(heads)
        writer.writerows([inert_and_whole(cell) for cell in line] for line in lines)
        text.flush()
        return written.getvalue()


def _refused(code: str, **facts: int) -> CodedError:
    return CodedError(code, Actor.SUPERVISOR, Retry.AFTER_ACTION, **facts)
