"""A reading held against itself: every reason for doubt, and what is no reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from drivers import card_text, id_number, pua
from drivers.api import Doubt, DoubtReason

GOLDEN = tomllib.loads((Path(__file__).parent.parent / "golden" / "sam_v.toml").read_text())


def text_of(kind: str) -> bytes:
    rows = (row.partition("×") for row in GOLDEN["texts"][kind])
    return b"".join(bytes.fromhex(group) * int(count or 1) for group, _, count in rows)


def doubts(kind: str, offset: int = 0, units: str = "", photo: bytes = b"", address: str = "") -> set[Doubt]:
    text, raw = text_of(kind), units.encode("utf-16-le", "surrogatepass")
    text = text[:offset] + raw + text[offset + len(raw) :]
    record = address.ljust(35).encode("utf-16-le", "surrogatepass")
    return set(card_text.make_card(text, photo, (record,), sam_id=None, readings=1).doubtful)


CHECK = Doubt("id_number", DoubtReason.CHECK_DIGIT)


def test_consistent_card_has_no_doubts() -> None:
    assert doubts("resident") == set()


def test_published_specimens_are_doubted_only_where_they_contradict_themselves() -> None:
    assert doubts("foreigner_2017") == set()
    assert doubts("foreigner_2023") == {CHECK}
    assert doubts("hmt") == {
        CHECK,
        Doubt("birth_date", DoubtReason.BIRTH_DATE),
        Doubt("sex", DoubtReason.SEX),
    }


@pytest.mark.parametrize(
    ("offset", "units", "expected"),
    [
        (4, "\ue863", Doubt("name", DoubtReason.PRIVATE_USE, 2, "U+E863")),
        (4, "\uf8ff", Doubt("name", DoubtReason.PRIVATE_USE, 2, "U+F8FF")),
        (4, "\ud800", Doubt("name", DoubtReason.UNPAIRED_SURROGATE, 2, "U+D800")),
        (4, "\x07", Doubt("name", DoubtReason.CONTROL, 2, "U+0007")),
        (4, "\u202e", Doubt("name", DoubtReason.CONTROL, 2, "U+202E")),
        (4, "\uffff", Doubt("name", DoubtReason.UNASSIGNED, 2, "U+FFFF")),
        (52, "\ue815", Doubt("address", DoubtReason.PRIVATE_USE, 0, "U+E815")),
        (154, "7", CHECK),
        (156, "X", CHECK),
        (156, "x", CHECK),
        (36, "19000102", Doubt("birth_date", DoubtReason.BIRTH_DATE)),
        (30, "2", Doubt("sex", DoubtReason.SEX)),
        (30, "3", Doubt("sex", DoubtReason.CODE)),
        (30, " ", Doubt("sex", DoubtReason.CODE)),
        (32, "57", Doubt("ethnic_group", DoubtReason.CODE)),
        (32, "00", Doubt("ethnic_group", DoubtReason.CODE)),
        (32, "  ", Doubt("ethnic_group", DoubtReason.CODE)),
        (188, "20201301", Doubt("valid_from", DoubtReason.DATE)),
        (188, "18991231", Doubt("valid_from", DoubtReason.DATE)),
        (204, "20191231", Doubt("valid_to", DoubtReason.DATE)),
        (204, "永久", Doubt("valid_to", DoubtReason.DATE)),
    ],
)
def test_one_change_gives_one_doubt(offset: int, units: str, expected: Doubt) -> None:
    assert expected in doubts("resident", offset, units)


@pytest.mark.parametrize("units", ["\U00020087", "\U00030000", "·", "　", "〇", "\u9fff"])
def test_true_characters_are_not_doubtful(units: str) -> None:
    assert doubts("resident", 4, units) == set()


def test_position_counts_utf16_units() -> None:
    assert doubts("resident", 0, "\U00020087\ue863") == {Doubt("name", DoubtReason.PRIVATE_USE, 2, "U+E863")}


@pytest.mark.parametrize("sex", ["0", "9"])
def test_sex_that_is_not_told_does_not_contradict_the_number(sex: str) -> None:
    assert doubts("resident", 30, sex) == set()


@pytest.mark.parametrize("code", ["56", "97", "98"])
def test_listed_ethnic_codes(code: str) -> None:
    assert doubts("resident", 32, code) == set()


def test_name_that_fills_its_field_may_be_cut() -> None:
    full = Doubt("name", DoubtReason.FULL_FIELD)
    assert doubts("resident", 0, "测" * 15) == {full}
    assert doubts("resident", 0, "测" * 14 + " ") == set()
    assert doubts("resident", 0, "测" * 13 + "\U00020087") == {full}
    assert doubts("foreigner_2023", 0, "测" * 15) == {full, CHECK}


def test_codes_of_foreigners_cards() -> None:
    assert Doubt("nationality", DoubtReason.CODE) in doubts("foreigner_2017", 152, "X1X")
    assert Doubt("issues", DoubtReason.CODE) in doubts("foreigner_2023", 32, "A0")
    assert Doubt("pass_number", DoubtReason.CODE) in doubts("hmt", 220, "h")


def test_photo_header() -> None:
    good = bytes.fromhex("57 4C 66 00 7E 00 32 00 00 FF 85").ljust(1024, b"\0")
    assert doubts("resident", photo=good) == set()
    assert doubts("resident", photo=bytes(1024)) == {Doubt("photo_wlt", DoubtReason.PHOTO_HEADER)}


def test_newest_address_is_looked_at_too() -> None:
    assert doubts("resident", address="测\ue831") == {Doubt("newest_addresses", DoubtReason.PRIVATE_USE, 1, "U+E831")}


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "931586198001010028"])
def test_published_numbers_have_valid_check_digits(number: str) -> None:
    assert id_number.is_check_digit_valid(number)
    for digit in set("0123456789X") - {number[17]}:
        assert not id_number.is_check_digit_valid(number[:17] + digit)


@pytest.mark.parametrize("number", ["", "1101051949123100", "11010519491231002x", "1101051949123100２X", "A" * 18])
def test_what_is_no_number(number: str) -> None:
    assert not id_number.is_check_digit_valid(number)
    assert id_number.birth_date(number) is None
    assert id_number.sex(number) is None


def test_check_digit_wants_17_digits() -> None:
    with pytest.raises(ValueError, match="17 digits"):
        id_number.check_digit("123")


def test_number_tells_birth_date_and_sex() -> None:
    born = id_number.birth_date("11010519491231002X")
    assert born is not None
    assert born.isoformat() == "1949-12-31"
    assert id_number.sex("11010519491231002X") == "2"
    assert id_number.birth_date("110105194902300010") is None


def test_private_use_proposals() -> None:
    assert pua.proposal("U+E863") == "\u4dae"
    assert pua.proposal("U+E816") == "\U00020087"
    assert pua.proposal("U+E864") == "\u9fbb"
    assert pua.proposal("U+E7F3") == "\u2ffb"
    assert pua.proposal("U+E78E") == "\ufe12"
    assert pua.proposal("U+E188") is None
    assert sum(0xE815 <= ord(old) <= 0xE864 for old in pua.PROPOSALS) == 80
