"""Tables of people who sign in: users, their sessions, their tries, and the one-time codes that let them in."""

from __future__ import annotations

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField

from peewee_models.base import KeyedTable, UtcDateTimeField


class User(KeyedTable):
    """A person who works at this station.  The hash is empty until they have set a password."""

    name = CharField(max_length=50, unique=True)
    role = CharField(max_length=20)
    password_hash = CharField(max_length=200)
    language = CharField(max_length=5, default="zh")
    is_active = BooleanField(default=True)
    created_at = UtcDateTimeField()

    class Meta:
        """`user` is a reserved word of PostgreSQL."""

        table_name = "station_user"


class Session(KeyedTable):
    """A signed-in browser.  Only the SHA-256 of its token is kept, so that a copy of the table signs nobody in."""

    token_hash = CharField(max_length=64, unique=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    csrf = CharField(max_length=64)
    language = CharField(max_length=5)
    created_at = UtcDateTimeField()
    last_seen_at = UtcDateTimeField()

    class Meta:
        """`session` is taken by PostgreSQL's grammar in places."""

        table_name = "user_session"


class SignInTry(KeyedTable):
    """One try to sign in.  The name is kept as a hash: people type passwords into the wrong box."""

    name_hash = CharField(max_length=64)
    at = UtcDateTimeField(index=True)
    has_succeeded = BooleanField()

    class Meta:
        """Looked up by name, newest first."""

        indexes = ((("name_hash", "at"), False),)


class EnrolmentCode(KeyedTable):
    """A one-time code with which its user sets a password; without a user it makes the first one of a new register."""

    code_hash = CharField(max_length=64)
    user = ForeignKeyField(User, null=True, unique=True, on_delete="CASCADE")
    expires_at = UtcDateTimeField()
    failures = IntegerField(default=0)
