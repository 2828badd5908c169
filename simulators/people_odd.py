"""Cards that a careful desk must doubt: rare and impossible characters, contradictions, names that may be cut."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simulators.card import Card, id_number
from simulators.card_text import LONG_TERM, Resident

_ADDRESS = "测试省测试市疑难路{}号"


def doubtful_cards(rng: Random) -> list[Card]:
    """All of them; the card's name says what is odd."""
    return [*_characters(rng), *_contradictions(rng)]


def _characters(rng: Random) -> list[Card]:
    names = {
        "rare-bmp": "测试䶮㛃",
        "rare-extension-b": "测试\U00020bb7\U00020087",
        "rare-extension-g": "测试\U00030edd",
        "compatibility-ideograph": "测试\ufa0c",
        "pua-name": "测试\ue863",
        "pua-extension-b": "测试\ue831",
        "pua-vendor": "测试\ue188",
        "lone-surrogate": "测试\ud842样",
        "lone-low-surrogate": "测试\udfb7样",
        "cut-surrogate": "测试样例·测试样例·测试样例\ud842",
        "full-name": "测试样例·测试样例·测试样例测",
        "full-name-15": "测试一二三四五六七八九十样例名",
        "bullet-dot": "样例古丽\u2022测试江",
        "katakana-dot": "样例古丽\u30fb测试江",
        "fullwidth-dot": "样例古丽\uff0e测试江",
        "control-character": "测试\u0007例",
        "nul-inside": "测试\u0000例",
        "unassigned": "测试\u0378",
        "byte-order-mark": "\ufeff测试样",
        "inner-space-name": "测试 样例",
        "markup": "测试<b>&样例",
        "blank-name": "",
    }
    cards = [Card(card_id, _person(rng, name, number)) for number, (card_id, name) in enumerate(names.items(), 1)]
    pua = replace(_person(rng, "测试址字", 90), address="测试省测试市\ue863路90号")
    return [*cards, Card("pua-address", pua, ("测试省测试市\ue188路91号",))]


def _contradictions(rng: Random) -> list[Card]:
    person = _person(rng, "测试", 100)
    right = person.id_number
    wrong = right[:17] + ("0" if right[17] != "0" else "1")
    other_day = id_number("19701231", int(right[14:17]))
    cards = {
        "wrong-check": replace(person, name="测试错码", id_number=wrong),
        "wrong-check-lowercase": replace(person, name="测试小写", id_number=right[:17] + "x"),
        "wrong-birth": replace(person, name="测试错日", id_number=other_day),
        "wrong-sex": replace(person, name="测试错性", sex="2"),
        "sex-unknown": replace(person, name="测试未知", sex="0"),
        "sex-not-stated": replace(person, name="测试未说", sex="9"),
        "sex-impossible": replace(person, name="测试性码", sex="7"),
        "unknown-ethnic-group": replace(person, name="测试族码", ethnic_group="77"),
        "impossible-date": replace(
            person, name="测试坏日", birth_date="20000230", id_number=id_number("20000230", 101)
        ),
        "future-birth": replace(person, name="测试未来", birth_date="20991231", id_number=id_number("20991231", 101)),
        "validity-turned": replace(person, name="测试倒期", valid_from="20300101", valid_to="20200101"),
        "validity-letters": replace(person, name="测试坏期", valid_from="2020AB01"),
        "blank-number": replace(person, name="测试无码", id_number=""),
        "fifteen-digits": replace(person, name="测试旧码", id_number="990000" + person.birth_date[2:] + "101"),
        "blank-card": Resident("", "", "", "", "", "", "", "", ""),
    }
    odd_photo = bytes(range(256)) * 4
    return [
        *(Card(card_id, holder) for card_id, holder in cards.items()),
        Card("photo-header-wrong", replace(person, name="测试坏像"), photo=odd_photo),
        Card("photo-blank", replace(person, name="测试无像"), photo=bytes(1024)),
    ]


def _person(rng: Random, name: str, house: int) -> Resident:
    """A man with a number in order, valid for good."""
    born = f"{rng.randint(1960, 1999)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    number = id_number(born, rng.randrange(101, 999, 2))
    return Resident(name, "1", "01", born, _ADDRESS.format(house), number, valid_from="20180101", valid_to=LONG_TERM)
