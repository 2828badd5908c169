"""A guardian's consent is recorded for whoever is under 14 on the day of collection, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.register.errors import Problems
from peewee_models import schema
from peewee_models.outbox import OutboxRow
from peewee_models.register import Registration

ELEVEN_DAYS_S = 11 * 86400
CHILD = {
    "name": "测试小儿", "sex": "1", "ethnic": "01", "birth_date": "2012-12-01", "id_type": "117",
    "hukou_address": "测试地区测试路1号", "hukou_div": "990000", "declarer": "2",
    "guardian_name": "测试母", "guardian_rel": "52", "guardian_mobile": "13900000000",
}  # fmt: skip


@pytest.fixture
def draft(office: Any, clerk: SignedIn, rest: dict[str, str], numbers: Any) -> Any:
    """The form of a child who will be 14 in eight days; all but the consent is filled in."""
    typed = rest | CHILD | {"guardian_id": numbers("99000019900506002")}
    return office.register.type_fields(office.desk.open_draft(clerk).id, typed, clerk)


def test_it_is_asked_for_under_fourteen_only(office: Any, clerk: SignedIn, draft: Any) -> None:
    assert draft.missing == ("guardian_consent",)
    older = office.register.type_fields(draft.id, {"birth_date": "2012-11-23"}, clerk)
    assert (older.missing, "guardian_consent" in older.fields) == ((), False)
    office.register.type_fields(draft.id, {"birth_date": "2012-11-24"}, clerk)
    refused = office.register.type_fields(draft.id, {"guardian_consent": "0"}, clerk)
    assert [(one.code, one.field) for one in refused.problems] == [("CONSENT-NOT-GIVEN", "guardian_consent")]
    given = office.register.type_fields(draft.id, {"guardian_consent": "1"}, clerk)
    assert (given.missing, given.problems) == ((), ())
    record = office.desk.save(draft.id, clerk)
    assert (record.fields["guardian_consent"].value, OutboxRow.get().body["guardian_consent"]) == ("1", "1")


def test_the_day_of_collection_counts_also_for_a_later_correction(office: Any, clerk: SignedIn, draft: Any) -> None:
    office.register.type_fields(draft.id, {"guardian_consent": "1"}, clerk)
    record = office.desk.save(draft.id, clerk)
    office.clock.forward(ELEVEN_DAYS_S)
    office.accounts.unlock(clerk, office.passwords["clerk"])
    assert office.register.correction(record.id, clerk).fields["guardian_consent"].required
    with pytest.raises(Problems) as refused:
        office.register.edit(record.id, {"guardian_consent": ""}, 1, clerk, "误勾")
    assert [(one.code, one.field) for one in refused.value.problems] == [("FIELD-MISSING", "guardian_consent")]


def test_of_older_records_it_is_not_known_and_can_be_added(office: Any, clerk: SignedIn, draft: Any) -> None:
    office.register.type_fields(draft.id, {"guardian_consent": "1"}, clerk)
    record = office.desk.save(draft.id, clerk)
    schema.downgrade(office.store, "0012_guardians_consent")
    schema.upgrade(office.store)
    assert [row.guardian_consent for row in Registration.select()] == [""]
    assert office.register.edit(record.id, {"remark": "一"}, 1, clerk, "补记").version == 2
    edited = office.register.edit(record.id, {"guardian_consent": "1"}, 2, clerk, "监护人到场")
    line = edited.history[0]
    assert (line.field, line.old, line.new, line.reason) == ("guardian_consent", "", "1", "监护人到场")


def test_an_adults_correction_does_not_show_it(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    assert "guardian_consent" not in office.register.correction(record.id, clerk).fields
    office.register.keep_correction(record.id, {"birth_date": "2015-01-01"}, 1, clerk, "")
    assert office.register.correction(record.id, clerk).fields["guardian_consent"].required
