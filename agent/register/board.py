"""The completeness board: per committee, and within it lane by lane, what is registered, lacking, expiring, late.

Places are told apart, never people: nobody is ranked, and no figure says who registered what.  A registration is to be
looked at again within a year of its last look (the certificate of residence registration is valid for a year).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final, TypeVar

from agent.accounts.audit import Act
from agent.accounts.service import Right, SignedIn, require
from agent.accounts.storage import reading, writing
from agent.register import days, draft_view, names
from agent.register.board_views import LISTS, MOVED, WHATS, BoardView, Place, Spot, WalkLine
from agent.register.errors import refused
from agent.register.id_number import years_between
from agent.register.views import PAGE, RecordLine
from agent.register.workplace import Workplace
from peewee_models import board_queries, register_queries
from peewee_models.board_queries import GAPS, Limits

VALID: Final = timedelta(days=365)
SOON: Final = timedelta(days=30)
LATE_DAYS: Final = 3.0
_FRESH_S: Final = 60.0


Line = TypeVar("Line")


class BoardOfRegister:
    """Counts the register, at most once a minute: a page of figures keeps no clerk waiting."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._kept: tuple[float, BoardView] | None = None

    def overview(self, by: SignedIn) -> BoardView:
        """The figures of every committee.  Raises: RightsDenied."""
        require(by, Right.REGISTER_READ)
        if not self._lock.acquire(blocking=self._kept is None):
            return self._last()  # somebody counts just now: what was counted before is shown meanwhile
        try:
            now_s = self._place.clock.monotonic()
            if self._kept is None or now_s - self._kept[0] >= _FRESH_S:
                self._kept = now_s, self._counted()
            return self._last()
        finally:
            self._lock.release()

    def _last(self) -> BoardView:
        if self._kept is None:
            raise RuntimeError("nothing was counted yet")
        return self._kept[1]

    def _counted(self) -> BoardView:
        with reading(self._place.store):
            rows = board_queries.by_committee(self._place.store, self._limits())
            moved = board_queries.moved_inside(self._limits(), ("committee",))
        return self._view(rows, moved)

    def lanes(self, committee: str, by: SignedIn) -> BoardView:
        """The figures of one committee, lane by lane.  Raises: RightsDenied."""
        require(by, Right.REGISTER_READ)
        with reading(self._place.store):
            rows = board_queries.by_lane(self._place.store, self._limits(), committee)
            moved = board_queries.moved_inside(self._limits(), ("committee", "road", "lane"), committee)
        return self._view(rows, moved)

    def blocks(self, committee: str, by: SignedIn) -> BoardView:
        """The figures of one committee, block by block; no places where it has no block.  Raises: RightsDenied."""
        require(by, Right.REGISTER_READ)
        with reading(self._place.store):
            rows = board_queries.by_block(self._place.store, self._limits(), committee)
            moved = board_queries.moved_inside(self._limits(), ("committee", "block"), committee)
        return self._view(rows, moved) if any(row["block"] for row in (*rows, *moved)) else self._view((), ())

    def lines(self, what: str, spot: Spot, by: SignedIn, page: int = 1, size: int = PAGE) -> list[RecordLine]:
        """A page of the registrations behind a figure, in the order of a walk; to look leaves an audit row.

        Args:
            what: one of `LISTS`.
            spot: where.
            by: who looks.
            page: from 1.
            size: of a page.

        Raises: RightsDenied; CodedError BOARD-UNKNOWN.
        """
        return self._listed(what, spot, by, (page, size), lambda row: draft_view.record_line(row, self._place.zone))

    def walk(self, what: str, spot: Spot, by: SignedIn, most: int) -> list[WalkLine]:
        """The same, as they are printed for a walk; to look leaves an audit row.

        Args:
            what: one of `LISTS`.
            spot: where.
            by: who prints.
            most: so many are given at most.

        Raises: RightsDenied; CodedError BOARD-UNKNOWN.
        """
        return self._listed(what, spot, by, (1, most), self._walk_line)

    def _listed(
        self, what: str, spot: Spot, by: SignedIn, page: tuple[int, int], shown: Callable[[Any], Line]
    ) -> list[Line]:
        """Look registrations up, which takes a while in a large register and keeps nobody from saving; then note it."""
        require(by, Right.REGISTER_READ)
        if what not in LISTS:
            raise refused("BOARD-UNKNOWN")
        number, size = page
        with reading(self._place.store):
            rows = board_queries.lines(self._place.store, self._limits(), what, spot, max(1, number), size)
            lines = [shown(row) for row in rows]
        with writing(self._place.store):
            self._place.note(by, Act.LISTED, ("register", None), found=len(lines))
        return lines

    def _walk_line(self, row: Any) -> WalkLine:
        today, person = self._place.clock.today(), row.person
        is_minor = person.birth_date is not None and (
            years_between(person.birth_date, today) < self._place.parameters.on(today).adult_from
        )
        values = register_queries.values_of(row)
        household, present = draft_view.two_addresses(values)
        return WalkLine(
            name=names.masked(person.name) if is_minor else person.name,
            sex=person.sex,
            last_four="" if is_minor or not person.id_no else person.id_no[-4:],
            address=draft_view.dwelling(values),
            household=household,
            present=present,
            form=row.form,
            registered_on=row.registered_at.astimezone(self._place.zone).date(),
            verified_on=row.verified_at.astimezone(self._place.zone).date(),
            block=row.block,
            team=row.team,
        )

    def _view(self, rows: Iterable[dict[str, Any]], moved: Iterable[dict[str, Any]]) -> BoardView:
        """The places, with those where nobody is but a household whose person has moved."""
        by_spot = {_spot(row): row for row in rows}
        for row in moved:
            by_spot[_spot(row)] = {**row, **by_spot.get(_spot(row), {})}
        places = [_place(spot, row) for spot, row in by_spot.items()]
        places.sort(key=lambda one: (not one.committee, one.committee, one.block == "", one.block or "", one.lane))
        return BoardView(tuple(places), _sum(places), self._place.clock.now())

    def _limits(self) -> Limits:
        now, today = self._place.clock.now(), self._place.clock.today()
        schooled_from = self._place.parameters.on(today).schooled_from
        return Limits(
            self._place.area, now - VALID, now - VALID + SOON, days.months_after(today, -12 * schooled_from), LATE_DAYS
        )


def _spot(row: dict[str, Any]) -> Spot:
    return Spot(row["committee"], row.get("road"), row.get("lane"), row.get("block"))


def _place(spot: Spot, row: dict[str, Any]) -> Place:
    return Place(
        committee=spot.committee or "",
        lane=(spot.road or "") + (f"{spot.lane}弄" if spot.lane else ""),
        spot=spot,
        counts={what: int(row.get(what) or 0) for what in WHATS},
        gaps={gap: int(row.get(f"gap_{gap}") or 0) for gap in GAPS},
        also=int(row.get(MOVED) or 0),
        lag_days=None if row.get("lag_days") is None else float(row["lag_days"]),
        block=row.get("block"),
        team=row.get("team") or "",
    )


def _sum(places: Iterable[Place]) -> Place:
    all_of = list(places)
    registered = sum(one.registered for one in all_of)
    waited = sum((one.lag_days or 0.0) * one.registered for one in all_of)
    return Place(
        committee="",
        lane="",
        spot=Spot(),
        counts={what: sum(one.counts[what] for one in all_of) for what in WHATS},
        gaps={gap: sum(one.gaps[gap] for one in all_of) for gap in GAPS},
        also=sum(one.also for one in all_of),
        lag_days=waited / registered if registered else None,
    )
