"""The papers of the register as the pages ask for them: typeset, shown, printed, each with its audit row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import AccountsService, Right, SignedIn, require
from agent.accounts.storage import Store, writing
from agent.documents.pictures import Pictures
from agent.documents.service import DocumentsService
from agent.documents.views import OwnerRef
from agent.errors import Actor, CodedError, Retry
from agent.photos.service import PhotosService
from agent.printing import sheets
from agent.printing.shelf import Paper, Shelf, new_id
from agent.register.board_views import Spot
from agent.register.record_views import RecordView
from agent.register.service import RegisterService
from drivers.api import Clock

__all__ = ["KINDS", "Paper", "PrintingService", "Shelf", "Sources"]

KINDS: Final = (*sheets.KINDS, sheets.HOUSEHOLD_FORMS)
NOT_MADE: Final = "PAPER-NOT-MADE"
MOST_PEOPLE: Final = 20
"""So many have room on one paper: the process that sets it works for nobody else meanwhile."""
MOST_REMEMBERED: Final = 500
LIST: Final = "list"
MOST_LINES: Final = 1000
"""So many stand on one list: nobody walks further with it."""


@dataclass(frozen=True, slots=True)
class Set:
    """A paper that was set: what is told of it, the PDF, a drawing of each page."""

    facts: Mapping[str, Any]
    pdf: bytes
    pages: list[bytes]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the contents of papers come from, and who knows whose password it is."""

    register: RegisterService
    photos: PhotosService
    documents: DocumentsService
    accounts: AccountsService


class PrintingService:
    """The papers that this station prints.

    Args:
        store: the database.
        clock: the time.
        sources: where the contents come from.
        pictures: the process that typesets.
        shelf: where papers wait.
    """

    def __init__(self, store: Store, clock: Clock, sources: Sources, pictures: Pictures, shelf: Shelf) -> None:
        self._store = store
        self._clock = clock
        self._from = sources
        self._pictures = pictures
        self._shelf = shelf
        self._undrawn: frozenset[str] = frozenset()

    def offered(self, record: RecordView, by: SignedIn) -> tuple[str, ...]:
        """Which papers say something about a registration, the most wanted first."""
        changes = ("changes",) if sheets.has_changes(record) else ()
        if record.is_cancelled:
            cancelled = ("cancellation",) if record.cancellation is not None else ()
            return (*cancelled, "registration", *changes, "own-data")
        are_several = len(self._from.register.household_of(record.id, by)) > 1
        household = (sheets.HOUSEHOLD_FORMS,) if are_several else ()
        receipt = ("receipt",) if sheets.is_declared(record) else ()
        return ("registration", *receipt, *changes, *household, "notice", "own-data")

    def make(self, kind: str, record_id: str, by: SignedIn) -> Paper:
        """Make a paper and keep it for this session for a while; the audit says that it could be printed.

        Args:
            kind: one of `KINDS`.
            record_id: of a registration; for the forms of a household one of its members'.
            by: who prints.

        Raises: RightsDenied; CodedError PAPER-UNKNOWN, PAPER-NO-CHANGES, PAPER-NOT-CANCELLED, PAPER-OF-CANCELLED,
            PAPER-TOO-MANY, PAPER-NOT-MADE, RECORD-UNKNOWN; and as a kept photo cannot be read.
        """
        require(by, Right.REGISTER_READ)
        if kind not in KINDS:
            raise _refused("PAPER-UNKNOWN")
        held = self._asked_for(kind, record_id, by)
        content, photos = sheets.content(kind, held, self._printing(by))
        made = self._set(sheets.template_of(kind), content, photos)
        with writing(self._store):
            for one in held:
                if sheets.shows_numbers(kind):
                    self._from.register.full_views.note_print(one.record.id, by)
                told: dict[str, str | int] = {"kind": kind, "pages": len(made.pages)}
                audit.write(self._clock, by.audit_ids, Act.PAPER_MADE, ("record", one.record.id), **told)
        return self._kept(new_id(), kind, record_id, by, made)

    def make_list(self, what: str, spot: Spot, title: str, password: str, by: SignedIn) -> Paper:
        """Make a list of the registrations behind a figure of the board; who prints says their password once more.

        Args:
            what: the figure, one of `board_views.LISTS`.
            spot: where.
            title: of the paper.
            password: their own.
            by: who prints.

        Raises: RightsDenied; CodedError ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT, BOARD-UNKNOWN, LIST-EMPTY, LIST-TOO-LONG,
            PAPER-NOT-MADE.
        """
        require(by, Right.REGISTER_READ)
        self._from.accounts.confirm(by, password)
        lines = self._from.register.board.walk(what, spot, by, MOST_LINES + 1)
        if not lines:
            raise _refused("LIST-EMPTY")
        if len(lines) > MOST_LINES:
            raise _refused("LIST-TOO-LONG", most=MOST_LINES)
        paper_id = new_id()
        content = sheets.list_content(what, title, lines, paper_id, self._printing(by))
        paper = self._kept(paper_id, LIST, "", by, self._set("list", content, []))
        with writing(self._store):
            subject = ("register", None)
            told: dict[str, str | int] = {"kind": LIST, "pages": len(paper.pages), "found": len(lines)}
            audit.write(self._clock, by.audit_ids, Act.PAPER_MADE, subject, **told)
        return paper

    def _asked_for(self, kind: str, record_id: str, by: SignedIn) -> list[sheets.Held]:
        """What goes onto a paper, where that can be printed of this registration."""
        is_of_household = kind == sheets.HOUSEHOLD_FORMS
        members = self._from.register.household_of(record_id, by) if is_of_household else (record_id,)
        if len(members) > MOST_PEOPLE:
            raise _refused("PAPER-TOO-MANY", people=len(members), most=MOST_PEOPLE)
        held = [self._held(each, by) for each in members]
        record = held[0].record
        if kind == "changes" and not sheets.has_changes(record):
            raise _refused("PAPER-NO-CHANGES")
        if kind == "cancellation" and record.cancellation is None:
            raise _refused("PAPER-NOT-CANCELLED")
        if record.is_cancelled and kind in sheets.OF_THE_LIVING:
            raise _refused("PAPER-OF-CANCELLED")
        return held

    def _printing(self, by: SignedIn) -> sheets.Printing:
        """Who prints, where, now."""
        place = self._from.register.place
        is_practice = place.station.is_practice
        where = (place.station.name, by.name, self._clock.now(), place.zone)
        return sheets.Printing(*where, is_practice=is_practice, parameters=place.parameters)

    def _kept(self, paper_id: str, kind: str, record_id: str, by: SignedIn, made: Set) -> Paper:
        """Keep what was set for this session for a while."""
        paper = Paper(
            id=paper_id,
            kind=kind,
            record_id=record_id,
            session_id=by.session_id,
            pdf=made.pdf,
            pages=tuple(made.pages),
            undrawn=tuple(msgspec.convert(made.facts["undrawn"], list[str])),
            made_s=self._clock.monotonic(),
        )
        self._shelf.put(paper)
        return paper

    def _set(self, template: str, content: Mapping[str, Any], photos: list[bytes]) -> Set:
        """Have a paper set: what is told of it, the PDF, the pages."""
        asked = {"template": template, "undrawn": sorted(self._undrawn)}
        made = self._pictures.work("paper", asked, [msgspec.json.encode(content), *photos], NOT_MADE)
        pdf, *pages = made.pieces
        self._remember(msgspec.convert(made.facts["learnt"], list[str]))
        return Set(made.facts, pdf, pages)

    def _remember(self, learnt: list[str]) -> None:
        """Keep what no font draws: to find out is half of the work, and the fonts stay the same."""
        known = self._undrawn | set(learnt)
        self._undrawn = known if len(known) <= MOST_REMEMBERED else frozenset(learnt)

    def paper(self, paper_id: str, by: SignedIn) -> Paper:
        """A paper that this session has made.  Raises: CodedError PAPER-GONE."""
        require(by, Right.REGISTER_READ)
        paper = self._shelf.find(paper_id, by.session_id)
        if paper is None:
            raise _refused("PAPER-GONE")
        return paper

    def _held(self, record_id: str, by: SignedIn) -> sheets.Held:
        record = self._from.register.record(record_id, by)
        ref = OwnerRef("record", record.id)
        board = self._from.documents.board(ref, record.values, by)
        current = self._from.photos.board(ref, by).current
        return sheets.Held(
            record=record,
            address=self._from.register.written_address(record.values),
            documents=[(each.kind.zh, len(each.pages)) for each in board.documents if each.pages],
            photo=None if current is None else self._from.photos.picture(ref, current.id, by),
        )


def _refused(code: str, **facts: int) -> CodedError:
    return CodedError(code, Actor.CLERK, Retry.AFTER_ACTION, **facts)
