"""What every part of the register works with: its store, clock and station, and how the pages are told."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from agent.accounts import audit
from agent.accounts.storage import Store
from agent.events.service import Event
from agent.register import (
    codes,
    evaluate,
    in_force,
    membership,
    rules,
)
from agent.register.doors import Doors
from agent.register.views import StationSettings
from drivers.api import Clock
from peewee_models import register_queries


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

    @property
    def rules_today(self) -> rules.Rules:
        """The parameters as they hold today."""
        return self.parameters.on(self.clock.today())

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
