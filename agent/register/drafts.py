"""Drafts as their clerk works on them: opened, typed into, put aside, resumed, discarded."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from agent.accounts.audit import Act
from agent.accounts.storage import reading, writing
from agent.register import (
    approvals,
    asked,
    codes,
    defaults,
    door_of_form,
    draft_view,
    dwelling,
    evaluate,
    fields,
    households,
    link,
    prefill,
    scope,
)
from agent.register.draft_changes import change, follow, keep, load, own_draft, view
from agent.register.errors import key_of, refused
from agent.register.form import Entry, Form, value
from agent.register.views import DraftLine, DraftView, SecondWord
from agent.register.workplace import Person, Workplace
from peewee_models import draft_queries
from peewee_models.drafts import Draft


class Drafts:
    """The unsaved forms of the station."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def lines(self, by: Person) -> list[DraftLine]:
        """All drafts of this user, the one saved last first."""
        with reading(self._place.store):
            lines = []
            for row in draft_queries.all_of_user(uuid.UUID(by.user_id)):
                form = load(row)
                lines.append(draft_view.draft_line(row, form, evaluate.judge(form, self._place.setting(row))))
            return lines

    def show(self, draft_id: str, by: Person) -> DraftView:
        """One draft of this user, looked at on purpose: that leaves an audit row."""
        with writing(self._place.store):
            row = own_draft(draft_id, by)
            self._place.note(by, Act.DRAFT_VIEWED, ("draft", row.id))
            return view(self._place, row)

    def current(self, by: Person) -> DraftView | None:
        """The draft that this user works on, or None."""
        with reading(self._place.store):
            row = draft_queries.open_of_user(uuid.UUID(by.user_id))
            return None if row is None else view(self._place, row)

    def open(self, by: Person, member_id: str | None = None) -> DraftView:
        """Open a draft, empty but for the dwelling of a household's registered member, where one is given.

        Another open one is put aside.  Raises: CodedError HOUSEHOLD-UNKNOWN.
        """
        self.erase_stale_chips()
        with writing(self._place.store):
            household, address = (None, {}) if member_id is None else households.to_join(member_id, self._place)
            row = self.new_row(by, household)
            shown = view(self._place, row, keep(self._place, row, {}, self.defaults() | address))
        self._place.tell_draft(by, row)
        return shown

    def defaults(self) -> dict[str, Entry]:
        """What a new form begins with."""
        return defaults.of_station(self._place.area, self._place.clock.now())

    def new_row(self, by: Person, household: Any) -> Any:
        """Make the row of a new open draft, of a chosen household or None, inside the open transaction."""
        now = self._place.clock.now()
        user = uuid.UUID(by.user_id)
        draft_queries.put_others_aside(user)
        row = Draft.create(
            user=user,
            state="open",
            version=0,
            household=household,
            opened_at=now,
            saved_at=now,
        )
        self._place.note(by, Act.DRAFT_OPENED, ("draft", row.id))
        return row

    def type_fields(self, draft_id: str, values: Mapping[str, str], by: Person) -> DraftView:
        """Keep what was typed, exactly so where it cannot be understood.

        Raises: CodedError DRAFT-UNKNOWN.
        """
        fields.require_known(values, fields.DRAFT_KEYS)
        now = self._place.clock.now()
        is_practice = self._place.station.is_practice

        def edit(_row: Any, form: Form) -> Form:
            held = {key: entry.value for key, entry in form.items()}
            typed = fields.newly_typed(values, held, is_practice=is_practice)
            typed = door_of_form.spread(self._place.doors.now, typed, held)
            typed = asked.without_left_out(typed, held, self._place.rules_today)
            changed = {key: prefill.typed(form.get(key), text, now) for key, text in typed.items()}
            return {**form, **changed}

        return change(self._place, draft_id, by, edit)

    def take_offer(self, draft_id: str, field: str, source: str, by: Person) -> DraftView:
        """Take an alternative value; once where a button is pressed twice.

        Raises: CodedError DRAFT-UNKNOWN, OFFER-UNKNOWN.
        """
        now = self._place.clock.now()

        def edit(row: Any, form: Form) -> Form:
            standing = form.get(field)
            if standing is not None and prefill.has_taken(standing, source):
                return form
            is_verified = row.card_state == "verified"
            new = None if standing is None else prefill.taken(standing, source, now, is_verified=is_verified)
            if new is None:
                raise refused("OFFER-UNKNOWN")
            taken = {**form, field: new, **prefill.raw_beside(form, field, source, new)}
            values = {key: entry.value for key, entry in taken.items()}
            apart = door_of_form.spread(self._place.doors.now, {field: new.value}, values)
            return taken | {key: prefill.typed(taken.get(key), text, now) for key, text in apart.items()}

        return change(self._place, draft_id, by, edit)

    def saved_as(self, draft_id: str, by: Person) -> str | None:
        """The registration that a draft of this user has become within a day, or None."""
        key = key_of(draft_id)
        with reading(self._place.store):
            record_id = None if key is None else draft_queries.saved_as(key, uuid.UUID(by.user_id))
        return None if record_id is None else str(record_id)

    def leave_household(self, draft_id: str, by: Person) -> DraftView:
        """Take back the choice of a household, with its dwelling.  Raises: CodedError DRAFT-UNKNOWN."""
        now = self._place.clock.now()

        def edit(row: Any, form: Form) -> Form:
            row.household = None
            bare = dwelling.left(form, now)
            emptied = {key for key in dwelling.OF_HOUSEHOLD if value(form, key) and not value(bare, key)}
            filled = bare | {key: entry for key, entry in self.defaults().items() if key in emptied}
            return link.with_register_again(row, filled, dwelling.OF_HOUSEHOLD, now)

        return change(self._place, draft_id, by, edit)

    def put_aside(self, draft_id: str, by: Person) -> None:
        """Let the draft rest; it keeps everything."""
        self._set_state(draft_id, by, "aside", Act.DRAFT_PUT_ASIDE)

    def resume(self, draft_id: str, by: Person) -> DraftView:
        """Go on with a draft; another open one is put aside."""
        self._set_state(draft_id, by, "open", Act.DRAFT_RESUMED)
        return self.show(draft_id, by)

    def _set_state(self, draft_id: str, by: Person, state: str, act: Act) -> None:
        with writing(self._place.store):
            row = own_draft(draft_id, by)
            if state == "open":
                draft_queries.put_others_aside(uuid.UUID(by.user_id))
            row.state = state
            row.save()
            self._place.note(by, act, ("draft", row.id))
        self._place.tell_draft(by, row)

    def discard(self, draft_id: str, by: Person, reason_code: str) -> None:
        """Erase a draft; the reason's code is all that stays.

        Args:
            draft_id: the draft.
            by: its clerk.
            reason_code: from the table `discard_reason`, or the code why the person is out of scope.

        Raises: CodedError DRAFT-UNKNOWN, DISCARD-REASON, SCAN-RUNNING.
        """
        with writing(self._place.store):
            row = own_draft(draft_id, by)
            answer = evaluate.judge(load(row), self._place.setting(row)).scope
            is_out = answer.reason is not None and answer.reason.code == reason_code
            if not is_out and not codes.is_taken("discard_reason", reason_code, self._place.clock.today()):
                raise refused("DISCARD-REASON")
            act = Act.OUT_OF_SCOPE if reason_code in scope.CODES else Act.DRAFT_DISCARDED
            subject = None if act is Act.OUT_OF_SCOPE else row.id
            give_room_back = self._place.papers.draft_discarded(row.id, by)
            row.delete_instance(recursive=True)
            self._place.note(by, act, ("draft", subject), reason=reason_code)
            tell_followers = follow(self._place, row.household_id)
        give_room_back()
        self._place.tell_draft(by, row)
        tell_followers()

    def approve(self, draft_id: str, by: Person, second_user_id: str, word: SecondWord) -> DraftView:
        """Note a second person's word that a problem is officially so; it holds for the number as it stands now.

        Raises: CodedError DRAFT-UNKNOWN, PROBLEM-NOT-PASSABLE, REASON-MISSING.
        """
        with writing(self._place.store):
            row = own_draft(draft_id, by)
            form = load(row)
            judgement = evaluate.judge(form, self._place.setting(row))
            approvals.give(row, form, judgement, word, second_user_id, self._place.clock.now())
            told = {"field": word.field, "code": word.code, "second": second_user_id}
            self._place.note(by, Act.SECOND_PERSON, ("draft", row.id), **told)
            given = {key: entry for key, entry in form.items() if key in fields.SECOND_KEYS}
            emptied = {key: prefill.typed(entry, "", row.saved_at) for key, entry in given.items()}
            shown = view(self._place, row, keep(self._place, row, form, {**form, **emptied}))
        self._place.tell_draft(by, row)
        return shown

    def chip_photo(self, draft_id: str, by: Person) -> bytes | None:
        """The chip's photo in the reader's own coding, or None."""
        with reading(self._place.store):
            photo = own_draft(draft_id, by).card_photo
            return None if not photo else bytes(photo)

    def note_photo(self, draft_id: str, by: Person, *, is_decodable: bool) -> None:
        """Keep whether the photo could be decoded here; what is known already is not written again."""
        state = "decoded" if is_decodable else "undecodable"
        with reading(self._place.store):
            if own_draft(draft_id, by).card_photo_state == state:
                return
        with writing(self._place.store):
            row = own_draft(draft_id, by)
            row.card_photo_state = state
            row.save()
        self._place.tell_draft(by, row)

    def erase_stale_chips(self) -> int:
        """Erase raw chip text and photos of days gone by; give of how many drafts."""
        midnight = datetime.combine(self._place.clock.today(), time(), self._place.zone)
        with writing(self._place.store):
            return draft_queries.erase_chip_data(midnight)
