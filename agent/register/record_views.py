"""What the pages see of a saved registration: its values, its history, what was let pass, and its cancellations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.register.alike_views import Alike
from agent.register.asked import is_asked
from agent.register.household_views import HouseholdMove, MemberLine
from agent.register.views import DoorView, FieldView, RecordLine


@dataclass(frozen=True, slots=True)
class CancellationLine:
    """One cancellation of a registration, standing or undone.

    Attributes:
        kind: code of the table `cancel_kind`.
        leave_date: `2026-11-20`, `2026-11` where no more is known, "" where nobody left.
        evidence: codes of the table `cancel_evidence`.
        visits: the attempts at the door.
        targets: which systems are told, `DISTRICT` and `SPS`.
        undone_at: None while it stands.
        undone_by, undone_approved_by, undo_reason: "" while it stands.
    """

    kind: str
    leave_date: str
    leave_to: str
    evidence: tuple[str, ...]
    visits: tuple[datetime, ...]
    remark: str
    targets: tuple[str, ...]
    entered_by: str
    entered_at: datetime
    approved_by: str
    approved_at: datetime
    undone_at: datetime | None = None
    undone_by: str = ""
    undone_approved_by: str = ""
    undo_reason: str = ""


@dataclass(frozen=True, slots=True)
class MergeLine:
    """One merge of two persons who are one, standing or undone.

    Attributes:
        record: key of the registration that goes on.
        moved: keys of the registrations that were the other person's, the last one first.
        evidence: codes of the table `cancel_evidence`.
        undone_at: None while it stands.
        can_undo: whether nothing was built upon it.
    """

    record: str
    moved: tuple[str, ...]
    evidence: tuple[str, ...]
    reason: str
    entered_by: str
    entered_at: datetime
    approved_by: str
    undone_at: datetime | None = None
    undone_approved_by: str = ""
    can_undo: bool = False


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of a saved record.

    Attributes:
        field: key of the field, or `household`, or `state`, or `person`, or `merge`, or `unchanged`, or `card`: `new`
            then names the fields that a card vouched for.
        source, verified: where the new value came from; "" where it was not noted.
        members: of a change of household: who else belongs to the old one and to the new one.
        cancellation: of a change of state: what was entered, or undone.
        merge: of what a merge has changed besides values, that merge.
        is_restored: of a change of state: whether the registration is active again; of a merge whether it was undone.
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
    cancellation: CancellationLine | None = None
    merge: MergeLine | None = None
    is_restored: bool = False


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


PRINTED: Final = "PRINT"
"""The reason of a full view that nobody chooses: a paper was made."""


@dataclass(frozen=True, slots=True)
class FullViewLine:
    """That somebody had a record shown in full.

    Attributes:
        reason: a code of the table `full_view_reason`.
        words: why, in their own words; "" where they said no more.
    """

    at: datetime
    by: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A saved registration: its history and who saw it in full, newest first, what was let pass, who may be the same.

    `form` is RG, RZ or HZ.  `is_cancelled` tells its state, `cancellation` why, where that is known, and `can_restore`
    whether it can be undone; `others` are the same person's other registrations, the newest first; `merge` is what has
    made it another person's, and `is_merged` that it has ended by that.  `verified_at` tells when somebody last looked
    whether all is as it is registered.  `heads` are those of whom one is to be the head of its household, where
    that has lost its head.
    Of one that was just saved `is_as_before` tells that the form said nothing else than the record did, and
    `papers_added` how many documents came with it.  `door` is the door plate of the address that is here, where the
    address base knows it.
    """

    id: str
    version: int
    fields: dict[str, FieldView]
    history: tuple[ChangeLine, ...]
    accepted: tuple[AcceptedLine, ...]
    full_views: tuple[FullViewLine, ...]
    collected_by: str
    collected_at: datetime
    registered_at: datetime
    verified_at: datetime
    form_no: str = ""
    household: str = ""
    notice_version: str = ""
    alike: tuple[Alike, ...] = ()
    is_as_before: bool = False
    papers_added: int = 0
    id_no_raw: str = ""
    is_cancelled: bool = False
    cancellation: CancellationLine | None = None
    can_restore: bool = False
    others: tuple[RecordLine, ...] = ()
    is_merged: bool = False
    merge: MergeLine | None = None
    form: str = "RG"
    door: DoorView | None = None
    heads: tuple[MemberLine, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """What is stored, by key of each field that the form asks for, and which form it is."""
        asked = {key: view.value for key, view in self.fields.items() if is_asked(key, self.form)}
        return asked | {"form": self.form}
