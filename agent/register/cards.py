"""What a card does to the drafts: open one, fill one, verify it, take back what a changed card had said."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from agent.accounts.audit import Act
from agent.accounts.storage import reading, writing
from agent.register import divisions, dwelling, evaluate, link, membership, names, prefill, scope
from agent.register.draft_changes import change, keep, load, own_draft
from agent.register.drafts import Drafts
from agent.register.form import Form, of_chip, source, value
from agent.register.views import DraftView, Problem
from agent.register.workplace import Person, Workplace
from drivers.api import IdCard
from peewee_models import draft_queries

Fit = Literal["same-card", "same-person", "likely-same-person", "maybe-same-person", "other-person"]

_IDENTIFYING = ("name", "birth_date", "id_no")
# Typed by the clerk, these say that the form is a person's already: a child's, whose parent's card is laid next.
_OF_A_CHILD = ("id_type", "guardian_name", "guardian_id", "guardian_mobile")


class Cards:
    """The way of a card into the drafts."""

    def __init__(self, place: Workplace, drafts: Drafts) -> None:
        self._place = place
        self._drafts = drafts

    def warm_up(self) -> None:
        """Load the tables of divisions before the first card, which should not wait for them."""
        divisions.parse(divisions.PRACTICE_NAME, is_practice=False)

    def is_same_person(self, one: IdCard, other: IdCard) -> bool:
        """Whether two readings are of one person's card: equal, or equal in kind and number."""
        number = prefill.number_of(one)
        is_one_number = number is not None and number == prefill.number_of(other)
        return prefill.digest(one) == prefill.digest(other) or (one.kind is other.kind and is_one_number)

    def out_of_scope(self, card: IdCard) -> Problem | None:
        """Why this card leads to no registration here, as far as the card alone can tell."""
        facts = scope.ScopeFacts(
            today=self._place.clock.today(), card_kind=card.kind.value, parameters=self._place.parameters
        )
        return scope.judge(facts).reason

    def note_out_of_scope(self, by: Person, code: str) -> None:
        """Leave an audit row of the reason alone."""
        with writing(self._place.store):
            self._place.note(by, Act.OUT_OF_SCOPE, ("card", None), reason=code)

    def fit(self, draft_id: str, by: Person, card: IdCard) -> Fit:
        """Say whose card this is, beside a draft: two persons' data must never mix."""
        with reading(self._place.store):
            row = own_draft(draft_id, by)
            form = load(row)
            if row.card_state == "changed":
                return self._fit_after_withdrawal(row, form, card, by)
            if row.card_digest and row.card_digest == prefill.digest(card):
                return "same-card"
            is_somebodys = any(value(form, key) and source(form, key) != "derived" for key in _IDENTIFYING)
            is_somebodys = is_somebodys or any(source(form, key) == "typed" for key in _OF_A_CHILD)
            if _has_number_of(row, form, card) or not (row.card_digest or is_somebodys):
                return "same-person"
            if not self._may_be(row, form, card, by):
                return "other-person"
        return "likely-same-person" if _is_alike(form, card) else "maybe-same-person"

    def _fit_after_withdrawal(self, row: Any, form: Form, card: IdCard, by: Person) -> Fit:
        """Say whose a card is beside a draft after a withdrawn reading: what else is in it is of that person."""
        number = prefill.number_of(card)
        of_card = prefill.withdrawn_digest(str(row.id), card.kind.value, number, prefill.digest(card))
        is_that_one = row.card_digest == of_card
        is_nobodys = not any(entry.value and entry.source == "typed" for entry in form.values())
        is_nobodys = is_nobodys and not draft_queries.has_documents(row.id)
        if is_that_one or _has_number_of(row, form, card) or is_nobodys:
            return "same-person"
        if not self._may_be(row, form, card, by):
            return "other-person"
        return "likely-same-person" if value(form, "name") and _is_alike(form, card) else "maybe-same-person"

    def _may_be(self, row: Any, form: Form, card: IdCard, by: Person) -> bool:
        """Whether a draft may be of the person whose card was tapped after it was typed.

        Not where a verified card stands behind it, not with a whole number of its own, not with a saved record, and
        not where that person has a draft already.
        """
        if row.card_state in {"verified", "single"} or row.registration_id is not None:
            return False
        is_typed = source(form, "id_no") not in {"", "chip"}
        if is_typed and not evaluate.judge(form, self._place.setting(row)).problems_of("id_no"):
            return False
        return _draft_of(by, card) is None

    def fill(self, draft_id: str, by: Person, card: IdCard) -> DraftView:
        """Put a card of the draft's own person into it.  The same card again changes nothing but what it verifies."""
        now = self._place.clock.now()

        def edit(row: Any, form: Form) -> Form:
            is_known = row.card_digest == prefill.digest(card) and row.card_state in {"read", "verified", "single"}
            if is_known and (row.card_readings >= card.readings or row.card_state == "verified"):
                _keep_photo_again(row, card, now)
                return form
            is_unverified = row.card_state in {"read", "single"}
            _keep_card(row, card, now)
            if is_known:
                return prefill.verify(form)
            return self._refilled(row, form, card, now, is_unverified=is_unverified)

        return change(self._place, draft_id, by, edit)

    def open_for(self, by: Person, card: IdCard, household_of: str | None = None) -> DraftView:
        """Resume this person's own draft, or open a new one, filled by the card.

        Args:
            by: the clerk.
            card: a resident card in scope.
            household_of: a draft whose household and dwelling the new one shares.
        """
        self._drafts.erase_stale_chips()
        with writing(self._place.store):
            own = _draft_of(by, card)
            head = None if household_of is None else own_draft(household_of, by)
            if own is not None:
                row = self._resumed(by, own, head)
            else:
                now = self._place.clock.now()
                household, values = (None, {}) if head is None else (membership.shared(head, now), _values_of(head))
                row = self._drafts.new_row(by, household)
                shared = dwelling.of_household(values, now, self._place.rules_today)
                keep(self._place, row, {}, self._drafts.defaults() | shared)
        return self.fill(str(row.id), by, card)

    def _resumed(self, by: Person, row: Any, head: Any) -> Any:
        """Go on with a person's draft; a head's household takes it in, with its dwelling."""
        draft_queries.put_others_aside(uuid.UUID(by.user_id))
        row.state = "open"
        self._place.note(by, Act.DRAFT_RESUMED, ("draft", row.id))
        if head is not None:
            now = self._place.clock.now()
            row.household = membership.shared(head, now)
            form = load(row)
            keep(self._place, row, form, dwelling.joined(form, _values_of(head), now, self._place.rules_today))
        row.save()
        return row

    def mark(self, draft_id: str, by: Person, card: IdCard, state: Literal["verified", "single"]) -> DraftView | None:
        """Note how the second reading ended; None when the draft holds another card, or the number is not the same.

        Where the first reading was garbled and the later ones are not, theirs takes the place of all it had filled; of
        the photo no field tells.
        """
        now = self._place.clock.now()
        with reading(self._place.store):
            held = own_draft(draft_id, by)
            is_known = held.card_digest == prefill.digest(card)
            is_whole = is_known and bytes(held.card_photo or b"") == card.photo_wlt
            if not is_known and not (held.card_state == "read" and _has_number_of(held, load(held), card)):
                return None

        def edit(row: Any, form: Form) -> Form:
            if row.card_state == "verified":
                return form
            if not is_whole:
                _keep_card(row, card, now)
            filled = form if is_known else self._refilled(row, form, card, now, is_unverified=True)
            row.card_state = state
            row.card_readings = max(row.card_readings, card.readings)
            return prefill.verify(filled) if state == "verified" else filled

        return change(self._place, draft_id, by, edit, is_only_verified=is_whole and state == "verified")

    def take_back(self, draft_id: str, by: Person) -> DraftView:
        """Take back all that an unverified reading had filled: the second reading was of something else."""
        now = self._place.clock.now()

        def edit(row: Any, form: Form) -> Form:
            if row.card_state != "read":
                return form
            number = of_chip(form, "id_no")
            row.card_digest = prefill.withdrawn_digest(str(row.id), row.card_kind, number, row.card_digest)
            row.card_state, row.card_readings = "changed", 0
            row.card_text = row.card_photo = None
            return link.with_register_again(row, self._withdrawn(form, now), _of_chip(form), now)

        return change(self._place, draft_id, by, edit)

    def _refilled(self, row: Any, form: Form, card: IdCard, now: datetime, *, is_unverified: bool) -> Form:
        """Put a new reading into a form; nothing stays of an earlier one that was never verified."""
        ground = self._withdrawn(form, now) if is_unverified else form
        return link.with_register_again(row, prefill.fill(ground, card, now), _of_chip(form), now)

    def _withdrawn(self, form: Form, now: datetime) -> Form:
        """Take a reading out of a form, which then has again what every new form begins with."""
        bare = prefill.withdraw(form, now)
        emptied = {key for key, entry in form.items() if entry.source == "chip" and not bare[key].value}
        return bare | {key: entry for key, entry in self._drafts.defaults().items() if key in emptied}


def _of_chip(form: Form) -> frozenset[str]:
    return frozenset(key for key, entry in form.items() if entry.source == "chip")


def _values_of(row: Any) -> dict[str, str]:
    """What a draft says, without where it came from."""
    return {key: entry.value for key, entry in load(row).items()}


def _draft_of(by: Person, card: IdCard) -> Any:
    """The user's draft of the person whose card this is, by its number, or None; not one that holds another card."""
    number = prefill.number_of(card)
    if number is None:
        return None
    rows = draft_queries.with_value(uuid.UUID(by.user_id), "id_no", number)
    return next((row for row in rows if _has_number_of(row, load(row), card)), None)


def _has_number_of(row: Any, form: Form, card: IdCard) -> bool:
    """Whether a draft has the number of a card; behind a trusted reading only the chip's own number counts."""
    number = prefill.number_of(card)
    if number is None:
        return False
    read = of_chip(form, "id_no")
    if read is not None and row.card_state in {"verified", "single"}:
        return read == number
    return number in {value(form, "id_no"), read}


def _is_alike(form: Form, card: IdCard) -> bool:
    """Whether what was typed of a person is what the card says."""
    name = names.search_key(value(form, "name"))
    if name:
        return name == names.search_key(card.name or "")
    return value(form, "birth_date") in {"", card.birth_date}


def _keep_photo_again(row: Any, card: IdCard, now: datetime) -> None:
    """With the next reading of a known card its photo is tried again, and is there again if an evening erased it."""
    if row.card_photo_state == "undecodable":
        row.card_photo_state = ""
    if row.card_photo is None and card.photo_wlt:
        row.card_text, row.card_photo, row.card_read_at = card.text_raw, card.photo_wlt, now


def _keep_card(row: Any, card: IdCard, now: Any) -> None:
    row.card_kind = card.kind.value
    row.card_digest = prefill.digest(card)
    row.card_readings = card.readings
    row.card_read_at = now
    row.card_text = card.text_raw
    row.card_photo = card.photo_wlt or None
    row.card_photo_state = ""
    row.card_state = "verified" if card.readings >= 2 else "read"
