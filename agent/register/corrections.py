"""The correction of a saved registration: kept as it is typed, judged for what is new, never over somebody else's.

Old and new values stay as history.  What is typed and not saved belongs to its clerk and waits with the record, so that
a locked page, a faster colleague or a closed browser costs nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from agent.accounts.audit import Act
from agent.accounts.storage import reading, writing
from agent.events.service import Event
from agent.register import (
    address_parts,
    approvals,
    asked,
    divisions,
    door_of_form,
    evaluate,
    fields,
    further,
    newly_wrong,
    outgoing,
    revision,
    separation,
)
from agent.register.correction_view import CorrectionView, correction_view, since
from agent.register.doors import ADDR_ID
from agent.register.draft_changes import follow
from agent.register.errors import Problems, key_of, refused
from agent.register.form import Entry, Form, value
from agent.register.record_views import RecordView
from agent.register.records import Records
from agent.register.views import Problem, SecondWord
from agent.register.workplace import Person, Workplace
from peewee_models import corrections, register_queries


class Corrections:
    """Changes of saved registrations."""

    def __init__(self, place: Workplace, records: Records) -> None:
        self._place = place
        self._records = records

    def show(self, record_id: str, by: Person) -> CorrectionView:
        """The form of a registration with what its clerk has typed; to look leaves an audit row.

        Raises: CodedError RECORD-UNKNOWN, RECORD-CANCELLED.
        """
        with writing(self._place.store):
            record = self._records.active(record_id)
            self._place.note(by, Act.RECORD_VIEWED, ("record", record.id))
            kept = corrections.of_user(record.id, uuid.UUID(by.user_id))
            held = register_queries.values_of(record)
            new = self._as_form(held, {} if kept is None else kept.typed)
            judgement = self._judge(record, held, new, self._records.form_of(record, new))
            form = self._records.form_of(record, new, is_single_enough=False)
            approvals.let_pass(judgement, approvals.standing(kept, form))
            setting = self._place.setting_of(record)
            required = set(evaluate.required_keys(form, setting)) - {fields.AGAIN}
            if _is_number_new(held, new):
                required.add(fields.AGAIN)
            shown = asked.shown(form, value(form, separation.FORM) or separation.RG, setting.when)
            wanted = {key: key in required for key in shown}
            return correction_view(self._records.shown(record), kept, form, judgement, wanted)

    def kept_at(self, record_id: str, by: Person) -> datetime | None:
        """When this user typed last over a registration without saving; None where nothing is typed."""
        key = key_of(record_id)
        with reading(self._place.store):
            kept = None if key is None else corrections.of_user(key, uuid.UUID(by.user_id))
        return None if kept is None else kept.at

    def keep(self, record_id: str, values: Mapping[str, str], version: int, by: Person, reason: str) -> None:
        """Keep what was typed, in place of what was kept before; where nothing differs from the stored, keep nothing.

        Of a record that was cancelled meanwhile it is kept too: that may be undone.

        Args:
            record_id: the registration.
            values: every field in which the form differs from the page as it was served.
            version: of the registration on that page.
            by: the clerk.
            reason: as typed so far.

        Raises: CodedError RECORD-UNKNOWN.
        """
        user = uuid.UUID(by.user_id)
        with writing(self._place.store):
            record = self._records.row_of(record_id)
            held = register_queries.values_of(record)
            kept = corrections.of_user(record.id, user)
            typed = self._typed(values, held, kept)
            words = fields.reason(reason)
            self._follow(record, kept, typed)
            if not typed and (not words or version != record.version):
                self._forget(record, kept)
                return
            begun = min(max(1, version), record.version)
            columns = {"typed": typed, "reason": words}
            if corrections.put(record.id, user, begun, columns, self._place.clock.now()):
                self._place.note(by, Act.CORRECTION_BEGUN, ("record", record.id))

    def take_stored(self, record_id: str, field: str, by: Person) -> None:
        """Let go of what was typed in one field.  Raises: CodedError RECORD-UNKNOWN."""
        with writing(self._place.store):
            record = self._records.row_of(record_id)
            kept = corrections.of_user(record.id, uuid.UUID(by.user_id))
            if kept is not None:
                self._let_go(record, kept, (field, fields.AGAIN, "id_no_raw") if field == "id_no" else (field,))

    def _let_go(self, record: Any, kept: Any, gone: Collection[str]) -> None:
        """Take some fields out of what was typed, inside the open transaction."""
        typed = {key: text for key, text in kept.typed.items() if key not in gone}
        columns = {"typed": typed, "reason": kept.reason}
        self._follow(record, kept, typed)
        corrections.put(record.id, kept.user_id, kept.version, columns, self._place.clock.now())

    def _follow(self, record: Any, kept: Any, typed: Mapping[str, str]) -> None:
        """Let the papers that came under a correction know the address as it is typed now, or stored."""
        if kept is not None:
            self._place.papers.address_typed(record.id, kept.id, kept.typed, typed)

    def _forget(self, record: Any, kept: Any) -> bool:
        """Erase what was typed; tell whether there was anything."""
        if kept is None:
            return False
        self._place.papers.correction_ended(record.id, kept.id)
        return corrections.forget(record.id, kept.user_id)

    def give_up(self, record_id: str, by: Person) -> None:
        """Erase what was typed over a registration.  Raises: CodedError RECORD-UNKNOWN."""
        with writing(self._place.store):
            record = self._records.row_of(record_id)
            if self._forget(record, corrections.of_user(record.id, uuid.UUID(by.user_id))):
                self._place.note(by, Act.CORRECTION_GIVEN_UP, ("record", record.id))

    def save(self, record_id: str, values: Mapping[str, str], version: int, by: Person, reason: str) -> RecordView:
        """Change fields of a registration and keep the old values as history; what was kept of the typing goes.

        The same form sent twice changes the registration once: the second finds everything as it wants it.

        Raises: Problems; CodedError RECORD-UNKNOWN, RECORD-CANCELLED, RECORD-CHANGED (somebody was faster),
            REASON-MISSING.
        """
        with writing(self._place.store):
            record = self._records.active(record_id)
            if not fields.reason(reason):
                raise refused("REASON-MISSING")
            held = register_queries.values_of(record)
            kept = corrections.of_user(record.id, uuid.UUID(by.user_id))
            typed = self._typed(values, held, kept)
            new = self._as_form(held, typed)
            is_stale = version > record.version or since(register_queries.history_of(record.id), version)
            if is_stale and any(new[key] != held[key] for key in held):
                raise refused("RECORD-CHANGED")
            form = self._records.form_of(record, new)
            judgement = self._judge(record, held, new, form)
            words = approvals.standing(kept, form)
            approvals.let_pass(judgement, words)
            if judgement.problems:
                raise Problems(judgement.problems)
            made = revision.Revision(revision.steps(form, held, new))
            if made.is_version:
                self._records.revise(record, made, form, by, fields.reason(reason))
                record.save()
                self._place.papers.record_corrected(record.id)
                passed = {approvals.key(one.problem) for one in judgement.passed}
                approvals.note_accepted(record, by.user_id, {about: words[about] for about in passed})
                self._place.note(by, Act.RECORD_EDITED, ("record", record.id), version=record.version)
                outgoing.send(outgoing.EDITED, record, self._place.clock.now())
            self._follow(record, kept, typed)
            self._forget(record, kept)
            tell_followers = follow(self._place, record.household_id)
            shown = self._records.shown(register_queries.by_key(record.id))
        self._place.publish(Event("register", None, {"record": shown.id, "version": shown.version}))
        tell_followers()
        return shown

    def approve(self, record_id: str, by: Person, second_user_id: str, word: SecondWord) -> None:
        """Note a second person's word that a problem of what was typed is officially so, for the number as it is now.

        Raises: CodedError RECORD-UNKNOWN, RECORD-CANCELLED, PROBLEM-NOT-PASSABLE, REASON-MISSING.
        """
        with writing(self._place.store):
            record = self._records.active(record_id)
            kept = corrections.of_user(record.id, uuid.UUID(by.user_id))
            if kept is None:
                raise refused("PROBLEM-NOT-PASSABLE")
            held = register_queries.values_of(record)
            new = self._as_form(held, kept.typed)
            form = self._records.form_of(record, new)
            judgement = self._judge(record, held, new, form)
            approvals.give(kept, form, judgement, word, second_user_id, self._place.clock.now())
            told = {"field": word.field, "code": word.code, "second": second_user_id}
            self._place.note(by, Act.CORRECTION_SECOND_PERSON, ("record", record.id), **told)
            self._let_go(record, kept, fields.SECOND_KEYS)

    def _typed(self, values: Mapping[str, str], held: Mapping[str, str], kept: Any) -> dict[str, str]:
        """What was typed, as it is stored, where it differs."""
        fields.require_known(values, fields.CORRECTED_KEYS)
        typed = fields.newly_typed(values, held, is_practice=self._place.station.is_practice)
        typed = asked.without_left_out(typed, held, self._place.rules_today)
        if kept is not None and "id_no_raw" in kept.typed and kept.typed.get("id_no") == typed.get("id_no"):
            typed["id_no_raw"] = kept.typed["id_no_raw"]
        before = {**held, **({} if kept is None else kept.typed)}
        typed = door_of_form.spread(self._place.doors.now, typed, held)
        self._follow_address(typed, held, before)
        typed |= door_of_form.committees(self._place.doors.now, before, {**held, **typed})
        return {key: text for key, text in typed.items() if text != held.get(key, "")}

    def _as_form(self, held: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
        """Let the values say which form they are, which plate it is, and nothing that this form does not ask."""
        now, values = self._place.clock.now(), {**held, **typed}
        form = {key: Entry(text, "typed", now) for key, text in values.items() if key != separation.FORM}
        kind = separation.form_of(form, is_practice=self._place.station.is_practice)
        was = values[separation.FORM]
        if (was == separation.RG) != (kind == separation.RG):
            kind = was  # a correction makes no other form of a record: what it lacks would be excused, the rest lost
        values |= revision.values({**form, separation.FORM: Entry(kind, "derived", now)}, values)
        is_elsewhere = kind != was or door_of_form.are_apart(values, held, door_of_form.prefix_of(kind))
        return values | ({ADDR_ID: door_of_form.number_of(self._place.doors.now, values, held)} if is_elsewhere else {})

    def _follow_address(self, typed: dict[str, str], held: Mapping[str, str], before: Mapping[str, str]) -> None:
        """Let the division follow a household address that was typed just now, unless it was typed, too.

        Args:
            typed: the new values by key, to which the division is added.
            held: the stored values.
            before: the values as the clerk had left them last.
        """
        address, division = typed.get("hukou_address", held["hukou_address"]), typed.get("hukou_div", held["hukou_div"])
        if address == before["hukou_address"] or division != before["hukou_div"]:
            return
        named = divisions.parse(address, is_practice=self._place.station.is_practice)
        self._follow_parts(typed, held, address)
        if address == held["hukou_address"]:
            typed["hukou_div"] = held["hukou_div"]
        elif named is not None and (not division or divisions.are_apart(named.code, division)):
            typed["hukou_div"] = named.code

    def _follow_parts(self, typed: dict[str, str], held: Mapping[str, str], address: str) -> None:
        """Let the parts of a separated person's household address follow it, unless one of them was typed, too."""
        if held[separation.FORM] == separation.RG or any(key in typed for key in separation.HUKOU_KEYS):
            return
        told = address_parts.parts_of(address) if address != held["hukou_address"] else {}
        for key in ("district", "town", *address_parts.PARTS) if told else ():
            typed[f"h_{key}"] = told.get(key, "")

    def _judge(self, record: Any, held: dict[str, str], new: dict[str, str], form: Form) -> evaluate.Judgement:
        """Tell what a correction makes wrong, or worth a look; what was so before, or let pass, may stay."""
        before = self._records.form_of(record, held), held
        judgement = newly_wrong.judge(before, (form, new), self._place.setting_of(record))
        if judgement.scope.reason is not None:
            return judgement
        problems = judgement.problems
        judgement.warnings += further.stale_lease(form, held)
        if _is_number_new(held, new) and not value(form, fields.AGAIN):
            problems.append(Problem("FIELD-MISSING", fields.AGAIN))
        holder = register_queries.holder_of(new["id_no"]) if new["id_no"] else None
        if holder is not None and holder != record.id:
            problems.append(Problem("PERSON-REGISTERED", "id_no"))
        elif self._records.is_anothers(new["id_no"], record.person_id):
            problems.append(Problem("NUMBER-OF-CANCELLED", "id_no"))
        elif _is_number_new(held, new) and register_queries.others_of(record.person_id, record.id):
            problems.append(Problem("NUMBER-HAS-OTHERS", "id_no"))
        return judgement


def _is_number_new(held: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Whether the number was typed anew, so that it has to be typed twice."""
    return new["id_no"] not in {"", held["id_no"]}
