"""Cards of the three kinds that are not resident ID cards: Hong Kong/Macao/Taiwan, foreigner 2017, foreigner 2023."""

from __future__ import annotations

from random import Random

from simulators.card import Card, id_number
from simulators.card_text import Foreigner2017, Foreigner2023, Permit

_ADDRESS = "测试省测试市港澳台样例路{}号"


def other_kinds(rng: Random) -> list[Card]:
    """All of them: `hmt-…`, `foreigner-2017-…`, `foreigner-2023-…`."""
    return [*_permits(rng), *_foreigners(rng)]


def _permits(rng: Random) -> list[Card]:
    names = ("测试港甲", "测试澳乙", "测试台丙", "样例港丁")
    cards = []
    for number, name in enumerate(names, 1):
        born, sex = _birth(rng), 1 + number % 2
        identity = id_number(born, rng.randrange(100 + sex % 2, 999, 2))
        addresses = ("测试省测试市新路8号",) if number == 2 else ()
        permit = Permit(
            name, str(sex), born, _ADDRESS.format(number), identity, f"H0000000{number}", issues=f"0{number}"
        )
        cards.append(Card(f"hmt-{number}", permit, addresses))
    return cards


def _foreigners(rng: Random) -> list[Card]:
    old = {
        "foreigner-2017-1": ("YANGBEN, ZHENGJIAN", "证件样本", "2"),
        "foreigner-2017-2": ("CESHI, YANGLI MADE UP", "", "1"),
        "foreigner-2017-3": (
            "YANGBEN-CESHI, SHILI YANSHI MADE UP NAME OF SIXTY UNITS ONE".ljust(60, "X"),
            "样例长名",
            "1",
        ),
    }
    new = {
        "foreigner-2023-1": ("证件样本", "ZHENGJIAN, YANGBEN", "2", "00"),
        "foreigner-2023-2": ("", "CESHI, YANGLI", "1", "01"),
        # The name breaks at a space exactly where its first field ends (35 units).
        "foreigner-2023-3": ("样例长名", "YANGBEN, CESHI SHILI YANSHI MADEUP NAME GOES", "2", "02"),
        "foreigner-2023-4": ("测试满名", "YANGBENCESHISHILIYANSHIMADEUPNAMEOFFORTYSIXUNI", "1", "00"),
    }
    cards = []
    for number, (card_id, (latin, name, sex)) in enumerate(old.items(), 1):
        born = _birth(rng)
        identity = f"XXX990000{born[2:]}"
        cards.append(Card(card_id, Foreigner2017(latin, sex, identity, "XXX", name, born, version=f"0{number}")))
    for card_id, (name, latin, sex, renewals) in new.items():
        born = _birth(rng)
        identity = id_number(born, rng.randrange(100 + int(sex) % 2, 999, 2), region="999999")
        cards.append(Card(card_id, Foreigner2023(name, sex, renewals, born, latin, identity, "XXX")))
    return cards


def _birth(rng: Random) -> str:
    return f"{rng.randint(1960, 2000)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
