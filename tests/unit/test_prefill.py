"""From card to form, value by value: preferred addresses, offers, doubts, and what is taken or typed afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.register import prefill
from agent.register.form import Entry, StoredDoubt, StoredOffer
from drivers.api import CardKind, Doubt, DoubtReason, IdCard

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def card(**changes: Any) -> IdCard:
    values: dict[str, Any] = {
        "kind": CardKind.RESIDENT,
        "name": "测试一",
        "name_latin": None,
        "sex": "1",
        "ethnic_group": "01",
        "birth_date": "1985-06-12",
        "address": "测试地区测试路1号",
        "newest_addresses": (),
        "id_number": "990000198506120014",
        "issuer": "测试公安局",
        "valid_from": "2020-01-01",
        "valid_to": "long-term",
        "nationality": None,
        "pass_number": None,
        "issues": None,
        "sam_id": None,
        "readings": 1,
        "doubtful": (),
        "text_raw": b"x",
        "photo_wlt": b"",
    }
    return IdCard(**(values | changes))


def offers(entry: Entry) -> list[tuple[str, str]]:
    return [(offer.source, offer.value) for offer in entry.offers]


def test_every_chip_field_has_its_place() -> None:
    form = prefill.fill({}, card(), NOW)
    assert {key: entry.value for key, entry in form.items()} == {
        "name": "测试一",
        "sex": "1",
        "ethnic": "01",
        "birth_date": "1985-06-12",
        "id_no": "990000198506120014",
        "id_type": "111",
        "hukou_address": "测试地区测试路1号",
        "card_issuer": "测试公安局",
        "card_valid_from": "2020-01-01",
        "card_valid_to": "long-term",
    }
    assert {(entry.source, entry.is_verified, entry.at) for entry in form.values()} == {("chip", False, NOW)}


@pytest.mark.parametrize(
    ("newest", "value", "beside"),
    [
        ((), "印", []),
        (("新",), "新", [("chip-newest-1", "新"), ("chip-printed", "印")]),
        (("印",), "印", []),
        (("新", "更新"), "", [("chip-newest-1", "新"), ("chip-newest-2", "更新"), ("chip-printed", "印")]),
        (
            ("一", "二", "三", "四"),
            "",
            [(f"chip-newest-{n}", text) for n, text in enumerate("一二三四", 1)] + [("chip-printed", "印")],
        ),
    ],
)
def test_the_newest_address_is_preferred_and_two_are_not_chosen_from(
    newest: tuple[str, ...], value: str, beside: list[tuple[str, str]]
) -> None:
    address = prefill.fill({}, card(address="印", newest_addresses=newest), NOW)["hukou_address"]
    assert (address.value, offers(address)) == (value, beside)


def test_a_picked_address_counts_as_the_chips() -> None:
    address = prefill.fill({}, card(newest_addresses=("新", "更新")), NOW)["hukou_address"]
    taken = prefill.taken(address, "chip-newest-2", LATER, is_verified=True)
    assert taken is not None
    assert (taken.value, taken.source, taken.is_verified) == ("更新", "chip", True)
    assert len(taken.offers) == 3
    assert prefill.taken(address, "chip-newest-3", LATER, is_verified=True) is None


def test_what_the_register_holds_gives_way_and_stays_beside() -> None:
    form = prefill.fill({"name": Entry("测试甲", "register", NOW)}, card(readings=2), LATER)
    assert (form["name"].value, form["name"].source, form["name"].is_verified) == ("测试一", "chip", True)
    assert offers(form["name"]) == [("register", "测试甲")]
    back = prefill.taken(form["name"], "register", LATER, is_verified=True)
    assert back is not None
    assert (back.value, back.source, offers(back)) == ("测试甲", "register", [("chip", "测试一")])


def test_a_households_value_that_was_exchanged_can_be_taken_back() -> None:
    standing = Entry("测试东路", "household", NOW, offers=(StoredOffer("register", "测试西路"),))
    taken = prefill.taken(standing, "register", LATER, is_verified=False)
    assert taken is not None
    assert (taken.value, taken.source, offers(taken)) == ("测试西路", "register", [("household", "测试东路")])
    back = prefill.taken(taken, "household", LATER, is_verified=False)
    assert back is not None
    assert (back.value, back.source) == ("测试东路", "household")


@pytest.mark.parametrize("source", ["typed", "household"])
def test_a_persons_value_stays_and_the_chips_is_offered(source: Any) -> None:
    form = prefill.fill({"name": Entry("测试甲", source, NOW)}, card(), LATER)
    assert (form["name"].value, form["name"].source) == ("测试甲", source)
    assert offers(form["name"]) == [("chip", "测试一")]


@pytest.mark.parametrize("source", ["station", "derived", ""])
def test_a_default_gives_way(source: Any) -> None:
    form = prefill.fill({"sex": Entry("2", source, NOW)}, card(), LATER)
    assert (form["sex"].value, form["sex"].source) == ("1", "chip")


def test_a_typed_value_that_the_chip_confirms_becomes_the_chips() -> None:
    form = prefill.fill({"name": Entry("测试一", "typed", NOW)}, card(readings=2), LATER)
    assert (form["name"].source, form["name"].is_verified) == ("chip", True)


def test_editing_a_chip_value_drops_the_mark_and_keeps_the_offer() -> None:
    chip = prefill.fill({}, card(readings=2), NOW)["name"]
    edited = prefill.typed(chip, "测试改", LATER)
    assert (edited.value, edited.source, edited.is_verified) == ("测试改", "typed", False)
    assert offers(edited) == [("chip", "测试一")]
    assert prefill.typed(chip, "测试一", LATER) is chip
    back = prefill.taken(edited, "chip", LATER, is_verified=True)
    assert back is not None
    assert (back.value, back.source, back.is_verified) == ("测试一", "chip", True)
    assert offers(back) == [("typed", "测试改")]
    again = prefill.taken(back, "typed", LATER, is_verified=True)
    assert again is not None
    assert (again.value, again.source, again.is_verified) == ("测试改", "typed", False)
    assert offers(again) == [("chip", "测试一")]
    anew = prefill.typed(back, "测试新", LATER)
    assert offers(anew) == [("chip", "测试一")]


def test_editing_a_value_of_the_register_keeps_it_on_offer_as_the_difference() -> None:
    entry = prefill.typed(Entry("13800000000", "register", NOW), "13900000000", LATER)
    assert (entry.value, entry.source) == ("13900000000", "typed")
    assert entry.offers == (StoredOffer("register", "13800000000"),)
    again = prefill.typed(entry, "13700000000", LATER)
    assert again.offers == (StoredOffer("register", "13800000000"),)


def test_taking_the_chips_value_before_the_second_reading_is_unverified() -> None:
    edited = Entry("测试改", "typed", NOW, offers=(StoredOffer("chip", "测试一"),))
    taken = prefill.taken(edited, "chip", LATER, is_verified=False)
    assert taken is not None
    assert not taken.is_verified


def test_the_second_reading_verifies_chip_values_only() -> None:
    form = prefill.verify(prefill.fill({"mobile": Entry("138", "typed", NOW)}, card(), NOW))
    assert {key for key, entry in form.items() if not entry.is_verified} == {"mobile"}


def test_doubts_stay_with_their_field() -> None:
    doubtful = (
        Doubt("name", DoubtReason.PRIVATE_USE, 1, "U+E863"),
        Doubt("newest_addresses", DoubtReason.UNASSIGNED, 3, "U+0378"),
    )
    form = prefill.fill({}, card(name="测\ue863", newest_addresses=("新",), doubtful=doubtful), NOW)
    assert form["name"].value == "测\ue863"
    assert form["name"].doubts == (StoredDoubt("private-use", 1, "U+E863"),)
    assert form["hukou_address"].doubts == (StoredDoubt("unassigned", 3, "U+0378"),)
    assert form["sex"].doubts == ()


def test_what_no_database_can_hold_is_replaced() -> None:
    assert prefill.fill({}, card(name="测\ud800试\x00"), NOW)["name"].value == "测\ufffd试\ufffd"


def test_absent_values_fill_nothing() -> None:
    form = prefill.fill({"birth_date": Entry("1985-06-12", "typed", NOW)}, card(birth_date=None, issuer=None), NOW)
    assert form["birth_date"].source == "typed"
    assert "card_issuer" not in form


def test_cards_are_told_apart_by_all_their_text() -> None:
    cards = [
        card(),
        card(text_raw=b"y"),
        card(newest_addresses=("新",)),
        card(newest_addresses=("新", "")),
        card(kind=CardKind.HMT),
        card(newest_addresses=("\ud800",)),
    ]
    assert len({prefill.digest(one) for one in cards}) == len(cards)
    assert prefill.digest(card(readings=2)) == prefill.digest(card())


def test_each_address_of_a_card_has_its_own_doubts() -> None:
    doubtful = (
        Doubt("newest_addresses", DoubtReason.PRIVATE_USE, 3, "U+E863"),
        Doubt("newest_addresses", DoubtReason.UNPAIRED_SURROGATE, 1, "U+D800"),
    )
    printed, first, second = "旧地址一号", "\U00020bb7新\ue863路", "新\ufffd二路"
    read = card(address=printed, newest_addresses=(first, second), doubtful=doubtful)
    address = prefill.fill({}, read, NOW)["hukou_address"]
    assert address.standing_doubts() == ()
    found = {}
    for source in ("chip-newest-1", "chip-newest-2", "chip-printed"):
        standing = prefill.taken(address, source, NOW, is_verified=True)
        assert standing is not None
        found[standing.value] = [doubt.code_point for doubt in standing.standing_doubts()]
    assert found == {first: ["U+E863"], second: ["U+D800"], printed: []}
