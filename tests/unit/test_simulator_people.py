"""The stack of made-up people: all kinds are there, nobody is real, and the same seed gives the same cards."""

from __future__ import annotations

import re

import pytest

from simulators.card import check_digit
from simulators.card_text import Foreigner2017, Foreigner2023, Resident
from simulators.people import stack
from simulators.photo_codec import HEIGHT_PX, WIDTH_PX, PhotoError, decode, encode, to_png

CARDS = stack(7)
WRONG_ON_PURPOSE = {"wrong-check", "wrong-check-lowercase", "blank-number", "fifteen-digits", "blank-card"}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    again, other = stack(7), stack(8)
    chip = [(card.id, card.text, card.newest, card.picture) for card in CARDS.values()]
    assert chip == [(card.id, card.text, card.newest, card.picture) for card in again.values()]
    assert list(other) == list(CARDS)
    assert other["resident-001"].text != CARDS["resident-001"].text


def test_every_chip_holds_256_bytes_1024_of_photo_and_whole_address_records() -> None:
    for card in CARDS.values():
        assert (len(card.text), len(card.picture), len(card.newest) % 70, len(card.management_number)) == (
            256,
            1024,
            0,
            28,
        )
        assert len(card.newest) <= 280


def test_all_56_ethnic_groups_are_there() -> None:
    groups = {card.holder.ethnic_group for card in CARDS.values() if isinstance(card.holder, Resident)}
    assert {f"{code:02d}" for code in range(1, 57)} <= groups


def test_every_number_is_made_up_and_its_check_digit_is_right_unless_wrong_on_purpose() -> None:
    wrong = set()
    for card in CARDS.values():
        number = card.holder.id_number
        if isinstance(card.holder, Foreigner2017):
            assert number.startswith("XXX990000")
            continue
        assert not number or number.startswith("999999" if isinstance(card.holder, Foreigner2023) else "990000")
        if not re.fullmatch(r"\d{17}[\dX]", number) or check_digit(number[:17]) != number[17]:
            wrong.add(card.id)
    assert wrong == WRONG_ON_PURPOSE


@pytest.mark.parametrize(
    ("seventeen", "check"), [("11010519491231002", "X"), ("44052418800101001", "4"), ("99000019000101001", "6")]
)
def test_check_digit_of_the_standards_own_examples(seventeen: str, check: str) -> None:
    assert check_digit(seventeen) == check


def test_number_birth_date_and_sex_agree_unless_the_card_says_otherwise() -> None:
    odd = {"wrong-birth", "wrong-sex", "sex-unknown", "sex-not-stated", "sex-impossible", "validity-turned"}
    for card in CARDS.values():
        holder = card.holder
        if isinstance(holder, Foreigner2017) or card.id in odd | WRONG_ON_PURPOSE:
            continue
        assert holder.id_number[6:14] == holder.birth_date, card.id
        assert int(holder.id_number[16]) % 2 == int(holder.sex) % 2, card.id


def test_names_say_that_nobody_is_meant() -> None:
    latin = ("YANGBEN", "CESHI", "ZHENGJIAN")
    for card in CARDS.values():
        name = card.shown_name.lstrip("\ufeff")
        assert not name or name.startswith(("测试", "样例", "证件样本", *latin)), card.id


def test_what_a_desk_must_be_able_to_show_is_in_the_stack() -> None:
    kinds = [card.holder.kind for card in CARDS.values()]
    assert {kind: kinds.count(kind) >= 3 for kind in set(kinds)} == dict.fromkeys(
        ("resident", "hmt", "foreigner-2017", "foreigner-2023"), True
    )
    assert {len(card.addresses) for card in CARDS.values()} == {0, 1, 2, 3, 4}
    family = [CARDS[f"family-a-{number}"].holder for number in range(1, 5)]
    assert len({person.address for person in family if isinstance(person, Resident)}) == 1
    names = {card_id: card.holder.name for card_id, card in CARDS.items()}
    assert "·" in names["middle-dot"]
    assert ord(names["rare-extension-b"][2]) > 0xFFFF
    assert 0xE000 <= ord(names["pua-name"][-1]) <= 0xF8FF
    assert 0xD800 <= ord(names["lone-surrogate"][2]) <= 0xDFFF
    assert len(names["full-name"]) == 15
    validity = {card_id: CARDS[card_id].facts()["valid_to"] for card_id in ("expired", "long-term")}
    assert validity == {"expired": "2019-03-01", "long-term": "long-term"}
    split = CARDS["foreigner-2023-3"].holder
    assert isinstance(split, Foreigner2023)
    assert split.name_latin[34] == " "
    assert "上海市" in str(CARDS["shanghai-printed"].facts()["address"])


def test_a_drawn_figure_is_packed_and_unpacked() -> None:
    picture = CARDS["resident-001"].picture
    assert picture.startswith(bytes.fromhex("57 4C 66 00 7E 00") + b"RENHU-SIM")
    assert len(decode(picture)) == WIDTH_PX * HEIGHT_PX * 3
    assert to_png(picture).startswith(b"\x89PNG\r\n\x1a\n")
    assert picture != CARDS["resident-002"].picture


@pytest.mark.parametrize("card_id", ["photo-header-wrong", "photo-blank"])
def test_other_photo_bytes_are_no_picture(card_id: str) -> None:
    with pytest.raises(PhotoError):
        decode(CARDS[card_id].picture)


def test_damaged_pictures_are_refused_and_never_crash() -> None:
    picture = CARDS["resident-001"].picture
    for place in range(15, 400, 7):
        broken = picture[:place] + bytes([picture[place] ^ 0xFF]) + picture[place + 1 :]
        with pytest.raises(PhotoError):
            decode(broken)
    with pytest.raises(PhotoError):
        encode([(0, 0, 0)], b"")
