"""Whatever is typed into the search, as many are found as an oracle in plain Python counts: no syntax, no error (S-13).

The oracle takes the query apart as the agent does and then compares strings; the engines are asked for the rest.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent.register import names, spelling
from agent.register.finding import of_address, wishes
from peewee_models.accounts import User
from peewee_models.finding_queries import Fit, dwellings_at, matching
from peewee_models.register import Household, Person, Registration

NAMES = (
    "王测", "王测试", "曾测·阿卜杜", "𠮷测试", "𰻝𰻝", "\ue863测", "O'Neil", "Anna-Maria (Li)", "a_b%c", "欧阳 样例",
    "李\"测\"", "NEAR测", "AND", "乐仇", "测*", "样例^甲",
)  # fmt: skip
ROADS = ("测试路", "测试东路", "样例路", "王家弄", "𠮷安路", 'a"路', "A_B路", "OR路")
DOORS = ("", "1", "12", "88", "1010", "12A", "207-1", "26甲", "599临")
LETTERS = "王测试样例路弄号室支镇·•𠮷𰻝\ue86312X0396abneilzwORANDT'\"*^%_(){}:+-~\\/;,.!?#\u3000 \t\x00\ud800é"
TYPED = st.text(st.sampled_from(LETTERS), max_size=14) | st.text(max_size=10)
WORDS = st.sampled_from(
    (
        "王", "测试", "wang", "wcs", "031", "139", "12", "88", "88弄", "12A室", "1010室", "测试东路", "莘庄镇",
        "闵行区", "U+20BB7", "U+E863",
    )
)  # fmt: skip
QUERIES = TYPED | st.lists(WORDS, min_size=1, max_size=3).map(" ".join) | st.tuples(WORDS, TYPED).map(" ".join)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def many(office: Any) -> list[tuple[Any, Any]]:
    """A register of 96 persons, written without any service."""
    user, at = User.select().first(), datetime(2026, 11, 1, tzinfo=UTC)
    made = []
    with office.store.write():
        for number in range(96):
            name, serial = NAMES[number % len(NAMES)], f"{number:03d}"
            spelled, initials = spelling.pinyin_keys(name)
            person = Person.create(
                id_type="111", id_no=None if number % 7 == 6 else f"9900001985{number % 12 + 1:02d}12{serial}X",
                name=name, name_key=names.search_key(name), name_pinyin=spelled, name_initials=initials,
                sex="1", birth_date=date(1985, 6, 12), ethnic="01", hukou_address="测试地区测试路1号",
                mobile=("", "13900001111", f"1380031{number:04d}")[number % 3],
                guardian_mobile=("", "11111551390")[number % 5 == 0],
            )  # fmt: skip
            doors = {key: DOORS[(number * step) % len(DOORS)] for key, step in (("lane", 1), ("no", 2), ("room", 5))}
            where = {"district": "310112", "town": ("310112101", "310112102")[number % 2]}
            where |= {"road": ROADS[number % len(ROADS)], **doors}
            is_away = number % 6 == 5
            lived = dict.fromkeys(where, "") if is_away else where
            # Their household is at another dwelling: all of an address is of the one or all of the other.
            elsewhere = {"road": ROADS[(number + 3) % len(ROADS)], "lane": "88", "no": "12", "town": "310112102"}
            elsewhere = elsewhere if number % 6 == 4 else {}
            household = {f"h_{key}": text for key, text in (where if is_away else elsewhere).items()}
            record = Registration.create(
                form_no=f"T{serial}", person=person, household=Household.create(created_at=at), soldier="0",
                arrive_here_date=date(2026, 1, 3), reason="12", proof_type="2", notice_given="1",
                form="HZ" if is_away else "RZ" if number % 6 == 4 else "RG",
                state=("active", "cancelled")[number % 11 == 0], collected_by=user, collected_at=at,
                registered_at=at + timedelta(minutes=number), verified_at=at, **lived, **household,
            )  # fmt: skip
            made.append((record, person))
    return made


def fits(fit: Fit, record: Any, person: Any, head: str) -> bool:
    if fit.kind == "spelled":
        return any(word.startswith(fit.text) for word in f"{person.name_pinyin} {person.name_initials}".split(" "))
    parts = {
        "number": [person.id_no or ""],
        "phone": [person.mobile, person.guardian_mobile],
        "name": [person.name_key],
        "road": [getattr(record, f"{head}road").lower()],
    }
    if fit.kind in parts:
        return any(fit.text.lower() in text.lower() for text in parts[fit.kind])
    keys = {"place": ("lane", "sublane", "no", "room"), "area": ("district", "town", "committee")}
    return any(getattr(record, head + key, "").lower() == fit.text.lower() for key in keys.get(fit.kind, (fit.kind,)))


WHERE = {"RG": ("",), "RZ": ("", "h_"), "HZ": ("h_",)}
"""The addresses by which somebody is found, by form; a household is where its address is the first."""


def counted(asked: list[list[Fit]], many: list[tuple[Any, Any]], addresses: int = 2) -> list[uuid.UUID]:
    """Who fits at one of their first so many addresses, the one registered last first."""
    if not asked:
        return []
    return [
        record.id
        for record, person in reversed(many)
        if any(
            all(any(fits(fit, record, person, head) for fit in ways if fit.text) for ways in asked)
            for head in WHERE[record.form][:addresses]
        )
    ]


@FEW
@given(query=QUERIES)
@example(query='"')
@example(query='测" OR "样')
@example(query="name : 测")
@example(query="{road}:测*")
@example(query="NEAR(王 测)")
@example(query="王 " * 300)
@example(query="测" * 3000)
@example(query="\x00")
@example(query="1111111")
def test_as_many_are_found_as_the_oracle_counts(office: Any, many: list[tuple[Any, Any]], query: str) -> None:
    asked = wishes(query)
    with office.store.write():
        found = [row.id for row in matching(office.store, asked, 1, 200)]
        paged = [row.id for page in (1, 2, 3) for row in matching(office.store, asked, page, 40)]
    assert found == counted(asked, many)
    assert paged == found


@FEW
@given(address=QUERIES)
def test_households_are_those_that_the_oracle_names(office: Any, many: list[tuple[Any, Any]], address: str) -> None:
    asked = of_address(address)
    with office.store.write():
        found = [row.household_id for row in dwellings_at(office.store, asked, 200)]
        first = [row.household_id for row in dwellings_at(office.store, asked, 5)]
    by_key = {record.id: record for record, _ in many}
    lived_in = [by_key[key] for key in counted(asked, many, 1) if by_key[key].state == "active"]
    assert found == [record.household_id for record in lived_in]
    assert first == found[:5]


def test_the_services_search_finds_a_page_of_them(office: Any, clerk: Any, many: list[tuple[Any, Any]]) -> None:
    lines = office.register.find("测试", clerk)
    assert [line.id for line in lines] == [str(key) for key in counted(wishes("测试"), many)][:20]
