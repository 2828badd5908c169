"""The address base as the supervisor looks after it: a list brought, looked at, taken in or given up; and given out.

One list waits at a time, in memory; it goes an hour after it came.  What is taken in is written with its audit row and
its outbox row in one transaction, and only then takes the place of what forms worked with before, as a whole.
The outbox tells which list was taken in and which block is whose: the plates themselves came to the station in the
list that its SHA-256 names.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any, Final

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import Right, SignedIn, require
from agent.accounts.storage import reading, writing
from agent.addresses import plate_files, plate_list
from agent.addresses.plan import KINDS, Plan, plan
from agent.addresses.plate_list import PlateList
from agent.addresses.views import SHOWN, BaseView, BlockLine, EditionLine, WaitingView
from agent.errors import Actor, CodedError, Retry
from agent.exchange.tables_read import Sheet, sheet_of
from agent.register.doors import Choice, Directory, Door
from agent.register.workplace import Workplace
from drivers.stored_text import storable
from peewee_models import addresses as rows
from peewee_models import outbox

__all__ = ["MOST_MEGABYTES", "AddressService"]

TAKEN_IN: Final = "addresses.taken-in"
MOST_MEGABYTES: Final = 40
MOST_SOURCE: Final = 200
KEPT_S: Final = 3600.0
PRACTICE_LIST: Final = "practice.csv"


@dataclass(slots=True)
class _Waiting:
    """A list that waits, with what it would do to the base of one number."""

    by: SignedIn
    source: str
    sheet: Sheet
    sha256: str
    at: datetime
    at_s: float
    listed: PlateList
    number: int
    plan: Plan

    @property
    def seen(self) -> str:
        return f"{self.sha256}-{self.number}"


class AddressService:
    """The address base of a station.

    Args:
        place: the register's store, clock and station, and the base that its forms work with.
    """

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._waiting: _Waiting | None = None

    def load(self) -> None:
        """Let forms work with what the database has: called at the start, and after every taking-in."""
        with reading(self._place.store):
            number = rows.last_number()
            teams = {row.code: row.team for row in rows.blocks()}
            doors = [Door(**row) for row in rows.plates()] if number else []
        made = Directory(doors, teams, number)
        made.make_ready()
        self._place.doors.now = made

    def choices(self, typed: str, by: SignedIn) -> list[Choice]:
        """Doors and roads of the base that may be meant by what a clerk types as a road.  Raises: RightsDenied."""
        require(by, Right.REGISTER_WRITE)
        return self._place.doors.now.choices(typed)

    @property
    def is_there(self) -> bool:
        """Whether the station has a base."""
        return len(self._place.doors.now) > 0

    def look(self, by: SignedIn) -> BaseView:
        """The base as it is.  Raises: RightsDenied."""
        require(by, Right.TABLES)
        doors = self._place.doors.now.by_number.values()
        used = [door for door in doors if not door.is_withdrawn]
        counted: dict[str, int] = {}
        for door in used:
            counted[door.block] = counted.get(door.block, 0) + (not door.alias_of)
        with reading(self._place.store):
            editions = tuple(map(_edition_line, rows.editions(SHOWN)))
            blocks = [row for row in rows.blocks() if row.withdrawn_at is None]
        return BaseView(
            plates=sum(counted.values()),
            aliases=len(used) - sum(counted.values()),
            withdrawn=len(doors) - len(used),
            blocks=tuple(BlockLine(row.code, row.committee, row.team, counted.get(row.code, 0)) for row in blocks),
            editions=editions,
            is_waiting=self._standing() is not None,
            is_practice=self._place.station.is_practice,
        )

    def csv(self, by: SignedIn) -> bytes:
        """The plates in use as a file that can be taken in again.  Raises: RightsDenied."""
        require(by, Right.TABLES)
        base = self._place.doors.now
        with writing(self._place.store):
            self._place.note(by, Act.ADDRESSES_GIVEN_OUT, ("addresses", None), number=base.number)
        return plate_files.of_base(base, by.language)

    def practice_list(self, by: SignedIn) -> bytes:
        """A made-up list for a practice station.  Raises: RightsDenied; CodedError PLATES-NO-PRACTICE."""
        require(by, Right.TABLES)
        if not self._place.station.is_practice:
            raise _refused("PLATES-NO-PRACTICE")
        return resources.files(__package__).joinpath(PRACTICE_LIST).read_bytes()

    def bring(self, content: bytes, source: str, by: SignedIn) -> None:
        """Let a list wait, in place of one that waited, so that what it would do can be looked at.

        Raises: RightsDenied; CodedError IMPORT-NONE, IMPORT-TOO-LARGE, PLATES-SOURCE, PLATES-HEAD, IMPORT-NO-ROWS, and
            as `sheet_of` and `Sheet.rows` refuse a file.
        """
        require(by, Right.TABLES)
        if not content:
            raise _refused("IMPORT-NONE")
        if len(content) > MOST_MEGABYTES * 1_000_000:
            raise _refused("IMPORT-TOO-LARGE", megabytes=MOST_MEGABYTES)
        said = " ".join(storable(source).split())
        if not 1 <= len(said) <= MOST_SOURCE:
            raise _refused("PLATES-SOURCE", most=MOST_SOURCE)
        sheet = sheet_of(content)
        listed = plate_list.read(sheet, self._place.area)
        digest, clock = hashlib.sha256(content).hexdigest(), self._place.clock
        base, made = self._plan(listed)
        waiting = _Waiting(by, said, sheet, digest, clock.now(), clock.monotonic(), listed, base.number, made)
        with writing(self._place.store):
            told: dict[str, str | int] = {"rows": len(listed.doors), "rejected": len(listed.refused), "sha256": digest}
            self._place.note(by, Act.ADDRESSES_BROUGHT, ("addresses", None), **told)
        with self._lock:
            self._waiting = waiting

    def dry_run(self, by: SignedIn) -> WaitingView:
        """What the list that waits would do.  Raises: RightsDenied; CodedError PLATES-GONE."""
        require(by, Right.TABLES)
        waiting = self._current()
        made = waiting.plan
        return WaitingView(
            source=waiting.source,
            encoding=waiting.sheet.encoding,
            entered_by=waiting.by.name,
            entered_at=waiting.at,
            seen=waiting.seen,
            rows=len(waiting.listed.doors),
            counts={kind: len(made.doors[kind]) for kind in KINDS},
            same=made.same,
            reordered=len(made.reordered),
            steps=tuple(made.steps[:SHOWN]),
            blocks=tuple(made.block_steps[:SHOWN]),
            refused=tuple(waiting.listed.refused[:SHOWN]),
            rejected=len(waiting.listed.refused),
            withdraws_many=made.withdraws_many,
        )

    def rejections(self, by: SignedIn) -> bytes:
        """The rows that are left out, as they came, with the reasons.  Raises: RightsDenied; CodedError PLATES-GONE."""
        require(by, Right.TABLES)
        waiting = self._current()
        return plate_files.of_refused(waiting.sheet, waiting.listed, by.language)

    def give_up(self, by: SignedIn) -> None:
        """Let no list wait any more; twice changes nothing.  Raises: RightsDenied."""
        require(by, Right.TABLES)
        with self._lock:
            had, self._waiting = self._waiting, None
        if had is not None:
            with writing(self._place.store):
                self._place.note(by, Act.ADDRESSES_GIVEN_UP, ("addresses", None))

    def take_in(self, seen: str, by: SignedIn, *, withdraws_many: bool = False) -> None:
        """Take in the list that waits, as it was looked at.

        Args:
            seen: what the dry run showed.
            by: the supervisor.
            withdraws_many: whether it was said that so many plates are to be withdrawn.

        Raises: RightsDenied; CodedError PLATES-GONE, PLATES-CHANGED, PLATES-NOTHING-NEW, PLATES-WITHDRAWS-MANY.
        """
        require(by, Right.TABLES)
        with self._lock:
            waiting = self._current()
            if seen != waiting.seen:
                raise _refused("PLATES-CHANGED")
            if not waiting.plan.is_anything:
                raise _refused("PLATES-NOTHING-NEW")
            if waiting.plan.withdraws_many and not withdraws_many:
                raise _refused("PLATES-WITHDRAWS-MANY", count=len(waiting.plan.doors["withdrawn"]))
            self._write(waiting, by)
            self._waiting = None
            self.load()

    def _write(self, waiting: _Waiting, by: SignedIn) -> None:
        made, now = waiting.plan, self._place.clock.now()
        counts = {
            "new": len(made.doors["new"]),
            "changed": len(made.doors["changed"]) + len(made.doors["back"]),
            "withdrawn": len(made.doors["withdrawn"]),
            "rejected": len(waiting.listed.refused),
        }
        of_list: dict[str, Any] = {
            "source": waiting.source,
            "encoding": waiting.sheet.encoding,
            "sha256": waiting.sha256,
        }
        of_list |= counts | {"plates": len(waiting.listed.doors)}
        with writing(self._place.store):
            edition = rows.add_edition(of_list | {"entered_by": uuid.UUID(by.user_id), "entered_at": now})
            keys = rows.put_blocks(made.blocks, now)
            rows.add_plates(edition.id, (_columns(door, keys) for door in made.doors["new"]))
            walks = {(keys[door.block], door.road, door.road_place, door.is_by_sides) for door in made.reordered}
            rows.walk_roads(edition.id, walks)
            changed = [*made.doors["changed"], *made.doors["back"]]
            rows.change_plates(edition.id, (_columns(door, keys) for door in changed))
            rows.withdraw_plates(edition.id, [door.addr_id for door in made.doors["withdrawn"]], now)
            told = {"number": edition.number, **counts}
            audit.write(self._place.clock, by.audit_ids, Act.ADDRESSES_TAKEN_IN, ("addresses", edition.id), **told)
            blocks = [{"code": code, "committee": of, "team": team} for code, (of, team) in sorted(made.blocks.items())]
            body = of_list | {"entered_by": by.user_id, "blocks": blocks}
            outbox.append(now, TAKEN_IN, edition.id, edition.number, body)

    def _plan(self, listed: PlateList) -> tuple[Directory, Plan]:
        with reading(self._place.store):
            blocks = {row.code: (row.committee, row.team) for row in rows.blocks() if row.withdrawn_at is None}
        base = self._place.doors.now
        return base, plan(base, blocks, listed)

    def _standing(self) -> _Waiting | None:
        """The list that waits, while it has not waited too long."""
        waiting = self._waiting
        is_old = waiting is not None and self._place.clock.monotonic() - waiting.at_s > KEPT_S
        return None if is_old else waiting

    def _current(self) -> _Waiting:
        """The list that waits, laid against the base as it is now.  Raises: CodedError PLATES-GONE."""
        waiting = self._standing()
        if waiting is None:
            raise _refused("PLATES-GONE")
        if waiting.number != self._place.doors.now.number:
            base, waiting.plan = self._plan(waiting.listed)
            waiting.number = base.number
        return waiting


def _edition_line(row: Any) -> EditionLine:
    return EditionLine(
        number=row.number,
        source=row.source,
        entered_by=row.entered_by.name,
        entered_at=row.entered_at,
        sha256=row.sha256,
        plates=row.plates,
        new=row.new,
        changed=row.changed,
        withdrawn=row.withdrawn,
        rejected=row.rejected,
    )


def _columns(door: Door, keys: dict[str, uuid.UUID]) -> dict[str, Any]:
    """A plate as the columns of its row."""
    said = {key: getattr(door, key) for key in (*rows.PLATE, *rows.WALK) if key != "block"}
    return said | {"block": keys[door.block], "door_key": door.key}


def _refused(code: str, **facts: str | int) -> CodedError:
    return CodedError(code, Actor.SUPERVISOR, Retry.AFTER_ACTION, **facts)
