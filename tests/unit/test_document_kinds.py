"""Which documents a form needs: generated from the data, and typed in once more by hand from the reference's table."""

import re
import tomllib
from pathlib import Path

import pytest

from agent.documents.kinds import checklist, kind, kinds, missing, needed, undecided, verdict
from agent.messages.service import LANGUAGES, codes, text
from agent.register import codes as register_codes
from agent.register.fields import RULES
from peewee_models.documents import Document

ROOT = Path(__file__).parents[2]
DATA = tomllib.loads((ROOT / "agent/documents/kinds.toml").read_text(encoding="utf-8"))["kind"]
CASES = [(entry["code"], case) for entry in DATA for case in entry["needed"]]
NOT_ON_THE_FORM = {"form": {"RG", "RZ", "HZ", "permit"}, "photo_held": {"", "0", "1"}}

ADULT = {"id_type": "111", "proof_type": "2", "place_type": "30", "declarer": "1", "verify_mode": "2", "reason": "01"}
BY_HAND = {
    "a tenant": ({}, "D01 D02 D04"),
    "an owner": ({"proof_type": "1", "place_type": "21"}, "D01 D02 D03"),
    "with a near relative": ({"proof_type": "3", "place_type": "23"}, "D01 D02 D03 D06"),
    "in a dormitory": ({"proof_type": "4", "place_type": "42"}, "D01 D02 D05"),
    "nothing said of the proof, rented": ({"proof_type": ""}, "D01 D02 D04"),
    "nothing said of the proof, own": ({"proof_type": "", "place_type": "21"}, "D01 D02 D03"),
    "at the door": ({"verify_mode": "1"}, "D01 D04"),
    "declared by the landlord": ({"declarer": "3"}, "D01 D02 D04 D10"),
    "declared by the employer": ({"declarer": "4"}, "D01 D02 D04 D10"),
    "an infant with a birth certificate": ({"id_type": "117", "declarer": "2"}, "D02 D04 D10 D11"),
    "a child in the household register": ({"id_type": "113", "declarer": "2"}, "D02 D04 D10 D11"),
    "a child with a card": ({"declarer": "2"}, "D01 D02 D04 D10"),
    "a separated person in public housing": ({"form": "RZ", "place_type": "22", "proof_type": ""}, "D01 D12"),
    "a separated person elsewhere": ({"form": "HZ", "place_type": "21", "proof_type": "1"}, "D01 D03"),
    "a permit by employment": ({"form": "permit"}, "D01 D04 D07 D09 D13"),
    "a permit by study": ({"form": "permit", "reason": "06", "photo_held": "1"}, "D01 D04 D08 D09"),
    "an empty form": (dict.fromkeys(ADULT, ""), "D01"),
}


def codes_of(values):
    return [need.kind.code for need in needed(values)]


@pytest.mark.parametrize("name", BY_HAND)
def test_the_table_of_the_reference(name):
    changes, expected = BY_HAND[name]
    assert codes_of(ADULT | changes) == expected.split()


def test_a_form_of_which_nothing_is_known_needs_what_is_always_needed():
    assert codes_of({}) == ["D01"]


@pytest.mark.parametrize(("code", "case"), CASES, ids=lambda part: part if isinstance(part, str) else part["why"])
def test_each_case_needs_its_kind_and_no_field_of_it_is_idle(code, case):
    fields = {key: listed for key, listed in case.items() if key != "why" and not key.startswith("not_")}
    fitting = {key: listed[0] for key, listed in fields.items()}
    for key, listed in fields.items():
        for one in listed:
            assert code in codes_of(fitting | {key: one})
        assert code not in codes_of(fitting | {key: "no such value"})
    for key, listed in case.items():
        if key.startswith("not_"):
            assert all(code not in codes_of(fitting | {key.removeprefix("not_"): one}) for one in listed)


@pytest.mark.parametrize(("code", "case"), CASES, ids=lambda part: part if isinstance(part, str) else part["why"])
def test_each_case_speaks_of_fields_and_values_that_the_form_has(code, case):
    for key, listed in case.items():
        field = key.removeprefix("not_")
        if key == "why":
            assert f"DOCUMENT-WHY-{listed}" in codes()
        elif field in NOT_ON_THE_FORM:
            assert set(listed) <= NOT_ON_THE_FORM[field]
        else:
            known = {line.code for line in register_codes.table(RULES[field].table)}
            assert set(listed) <= known | {""}, (code, field)


def test_there_are_thirteen_kinds_and_the_table_knows_the_same():
    assert [one.code for one in kinds()] == [f"D{number:02d}" for number in range(1, 14)]
    stored = next(str(rule.sql) for rule in Document._meta.constraints if "D01" in str(rule.sql))
    assert re.findall(r"D\d\d", stored) == [one.code for one in kinds()]
    assert kind("D04").zh == "住房租赁合同或租赁合同登记备案证明"
    assert kind("D14") is None
    assert {one.code for one in kinds() if one.is_shared} == {"D03", "D04", "D05", "D06", "D07", "D08"}
    assert all(one.source for one in kinds())


def test_presets_ask_for_what_there_is():
    for one in kinds():
        assert one.preset.colour in {"colour", "grey", "lineart"}
        assert one.preset.source in {"flatbed", "adf", "adf-duplex"}
        assert one.preset.dpi in {200, 300, 600}
    assert [one.code for one in kinds() if one.preset.both_sides] == ["D01", "D10"]


def test_the_checklist_shows_all_at_once_in_order():
    lines = checklist(ADULT | {"proof_type": "3"}, {"D02": 1, "D07": 3})
    assert [(line.kind.code, line.state, line.pages) for line in lines] == [
        ("D01", "missing", 0),
        ("D02", "here", 1),
        ("D03", "missing", 0),
        ("D06", "missing", 0),
        ("D07", "here", 3),
    ]
    assert [one.code for one in missing(lines)] == ["D01", "D03", "D06"]
    assert [line.why for line in lines] == [
        "DOCUMENT-WHY-ALWAYS", "DOCUMENT-WHY-COUNTER", "DOCUMENT-WHY-RELATIVE", "DOCUMENT-WHY-RELATIVE", "",
    ]  # fmt: skip


def test_what_the_district_returned_is_not_asked_for_again():
    lines = checklist(ADULT, {"D01": 1}, returned={"D04", "D02"})
    assert [(line.kind.code, line.state) for line in lines] == [
        ("D01", "here"),
        ("D02", "missing"),
        ("D04", "returned"),
    ]
    assert [one.code for one in missing(lines)] == ["D02"], "a form to be signed is in nobody's data"


def test_what_the_record_of_a_known_person_has_counts_but_no_proof_of_another_dwelling():
    lines = checklist(ADULT, {"D01": 2}, held={"D04": 6, "D05": 1}, elsewhere={"D01": 1, "D04": 3})
    assert [(line.kind.code, line.state, line.pages, line.held, line.elsewhere) for line in lines] == [
        ("D01", "here", 2, 0, 1), ("D02", "missing", 0, 0, 0), ("D04", "here", 0, 6, 3),
    ]  # fmt: skip
    assert [one.code for one in missing(checklist(ADULT, {"D01": 2}, elsewhere={"D04": 3}))] == ["D02", "D04"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, set()),
        ({"proof_type": "", "place_type": ""}, {"proof_type", "place_type"}),
        ({"proof_type": ""}, {"proof_type"}),
        ({"place_type": ""}, set()),
        ({"declarer": "", "reason": ""}, {"declarer"}),
        ({"verify_mode": ""}, {"verify_mode"}),
        ({"id_type": ""}, {"id_type"}),
    ],
)
def test_empty_fields_on_which_more_papers_depend_are_named(changes, fields):
    values = ADULT | changes
    assert set(undecided(values, checklist(values, {}))) == fields


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_said_in_one_sentence(language):
    code, facts = verdict(checklist(ADULT, {"D02": 1}), language)
    sentence = text(code, language, **facts)
    assert facts["count"] == 2
    assert kind("D01").name(language) in sentence
    assert kind("D04").name(language) in sentence
    assert verdict(checklist(ADULT, {"D01": 2, "D02": 1, "D04": 6}), language) == ("DOCUMENTS-COMPLETE", {})
