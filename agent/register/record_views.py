"""What the pages see of a saved registration: its values, its history, and what was let pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.register.household_views import HouseholdMove
from agent.register.views import FieldView, RecordLine


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of a saved record.

    Attributes:
        field: key of the field, or `household`, or `card`: `new` then names the fields that a card vouched for.
        source, verified: where the new value came from; "" where it was not noted.
        members: of a change of household: who else belongs to the old one and to the new one.
    """

    at: datetime
    by: str
    field: str
    old: str
    new: str
    reason: str
    source: str = ""
    verified: bool = False
    members: HouseholdMove | None = None


@dataclass(frozen=True, slots=True)
class AcceptedLine:
    """A problem that was let pass when the registration was saved.

    Attributes:
        field: key of the field; "" where it was not noted.
        by: the second person, or the clerk where none was needed.
        reason: why it is officially so, in their words.
    """

    field: str
    code: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A saved registration with its history, newest change first, what was let pass, and who may be the same person.

    Of one that was just saved `is_as_before` tells that the form said nothing else than the record did, and
    `papers_added` how many documents came with it.
    """

    id: str
    version: int
    fields: dict[str, FieldView]
    history: tuple[ChangeLine, ...]
    accepted: tuple[AcceptedLine, ...]
    collected_by: str
    collected_at: datetime
    registered_at: datetime
    form_no: str = ""
    household: str = ""
    notice_version: str = ""
    alike: tuple[RecordLine, ...] = ()
    is_as_before: bool = False
    papers_added: int = 0
    id_no_raw: str = ""
