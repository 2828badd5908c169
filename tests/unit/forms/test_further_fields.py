"""Fields beyond the Shanghai form: where they are shown, what fits them, and what is worth a look."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from agent.register import asked, further, merging, rules
from agent.register.evaluate import Setting, judge, shown_keys
from agent.register.form import Entry

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
RG = {"hukou_div": "320583"}
RZ = {"hukou_div": "310104", "lives_here": "1"}
HZ = {"hukou_div": "310104", "lives_here": "0"}
ADULT = {"birth_date": "1985-06-12", "sex": "2"}
STUDY = {"school", "school_addr", "study_from", "study_to"}


def form(values: dict[str, str]) -> dict[str, Entry]:
    return {key: Entry(text, "typed", NOW) for key, text in values.items()}


def setting(**levels: int) -> Setting:
    own = {key: [rules.Value(level, None, "RENHU", "", is_shipped=False)] for key, level in levels.items()}
    return Setting(TODAY, is_practice=True, parameters=rules.shipped().with_values(own))


def shown(values: dict[str, str], **levels: int) -> set[str]:
    return {*shown_keys(form(values), setting(**levels))} & {*further.KEYS}


@pytest.mark.parametrize(
    ("values", "there", "not_there"),
    [
        (RG, {"owner_name", "permit_has", "wants_permit"}, {"permit_no", "income_source", "studying", *STUDY}),
        (RG | {"permit_has": "1"}, {"permit_no", "permit_valid_to"}, STUDY),
        (RG | {"permit_has": "0"}, set(), {"permit_no", "permit_valid_to"}),
        (RG | {"wants_permit": "1"}, {"income_source", "studying"}, STUDY),
        (RG | {"wants_permit": "1", "studying": "1"}, STUDY, set()),
        (RG | {"wants_permit": "1", "studying": "0"}, set(), STUDY),
        (RG | {"place_type": "30"}, {*further.TENANCY_KEYS, "owner_relation"}, set()),
        (RG | {"place_type": "21", "proof_type": "2"}, {*further.TENANCY_KEYS}, set()),
        (RG | {"place_type": "21", "proof_type": "1"}, {"owner_relation"}, {*further.TENANCY_KEYS}),
        (RG | ADULT, {"occupation_kind", "job", "not_working_reason"}, set()),
        (RG | ADULT | {"employer": "测试公司"}, {"job", "employer_kind", "employer_addr"}, {"not_working_reason"}),
        (RG | ADULT | {"employer": "无"}, {"not_working_reason"}, {"job", "employer_kind", "employer_addr"}),
        (RG | ADULT | {"employer": "无", "occupation_kind": "9"}, {"job"}, {"not_working_reason"}),
        (RG | ADULT | {"employer": "测试公司", "occupation_kind": "13"}, {"job"}, {"not_working_reason"}),
        (RG | ADULT | {"occupation_kind": "12"}, {"not_working_reason"}, {"job"}),
        (RG | ADULT | {"reason": "01"}, {"job"}, {"not_working_reason"}),
        (RG | {"birth_date": "2016-01-01", "employer": "无"}, set(), {"job", "employer_kind"}),
        (RZ | {"place_type": "21"}, {"owner_relation", "former_name"}, {*further.TENANCY_KEYS, "permit_has"}),
        (HZ, {"former_name", "occupation_kind"}, {"owner_name", "owner_relation", "permit_has"}),
    ],
)
def test_a_field_is_shown_where_an_answer_calls_for_it(
    values: dict[str, str], there: set[str], not_there: set[str]
) -> None:
    found = shown(values)
    assert there <= found
    assert not not_there & found


@pytest.mark.parametrize("group", further.GROUPS)
def test_what_the_district_leaves_out_is_not_shown_unless_it_has_a_value(group: str) -> None:
    keys = {*further.GROUPS[group]}
    ground = RG | ADULT | {"place_type": "30", "permit_has": "1", "wants_permit": "1", "studying": "1"}
    told = {key for key in ground if key in keys}
    assert shown(ground) & keys
    assert shown(ground, **{group: 0}) & keys == told
    assert "owner_relation" in shown(RZ, **{group: 0})
    kept = next(key for key in keys if key not in ground and key in shown(ground))
    assert kept in shown(ground | {kept: "1"}, **{group: 0})


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (ADULT | {"employer": "无", "job": "测试"}, {("FIELD-NOT-APPLYING", "job")}),
        (ADULT | {"employer": "测试公司", "not_working_reason": "8"}, {("FIELD-NOT-APPLYING", "not_working_reason")}),
        ({"permit_has": "0", "permit_no": "1"}, {("FIELD-NOT-APPLYING", "permit_no")}),
        ({"studying": "0", "school": "测试学校"}, {("FIELD-NOT-APPLYING", "school")}),
        ({"place_type": "21", "owner_name": "测试"}, {("FIELD-NOT-APPLYING", "owner_name")}),
        ({"place_type": "21", "owner_relation": "03"}, set()),
        ({"birth_date": "2016-01-01", "not_working_reason": "1"}, set()),
        ({"school": "测试学校"}, set()),
        ({"lease_from": "2026-03-02", "lease_to": "2026-03-01"}, {("PERIOD-TURNED", "lease_to")}),
        ({"lease_from": "2026-12-01", "lease_to": "2026-12-01"}, set()),
        ({"study_from": "2026-03-02", "study_to": "2026-03-01"}, {("PERIOD-TURNED", "study_to")}),
        ({"birth_date": "2008-11-24", "political": "01"}, {("POLITICAL-AGE", "political")}),
        ({"birth_date": "2008-11-23", "political": "02"}, set()),
        ({"birth_date": "2012-11-24", "political": "03"}, {("POLITICAL-AGE", "political")}),
        ({"birth_date": "2012-11-23", "political": "03"}, set()),
        ({"political": "01"}, set()),
        ({"owner_id": "91350100M000100Y43"}, set()),
        ({"owner_id": "91350100M000100Y44"}, {("OWNER-CODE", "owner_id")}),
        ({"owner_id": "99000019850612008X"}, {("ID-CHECK-DIGIT", "owner_id")}),
        ({"owner_id": "测试"}, {("ID-LENGTH", "owner_id")}),
    ],
)
def test_what_must_not_be_saved(values: dict[str, str], told: set[tuple[str, str]]) -> None:
    found = judge(form(RG | values), setting()).problems
    assert {(one.code, one.field) for one in found if one.field in further.KEYS} == told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"sex": "1", "birth_date": "2004-11-24", "marital": "21"}, {("MARITAL-AGE", "marital")}),
        ({"sex": "1", "birth_date": "2004-11-23", "marital": "21"}, set()),
        ({"sex": "2", "birth_date": "2006-11-23", "marital": "20"}, set()),
        ({"sex": "2", "birth_date": "2006-11-24", "marital": "40"}, {("MARITAL-AGE", "marital")}),
        ({"sex": "2", "birth_date": "2006-11-24", "marital": "10"}, set()),
        ({"birth_date": "1997-11-23", "political": "03"}, {("LEAGUE-AGE", "political")}),
        ({"birth_date": "1997-11-24", "political": "03"}, set()),
        ({"lease_to": "2026-11-22"}, {("LEASE-ENDED", "lease_to")}),
        ({"lease_to": "2026-11-23"}, set()),
        ({"permit_valid_to": "2026-11-22"}, {("PERMIT-ENDED", "permit_valid_to")}),
    ],
)
def test_what_is_worth_a_look(values: dict[str, str], told: set[tuple[str, str]]) -> None:
    found = judge(form(RG | values), setting()).warnings
    assert {(one.code, one.field) for one in found if one.field in further.KEYS} == told


def test_a_record_of_before_is_not_asked_for_what_the_district_asks_for_since() -> None:
    turn = [rules.Value(2, TODAY, "RENHU", "", is_shipped=False)]
    parameters = rules.shipped().with_values({"asks_work": turn})
    values = form(RG | ADULT | {"employer": "测试公司"})
    for collected, is_missing in ((TODAY, True), (date(2026, 11, 22), False)):
        day = Setting(TODAY, is_practice=True, collected=collected, parameters=parameters)
        assert ("job" in judge(values, day).missing) is is_missing
        assert "job" in shown_keys(values, day)


GROUND = {
    "RG": RG | ADULT | {"place_type": "30", "employer": "测试公司", "wants_permit": "1", "studying": "1"},
    "RZ": RZ | ADULT | {"place_type": "30", "employer": "无"},
    "HZ": HZ | ADULT | {"informant": "1"},
}


@pytest.mark.parametrize("kind", GROUND)
@pytest.mark.parametrize("now", [0, 1, 2])
@pytest.mark.parametrize("then", [0, 1, 2])
def test_what_is_wanted_can_be_seen_and_typed_whatever_the_district_said_then_and_says_now(
    kind: str, then: int, now: int
) -> None:
    turn = {}
    for group in further.GROUPS:
        most = rules.about()[group].most
        days = ((None, min(then, most)), (TODAY, min(now, most)))
        turn[group] = [rules.Value(level, day, "RENHU", "", is_shipped=False) for day, level in days]
    parameters = rules.shipped().with_values(turn)
    before = date(2026, 11, 22)
    day = Setting(TODAY, is_practice=True, collected=before, parameters=parameters)
    judged = judge(form(GROUND[kind]), day)
    assert judged.residence.form == kind
    assert judged.required <= shown_keys(form(GROUND[kind]), day)
    typed = dict.fromkeys(judged.required, "1")
    assert asked.without_left_out(typed, GROUND[kind] | {"form": kind}, parameters.on(TODAY)) == typed


@pytest.mark.parametrize(
    ("values", "is_old"),
    [
        ({"road": "测试东路", "owner_name": "测试丁"}, True),
        ({"road": "测试东路", "owner_name": "测试戊"}, False),
        ({"road": "测试西路", "owner_name": "测试丁"}, False),
        ({"road": "测试东路"}, False),
    ],
)
def test_a_lease_of_the_dwelling_before_is_worth_a_look(values: dict[str, str], is_old: bool) -> None:
    held = {"road": "测试西路", "owner_name": "测试丁"}
    setting = Setting(TODAY, is_practice=True, held=dict.fromkeys(further.KEYS, "") | held)
    told = {(one.code, one.field) for one in further.stale_lease(form(values), setting.held or {})}
    assert told == ({("LEASE-OLD-DWELLING", "owner_name")} if is_old else set())


def test_a_merge_takes_what_somebody_works_whole_and_offers_nothing_that_the_form_does_not_have() -> None:
    held = {"form": "RG", "employer": "测试公司"}
    others = {"employer": "", "occupation_kind": "11", "not_working_reason": "8", "income_source": "1"}
    assert merging.offered(held, others) == ("employer", "income_source")
    assert merging.preset(held, others) == {"income_source"}
    taken = merging.merged(dict.fromkeys(others, "") | held, others, {"employer"})
    assert (taken["employer"], taken["occupation_kind"], taken["income_source"]) == ("", "11", "")
    assert merging.offered(held | {"form": "RZ"}, others) == ("employer",)
