"""The four kinds of card text, typed in from the document, and what must survive decoding."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from drivers import card_text
from drivers.api import CardKind, DoubtReason, IdCard

GOLDEN = tomllib.loads((Path(__file__).parent.parent / "golden" / "sam_v.toml").read_text())
FIELDS = [
    "name",
    "name_latin",
    "sex",
    "ethnic_group",
    "birth_date",
    "address",
    "id_number",
    "issuer",
    "valid_from",
    "valid_to",
    "nationality",
    "pass_number",
    "issues",
]


def text_of(kind: str) -> bytes:
    rows = (row.partition("×") for row in GOLDEN["texts"][kind])
    return b"".join(bytes.fromhex(group) * int(count or 1) for group, _, count in rows)


def card_of(text: bytes, *addresses: str) -> IdCard:
    records = tuple(address.ljust(35).encode("utf-16-le", "surrogatepass") for address in addresses)
    return card_text.make_card(text, b"", records, sam_id="99.99-0", readings=1)


def patched(text: bytes, offset: int, units: str) -> bytes:
    raw = units.encode("utf-16-le", "surrogatepass")
    return text[:offset] + raw + text[offset + len(raw) :]


EXPECTED = {
    "resident": {
        "name": "测试甲",
        "sex": "1",
        "ethnic_group": "01",
        "birth_date": "1900-01-01",
        "address": "测试省测试市测试路1号",
        "id_number": "990000190001010016",
        "issuer": "测试市公安局",
        "valid_from": "2020-01-01",
        "valid_to": "long-term",
    },
    "hmt": {
        "name": "测试乙",
        "sex": "2",
        "birth_date": "1900-01-02",
        "address": "测试省测试市测试路3号",
        "id_number": "999999999999999999",
        "issuer": "测试市公安局",
        "valid_from": "2020-01-01",
        "valid_to": "2025-01-01",
        "pass_number": "H00000000",
        "issues": "01",
    },
    "foreigner_2017": {
        "name": "证件样本",
        "name_latin": "YANGBEN, ZHENGJIAN",
        "sex": "2",
        "birth_date": "1900-01-01",
        "id_number": "XXX990000010101",
        "valid_from": "2015-01-01",
        "valid_to": "2025-01-01",
        "nationality": "XXX",
    },
    "foreigner_2023": {
        "name": "证件样本",
        "name_latin": "ZHENGJIAN, YANGBEN",
        "sex": "2",
        "birth_date": "1900-01-01",
        "id_number": "999999190001010011",
        "valid_from": "2023-01-01",
        "valid_to": "2033-01-01",
        "nationality": "XXX",
        "issues": "00",
    },
}
KINDS = {
    "resident": CardKind.RESIDENT,
    "hmt": CardKind.HMT,
    "foreigner_2017": CardKind.FOREIGNER_2017,
    "foreigner_2023": CardKind.FOREIGNER_2023,
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_every_field_of_the_documents_texts(kind: str) -> None:
    card = card_of(text_of(kind))
    assert card.kind is KINDS[kind]
    assert {field: getattr(card, field) for field in FIELDS} == dict.fromkeys(FIELDS) | EXPECTED[kind]
    assert (card.text_raw, card.sam_id, card.readings) == (text_of(kind), "99.99-0", 1)


def test_blank_text_is_a_card_without_values() -> None:
    card = card_of(b"\x20\x00" * 128)
    assert card.kind is CardKind.RESIDENT
    assert all(getattr(card, field) is None for field in FIELDS)


def test_nul_padding_is_trimmed_like_spaces() -> None:
    card = card_of(patched(text_of("resident"), 6, "\0 \0 " + "\0" * 8))
    assert card.name == "测试甲"
    assert not card.doubtful


@pytest.mark.parametrize("letter", ["K", "0", "j", "\ud800", "测"])
def test_unknown_kind_is_no_card(letter: str) -> None:
    text = patched(text_of("resident"), 248, letter)
    assert card_text.kind_of(text) is None
    with pytest.raises(ValueError, match="known card"):
        card_of(text)


def test_kind_may_be_padded_with_nul() -> None:
    assert card_text.kind_of(patched(text_of("resident"), 248, "\0")) is CardKind.RESIDENT


def test_inner_spaces_belong_to_the_data() -> None:
    card = card_of(patched(text_of("resident"), 52, "测试市 新 路"))
    assert card.address is not None
    assert card.address.startswith("测试市 新 路")


def test_leading_space_is_kept() -> None:
    assert card_of(patched(text_of("resident"), 0, " 测试甲")).name == " 测试甲"


def test_english_name_that_breaks_at_a_space_keeps_it() -> None:
    text = patched(text_of("foreigner_2023"), 52, "ZHENGJIAN ZHENGJIAN ZHENGJIAN ABCD ")
    text = patched(text, 220, "YANGBEN")
    assert card_of(text).name_latin == "ZHENGJIAN ZHENGJIAN ZHENGJIAN ABCD YANGBEN"


def test_byte_order_mark_is_a_unit_like_others() -> None:
    card = card_of(patched(text_of("resident"), 0, "\ufeff测试"))
    assert card.name == "\ufeff测试"


@pytest.mark.parametrize("name", ["测试·测试", "测\ue863", "测\U00020087", "试\U0003134a甲", "测\u3007"])
def test_characters_are_kept_code_point_for_code_point(name: str) -> None:
    units = len(name.encode("utf-16-le")) // 2
    assert card_of(patched(text_of("resident"), 0, name + " " * (15 - units))).name == name


def test_what_cannot_be_stored_is_replaced_and_the_raw_text_keeps_it() -> None:
    text = patched(text_of("resident"), 0, "测\ud840试\0甲\udc00")
    card = card_of(text)
    assert card.name == "测\ufffd试\ufffd甲\ufffd"
    assert card.text_raw == text
    assert [(doubt.reason, doubt.position, doubt.code_point) for doubt in card.doubtful] == [
        (DoubtReason.UNPAIRED_SURROGATE, 1, "U+D840"),
        (DoubtReason.CONTROL, 3, "U+0000"),
        (DoubtReason.UNPAIRED_SURROGATE, 5, "U+DC00"),
    ]


def test_pair_that_is_cut_by_the_field_is_unpaired() -> None:
    text = patched(text_of("resident"), 28, "\ud840")
    text = patched(text, 30, "\udc87")
    card = card_of(text)
    assert card.name is not None
    assert card.name.endswith("\ufffd")
    assert card.sex == "\ufffd"


def test_newest_addresses_that_are_blank_are_left_out() -> None:
    assert card_of(text_of("resident"), "测试市新路2号", "", " 测试市三路3号", "").newest_addresses == (
        "测试市新路2号",
        " 测试市三路3号",
    )


@pytest.mark.parametrize("date", ["20210229", "00000000", "2020010X", "２０２００１０１", "2020 1 1"])
def test_impossible_date_is_none(date: str) -> None:
    card = card_of(patched(text_of("resident"), 188, date))
    assert card.valid_from is None
    assert [(doubt.field, doubt.reason) for doubt in card.doubtful] == [
        ("valid_from", DoubtReason.DATE)
    ] or "２" in date


def test_long_term_is_an_end_only() -> None:
    card = card_of(patched(text_of("resident"), 188, "长期".ljust(8)))
    assert card.valid_from is None


def test_two_readings_of_one_card_share_their_identity() -> None:
    text = text_of("resident")
    assert card_text.identity(text) == card_text.identity(patched(text, 52, "另"))
    assert card_text.identity(text) != card_text.identity(patched(text, 122, "8"))
    assert card_text.identity(text) != card_text.identity(text_of("hmt"))
