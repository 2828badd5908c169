"""What every part of the register works with, and the reading and writing of a draft's form in one transaction."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from agent.accounts import audit
from agent.accounts.storage import Store, writing
from agent.events.service import Event
from agent.register import (
    alike,
    approvals,
    codes,
    defaults,
    door_of_form,
    draft_view,
    evaluate,
    in_force,
    link,
    membership,
    relations,
    rules,
)
from agent.register.derive import derive
from agent.register.doors import ADDR_ID, Doors
from agent.register.errors import key_of, unknown_draft
from agent.register.form import Entry, Form, doubts_as_json, entry_from_row, offers_as_json, source, value
from agent.register.views import DraftView, RecordLine, StationSettings
from drivers.api import Clock
from peewee_models import draft_queries, register_queries
from peewee_models.register import ACTIVE


class Person(Protocol):
    """Whoever is signed in."""

    @property
    def user_id(self) -> str:
        """Key of the user."""

    @property
    def session_id(self) -> str:
        """Key of the session."""


class DraftPapers(Protocol):
    """What goes with a draft besides its form: its scanned documents."""

    def draft_saved(self, draft_id: uuid.UUID, record_id: uuid.UUID, by: Person) -> tuple[int, Callable[[], None]]:
        """Follow the draft to its record, inside the transaction that saves it.

        Returns: how many documents did, and what is left to do after it.
        """

    def address_typed(
        self, record_id: uuid.UUID, correction_id: uuid.UUID, before: Mapping[str, str], now: Mapping[str, str]
    ) -> None:
        """Follow what is typed now over a registration, and was typed before, inside the transaction that keeps it."""

    def correction_ended(self, record_id: uuid.UUID, correction_id: uuid.UUID) -> None:
        """Follow no more what is saved or given up, inside the transaction that ends it."""

    def record_corrected(self, record_id: uuid.UUID) -> None:
        """Take in what a registration says now, inside the transaction that corrects it."""

    def draft_discarded(self, draft_id: uuid.UUID, by: Person) -> Callable[[], None]:
        """Go with the draft, inside the transaction that discards it; gives what is left to do after it."""


class NoPapers:
    """A register without documents."""

    def draft_saved(
        self,
        draft_id: uuid.UUID,  # noqa: ARG002 - the role's shape
        record_id: uuid.UUID,  # noqa: ARG002
        by: Person,  # noqa: ARG002
    ) -> tuple[int, Callable[[], None]]:
        """Nothing goes along."""
        return 0, lambda: None

    def address_typed(
        self, record_id: uuid.UUID, correction_id: uuid.UUID, before: Mapping[str, str], now: Mapping[str, str]
    ) -> None:
        """Nothing follows."""

    def correction_ended(self, record_id: uuid.UUID, correction_id: uuid.UUID) -> None:
        """Nothing followed."""

    def record_corrected(self, record_id: uuid.UUID) -> None:
        """Nothing takes it in."""

    def draft_discarded(self, draft_id: uuid.UUID, by: Person) -> Callable[[], None]:  # noqa: ARG002 - the role's shape
        """Nothing is left."""
        return lambda: None


@dataclass(frozen=True, slots=True)
class Workplace:
    """Store, clock, station and the way to tell the pages; shared by the parts of the register."""

    store: Store
    clock: Clock
    station: StationSettings
    publish: Callable[[Event], None]
    papers: DraftPapers
    doors: Doors = field(default_factory=Doors)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the station counts its days."""
        return ZoneInfo(self.station.time_zone)

    @property
    def area(self) -> str:
        """Nine digits of the town that this station registers for; "" where its code is of none today."""
        town = self.station.code[:9]
        return town if codes.is_taken("town", town, self.clock.today()) else ""

    @property
    def parameters(self) -> rules.Parameters:
        """The parameters of the rules, over time."""
        return in_force.now().parameters

    def setting(self, row: Any = None) -> evaluate.Setting:
        """What a form is judged against today."""
        if row is None:
            today, is_practice = self.clock.today(), self.station.is_practice
            return evaluate.Setting(
                today, is_practice, area=self.area, parameters=self.parameters, doors=self.doors.now
            )
        return self.setting_beside(row, membership.record_of(row))

    def setting_of(self, record: Any) -> evaluate.Setting:
        """What a registration's values are judged against today."""
        today, is_practice = self.clock.today(), self.station.is_practice
        return evaluate.Setting(
            today,
            is_practice,
            self._day(record.collected_at),
            area=self.area,
            household=membership.members_beside(record),
            registered_as=record.form,
            parameters=self.parameters,
            doors=self.doors.now,
        )

    def setting_beside(self, row: Any, record: Any) -> evaluate.Setting:
        """What a draft is judged against today, with the record that it stands for."""
        today, is_practice = self.clock.today(), self.station.is_practice
        return evaluate.Setting(
            today,
            is_practice,
            self._day(row.opened_at),
            is_draft=True,
            card_kind=row.card_kind,
            card_state=row.card_state,
            held=None if record is None else register_queries.values_of(record),
            is_moving=record is not None and membership.settled(row, record) != record.household_id,
            area=self.area,
            household=membership.members(row, record),
            registered_as="" if record is None else record.form,
            parameters=self.parameters,
            doors=self.doors.now,
        )

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def note(self, by: Person | None, act: audit.Act, subject: tuple[str, Any], **facts: str | int) -> None:
        """Write an audit row inside the open transaction."""
        ids = None if by is None else audit.SignedInIds(by.user_id, by.session_id)
        audit.write(self.clock, ids, act, subject, **facts)

    def tell_draft(self, by: Person, row: Any, *, is_only_verified: bool = False) -> None:
        """Let the session's pages know that a draft has changed, and whether all that is new is its verified mark."""
        facts: dict[str, str | int] = {"draft": str(row.id), "version": int(row.version)}
        self.publish(Event("draft", by.session_id, facts | ({"verified": 1} if is_only_verified else {})))


def own_draft(draft_id: str, by: Person) -> Any:
    """The row of a draft of this user.  Raises: CodedError DRAFT-UNKNOWN."""
    key, user = key_of(draft_id), key_of(by.user_id)
    row = None if key is None or user is None else draft_queries.of_user(key, user)
    if row is None:
        raise unknown_draft()
    return row


def load(row: Any) -> dict[str, Entry]:
    """Read a draft's form."""
    return {key: entry_from_row(field) for key, field in draft_queries.fields_of(row.id).items()}


def keep(place: Workplace, row: Any, before: Form, after: Form) -> dict[str, Entry]:
    """Derive what follows, write the fields that changed and the next version; give the form as it now is."""
    now = place.clock.now()
    form = derive(after, now, place.setting(row))
    for key, entry in form.items():
        if before.get(key) != entry:
            columns = {
                "value": entry.value,
                "source": entry.source,
                "is_verified": entry.is_verified,
                "at": entry.at,
                "offers": offers_as_json(entry),
                "doubts": doubts_as_json(entry),
            }
            draft_queries.put_field(row.id, key, columns)
    row.version += 1
    row.saved_at = now
    row.save()
    return form


def view(place: Workplace, row: Any, form: Form | None = None) -> DraftView:
    """Show a draft, inside an open transaction."""
    shown = load(row) if form is None else form
    record = membership.record_of(row)
    setting = place.setting_beside(row, record)
    judgement = evaluate.judge(shown, setting)
    approvals.let_pass(judgement, approvals.standing(row, shown))
    bare = draft_view.draft_view(row, shown, judgement, judgement.required)
    return dataclasses.replace(
        bare,
        household=membership.others(row, record),
        existing_record=None if record is None else draft_view.record_line(record, place.zone),
        move=membership.move(row, record),
        alike=() if record is not None else alike.on_the_form(shown, row.person_id, place.zone),
        former=_former(place, row),
        residence=judgement.residence,
        door=door_of_form.view(place.doors.now, value(shown, ADDR_ID)),
    )


def _former(place: Workplace, row: Any) -> RecordLine | None:
    """The last registration of who comes back; nobody does where another record of theirs has been made since."""
    last = None if row.person_id is None else register_queries.last_of(row.person_id)
    return None if last is None or last.state == ACTIVE else draft_view.record_line(last, place.zone)


def change(
    place: Workplace,
    draft_id: str,
    by: Person,
    edit: Callable[[Any, Form], Form],
    *,
    is_only_verified: bool = False,
) -> DraftView:
    """Change a draft's form in one transaction and show it.  Raises: CodedError DRAFT-UNKNOWN."""
    with writing(place.store):
        row = own_draft(draft_id, by)
        before, household = load(row), row.household_id
        after, seen = link.linked(
            row, edit(row, before), defaults.of_station(place.area, place.clock.now()), place.clock.now()
        )
        if seen is not None:
            place.note(by, audit.Act.RECORD_VIEWED, ("record", seen))
        form = keep(place, row, before, after)
        _note_guardian(place, row, by, before, form)
        tell_followers = follow(place, household, row.household_id)
        shown = view(place, row, form)
    place.tell_draft(by, row, is_only_verified=is_only_verified)
    tell_followers()
    return shown


def follow(place: Workplace, *households: uuid.UUID | None) -> Callable[[], None]:
    """Let all forms under work of some households follow what their other persons say by now, inside the transaction.

    Returns: what is left to do after it: to tell the pages.
    """
    events = []
    for row in draft_queries.drafts_in({one for one in households if one is not None}):
        form = load(row)
        fresh = derive(form, place.clock.now(), place.setting(row))
        if any(fresh.get(key) != form.get(key) for key in relations.FOLLOWING):
            keep(place, row, form, form)
            events.append(Event("draft", None, {"draft": str(row.id), "version": int(row.version)}))

    def tell() -> None:
        for event in events:
            place.publish(event)

    return tell


def _note_guardian(place: Workplace, row: Any, by: Person, before: Form, form: Form) -> None:
    """Note that a head's record was looked at where it has just given a child's form its guardian."""
    was, now = (source(one, "guardian_name") for one in (before, form))
    members = place.setting(row).household if now == "household" != was else ()
    head = relations.head_of(relations.living_with(form, members)) or relations.head_of(members)
    if head is not None and head.record_id:
        place.note(by, audit.Act.RECORD_VIEWED, ("record", uuid.UUID(head.record_id)))
