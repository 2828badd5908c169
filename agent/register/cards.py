"""What a card does to the drafts: open one, fill one, verify it, take back what a changed card had said."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from agent.accounts.audit import Act
from agent.accounts.storage import reading, writing
from agent.register import divisions, fields, names, prefill, scope
from agent.register.drafts import Drafts
from agent.register.form import Entry, Form, value
from agent.register.views import DraftView, Problem
from agent.register.workplace import Person, Workplace, change, keep, load, own_draft
from drivers.api import IdCard
from peewee_models import draft_queries

Fit = Literal["same-card", "same-person", "other-person"]


class Cards:
    """The way of a card into the drafts."""

    def __init__(self, place: Workplace, drafts: Drafts) -> None:
        self._place = place
        self._drafts = drafts

    def warm_up(self) -> None:
        """Load the tables of divisions before the first card, which should not wait for them."""
        divisions.parse(divisions.PRACTICE_NAME, is_practice=False)

    def is_same(self, one: IdCard, other: IdCard) -> bool:
        """Whether two readings are of the same card, by all its text."""
        return prefill.digest(one) == prefill.digest(other)

    def out_of_scope(self, card: IdCard) -> Problem | None:
        """Why this card leads to no registration here, as far as the card alone can tell."""
        chosen, offers = prefill.addresses(card)
        found = {
            divisions.parse(address, is_practice=self._place.station.is_practice)
            for address in ([chosen] if chosen else [offer.value for offer in offers if offer.source != "chip-printed"])
        }
        is_in_city = bool(found) and all(division is not None and division.is_shanghai for division in found)
        facts = scope.ScopeFacts(
            today=self._place.clock.today(),
            card_kind=card.kind.value,
            hukou_div=divisions.SHANGHAI if is_in_city else "",
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
        if row.card_digest and row.card_digest == prefill.digest(card):
            return "same-card"
        number, name = value(form, "id_no"), value(form, "name")
        if number:
            return "same-person" if number == card.id_number else "other-person"
        if row.card_digest or (name and names.search_key(name) != names.search_key(card.name or "")):
            return "other-person"
        return "same-person"

    def fill(self, draft_id: str, by: Person, card: IdCard) -> DraftView:
        """Put a card of the draft's own person into it.  The same card again changes nothing but what it verifies."""
        now = self._place.clock.now()

        def edit(row: Any, form: Form) -> Form:
            is_known = row.card_digest == prefill.digest(card) and row.card_state in {"read", "verified", "single"}
            if is_known and (row.card_readings >= card.readings or row.card_state == "verified"):
                return form
            _keep_card(row, card, now)
            if is_known:
                return prefill.verify(form)
            return prefill.fill(form, card, now)

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
            own = draft_queries.with_value(uuid.UUID(by.user_id), "id_no", card.id_number) if card.id_number else None
            if own is not None and household_of is None:
                draft_queries.put_others_aside(uuid.UUID(by.user_id))
                own.state = "open"
                own.save()
                self._place.note(by, Act.DRAFT_RESUMED, ("draft", own.id))
                row = own
            else:
                row = self._new_draft(by, household_of)
        return self.fill(str(row.id), by, card)

    def _new_draft(self, by: Person, household_of: str | None) -> Any:
        form: dict[str, Entry] = self._drafts.defaults()
        household = None
        if household_of is not None:
            head = own_draft(household_of, by)
            household = head.household_id
            now = self._place.clock.now()
            shared = {key: value(load(head), key) for key in fields.ADDRESS_KEYS}
            form |= {key: Entry(text, "household", now) for key, text in shared.items() if text}
        row = self._drafts.new_row(by, household)
        keep(self._place, row, {}, form)
        return row

    def mark(self, draft_id: str, by: Person, card: IdCard, state: Literal["verified", "single"]) -> DraftView | None:
        """Note how the second reading ended; None when the draft holds another card by now."""
        with reading(self._place.store):
            if own_draft(draft_id, by).card_digest != prefill.digest(card):
                return None

        def edit(row: Any, form: Form) -> Form:
            if row.card_state == "verified":
                return form
            row.card_state = state
            row.card_readings = max(row.card_readings, card.readings)
            return prefill.verify(form) if state == "verified" else form

        return change(self._place, draft_id, by, edit)

    def take_back(self, draft_id: str, by: Person) -> DraftView:
        """Take back all that an unverified reading had filled: the second reading was of something else."""
        now = self._place.clock.now()

        def edit(row: Any, form: Form) -> Form:
            if row.card_state != "read":
                return form
            row.card_state, row.card_digest, row.card_readings = "changed", "", 0
            row.card_text = row.card_photo = None
            return prefill.withdraw(form, now)

        return change(self._place, draft_id, by, edit)


def _keep_card(row: Any, card: IdCard, now: Any) -> None:
    row.card_kind = card.kind.value
    row.card_digest = prefill.digest(card)
    row.card_readings = card.readings
    row.card_read_at = now
    row.card_text = card.text_raw
    row.card_photo = card.photo_wlt or None
    row.card_photo_state = ""
    row.card_state = "verified" if card.readings >= 2 else "read"
