"""The first schema: accounts, audit, outbox, persons and registrations, drafts.  Frozen: never edited after release."""

from __future__ import annotations

from typing import Any

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)


class _StationMeta(Model):  # type: ignore[misc]
    key = CharField(primary_key=True, max_length=40)
    value = TextField()

    class Meta:
        table_name = "station_meta"


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    name = CharField(unique=True, max_length=50)
    role = CharField(max_length=20)
    password_hash = CharField(max_length=200)
    language = CharField(max_length=5)
    is_active = BooleanField(default=True)
    created_at = DateTimeField()

    class Meta:
        table_name = "station_user"


class _Session(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    token_hash = CharField(unique=True, max_length=64)
    user = ForeignKeyField(_User, backref="+", on_delete="CASCADE")
    csrf = CharField(max_length=64)
    language = CharField(max_length=5)
    created_at = DateTimeField()
    last_seen_at = DateTimeField()

    class Meta:
        table_name = "user_session"


class _SignInTry(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    name_hash = CharField(max_length=64)
    at = DateTimeField(index=True)
    has_succeeded = BooleanField()

    class Meta:
        table_name = "sign_in_try"
        indexes = ((("name_hash", "at"), False),)


class _EnrolmentCode(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    code_hash = CharField(unique=True, max_length=64)
    expires_at = DateTimeField()
    failures = IntegerField(default=0)

    class Meta:
        table_name = "enrolment_code"


class _AuditEntry(Model):  # type: ignore[misc]
    seq = IntegerField(primary_key=True)
    at = DateTimeField(index=True)
    user_id = UUIDField(null=True)
    session_id = UUIDField(null=True)
    action = CharField(max_length=40)
    subject_kind = CharField(max_length=20)
    subject_id = UUIDField(index=True, null=True)
    facts = TextField()

    class Meta:
        table_name = "audit_entry"


class _OutboxRow(Model):  # type: ignore[misc]
    seq = IntegerField(primary_key=True)
    at = DateTimeField()
    kind = CharField(max_length=40)
    subject_id = UUIDField(index=True)
    version = IntegerField()
    body = TextField()
    delivered_at = DateTimeField(null=True)

    class Meta:
        table_name = "outbox_row"


class _Household(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    created_at = DateTimeField()

    class Meta:
        table_name = "household"


class _Person(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    id_type = CharField(max_length=3)
    id_no = CharField(unique=True, null=True, max_length=18)
    id_no_raw = CharField(max_length=20)
    name = CharField(max_length=50)
    name_key = CharField(index=True, max_length=60)
    name_pinyin = CharField(index=True, max_length=400)
    name_initials = CharField(index=True, max_length=200)
    sex = CharField(max_length=1)
    birth_date = DateField(null=True)
    ethnic = CharField(max_length=2)
    hukou_address = CharField(max_length=200)
    hukou_div = CharField(max_length=6)
    card_issuer = CharField(max_length=30)
    card_valid_from = CharField(max_length=10)
    card_valid_to = CharField(max_length=10)
    mobile = CharField(max_length=11)
    education = CharField(max_length=2)
    employer = CharField(max_length=100)
    guardian_name = CharField(max_length=50)
    guardian_id = CharField(max_length=18)
    guardian_rel = CharField(max_length=2)
    guardian_mobile = CharField(max_length=11)

    class Meta:
        table_name = "person"


class _Registration(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    form_no = CharField(unique=True, max_length=60)
    person = ForeignKeyField(_Person, backref="+")
    household = ForeignKeyField(_Household, backref="+", null=True)
    version = IntegerField(default=1)
    state = CharField(max_length=10)
    soldier = CharField(max_length=1)
    arrive_city_date = DateField(null=True)
    arrive_here_date = DateField()
    plan_stay = CharField(max_length=1)
    reason = CharField(max_length=2)
    reason_other = CharField(max_length=50)
    place_type = CharField(max_length=2)
    proof_type = CharField(max_length=1)
    district = CharField(max_length=6)
    town = CharField(max_length=9)
    committee = CharField(max_length=12)
    road = CharField(max_length=40)
    lane = CharField(max_length=10)
    sublane = CharField(max_length=10)
    no = CharField(max_length=12)
    room = CharField(max_length=12)
    declarer = CharField(max_length=1)
    verify_mode = CharField(max_length=1)
    notice_given = CharField(max_length=1)
    remark = CharField(max_length=200)
    reading = CharField(max_length=10)
    collected_by = ForeignKeyField(_User, backref="+")
    collected_at = DateTimeField()
    registered_at = DateTimeField(index=True)

    class Meta:
        table_name = "registration"


class _FieldOrigin(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    registration = ForeignKeyField(_Registration, backref="+", on_delete="CASCADE")
    key = CharField(max_length=30)
    source = CharField(max_length=10)
    is_verified = BooleanField()
    at = DateTimeField()

    class Meta:
        table_name = "field_origin"
        indexes = ((("registration", "key"), True),)


class _Change(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    registration = ForeignKeyField(_Registration, backref="+", on_delete="CASCADE")
    version = IntegerField()
    at = DateTimeField()
    user = ForeignKeyField(_User, backref="+")
    key = CharField(max_length=30)
    old = TextField()
    new = TextField()
    reason = TextField()

    class Meta:
        table_name = "change"


class _AcceptedProblem(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    registration = ForeignKeyField(_Registration, backref="+", on_delete="CASCADE")
    code = CharField(max_length=40)
    reason = TextField()
    user = ForeignKeyField(_User, backref="+")
    second_user = ForeignKeyField(_User, backref="+", null=True)
    at = DateTimeField()

    class Meta:
        table_name = "accepted_problem"


class _Draft(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    user = ForeignKeyField(_User, backref="+")
    state = CharField(max_length=5)
    version = IntegerField(default=1)
    household = ForeignKeyField(_Household, backref="+")
    registration = ForeignKeyField(_Registration, backref="+", null=True, on_delete="CASCADE")
    opened_at = DateTimeField()
    saved_at = DateTimeField()
    card_kind = CharField(max_length=20)
    card_state = CharField(max_length=10)
    card_readings = IntegerField(default=0)
    card_read_at = DateTimeField(null=True)
    card_digest = CharField(max_length=64)
    card_photo_state = CharField(max_length=12)
    card_text = BlobField(null=True)
    card_photo = BlobField(null=True)

    class Meta:
        table_name = "draft"


class _DraftField(Model):  # type: ignore[misc]
    draft = ForeignKeyField(_Draft, backref="+", on_delete="CASCADE")
    key = CharField(max_length=30)
    value = TextField()
    source = CharField(max_length=10)
    is_verified = BooleanField(default=False)
    at = DateTimeField()
    offers = TextField()
    doubts = TextField()

    class Meta:
        table_name = "draft_field"
        primary_key = CompositeKey("draft", "key")


class _Approval(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    draft = ForeignKeyField(_Draft, backref="+", on_delete="CASCADE")
    code = CharField(max_length=40)
    value_hash = CharField(max_length=64)
    reason = TextField()
    second_user = ForeignKeyField(_User, backref="+")
    at = DateTimeField()

    class Meta:
        table_name = "approval"
        indexes = ((("draft", "code"), True),)


_TABLES = [
    _StationMeta,
    _User,
    _Session,
    _SignInTry,
    _EnrolmentCode,
    _AuditEntry,
    _OutboxRow,
    _Household,
    _Person,
    _Registration,
    _FieldOrigin,
    _Change,
    _AcceptedProblem,
    _Draft,
    _DraftField,
    _Approval,
]


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make all tables."""
    with db.bind_ctx(_TABLES):
        db.create_tables(_TABLES)


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Remove all tables and what is in them."""
    with db.bind_ctx(_TABLES):
        db.drop_tables(_TABLES)
