"""Persons who may be one, as the pages call it: listed, compared, found to be two, or merged and parted again.

Nothing here decides by itself: each decision is a person's, has a reason, and can be undone.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, Final

from agent.accounts.audit import Act
from agent.accounts.service import AccountsService, Right, SignedIn, require
from agent.accounts.storage import reading, writing
from agent.events.service import Event
from agent.register import leaving, likeness, merging, number_slips, pairs
from agent.register.alike import compared
from agent.register.draft_view import record_line
from agent.register.duplicate_views import Comparison, DistinctLine, PairLine, PairPage
from agent.register.errors import refused
from agent.register.full_views import FullViews
from agent.register.merges import Merges
from agent.register.merging import Wish
from agent.register.records import Records
from agent.register.views import PAGE, Problem
from agent.register.workplace import Workplace
from peewee_models import duplicates, register_queries
from peewee_models.duplicates import DistinctPersons
from peewee_models.register import ACTIVE

__all__ = ["Duplicates", "Wish"]

_FEW_PLACES: Final = 2
AT_ONCE: Final = 50
"""So many people are compared in one transaction, of those who were registered before anybody compared them."""


class Duplicates:
    """The duplicates of the register."""

    def __init__(self, place: Workplace, records: Records, looks: FullViews, accounts: AccountsService) -> None:
        self._place = place
        self._records = records
        self._looks = looks
        self._accounts = accounts
        self._merges = Merges(place, records)

    def open_pairs(self, by: SignedIn, page: int = 1) -> PairPage:
        """A page of the pairs that nobody has decided; to look leaves an audit row, as a search does."""
        require(by, Right.REGISTER_WRITE)
        self.compare_some()
        with writing(self._place.store):
            rows = duplicates.open_pairs(page, PAGE)
            lines = tuple(line for row in rows if (line := self._line(row)) is not None)
            self._place.note(by, Act.LISTED, ("duplicates", None), found=len(lines))
            return PairPage(page, lines, len(rows) >= PAGE, duplicates.are_uncompared())

    def decided_pairs(self, by: SignedIn, page: int = 1) -> PairPage:
        """A page of the pairs that were found to be two persons, the last decision first."""
        require(by, Right.REGISTER_WRITE)
        with writing(self._place.store):
            rows = duplicates.decisions(page, PAGE)
            told = [(self._line(row), DistinctLine(row.decided_by.name, row.decided_at, row.reason)) for row in rows]
            lines = tuple(replace(line, distinct=distinct) for line, distinct in told if line is not None)
            self._place.note(by, Act.LISTED, ("duplicates", None), found=len(lines))
            return PairPage(page, lines, len(rows) >= PAGE)

    def compare_some(self) -> None:
        """Look for some of the people who were registered before anybody looked; little by little all are."""
        with reading(self._place.store):
            if not duplicates.are_uncompared():
                return
        with writing(self._place.store):
            for person in duplicates.uncompared(AT_ONCE):
                pairs.refresh(person, self._place.clock.now())

    def compare(self, record_id: str, other_id: str, by: SignedIn) -> Comparison:
        """Two registrations side by side, masked as each of them is for this session; to look leaves an audit row each.

        Raises: CodedError RECORD-UNKNOWN, MERGE-SAME-PERSON.
        """
        require(by, Right.REGISTER_WRITE)
        with reading(self._place.store):
            one, other = self._sides(record_id, other_id)
            sides = compared(one.person), compared(other.person)
            decision = duplicates.decision_on(one.person_id, other.person_id, likeness.digest(*sides))
            distinct = None
            if decision is not None:
                distinct = DistinctLine(decision.decided_by.name, decision.decided_at, decision.reason)
        looks = self._looks.look(str(one.id), by), self._looks.look(str(other.id), by)
        held, others = ({key: view.value for key, view in look.record.fields.items()} for look in looks)
        for values, look in ((held, looks[0]), (others, looks[1])):
            values["id_no_raw"] = look.record.id_no_raw
        apart = number_slips.places(held["id_no"], others["id_no"])
        offered = merging.offered(held, others)
        return Comparison(
            one=looks[0],
            other=looks[1],
            reasons=likeness.reasons(*sides),
            differing=frozenset(key for key in held if held[key] != others[key]),
            number_places=apart if len(apart) <= _FEW_PLACES else (),
            offered=offered,
            preset=merging.preset(held, others),
            groups={first: merging.GROUPS[first] for first in offered},
            evidence=merging.EVIDENCE,
            can_turn=one.state == other.state == ACTIVE,
            can_merge=one.state == ACTIVE,
            distinct=distinct,
        )

    def show_in_full(self, record_id: str, other_id: str, reason: str, words: str, by: SignedIn) -> None:
        """Let this session see the numbers of both for a while.

        Raises: CodedError RECORD-UNKNOWN, MERGE-SAME-PERSON, FULL-VIEW-REASON, FULL-VIEW-WORDS.
        """
        require(by, Right.REGISTER_READ)
        with reading(self._place.store):
            sides = [str(side.id) for side in self._sides(record_id, other_id)]
        for side in sides:
            self._looks.begin(side, reason, words, by)

    def find_distinct(self, record_id: str, other_id: str, reason: str, by: SignedIn) -> None:
        """Decide that two persons are two: as long as they are as they are now, they are not proposed again.

        Raises: CodedError RECORD-UNKNOWN, MERGE-SAME-PERSON, REASON-MISSING.
        """
        require(by, Right.REGISTER_WRITE)
        why = merging.reason(reason)
        with writing(self._place.store):
            one, other = self._sides(record_id, other_id)
            digest = likeness.digest(compared(one.person), compared(other.person))
            if duplicates.decision_on(one.person_id, other.person_id, digest) is not None:
                return
            if not why:
                raise refused("REASON-MISSING")
            first, second = duplicates.ordered(one.person_id, other.person_id)
            DistinctPersons.create(
                first=first,
                second=second,
                compared=digest,
                reason=why,
                decided_by=uuid.UUID(by.user_id),
                decided_at=self._place.clock.now(),
            )
            self._place.note(by, Act.DISTINCT_DECIDED, ("record", one.id), other=str(other.id))
        self._tell_pages(one, other)

    def undo_distinct(self, record_id: str, other_id: str, reason: str, by: SignedIn) -> None:
        """Take back the decision that two persons are two.

        Raises: CodedError RECORD-UNKNOWN, MERGE-SAME-PERSON, DISTINCT-NONE, REASON-MISSING.
        """
        require(by, Right.REGISTER_WRITE)
        with writing(self._place.store):
            one, other = self._sides(record_id, other_id)
            digest = likeness.digest(compared(one.person), compared(other.person))
            row = duplicates.decision_on(one.person_id, other.person_id, digest)
            if row is None:
                raise refused("DISTINCT-NONE")
            if not merging.reason(reason):
                raise refused("REASON-MISSING")
            row.undone_by, row.undone_at = uuid.UUID(by.user_id), self._place.clock.now()
            row.undo_reason = merging.reason(reason)
            row.save()
            self._place.note(by, Act.DISTINCT_UNDONE, ("record", one.id), other=str(other.id))
        self._tell_pages(one, other)

    def merge(self, record_id: str, other_id: str, wish: Wish, by: SignedIn, second: tuple[str, str]) -> None:
        """Make two persons one; somebody else approves with name and password, once nothing else is in the way.

        Raises: Problems; CodedError RECORD-UNKNOWN, MERGE-SAME-PERSON, MERGE-NOT-ACTIVE, RECORD-CHANGED, ACCOUNT-WRONG,
            ACCOUNT-WAIT, ACCOUNT-SAME-PERSON, RIGHTS-DENIED.
        """
        require(by, Right.REGISTER_WRITE)
        told = zip((leaving.SECOND, "second_password"), second, strict=True)
        missing = [Problem("FIELD-MISSING", key) for key, text in told if not text]
        if self._merges.check(record_id, other_id, wish, by, missing):
            second_id = self._accounts.second_person(by, *second)
            self._merges.enter(record_id, other_id, wish, by, second_id)

    def part(self, record_id: str, reason: str, by: SignedIn, second: tuple[str, str]) -> None:
        """Undo the merge that has made a registration another person's; somebody else approves.

        Raises: CodedError RECORD-UNKNOWN, MERGE-NONE, MERGE-BUILT-UPON, REASON-MISSING, SECOND-PERSON-MISSING,
            ACCOUNT-WRONG, ACCOUNT-WAIT, ACCOUNT-SAME-PERSON, RIGHTS-DENIED.
        """
        require(by, Right.REGISTER_WRITE)
        if self._merges.check_undo(record_id, reason, by):
            if not all(second):
                raise refused("SECOND-PERSON-MISSING")
            self._merges.undo(record_id, reason, by, self._accounts.second_person(by, *second))

    def _sides(self, record_id: str, other_id: str) -> tuple[Any, Any]:
        """The last registration of each of two persons, inside the open transaction; the active one goes on.

        Raises: CodedError RECORD-UNKNOWN, MERGE-SAME-PERSON.
        """
        rows = [self._records.row_of(key) for key in (record_id, other_id)]
        if rows[0].person_id == rows[1].person_id:
            raise refused("MERGE-SAME-PERSON")
        one, other = (register_queries.last_of(row.person_id) for row in rows)
        return (other, one) if one.state != ACTIVE and other.state == ACTIVE else (one, other)

    def _line(self, row: Any) -> PairLine | None:
        """A pair as it is listed; None where one of the two has become another, or says something else since."""
        records = [register_queries.last_of(key) for key in (row.first_id, row.second_id)]
        if None in records or likeness.digest(*(compared(one.person) for one in records)) != row.compared:
            return None
        records.sort(key=lambda record: (record.state != ACTIVE, record.registered_at, record.form_no))
        reasons = likeness.reasons(*(compared(record.person) for record in records))
        one, other = (record_line(record, self._place.zone) for record in records)
        return PairLine(one, other, reasons)

    def _tell_pages(self, *records: Any) -> None:
        for one in records:
            self._place.publish(Event("register", None, {"record": str(one.id), "version": int(one.version)}))
