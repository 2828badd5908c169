"""Tables of the register: persons, households, registrations, where each value came from, and what changed."""

from __future__ import annotations

from typing import Final

from peewee import SQL, BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from peewee_models.accounts import User
from peewee_models.base import KeyedTable, UtcDateTimeField

ACTIVE: Final = "active"
CANCELLED: Final = "cancelled"
MERGED: Final = "merged"
"""It was of a person who is another one by now, and has ended by that."""


class Household(KeyedTable):
    """户, persons who live together.  Made with its first registration, or when a further person joins a draft."""

    created_at = UtcDateTimeField()


class Person(KeyedTable):
    """A registered person.  Text is stored code point for code point; the `*_key` columns are for searching only."""

    id_type = CharField(max_length=3)
    id_no = CharField(max_length=18, null=True, unique=True)
    id_no_raw = CharField(max_length=20, default="")
    name = CharField(max_length=50)
    name_key = CharField(max_length=60, index=True)
    name_pinyin = CharField(max_length=400, index=True)
    name_initials = CharField(max_length=200, index=True)
    sex = CharField(max_length=1)
    birth_date = DateField(null=True)
    ethnic = CharField(max_length=2)
    hukou_address = CharField(max_length=200)
    hukou_div = CharField(max_length=6, default="")
    card_issuer = CharField(max_length=30, default="")
    card_valid_from = CharField(max_length=10, default="")
    card_valid_to = CharField(max_length=10, default="")
    mobile = CharField(max_length=11, default="")
    education = CharField(max_length=2, default="")
    employer = CharField(max_length=100, default="")
    guardian_name = CharField(max_length=50, default="")
    guardian_id = CharField(max_length=18, default="")
    guardian_rel = CharField(max_length=2, default="")
    guardian_mobile = CharField(max_length=11, default="")
    former_name = CharField(max_length=50, default="")
    tel = CharField(max_length=20, default="")
    email = CharField(max_length=100, default="")
    marital = CharField(max_length=2, default="")
    political = CharField(max_length=2, default="")
    occupation_kind = CharField(max_length=2, default="")
    job = CharField(max_length=60, default="")
    employer_kind = CharField(max_length=1, default="")
    employer_addr = CharField(max_length=200, default="")
    not_working_reason = CharField(max_length=1, default="")
    income_source = CharField(max_length=1, default="")
    studying = CharField(max_length=1, default="")
    school = CharField(max_length=100, default="")
    school_addr = CharField(max_length=200, default="")
    study_from = CharField(max_length=10, default="")
    study_to = CharField(max_length=10, default="")


Person.add_index(Person.index(Person.id_no_raw, where=SQL("id_no_raw <> ''"), name="person_raw_number"))


class Registration(KeyedTable):
    """One person at one dwelling: on the form RG 来沪人员, RZ 人在户不在 or HZ 户在人不在.

    Of HZ the dwelling is not here: `h_*` is where the household is registered, `present_address` where they live.
    `addr_id` is the number of the door plate, in the address base, of the address that is here; "" where it has none.

    A person who comes back has another one; at most one of a person's is active, the others are cancelled or merged.
    """

    form_no = CharField(max_length=60, unique=True)
    form = CharField(max_length=2, default="RG")
    person = ForeignKeyField(Person)
    household = ForeignKeyField(Household, null=True)
    version = IntegerField(default=1)
    state = CharField(max_length=10, default=ACTIVE)
    soldier = CharField(max_length=1)
    arrive_city_date = DateField(null=True)
    arrive_here_date = DateField(null=True)
    plan_stay = CharField(max_length=1, default="")
    reason = CharField(max_length=2)
    reason_other = CharField(max_length=50, default="")
    place_type = CharField(max_length=2, default="")
    proof_type = CharField(max_length=1)
    district = CharField(max_length=6)
    town = CharField(max_length=9)
    committee = CharField(max_length=12, default="")
    road = CharField(max_length=40)
    lane = CharField(max_length=10, default="")
    sublane = CharField(max_length=10, default="")
    no = CharField(max_length=12, default="")
    room = CharField(max_length=12, default="")
    addr_id = CharField(max_length=20, default="")
    declarer = CharField(max_length=1, default="")
    verify_mode = CharField(max_length=1, default="")
    guardian_consent = CharField(max_length=1, default="")
    notice_given = CharField(max_length=1)
    notice_version = CharField(max_length=20, default="")
    remark = CharField(max_length=200, default="")
    household_kind = CharField(max_length=1, default="")
    relation_to_head = CharField(max_length=2, default="")
    lives_here = CharField(max_length=1, default="")
    h_district = CharField(max_length=6, default="")
    h_town = CharField(max_length=9, default="")
    h_committee = CharField(max_length=12, default="")
    h_police = CharField(max_length=30, default="")
    h_road = CharField(max_length=40, default="")
    h_lane = CharField(max_length=10, default="")
    h_sublane = CharField(max_length=10, default="")
    h_no = CharField(max_length=12, default="")
    h_room = CharField(max_length=12, default="")
    present_address = CharField(max_length=200, default="")
    separation_scope = CharField(max_length=1, default="")
    separation_reason = CharField(max_length=2, default="")
    separated_since = CharField(max_length=10, default="")
    residence_reason = CharField(max_length=2, default="")
    owner_relation = CharField(max_length=2, default="")
    house_use = CharField(max_length=1, default="")
    informant = CharField(max_length=1, default="")
    result = CharField(max_length=2, default="")
    owner_name = CharField(max_length=50, default="")
    owner_id = CharField(max_length=18, default="")
    owner_mobile = CharField(max_length=11, default="")
    lease_from = CharField(max_length=10, default="")
    lease_to = CharField(max_length=10, default="")
    lease_record_no = CharField(max_length=40, default="")
    permit_has = CharField(max_length=1, default="")
    permit_no = CharField(max_length=18, default="")
    permit_valid_to = CharField(max_length=10, default="")
    wants_permit = CharField(max_length=1, default="")
    reading = CharField(max_length=10, default="")
    collected_by = ForeignKeyField(User, backref="collected")
    collected_at = UtcDateTimeField()
    registered_at = UtcDateTimeField(index=True)
    verified_at = UtcDateTimeField()


Registration.add_index(
    Registration.index(
        Registration.person, unique=True, where=SQL(f"state = '{ACTIVE}'"), name="registration_active_person"
    )
)


class FieldOrigin(KeyedTable):
    """Where one value of a registration came from, and when."""

    registration = ForeignKeyField(Registration, on_delete="CASCADE")
    key = CharField(max_length=30)
    source = CharField(max_length=10)
    is_verified = BooleanField()
    at = UtcDateTimeField()

    class Meta:
        """One origin a field."""

        indexes = ((("registration", "key"), True),)


class Change(KeyedTable):
    """One line of a registration's history after it was saved: a field that changed, with where its value came from.

    Some keys are no fields: `household`, whose values are the keys of households; `state`, when the registration is
    cancelled or merged and when that is undone; `card`, which names the fields, all unchanged, that a card vouched for;
    `person`, whose values are the keys of persons, when it becomes another's; and `merge`, whose values are the keys
    of merges, in the registration that goes on.
    """

    registration = ForeignKeyField(Registration, on_delete="CASCADE")
    version = IntegerField()
    at = UtcDateTimeField()
    user = ForeignKeyField(User)
    key = CharField(max_length=30)
    old = TextField()
    new = TextField()
    reason = TextField()
    source = CharField(max_length=10, default="")
    is_verified = BooleanField(default=False)


class AcceptedProblem(KeyedTable):
    """A problem or warning of a field that was let pass: why, by whom, and by which second person."""

    registration = ForeignKeyField(Registration, on_delete="CASCADE")
    field = CharField(max_length=30, default="")
    code = CharField(max_length=40)
    reason = TextField()
    user = ForeignKeyField(User, backref="accepted")
    second_user = ForeignKeyField(User, null=True, backref="seconded")
    at = UtcDateTimeField()


class FullView(KeyedTable):
    """That somebody had the numbers of a registration shown in full: which reason of the list, and in which words."""

    registration = ForeignKeyField(Registration, on_delete="CASCADE")
    user = ForeignKeyField(User, backref="full_views")
    at = UtcDateTimeField()
    reason = CharField(max_length=20)
    words = CharField(max_length=200, default="")
