"""The household division against the household address: who is registered in the city is out by either of the two."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.register.errors import Problems

WHY = "户口迁移"
JIANGSU = {"hukou_address": "江苏省南通市崇川区测试路1号", "hukou_div": "320613"}


def codes(problems: Any) -> list[str]:
    return [one.code for one in problems]


@pytest.fixture
def record(office: Any, clerk: SignedIn, people: Any) -> Any:
    return office.register_person(clerk, people(address=JIANGSU["hukou_address"]))


def test_an_address_in_the_city_is_of_a_separated_person_whatever_division_is_typed(
    office: Any, clerk: SignedIn, rest: dict[str, str]
) -> None:
    typed = {"hukou_address": "上海市闵行区测试路1号", "hukou_div": "320102"}
    draft = office.register.type_fields(office.desk.open_draft(clerk).id, rest | typed, clerk)
    assert (draft.residence.form, draft.scope.reason) == ("RZ", None)
    assert codes(draft.fields["hukou_div"].warnings) == ["DIVISION-OTHER"]
    draft = office.register.take_offer(draft.id, "hukou_div", "proposal", clerk)
    assert (draft.fields["hukou_div"].value, draft.fields["hukou_div"].warnings) == ("310112", ())


def test_a_correction_into_the_city_is_another_form(office: Any, clerk: SignedIn, record: Any) -> None:
    assert record.fields["hukou_div"].value == JIANGSU["hukou_div"]
    with pytest.raises(Problems) as refused:
        office.register.edit(record.id, {"hukou_address": "上海市浦东新区测试路1号"}, 1, clerk, WHY)
    assert codes(refused.value.problems) == ["FORM-OTHER"]


def test_in_a_correction_the_division_follows_the_address_until_it_is_chosen(
    office: Any, clerk: SignedIn, record: Any
) -> None:
    moved = {"hukou_address": "安徽省合肥市庐阳区测试路1号"}
    office.register.keep_correction(record.id, moved, 1, clerk, WHY)
    division = office.register.correction(record.id, clerk).fields["hukou_div"]
    assert (division.value, division.offers[0].value, division.warnings) == ("340103", "320613", ())
    office.register.take_stored(record.id, "hukou_div", clerk)
    office.register.keep_correction(record.id, moved, 1, clerk, WHY)
    division = office.register.correction(record.id, clerk).fields["hukou_div"]
    assert (division.value, codes(division.warnings)) == ("320613", ["DIVISION-OTHER"])
    office.register.keep_correction(record.id, {"mobile": "13900000000"}, 1, clerk, WHY)
    saved = office.register.edit(record.id, moved, 1, clerk, WHY)
    assert {line.field: line.new for line in saved.history} == {**moved, "hukou_div": "340103"}


def test_an_address_typed_back_takes_its_division_back(office: Any, clerk: SignedIn, record: Any) -> None:
    office.register.keep_correction(record.id, {"hukou_address": "安徽省合肥市"}, 1, clerk, WHY)
    office.register.keep_correction(record.id, {"hukou_div": "340100", "mobile": "13900000000"}, 1, clerk, WHY)
    assert office.register.correction(record.id, clerk).fields["hukou_div"].value == JIANGSU["hukou_div"]
