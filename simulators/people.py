"""The stack of made-up people: the same seed gives the same cards, and the card names never change.

Nobody here exists.  All numbers stand under 990000, which is no division; all names begin with 测试 or 样例.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simulators.card import Card, id_number
from simulators.card_text import LONG_TERM, Resident
from simulators.people_odd import doubtful_cards
from simulators.people_other import other_kinds

ETHNIC_GROUPS = 56
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_DOTTED = ("样例古丽·测试江", "测试·样例提", "样例卓玛·测试次仁")
_ROADS = ("测试路", "样例路", "演示街", "示例大道", "试验里")


def stack(seed: int) -> dict[str, Card]:
    """All cards by name, in the order in which they lie in the stack."""
    rng = Random(seed)  # noqa: S311 (made-up people, not secrets)
    cards = [*_groups(rng), *_families(rng), *_plain(rng), *doubtful_cards(rng), *other_kinds(rng), *_of_area(rng)]
    return {card.id: card for card in cards}


def _groups(rng: Random) -> list[Card]:
    """One person of each ethnic group, `resident-001` (01 汉) to `resident-056`."""
    cards = []
    for code in range(1, ETHNIC_GROUPS + 1):
        name = f"测试{_STEMS[(code - 1) % 10]}{_BRANCHES[(code - 1) % 12]}"
        if code % 20 == 5:
            name = _DOTTED[code // 20]
        person = resident(rng, name, sex=1 + (code - 1) % 2)
        cards.append(Card(f"resident-{code:03d}", replace(person, ethnic_group=f"{code:02d}")))
    return cards


def _families(rng: Random) -> list[Card]:
    """Households: everyone of a family has one address."""
    families = {
        "family-a": (
            "测试省测试市样例路88号301室",
            (("测试父甲", 1, 1982), ("样例母甲", 2, 1984), ("测试女甲", 2, 2012), ("测试子甲", 1, 2018)),
        ),
        "family-b": (
            "测试省测试县样例镇演示村5组12号",
            (("样例祖乙", 1, 1951), ("样例母乙", 2, 1979), ("样例子乙", 1, 2004)),
        ),
        "family-c": ("上海市徐汇区测试路66弄7号502室", (("测试夫丙", 1, 1990), ("样例妻丙", 2, 1991))),
    }
    cards = []
    for name, (address, members) in families.items():
        for number, (member, sex, year) in enumerate(members, 1):
            person = resident(rng, member, sex=sex, birth_date=f"{year}{_day(rng)}", address=address)
            cards.append(Card(f"{name}-{number}", _validity(person)))
    return cards


def _plain(rng: Random) -> list[Card]:
    """People whose card is in order, and shows one thing that a desk meets every week."""

    def one(card_id: str, name: str, *addresses: str, **changes: str) -> Card:
        sex = 1 + len(name + card_id) % 2
        person = resident(
            rng, name, sex=sex, birth_date=changes.pop("birth_date", ""), address=changes.pop("address", "")
        )
        return Card(card_id, replace(person, **changes), addresses)

    moved = tuple(f"测试省测试市新路{n}号" for n in range(1, 5))
    shanghai = "上海市徐汇区测试路100弄1号101室"
    return [
        one("one-address", "测试新址", moved[0]),
        one("two-addresses", "测试两址", *moved[:2]),
        one("three-addresses", "测试三址", *moved[:3]),
        one("four-addresses", "测试四址", *moved),
        one("blank-addresses", "测试空址", "测试省测试市新路2号", "", "", ""),
        one("shanghai-printed", "测试本市", address=shanghai),
        one("shanghai-newest", "测试迁入", shanghai),
        one("shanghai-printed-moved-out", "测试迁出", moved[0], address=shanghai),
        one("expired", "测试过期", valid_from="20090301", valid_to="20190301"),
        one("expires-soon", "测试将满", valid_from="20161201", valid_to="20261201"),
        one("five-years", "测试五年", birth_date="20140506", valid_from="20230701", valid_to="20280701"),
        one("twenty-years", "测试廿年", birth_date="19910315", valid_from="20210601", valid_to="20410601"),
        one("long-term", "测试长期", birth_date="19650815", valid_from="20150801", valid_to=LONG_TERM),
        one("minor", "测试少年", birth_date="20150610", valid_from="20240101", valid_to="20290101"),
        one("infant", "测试婴儿", birth_date="20250901", valid_from="20260101", valid_to="20310101"),
        one("old", "测试百岁", birth_date="19251231", valid_from="20100101", valid_to=LONG_TERM),
        one("leap-day", "测试闰日", birth_date="20000229"),
        Card(
            "check-x",
            replace(resident(rng, "测试末码"), birth_date="19880808", sex="1", id_number=_ending_in_x("19880808")),
        ),
        one("ethnic-97", "测试其他", ethnic_group="97"),
        one("ethnic-98", "测试入籍", ethnic_group="98"),
        one("middle-dot", "样例买买提·测试江", ethnic_group="05"),
        one("inner-spaces", "测试空格", address="测试省测试市 测试路 3号 2单元"),
        one("long-address", "测试长址", address="测试省测试自治州测试自治县测试民族乡样例大道与演示街交叉口东侧9号"),
        one("two-characters", "样例"),
    ]


def _of_area(rng: Random) -> list[Card]:
    """People whose household is registered in the practice station's own town."""
    homes = {
        "area-moved": ("测试搬家", "上海市闵行区莘庄镇测试路66弄7号502室"),
        "area-away": ("测试外住", "上海市闵行区莘庄镇测试路66弄9号101室"),
    }
    return [Card(card_id, resident(rng, name, address=address)) for card_id, (name, address) in homes.items()]


def resident(rng: Random, name: str, *, sex: int = 1, birth_date: str = "", address: str = "") -> Resident:
    """A grown-up from outside the city with a number in order; what is not given is drawn."""
    born = birth_date or f"{rng.randint(1955, 2004)}{_day(rng)}"
    sequence = rng.randrange(sex % 2, 1000, 2) or 2
    where = (
        address or f"测试省测试市{rng.choice(_ROADS)}{rng.randint(1, 400)}号{rng.randint(1, 30)}0{rng.randint(1, 4)}室"
    )
    year = rng.randint(2018, 2024)
    return Resident(
        name,
        str(sex),
        "01",
        born,
        where,
        id_number(born, sequence),
        valid_from=f"{year}0301",
        valid_to=f"{year + 20}0301",
    )


def _validity(person: Resident) -> Resident:
    """The term that the holder's age at issue asks for: five years under 16, ten to 25, twenty to 45, then for good."""
    born = int(person.birth_date[:4])
    age = 2024 - born
    years = 5 if age < 16 else 10 if age < 26 else 20 if age < 46 else None
    return replace(person, valid_from="20240301", valid_to=LONG_TERM if years is None else f"{2024 + years}0301")


def _ending_in_x(birth_date: str) -> str:
    """The first man's number of a day whose check digit is X."""
    return next(number for sequence in range(1, 1000, 2) if (number := id_number(birth_date, sequence)).endswith("X"))


def _day(rng: Random) -> str:
    return f"{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
