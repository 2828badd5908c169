"""Questions to the drafts, and the writing of their fields."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from peewee_models.documents import Document
from peewee_models.drafts import Draft, DraftField, SavedDraft
from peewee_models.register import ACTIVE, Person, Registration


def of_user(draft_id: uuid.UUID, user_id: uuid.UUID) -> Any:
    """A draft of this user, or None: somebody else's is as unknown as one that never was."""
    return Draft.get_or_none((Draft.id == draft_id) & (Draft.user == user_id))


def open_of_user(user_id: uuid.UUID) -> Any:
    """The draft that this user works on now, or None."""
    return Draft.select().where((Draft.user == user_id) & (Draft.state == "open")).get_or_none()


def all_of_user(user_id: uuid.UUID) -> list[Any]:
    """All drafts of this user, the one saved last first."""
    return list(Draft.select().where(Draft.user == user_id).order_by(Draft.saved_at.desc(), Draft.id))


def with_value(user_id: uuid.UUID, key: str, value: str) -> list[Any]:
    """The drafts of this user that hold this value, the one saved last first."""
    drafts = (
        Draft.select()
        .join(DraftField)
        .where((Draft.user == user_id) & (DraftField.key == key) & (DraftField.value == value))
    )
    return list(drafts.order_by(Draft.saved_at.desc()))


def put_others_aside(user_id: uuid.UUID) -> None:
    """Let this user have no open draft."""
    Draft.update(state="aside").where((Draft.user == user_id) & (Draft.state == "open")).execute()


def fields_of(draft_id: uuid.UUID) -> dict[str, Any]:
    """The rows of a draft's fields by key."""
    return {row.key: row for row in DraftField.select().where(DraftField.draft == draft_id)}


def put_field(draft_id: uuid.UUID, key: str, columns: dict[str, Any]) -> None:
    """Write one field in place of what it held."""
    DraftField.delete().where((DraftField.draft == draft_id) & (DraftField.key == key)).execute()
    DraftField.insert(draft=draft_id, key=key, **columns).execute()


def has_documents(draft_id: uuid.UUID) -> bool:
    """Whether papers belong to a draft."""
    return bool(Document.select().where(Document.draft == draft_id).exists())


def household_drafts(household_id: uuid.UUID) -> list[Any]:
    """All drafts of a household, the oldest first."""
    return list(Draft.select().where(Draft.household == household_id).order_by(Draft.opened_at, Draft.id))


def drafts_in(households: Collection[uuid.UUID]) -> list[Any]:
    """The drafts that were chosen to be of some households, or stand for registrations in them, the oldest first."""
    if not households:
        return []
    registered = Registration.select(Registration.id).where(Registration.household.in_(list(households)))
    of_these = Draft.household.in_(list(households)) | Draft.registration.in_(registered)
    return list(Draft.select().where(of_these).order_by(Draft.opened_at, Draft.id))


def household_of_tied(household_id: uuid.UUID) -> uuid.UUID | None:
    """The household of the active record for which the oldest tied draft of a household stands, or None."""
    tied = (
        Draft.select(Draft, Registration)
        .join(Registration)
        .where(
            (Draft.household == household_id) & Registration.household.is_null(False) & (Registration.state == ACTIVE)
        )
        .order_by(Draft.opened_at, Draft.id)
        .first()
    )
    return None if tied is None else uuid.UUID(str(tied.registration.household_id))


def set_household(draft_id: uuid.UUID, household_id: uuid.UUID) -> None:
    """Let a draft belong to a household, and leave all else of it as it is by now."""
    Draft.update(household=household_id).where(Draft.id == draft_id).execute()


def bring_along(household_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Let the drafts of a household belong to another one."""
    Draft.update(household=other_id).where(Draft.household == household_id).execute()


def household_records(household_id: uuid.UUID) -> list[Any]:
    """All active registrations of a household, with their persons."""
    here = (Registration.household == household_id) & (Registration.state == ACTIVE)
    records = Registration.select(Registration, Person).join(Person).where(here)
    return list(records.order_by(Registration.registered_at, Registration.id))


def erase_chip_data(read_before: datetime) -> int:
    """Erase the chip's raw text and photo from drafts whose card was read before a time; give of how many.

    Where a reading was taken back, whose it was goes too.
    """
    Draft.update(card_digest="").where((Draft.card_state == "changed") & (Draft.card_read_at < read_before)).execute()
    stale = (Draft.card_read_at < read_before) & (Draft.card_text.is_null(False) | Draft.card_photo.is_null(False))
    erased: int = Draft.update(card_text=None, card_photo=None).where(stale).execute()
    return erased


def note_saved(draft_id: uuid.UUID, user_id: uuid.UUID, record_id: uuid.UUID, at: datetime) -> None:
    """Note which registration a draft has become; what was noted more than a day ago goes."""
    SavedDraft.delete().where(SavedDraft.at < at - timedelta(days=1)).execute()
    SavedDraft.insert(id=draft_id, user=user_id, registration=record_id, at=at).execute()


def saved_as(draft_id: uuid.UUID, user_id: uuid.UUID) -> uuid.UUID | None:
    """The registration that this user's draft has become, or None."""
    row = SavedDraft.get_or_none((SavedDraft.id == draft_id) & (SavedDraft.user == user_id))
    return None if row is None else row.registration_id
