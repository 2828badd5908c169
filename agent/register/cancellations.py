"""The cancellation of a registration (注销, form ZX): kept as it is typed, entered by one, approved by another, undone.

Nothing is erased: documents, photo and history stay with the record, which is no longer active.  The fact, its line in
the history, its audit row and its outbox row are written in one transaction, or none of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from agent.accounts.audit import Act
from agent.accounts.storage import reading, writing
from agent.events.service import Event
from agent.register import fields, leaving, membership, outgoing, relations, revision
from agent.register.cancellation_view import CancellationView, cancellation_view
from agent.register.draft_changes import follow
from agent.register.errors import Problems, key_of, refused
from agent.register.records import Records
from agent.register.views import Problem
from agent.register.workplace import Person, Workplace
from peewee_models import cancellations, merges, register_queries
from peewee_models.cancellations import Cancellation
from peewee_models.register import ACTIVE, CANCELLED


class Cancellations:
    """Registrations that end, and such ends taken back."""

    def __init__(self, place: Workplace, records: Records) -> None:
        self._place = place
        self._records = records

    def show(self, record_id: str, by: Person) -> CancellationView:
        """The form with what its clerk has typed; to look leaves an audit row.

        Raises: CodedError RECORD-UNKNOWN, RECORD-CANCELLED.
        """
        with writing(self._place.store):
            record = self._records.active(record_id)
            self._place.note(by, Act.RECORD_VIEWED, ("record", record.id))
            kept = cancellations.form_of(record.id, uuid.UUID(by.user_id))
            problems = [] if kept is None else leaving.judge(kept.typed, self._setting(record))
            return cancellation_view(self._records.shown(record), kept, problems)

    def has_kept(self, record_id: str, by: Person) -> bool:
        """Whether this user has typed something of a cancellation that is not entered."""
        key = key_of(record_id)
        with reading(self._place.store):
            return key is not None and cancellations.form_of(key, uuid.UUID(by.user_id)) is not None

    def keep(self, record_id: str, typed: Mapping[str, str], version: int, by: Person) -> None:
        """Keep what was typed in place of what was kept before; an empty form is nothing.

        A form of a record that somebody else has cancelled by now is kept too: that may be undone.

        Args:
            record_id: the registration.
            typed: the whole form, texts by the keys of `leaving.KEYS`.
            version: of the registration on that page.
            by: the clerk.

        Raises: CodedError RECORD-UNKNOWN.
        """
        fields.require_known(typed, leaving.KEYS)
        user = uuid.UUID(by.user_id)
        with writing(self._place.store):
            record = self._records.row_of(record_id)
            values = leaving.understood(typed)
            if not values:
                cancellations.forget_form(record.id, user)
                return
            begun = min(max(1, version), record.version)
            if cancellations.put_form(record.id, user, begun, values, self._place.clock.now()):
                self._place.note(by, Act.CANCELLATION_BEGUN, ("record", record.id))

    def give_up(self, record_id: str, by: Person) -> None:
        """Erase what was typed of a cancellation.  Raises: CodedError RECORD-UNKNOWN."""
        with writing(self._place.store):
            record = self._records.row_of(record_id)
            if cancellations.forget_form(record.id, uuid.UUID(by.user_id)):
                self._place.note(by, Act.CANCELLATION_GIVEN_UP, ("record", record.id))

    def check(
        self, record_id: str, typed: Mapping[str, str], version: int, by: Person, missing: Sequence[Problem]
    ) -> bool:
        """Look whether a cancellation may be entered, before anybody's password is tried.

        Args:
            record_id: the registration.
            typed: the whole form, texts by the keys of `leaving.KEYS`.
            version: of the registration on that page.
            by: the clerk.
            missing: what the second person has left empty.

        Returns: False where it is entered already: the same form was sent twice.
        Raises: Problems; CodedError RECORD-UNKNOWN, RECORD-CANCELLED, RECORD-CHANGED.
        """
        with reading(self._place.store):
            record = self._records.row_of(record_id)
            if self._is_done(record, leaving.understood(typed), by):
                return False
            self._checked(record, typed, version, missing)
            return True

    def enter(self, record_id: str, typed: Mapping[str, str], version: int, by: Person, second_user_id: str) -> None:
        """Cancel a registration with a second person's approval.

        Raises: Problems; CodedError RECORD-UNKNOWN, RECORD-CANCELLED, RECORD-CHANGED.
        """
        with writing(self._place.store):
            record = self._records.row_of(record_id)
            values = self._checked(record, typed, version)
            now = self._place.clock.now()
            revision.write_state(record, CANCELLED, uuid.UUID(by.user_id), now, values.get(leaving.REMARK, ""))
            Cancellation.create(
                registration=record,
                version=record.version,
                **self._columns(values, record),
                person_values=register_queries.person_values(record.person),
                entered_by=uuid.UUID(by.user_id),
                entered_at=now,
                approved_by=uuid.UUID(second_user_id),
                approved_at=now,
            )
            record.save()
            cancellations.forget_form(record.id, uuid.UUID(by.user_id))
            self._place.note(
                by, Act.RECORD_CANCELLED, ("record", record.id), version=record.version, second=second_user_id
            )
            outgoing.send(outgoing.CANCELLED, record, now)
            tell_followers = follow(self._place, record.household_id)
        self._tell_pages(record)
        tell_followers()

    def check_restore(self, record_id: str, reason: str, by: Person) -> bool:
        """Look whether a cancellation may be undone, before anybody's password is tried.

        Returns: False where it is undone already: the same form was sent twice.
        Raises: CodedError RECORD-UNKNOWN, RECORD-NOT-CANCELLED, RECORD-CAME-BACK, RECORD-MERGED,
            REASON-MISSING.
        """
        with reading(self._place.store):
            record = self._records.row_of(record_id)
            last = next(iter(cancellations.of_record(record.id)), None)
            asked = (record.version, fields.reason(reason), by.user_id)
            done = None if last is None else (last.undone_version, last.undo_reason, str(last.undone_by_id))
            if record.state == ACTIVE and done == asked:
                return False
            self._to_restore(record, reason)
            return True

    def restore(self, record_id: str, reason: str, by: Person, second_user_id: str) -> None:
        """Undo a cancellation with a second person's approval, as long as the person was not registered again.

        Raises: CodedError RECORD-UNKNOWN, RECORD-NOT-CANCELLED, RECORD-CAME-BACK, RECORD-MERGED,
            REASON-MISSING.
        """
        with writing(self._place.store):
            record = self._records.row_of(record_id)
            row = self._to_restore(record, reason)
            now, user = self._place.clock.now(), uuid.UUID(by.user_id)
            revision.write_state(record, ACTIVE, user, now, fields.reason(reason))
            if record.relation_to_head == relations.HEAD and self._has_head_beside(record):
                revision.write_no_head(record, user, now, fields.reason(reason))
            row.undone_version, row.undone_at, row.undone_by = record.version, now, user
            row.undone_approved_by, row.undo_reason = uuid.UUID(second_user_id), fields.reason(reason)
            row.person_values = {}
            row.save()
            record.save()
            self._place.note(
                by, Act.RECORD_RESTORED, ("record", record.id), version=record.version, second=second_user_id
            )
            outgoing.send(outgoing.RESTORED, record, now)
            tell_followers = follow(self._place, record.household_id)
        self._tell_pages(record)
        tell_followers()

    def _checked(
        self, record: Any, typed: Mapping[str, str], version: int, missing: Sequence[Problem] = ()
    ) -> dict[str, str]:
        """What was typed as it is stored, where nothing speaks against it."""
        fields.require_known(typed, leaving.KEYS)
        if record.state != ACTIVE:
            raise refused("RECORD-CANCELLED")
        values = leaving.understood(typed)
        problems = [*leaving.judge(values, self._setting(record)), *missing]
        if problems:
            raise Problems(problems)
        if record.version != version:
            raise refused("RECORD-CHANGED")
        return values

    def _is_done(self, record: Any, values: Mapping[str, str], by: Person) -> bool:
        row = cancellations.standing(record.id)
        if row is None or str(row.entered_by_id) != by.user_id:
            return False
        wanted = self._columns(values, record)
        return {key: getattr(row, key) for key in wanted} == wanted

    def _columns(self, values: Mapping[str, str], record: Any) -> dict[str, Any]:
        """What a form says, and what follows from it, as the columns of a cancellation."""
        evidence = leaving.evidence_of(values)
        return {
            "kind": values.get(leaving.KIND, ""),
            "leave_date": values.get(leaving.LEAVE_DATE, ""),
            "leave_to": values.get(leaving.LEAVE_TO, ""),
            "evidence": list(evidence),
            "visits": [at.astimezone(UTC).isoformat() for at in leaving.visits_at(values, self._place.zone)],
            "remark": values.get(leaving.REMARK, ""),
            "targets": list(leaving.targets(evidence, record.verify_mode, record.form)),
        }

    def _to_restore(self, record: Any, reason: str) -> Any:
        """The cancellation that is to be undone, where that may be."""
        row = None if record.state == ACTIVE else cancellations.standing(record.id)
        if row is None:
            raise refused("RECORD-NOT-CANCELLED")
        if merges.that_moved(record.id) is not None:
            raise refused("RECORD-MERGED")
        if register_queries.last_of(record.person_id).id != record.id:
            raise refused("RECORD-CAME-BACK")
        if not fields.reason(reason):
            raise refused("REASON-MISSING")
        return row

    def _has_head_beside(self, record: Any) -> bool:
        """Whether the household has another head by now where the person lives."""
        form = self._records.form_of(record, register_queries.values_of(record))
        return relations.head_of(relations.living_with(form, membership.members_beside(record))) is not None

    def _tell_pages(self, record: Any) -> None:
        self._place.publish(Event("register", None, {"record": str(record.id), "version": int(record.version)}))

    def _setting(self, record: Any) -> leaving.Setting:
        now = self._place.clock.now().astimezone(self._place.zone)
        return leaving.Setting(now, record.arrive_here_date, self._place.parameters)
