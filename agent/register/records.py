"""Saved registrations: made from a draft, changed with history, found again.

The fact, its audit row and its outbox row are written in one transaction, or none of them.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any

from agent.accounts.audit import Act
from agent.accounts.storage import reading, writing
from agent.events.service import Event
from agent.register import (
    alike,
    approvals,
    door_of_form,
    draft_view,
    evaluate,
    fields,
    finding,
    households,
    membership,
    names,
    outgoing,
    pairs,
    record_view,
    revision,
)
from agent.register.derive import with_door
from agent.register.doors import ADDR_ID
from agent.register.draft_changes import change, follow, load, own_draft
from agent.register.errors import Problems, key_of, refused, unknown_record
from agent.register.form import Entry, Form, source, value
from agent.register.record_views import RecordView
from agent.register.views import PAGE, Problem, RecordLine, Source
from agent.register.workplace import Person, Workplace
from peewee_models import draft_queries, duplicates, finding_queries, register_queries
from peewee_models.register import ACTIVE, Registration
from peewee_models.register import Person as PersonTable

_TRUSTED = frozenset({"verified", "single"})
_TIED_ANEW = frozenset({"PERSON-REGISTERED", "RECORD-CANCELLED-MEANWHILE"})


class Records:
    """The saved registrations of the station."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def save(self, draft_id: str, by: Person) -> RecordView:
        """Make a registration of a draft, or edit the one it stands for, and erase the draft.

        Where somebody else has registered the person meanwhile, the draft is tied to that record before the refusal
        is told: the page then shows the differences, and the next save edits the record.  Where somebody else has
        cancelled the record, the draft becomes the form of a new registration: the page says what that lacks.

        Raises: Problems; CodedError DRAFT-UNKNOWN.
        """
        try:
            return self._save(draft_id, by)
        except Problems as error:
            if any(problem.code in _TIED_ANEW for problem in error.problems):
                change(self._place, draft_id, by, lambda _row, form: dict(form))
            raise

    def _save(self, draft_id: str, by: Person) -> RecordView:
        with writing(self._place.store):
            row = own_draft(draft_id, by)
            tied = membership.record_of(row)
            setting = self._place.setting_beside(row, tied)
            form = with_door(load(row), self._place.clock.now(), setting)
            words = approvals.standing(row, form)
            self._refuse_problems(row, tied, evaluate.judge(form, setting), form, words)
            kind, left = "", None
            if row.registration_id is None:
                record = self._insert(row, form, by)
                act, kind = Act.RECORD_SAVED, outgoing.SAVED
            else:
                record = register_queries.by_key(row.registration_id)
                left = record.household_id
                made = self._revision(row, record, form, words)
                words = {about: words[about] for about in made.passed}
                act = Act.RECORD_EDITED if made.is_change else Act.RECORD_CONFIRMED
                if made.is_version:
                    self.revise(record, made, form, by, revision.reason_of(form))
                    kind = outgoing.kind_of(made)
                    record.verified_at = self._place.clock.now()
            if row.card_state in _TRUSTED and source(form, "id_no") == "chip":
                record.reading = row.card_state
            if record.is_dirty():
                record.save(only=record.dirty_fields)
            approvals.note_accepted(record, by.user_id, words)
            papers, give_room_back = self._place.papers.draft_saved(row.id, record.id, by)
            row.delete_instance(recursive=True)
            draft_queries.note_saved(row.id, row.user_id, record.id, self._place.clock.now())
            self._place.note(by, act, ("record", record.id), version=record.version)
            if kind:
                outgoing.send(kind, record, self._place.clock.now())
            tell_followers = follow(self._place, left, record.household_id)
            shown = dataclasses.replace(
                self.shown(record), is_as_before=act is Act.RECORD_CONFIRMED, papers_added=papers
            )
        give_room_back()
        self._place.publish(Event("register", None, {"record": shown.id, "version": shown.version}))
        self._place.publish(Event("draft", by.session_id, {"draft": draft_id}))
        tell_followers()
        return shown

    def _refuse_problems(
        self, row: Any, tied: Any, judgement: evaluate.Judgement, form: Form, words: approvals.Words
    ) -> None:
        if row.registration_id is not None and tied is None:
            raise Problems([Problem("RECORD-CANCELLED-MEANWHILE")])
        if judgement.scope.reason is not None:
            raise Problems([judgement.scope.reason])
        approvals.let_pass(judgement, words)
        problems = [*judgement.problems]
        problems += [Problem("FIELD-MISSING", key) for key in judgement.missing]
        number = value(form, "id_no")
        holder = register_queries.holder_of(number) if number else None
        if holder is not None and holder != row.registration_id:
            problems.append(Problem("PERSON-REGISTERED", "id_no"))
        elif self.is_anothers(number, row.person_id if tied is None else tied.person_id):
            problems.append(Problem("NUMBER-OF-CANCELLED", "id_no"))
        if problems:
            raise Problems(problems)

    @staticmethod
    def is_anothers(number: str, person_id: uuid.UUID | None) -> bool:
        """Whether a number is of another person, of one whose registration is cancelled too; None: a new person."""
        owner = register_queries.person_with_number(number) if number else None
        return owner is not None and owner.id != person_id

    def _revision(self, row: Any, record: Any, form: Form, words: approvals.Words) -> revision.Revision:
        """What a draft changes in the record that it stands for."""
        held = register_queries.values_of(record)
        household = membership.fixed(row, record, self._place.clock.now())
        steps = revision.steps(form, held, revision.values(form, held))
        return revision.Revision(
            steps,
            revision.vouched(form, held, register_queries.origins_of(record.id)),
            None if household == record.household_id else household,
            approvals.new_to(record.id, words, {step.key for step in steps}),
        )

    def _insert(self, row: Any, form: Form, by: Person) -> Any:
        number = value(form, "id_no")
        person = register_queries.person_with_number(number) if number else None
        held = {} if person is None else register_queries.person_values(person)
        values = revision.values(form, held)
        now = self._place.clock.now()
        columns = register_queries.columns_for(values, register_queries.PERSON_KEYS) | _search_columns(values["name"])
        if person is None:
            person = PersonTable.create(**columns)
        else:
            for key, column in columns.items():
                setattr(person, key, column)
            person.save()
        record = Registration.create(
            **register_queries.columns_for(values, register_queries.REGISTRATION_KEYS),
            form_no=self._next_form_number(),
            person=person,
            household=membership.fixed(row, None, now),
            collected_by=uuid.UUID(by.user_id),
            collected_at=row.opened_at,
            registered_at=now,
            verified_at=now,
        )
        origins = [
            (key, entry.source, entry.at, entry.is_verified)
            for key, entry in form.items()
            if entry.value and key in fields.KEYS
        ]
        register_queries.first_origins(record.id, origins)
        duplicates.note_uncompared(person.id)
        return record

    def _next_form_number(self) -> str:
        prefix = f"{self._place.station.code}{self._place.clock.today():%Y%m%d}"
        last = register_queries.last_form_number(prefix)
        return f"{prefix}{1 if last is None else int(last.removeprefix(prefix)) + 1:04d}"

    def revise(self, record: Any, made: revision.Revision, form: Form, by: Person, reason: str) -> None:
        """Write a revision into a record, with history; what a name is found by follows it."""
        revision.write(record, made, form, uuid.UUID(by.user_id), self._place.clock.now(), reason)
        if any(step.key == "id_no" and step.source != "chip" for step in made.steps):
            record.reading = ""
        for key, column in _search_columns(record.person.name).items():
            setattr(record.person, key, column)
        record.person.save()
        if pairs.touches((*made.vouched, *(step.key for step in made.steps))):
            duplicates.note_uncompared(record.person_id)

    def record(self, record_id: str, by: Person) -> RecordView:
        """One registration with its history; to look leaves an audit row.  Raises: CodedError RECORD-UNKNOWN."""
        with writing(self._place.store):
            record = self.row_of(record_id)
            self._place.note(by, Act.RECORD_VIEWED, ("record", record.id))
            namesakes = alike.of_record(record, self._place.zone)
            theirs = register_queries.others_of(record.person_id, record.id)
            others = tuple(draft_view.record_line(one, self._place.zone) for one in theirs)
            heads = households.to_choose_from(record)
            return dataclasses.replace(self.shown(record), alike=namesakes, others=others, heads=heads)

    def household_of(self, record_id: str) -> tuple[str, ...]:
        """All of a registration's household who live at its dwelling, itself among them, the first registered first.

        Raises: CodedError RECORD-UNKNOWN.
        """
        with reading(self._place.store):
            record = self.row_of(record_id)
            lives = record.household_id is not None and record.state == ACTIVE
            return tuple(str(each.id) for each in (households.living_with(record) if lives else [record]))

    def row_of(self, record_id: str) -> Any:
        """The row of a registration, inside an open transaction.  Raises: CodedError RECORD-UNKNOWN."""
        key = key_of(record_id)
        record = None if key is None else register_queries.by_key(key)
        if record is None:
            raise unknown_record()
        return record

    def active(self, record_id: str) -> Any:
        """The row of an active registration, inside an open transaction.

        Raises: CodedError RECORD-UNKNOWN, RECORD-CANCELLED.
        """
        record = self.row_of(record_id)
        if record.state != ACTIVE:
            raise refused("RECORD-CANCELLED")
        return record

    def shown(self, record: Any) -> RecordView:
        """Show a registration, inside an open transaction."""
        form = self.form_of(record, register_queries.values_of(record), is_single_enough=False)
        setting = self._place.setting_of(record)
        shown = record_view.record_view(record, evaluate.Judgement(), form, evaluate.required_keys(form, setting))
        return dataclasses.replace(shown, door=door_of_form.view(setting.doors, record.addr_id))

    def form_of(self, record: Any, values: Mapping[str, str], *, is_single_enough: bool = True) -> Form:
        """Put a registration back into the shape of a form; what differs from the stored value counts as typed.

        A record that was let in after a single reading is not judged for that again; it is never shown as verified.
        """
        origins = register_queries.origins_of(record.id)
        held = register_queries.values_of(record)
        form: dict[str, Entry] = {}
        for key, text in values.items():
            origin = origins.get(key)
            if origin is None or text != held[key] or (not text and origin.key == register_queries.ALL_OTHERS):
                given: Source = "derived" if key == ADDR_ID else "typed"
                form[key] = Entry(text, given if text else "", self._place.clock.now())
            else:
                is_verified = bool(origin.is_verified) or (is_single_enough and record.reading == "single")
                form[key] = Entry(text, origin.source, origin.at, is_verified)
        return form

    def find(self, query: str, by: Person, page: int = 1) -> list[RecordLine]:
        """Find registrations by number, name, spelling, phone or address, as `finding` understands the query.

        The audit row says how many were found, never what was looked for.
        """
        with writing(self._place.store):
            found = finding_queries.matching(self._place.store, finding.wishes(query), max(1, page), PAGE)
            self._place.note(by, Act.SEARCHED, ("register", None), found=len(found))
            return [draft_view.record_line(record, self._place.zone) for record in found]

    def lately_saved(self) -> list[RecordLine]:
        """The registrations saved last, with masked names only; shown unasked beside the desk, without a trace."""
        with reading(self._place.store):
            lines = [draft_view.record_line(row, self._place.zone) for row in register_queries.newest(1, PAGE)]
        return [dataclasses.replace(line, name=line.name_masked) for line in lines]

    def recent(self, by: Person, page: int = 1) -> list[RecordLine]:
        """The registrations saved last; to look leaves an audit row, as a search does."""
        with writing(self._place.store):
            found = register_queries.newest(max(1, page), PAGE)
            self._place.note(by, Act.LISTED, ("register", None), found=len(found))
            return [draft_view.record_line(record, self._place.zone) for record in found]


def _search_columns(name: str) -> dict[str, str]:
    from agent.register import spelling  # noqa: PLC0415 - its dictionary takes a twelfth of the start

    spelled, initials = spelling.pinyin_keys(name)
    return {"name_key": names.search_key(name), "name_pinyin": spelled, "name_initials": initials}
