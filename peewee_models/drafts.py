"""Tables of what is not saved yet: the draft, its fields, and what became of it."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CharField, CompositeKey, ForeignKeyField, IntegerField, TextField, UUIDField

from peewee_models.accounts import User
from peewee_models.base import JsonField, KeyedTable, Table, UtcDateTimeField
from peewee_models.register import Household, Person, Registration


class Draft(KeyedTable):
    """An unsaved form.  The row goes when the form is saved or discarded: nothing of the person stays behind.

    `household` is the one that the clerk chose for it; without a choice it is made, or found, when the form is saved.
    `registration` is the active one that the form stands for; `person` is who comes back, all of whose registrations
    are cancelled: the form has their values, and becomes another registration of theirs.
    `card_text` and `card_photo` are the chip's raw data; they are erased at day's end at the latest.
    """

    user = ForeignKeyField(User)
    state = CharField(max_length=5)
    version = IntegerField(default=1)
    household = ForeignKeyField(Household, null=True)
    registration = ForeignKeyField(Registration, null=True, on_delete="CASCADE")
    person = ForeignKeyField(Person, null=True)
    opened_at = UtcDateTimeField()
    saved_at = UtcDateTimeField()
    card_kind = CharField(max_length=20, default="")
    card_state = CharField(max_length=10, default="")
    card_readings = IntegerField(default=0)
    card_read_at = UtcDateTimeField(null=True)
    card_digest = CharField(max_length=64, default="")
    card_photo_state = CharField(max_length=12, default="")
    card_text = BlobField(null=True)
    card_photo = BlobField(null=True)


class DraftField(Table):
    """One field of a draft, with where it came from and what else is on offer."""

    draft = ForeignKeyField(Draft, on_delete="CASCADE")
    key = CharField(max_length=30)
    value = TextField()
    source = CharField(max_length=10)
    is_verified = BooleanField(default=False)
    at = UtcDateTimeField()
    offers = JsonField()
    doubts = JsonField()

    class Meta:
        """One value a field."""

        primary_key = CompositeKey("draft", "key")


class SavedDraft(Table):
    """Which registration a draft has become: keys alone, kept for a day, so that a second save finds the first."""

    id = UUIDField(primary_key=True)
    user = ForeignKeyField(User)
    registration = ForeignKeyField(Registration, on_delete="CASCADE")
    at = UtcDateTimeField(index=True)
