"""Registrations given away in a file: chosen, masked or in full, made in memory, written down for three years.

The file is never on the disk: it waits in memory, for the session that made it, and goes after ten minutes.
Where there are many registrations in it, another supervisor agrees first, and nothing leaves before: `asking`.
Source: PIPL 21 and 59; security requirements S-15, S-20, S-21, S-32; domain reference 3.5, L11.
"""

from __future__ import annotations

import csv
import hashlib
import io
import uuid
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from agent.accounts import audit
from agent.accounts.service import AccountsService, Right, SignedIn, require
from agent.accounts.storage import reading, writing
from agent.exchange import columns, views, wishes, xlsx_writing
from agent.exchange.asking import Agreed, Requests
from agent.exchange.cells import inert, inert_and_whole
from agent.exchange.views import ExportWish, MadeFile, Outcome, ProvisionView
from agent.exchange.wishes import refused
from agent.register import codes, divisions, fields
from agent.register.draft_view import dwelling
from agent.register.full_views import masked_value
from agent.register.workplace import Workplace
from agent.shelf import Shelf
from peewee_models import exchange, exchange_queries, outbox, register_queries
from peewee_models.exchange_queries import Chosen

PROVIDED: Final = "provision.made"
MOST_ROWS: Final = 200_000
MOST_BYTES: Final = 300_000_000
SIMULATED: Final = "SIMULATED"
"""In every row of what a practice folder gives away."""

_TEXT_WITH_BOM: Final = "utf-8-sig"


class Exports:
    """What is given away of the register.

    Args:
        place: the register's store, clock and station.
        accounts: checks that who gives away sits there still.
        requests: what waits for a second person's word.
    """

    def __init__(self, place: Workplace, accounts: AccountsService, requests: Requests) -> None:
        self._place = place
        self._accounts = accounts
        self._requests = requests
        self._shelf: Shelf[MadeFile] = Shelf(place.clock, MOST_BYTES)

    def listed(self, by: SignedIn) -> list[ProvisionView]:
        """The files that were given away, the newest first.  Raises: RightsDenied."""
        require(by, Right.EXPORT)
        with reading(self._place.store):
            return [self._view(row, by) for row in exchange.provisions(views.SHOWN)]

    def make(self, wish: ExportWish, by: SignedIn, own_password: str) -> Outcome:
        """Make a file and write down that it is given away; it then waits for this session.

        Where it takes a second person, nothing is made: the wish is written down and waits for them.

        Raises: RightsDenied; CodedError EXPORT-FORMS, EXPORT-COLUMNS, EXPORT-DAYS, EXPORT-RECEIVER, EXPORT-PURPOSE,
            EXPORT-FULL-REASON, EXPORT-NOBODY, EXPORT-TOO-MANY, ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT.
        """
        require(by, Right.EXPORT)
        asked = wishes.checked(wish)
        chosen = wishes.chosen(asked, self._place.zone)
        self._accounts.confirm(by, own_password)
        with reading(self._place.store):
            count = exchange_queries.count(chosen)
            if not 1 <= count <= MOST_ROWS:
                raise refused("EXPORT-TOO-MANY" if count else "EXPORT-NOBODY", count=count, most=MOST_ROWS)
            is_large = self._requests.takes_two(count, by)
            content, rows = (b"", count) if is_large else self._content(asked, chosen, by.language)
        if is_large:
            return Outcome(self._requests.ask(asked, by), is_asked=True)
        with writing(self._place.store):
            if self._requests.takes_two(rows, by):
                raise refused("EXPORT-MEANWHILE")
            key = self._note(asked, content, rows, by)
        return Outcome(self._to_shelf(key, asked, content, by))

    def make_agreed(self, request_id: str, by: SignedIn, own_password: str) -> str:
        """Make the file that a second person has agreed to, once, for who asked; it then waits for this session.

        What was agreed to and does not fit the wish any more is not in it.

        Returns: the key of what was written down.
        Raises: RightsDenied; CodedError REQUEST-UNKNOWN, REQUEST-NOT-YOURS, REQUEST-NOT-AGREED, REQUEST-LAPSED,
            REQUEST-CHANGED, ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT.
        """
        require(by, Right.EXPORT)
        self._requests.usable(request_id, by)
        self._accounts.confirm(by, own_password)
        with reading(self._place.store):
            agreed = self._requests.usable(request_id, by)
            chosen = wishes.chosen(agreed.wish, self._place.zone)
            content, rows = self._content(agreed.wish, chosen, by.language, agreed.records)
        if not rows:
            raise refused("REQUEST-CHANGED")
        with writing(self._place.store):
            key = self._note(agreed.wish, content, rows, by, agreed)
            self._requests.use(agreed.id, key, by)
        return self._to_shelf(key, agreed.wish, content, by)

    def file(self, provision_id: str, by: SignedIn) -> MadeFile:
        """The file that this session has made of late.  Raises: RightsDenied; CodedError EXPORT-GONE."""
        require(by, Right.EXPORT)
        made = self._shelf.find(provision_id, by.session_id)
        if made is None:
            raise refused("EXPORT-GONE")
        return made

    def drop_old(self) -> None:
        """Let go of files that nobody has taken for a while."""
        self._shelf.drop_old()

    def _to_shelf(self, key: uuid.UUID, wish: ExportWish, content: bytes, by: SignedIn) -> str:
        self._shelf.put(MadeFile(str(key), by.session_id, wish.file_kind, content, self._place.clock.monotonic()))
        return str(key)

    def _note(
        self, wish: ExportWish, content: bytes, rows: int, by: SignedIn, agreed: Agreed | None = None
    ) -> uuid.UUID:
        digest, now = hashlib.sha256(content).hexdigest(), self._place.clock.now()
        key = exchange.provide(
            now,
            uuid.UUID(by.user_id),
            **wishes.as_columns(wish),
            rows=rows,
            size_bytes=len(content),
            sha256=digest,
            second_user=None if agreed is None else agreed.second_user,
        )
        facts: dict[str, str | int] = {
            "rows": rows,
            "kind": wish.file_kind,
            "full": int(wish.is_full),
            "sha256": digest,
        }
        if agreed is not None:
            facts |= {"second": str(agreed.second_user), "gone": len(agreed.records) - rows}
        self._place.note(by, audit.Act.EXPORTED, ("provision", key), **facts)
        outbox.append(now, PROVIDED, key, 1, facts | {"user": by.user_id})
        return key

    def _content(
        self, wish: ExportWish, chosen: Chosen, language: str, among: Container[uuid.UUID] | None = None
    ) -> tuple[bytes, int]:
        """The file, and how many registrations are in it; none that is not `among` those that may be."""
        counted = _Counted(self._lines(wish, chosen, language, among))
        heads = [columns.names()[key].head(language) for key in wish.columns]
        heads += [SIMULATED] if self._place.station.is_practice else []
        if wish.file_kind == "xlsx":
            content = xlsx_writing.workbook(heads, ([inert(text) for text in line] for line in counted))
        else:
            content = as_csv(heads, counted)
        return content, counted.count

    def _lines(
        self, wish: ExportWish, chosen: Chosen, language: str, among: Container[uuid.UUID] | None
    ) -> Iterator[list[str]]:
        wanted = {*wish.columns, *(columns.OF_DWELLING if columns.ADDRESS in wish.columns else ())}
        own = {"form_no", "household", "verified_at"} & wanted
        person_keys = [key for key in register_queries.PERSON_KEYS if key in wanted]
        own_keys = [key for key in register_queries.REGISTRATION_KEYS if key in wanted] + sorted(own)
        stamp = [SIMULATED] if self._place.station.is_practice else []
        for row in exchange_queries.rows(chosen, person_keys, own_keys, among):
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
        key = str(row.id)
        return ProvisionView(
            id=key,
            at=row.at,
            user=str(row.user.name),
            second="" if row.second_user is None else str(row.second_user.name),
            wish=wishes.of_row(row),
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
