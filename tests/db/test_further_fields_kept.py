"""Fields beyond the Shanghai form in the register on both engines: kept, masked, shared by a household, left out."""

from __future__ import annotations

import pytest

from agent.exchange import columns
from agent.register import further, in_force, revision, rules
from agent.register.errors import Problems
from agent.register.form import Entry
from agent.register.full_views import masked
from agent.register.in_force import InForce
from peewee_models import register_queries
from peewee_models.outbox import OutboxRow
from peewee_models.register import Change, Registration

FURTHER = {
    "owner_relation": "08", "owner_name": "测试房产公司", "owner_id": "91350100M000100Y43",
    "owner_mobile": "13700000000", "lease_from": "20260101", "lease_to": "20271231", "lease_record_no": "测试备字1号",
    "employer": "测试公司", "occupation_kind": "3", "job": "测试员", "employer_kind": "5", "employer_addr": "测试路3号",
    "permit_has": "1", "permit_no": "TEST12345678901234", "permit_valid_to": "20270506", "wants_permit": "1",
    "income_source": "1", "studying": "1", "school": "测试学校", "school_addr": "测试路5号", "study_from": "20250901",
    "study_to": "20280630", "former_name": "测试旧", "tel": "021-12345678", "email": "test@example.invalid",
    "marital": "21", "political": "13",
}  # fmt: skip


@pytest.fixture(autouse=True)
def shipped_again():
    yield
    in_force.put(None)


def say(**levels: int) -> None:
    """What the district says of groups of fields."""
    own = {key: [rules.Value(level, None, "RENHU", "", is_shipped=False)] for key, level in levels.items()}
    in_force.put(InForce(parameters=rules.shipped().with_values(own)))


def test_all_of_them_are_kept_told_and_masked(office, clerk, people):
    record = office.register_person(clerk, people(), **FURTHER)
    held = {key: record.fields[key].value for key in FURTHER}
    days = {key: f"{text[:4]}-{text[4:6]}-{text[6:]}" for key, text in FURTHER.items() if text.startswith("20")}
    assert held == FURTHER | days
    assert {*further.KEYS} - {*FURTHER} == {"not_working_reason"}
    sent = OutboxRow.get(OutboxRow.kind == "registration.saved").body
    assert {key: sent[key] for key in held} == held
    shown = masked(record).fields
    hidden = {key: shown[key].shown for key in ("owner_id", "owner_mobile", "permit_no", "tel", "email")}
    assert hidden == {
        "owner_id": "913501********0Y43", "owner_mobile": "137****0000", "permit_no": "TEST12********1234",
        "tel": "************", "email": "t***@example.invalid",
    }  # fmt: skip


def test_what_is_asked_for_keeps_a_form_from_being_saved(office, clerk, people):
    say(asks_work=2, asks_tenancy=2, asks_permit=2)
    with pytest.raises(Problems) as caught:
        office.register_person(clerk, people(), employer="测试公司", wants_permit="1")
    assert {one.field for one in caught.value.problems} == {
        "job", "employer_kind", "owner_relation", "owner_name", "owner_id", "owner_mobile", "lease_from", "lease_to",
        "income_source", "studying",
    }  # fmt: skip
    draft = office.draft(clerk)
    office.register.type_fields(draft.id, {key: text for key, text in FURTHER.items() if "permit" not in key}, clerk)
    assert office.desk.save(draft.id, clerk).fields["job"].value == "测试员"


def test_what_is_left_out_cannot_be_typed_and_what_is_there_stays(office, clerk, people):
    record = office.register_person(clerk, people(), former_name="测试旧")
    say(asks_contact=0)
    office.tap(people(2))
    draft = office.register.type_fields(
        office.draft(clerk).id, {"former_name": "测试新", "mobile": "13900000000"}, clerk
    )
    assert "former_name" not in draft.fields
    assert draft.fields["mobile"].value == "13900000000"
    office.lift()
    office.register.keep_correction(record.id, {"tel": "021-1", "education": "30"}, record.version, clerk, "测试")
    form = office.register.correction(record.id, clerk)
    assert "tel" not in form.fields
    assert form.fields["former_name"].value == "测试旧"
    saved = office.register.edit(record.id, {"education": "30", "tel": "021-1"}, record.version, clerk, "测试")
    assert (saved.fields["education"].value, saved.fields["former_name"].value) == ("30", "测试旧")
    assert {line.key for line in Change.select()} == {"education"}
    assert Registration.get().person.former_name == "测试旧"


def test_who_joins_a_household_has_its_lease_and_who_leaves_it_has_not(office, clerk, people):
    record = office.register_person(clerk, people(), **FURTHER)
    office.desk.open_draft(clerk, record.id)
    draft = office.register.type_fields(office.draft(clerk).id, {"name": "样例小", "id_type": "113"}, clerk)
    shared = {key: (draft.fields[key].value, draft.fields[key].source) for key in further.TENANCY_KEYS}
    assert shared == {key: (record.fields[key].value, "household") for key in further.TENANCY_KEYS}
    assert draft.fields["owner_relation"].value == draft.fields["former_name"].value == ""
    alone = office.register.leave_household(draft.id, clerk)
    assert {alone.fields[key].value for key in further.TENANCY_KEYS} == {""}
    say(asks_tenancy=0)
    office.desk.open_draft(clerk, record.id)
    later = office.draft(clerk)
    assert later.fields["road"].value == record.fields["road"].value
    assert not {*further.TENANCY_KEYS} & later.fields.keys(), "what the district has left out goes no further"


def test_what_another_form_knew_of_the_person_stays(office, clerk, people):
    office.register_person(clerk, people(), **FURTHER)
    row = Registration.get()
    held = register_queries.values_of(row) | {"form": "RZ"}
    new = revision.values({"mobile": Entry("13911111111", "typed", office.clock.now())}, held)
    assert (new["income_source"], new["school"], new["mobile"]) == ("1", "测试学校", "13911111111")
    assert (new["permit_no"], new["reason"]) == ("", ""), "of the registration only what its form asks for"


def test_a_file_brings_no_field_that_is_left_out():
    assert columns.guess(["姓名", "曾用名", "房东"]) == ("name", "former_name", "owner_name")
    say(asks_contact=0, asks_tenancy=0)
    assert columns.guess(["姓名", "曾用名", "房东"]) == ("name", "", "")
    assert not {"former_name", "owner_name"} & {*columns.taken()}
    assert {"former_name", "owner_name"} <= {*columns.given()}, "what is there can still be given away"
