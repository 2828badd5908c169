"""The table of registrants' photos; their files are encrypted like those of scanned pages."""

from __future__ import annotations

from peewee import CharField, Check, ForeignKeyField, IntegerField

from peewee_models.accounts import User
from peewee_models.base import JsonField, KeyedTable, UtcDateTimeField
from peewee_models.documents import ONE_OWNER, Media
from peewee_models.drafts import Draft
from peewee_models.register import Registration


class Photo(KeyedTable):
    """One release of the camera for a draft or a record.

    `picture` is the photo for documents; it is null for the moment between the camera's picture and what is made of it.
    `still` is the camera's picture, kept as long as another frame may be chosen, with what was found in it (`seen`) and
    the `frame`: lengths, nothing of the face.  `flaws` is what speaks against the photo.  `used_at` is when it was
    taken for good, by its passing every check or by a clerk with a `reason`; of several the newest counts.
    """

    draft = ForeignKeyField(Draft, null=True)
    record = ForeignKeyField(Registration, null=True)
    picture = ForeignKeyField(Media, null=True, unique=True, backref="+")
    still = ForeignKeyField(Media, null=True, unique=True, backref="+")
    seen = JsonField(null=True)
    frame = JsonField(null=True)
    flaws = JsonField()
    taken_by = ForeignKeyField(User, backref="+")
    taken_at = UtcDateTimeField()
    used_by = ForeignKeyField(User, null=True, backref="+")
    used_at = UtcDateTimeField(null=True)
    reason = CharField(max_length=200, default="")
    version = IntegerField(default=1)

    class Meta:
        """Of a draft or of a record; some file is there; used by somebody, with a reason only where it is used."""

        constraints = (
            Check(ONE_OWNER),
            Check("picture_id IS NOT NULL OR still_id IS NOT NULL"),
            Check("(used_at IS NULL) = (used_by_id IS NULL)"),
            Check("used_at IS NULL OR picture_id IS NOT NULL"),
            Check("reason = '' OR used_at IS NOT NULL"),
            Check("version >= 1"),
        )
