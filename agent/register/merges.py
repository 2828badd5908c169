"""The merge of two persons who are one: entered by one, approved by another, undone; never by itself.

All registrations of the other person become the survivor's.  The one that was active ends as merged, cancelled as
registered twice; nothing is erased, and papers and photos stay where they are.  The facts, their lines in the
histories, their audit rows and their outbox rows are written in one transaction, or none of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from agent.accounts.audit import Act
from agent.accounts.storage import reading, writing
from agent.events.service import Event
from agent.register import approvals, leaving, merging, newly_wrong, outgoing, pairs, revision, undoing
from agent.register.draft_changes import follow
from agent.register.errors import Problems, refused
from agent.register.form import Form
from agent.register.merging import Wish
from agent.register.records import Records
from agent.register.views import Problem
from agent.register.workplace import Person, Workplace
from peewee_models import merges, register_queries
from peewee_models.cancellations import Cancellation
from peewee_models.cancellations import standing as standing_cancellation
from peewee_models.merges import MergedRegistration, PersonMerge
from peewee_models.register import ACTIVE, MERGED


class Merges:
    """Persons who are one, and such findings taken back."""

    def __init__(self, place: Workplace, records: Records) -> None:
        self._place = place
        self._records = records

    def check(self, record_id: str, other_id: str, wish: Wish, by: Person, missing: Sequence[Problem]) -> bool:
        """Look whether a merge may be entered, before anybody's password is tried.

        Args:
            record_id: the registration that goes on.
            other_id: a registration of the other person.
            wish: the form.
            by: the clerk.
            missing: what the second person has left empty.

        Returns: False where it is entered already: the same form was sent twice.
        Raises: Problems; CodedError RECORD-UNKNOWN, MERGE-SAME-PERSON, MERGE-NOT-ACTIVE, RECORD-CHANGED.
        """
        with reading(self._place.store):
            record, other = self._records.row_of(record_id), self._records.row_of(other_id)
            done = merges.that_moved(other.id)
            if done is not None and done.record_id == record.id:
                asked = merging.reason(wish.reason), list(wish.evidence), by.user_id
                if (done.reason, done.evidence, str(done.entered_by_id)) == asked:
                    return False
            self._checked(record, other, wish, missing)
            return True

    def enter(self, record_id: str, other_id: str, wish: Wish, by: Person, second_user_id: str) -> None:
        """Merge two persons with a second person's approval.

        Raises: Problems; CodedError RECORD-UNKNOWN, MERGE-SAME-PERSON, MERGE-NOT-ACTIVE, RECORD-CHANGED.
        """
        with writing(self._place.store):
            record, other = self._records.row_of(record_id), self._records.row_of(other_id)
            self._checked(record, other, wish, ())
            form = self._taken_form(record, other, wish, is_single_enough=False)
            held = register_queries.values_of(record)
            made = revision.Revision(revision.steps(form, held, {key: one.value for key, one in form.items()}))
            row = self._note_merge(record, other.person, made, wish, by, second_user_id)
            moved = register_queries.all_of(other.person_id)
            self._move(row, moved)
            self._records.revise(record, made, form, by, row.reason)
            revision.write_merge(record, ("", str(row.id)), row.entered_by_id, row.entered_at, row.reason)
            if any(step.key == "id_no" for step in made.steps):
                record.reading = other.reading
            record.save()
            row.version = record.version
            row.save()
            pairs.forget(other.person)
            pairs.refresh(record.person, row.entered_at)
            for one in (*moved, record):
                told = {"version": one.version, "into": str(record.id), "second": second_user_id}
                self._place.note(by, Act.RECORD_MERGED, ("record", one.id), **told)
                outgoing.send(outgoing.MERGED, one, row.entered_at)
            tell_followers = follow(self._place, *(one.household_id for one in (*moved, record)))
        self._tell_pages([*moved, record])
        tell_followers()

    def check_undo(self, record_id: str, reason: str, by: Person) -> bool:
        """Look whether the merge that moved a registration may be undone, before anybody's password is tried.

        Returns: False where it is undone already: the same form was sent twice.
        Raises: CodedError RECORD-UNKNOWN, MERGE-NONE, MERGE-BUILT-UPON, REASON-MISSING.
        """
        with reading(self._place.store):
            record = self._records.row_of(record_id)
            last = next(iter(merges.of_record(record.id)), None)
            asked = merging.reason(reason), by.user_id
            done = None if last is None else (last.undo_reason, str(last.undone_by_id))
            if done == asked and merges.that_moved(record.id) is None:
                return False
            self._to_undo(record, reason)
            return True

    def undo(self, record_id: str, reason: str, by: Person, second_user_id: str) -> None:
        """Undo the merge that moved a registration, with a second person's approval, where nothing was built upon it.

        Raises: CodedError RECORD-UNKNOWN, MERGE-NONE, MERGE-BUILT-UPON, REASON-MISSING.
        """
        with writing(self._place.store):
            row = self._to_undo(self._records.row_of(record_id), reason)
            now, why = self._place.clock.now(), merging.reason(reason)
            record = register_queries.by_key(row.record_id)
            row.undone_at, row.undone_by, row.undone_approved_by = now, uuid.UUID(by.user_id), uuid.UUID(second_user_id)
            row.undo_reason = why
            self._take_back(row, record, by)
            row.undone_version = record.version
            row.save()
            other = row.other
            other.id_no = row.number
            other.save()
            parts = merges.parts_of(row.id)
            moved = [register_queries.by_key(part.registration_id) for part in parts]
            for part, one in zip(parts, moved, strict=True):
                self._move_back(row, part, one)
            pairs.refresh(other, now)
            pairs.refresh(record.person, now)
            for one in (*moved, record):
                told = {"version": one.version, "second": second_user_id}
                self._place.note(by, Act.RECORD_UNMERGED, ("record", one.id), **told)
                outgoing.send(outgoing.UNMERGED, one, now)
            tell_followers = follow(self._place, *(one.household_id for one in (*moved, record)))
        self._tell_pages([*moved, record])
        tell_followers()

    def _checked(self, record: Any, other: Any, wish: Wish, missing: Sequence[Problem]) -> None:
        """Refuse a merge where something speaks against it."""
        if record.person_id == other.person_id:
            raise refused("MERGE-SAME-PERSON")
        last = register_queries.last_of(other.person_id)
        if record.state != ACTIVE or last is None or last.id != other.id:
            raise refused("MERGE-NOT-ACTIVE")
        problems = [*merging.judge(wish), *missing]
        if problems:
            raise Problems(problems)
        if (record.version, other.version) != (wish.version, wish.other_version):
            raise refused("RECORD-CHANGED")
        held = register_queries.values_of(record)
        form = self._taken_form(record, other, wish)
        new = {key: entry.value for key, entry in form.items()}
        before = self._records.form_of(record, held), held
        judgement = newly_wrong.judge(before, (form, new), self._place.setting_of(record))
        passed = {(line.field, line.code) for line in register_queries.accepted_of(other.id)}
        wrong = [one for one in judgement.problems if approvals.key(one) not in passed]
        if wrong:
            raise Problems(wrong)

    def _taken_form(self, record: Any, other: Any, wish: Wish, *, is_single_enough: bool = True) -> Form:
        """The registration that goes on as a form; what it takes from the other comes from where that had it."""
        held, others = register_queries.values_of(record), register_queries.values_of(other)
        new = merging.merged(held, others, wish.taken)
        form = dict(self._records.form_of(record, held, is_single_enough=is_single_enough))
        theirs = self._records.form_of(other, others, is_single_enough=is_single_enough)
        return form | {key: replace(theirs[key], offers=()) for key in new if new[key] != held[key]}

    def _note_merge(
        self, record: Any, other: Any, made: revision.Revision, wish: Wish, by: Person, second_user_id: str
    ) -> Any:
        """Write the merge down, and take the number from the other person: it may become the survivor's."""
        known = register_queries.origins_of(record.id)
        origins = {
            step.key: [one.source, bool(one.is_verified), one.at.isoformat()] if (one := known.get(step.key)) else []
            for step in made.steps
        }
        return PersonMerge.create(
            survivor=record.person_id,
            other=other,
            record=record,
            version=record.version + 1,
            number=other.id_no,
            reading=record.reading,
            origins=origins,
            evidence=list(wish.evidence),
            reason=merging.reason(wish.reason),
            entered_by=uuid.UUID(by.user_id),
            entered_at=self._place.clock.now(),
            approved_by=uuid.UUID(second_user_id),
        )

    def _move(self, row: Any, moved: list[Any]) -> None:
        """Make the other person's registrations the survivor's, and end the active one."""
        then = register_queries.person_values(row.other)
        row.other.id_no = None
        row.other.save()
        for one in moved:
            kept: dict[str, str] = {}
            if one.state == ACTIVE:
                revision.write_state(one, MERGED, row.entered_by_id, row.entered_at, row.reason)
                self._cancel(row, one, then)
            else:
                one.version += 1
                if standing_cancellation(one.id) is None:
                    said = register_queries.values_of(one)
                    kept = {key: said[key] for key in register_queries.PERSON_KEYS}
            revision.write_person(one, row.survivor_id, row.entered_by_id, row.entered_at, row.reason)
            one.save()
            MergedRegistration.create(merge=row, registration=one, version=one.version, person_values=kept)

    def _cancel(self, row: Any, one: Any, then: dict[str, str]) -> None:
        """Cancel the registration that ends as registered twice: what it says of the person is what it said."""
        Cancellation.create(
            registration=one,
            version=one.version,
            kind=merging.KIND,
            evidence=row.evidence,
            visits=[],
            remark=row.reason,
            targets=list(leaving.targets(row.evidence, one.verify_mode, one.form)),
            person_values=then,
            entered_by=row.entered_by_id,
            entered_at=row.entered_at,
            approved_by=row.approved_by_id,
            approved_at=row.entered_at,
        )

    def _to_undo(self, record: Any, reason: str) -> Any:
        """The merge that is to be undone, where that may be."""
        row = merges.that_moved(record.id)
        if row is None:
            raise refused("MERGE-NONE")
        if not undoing.can_undo(row):
            raise refused("MERGE-BUILT-UPON")
        if not merging.reason(reason):
            raise refused("REASON-MISSING")
        return row

    def _take_back(self, row: Any, record: Any, by: Person) -> None:
        """Give the registration that went on its own values back, with where they came from."""
        lines = register_queries.changes_of(record.id, row.version)
        steps = tuple(
            revision.Step(line.key, line.new, line.old, (row.origins[line.key] or ["typed"])[0], False, False)
            for line in lines
            if line.key in row.origins
        )
        self._records.revise(record, revision.Revision(steps), {}, by, row.undo_reason)
        revision.write_merge(record, (str(row.id), ""), row.undone_by_id, row.undone_at, row.undo_reason)
        for key, origin in row.origins.items():
            register_queries.restore_origin(record.id, key, _origin(origin))
        record.reading = row.reading
        record.save()

    def _move_back(self, row: Any, part: Any, one: Any) -> None:
        """Make a registration the other person's again, active where this merge had ended it."""
        ended = standing_cancellation(one.id) if one.state == MERGED else None
        if ended is not None and ended.version == part.version:
            revision.write_state(one, ACTIVE, row.undone_by_id, row.undone_at, row.undo_reason)
            ended.undone_version, ended.undone_at, ended.undone_by = one.version, row.undone_at, row.undone_by_id
            ended.undone_approved_by, ended.undo_reason = row.undone_approved_by_id, row.undo_reason
            ended.person_values = {}
            ended.save()
        else:
            one.version += 1
        revision.write_person(one, row.other_id, row.undone_by_id, row.undone_at, row.undo_reason)
        one.save()

    def _tell_pages(self, records: list[Any]) -> None:
        for one in records:
            self._place.publish(Event("register", None, {"record": str(one.id), "version": int(one.version)}))


def _origin(kept: list[Any]) -> tuple[str, bool, datetime] | None:
    return (kept[0], kept[1], datetime.fromisoformat(kept[2])) if kept else None
