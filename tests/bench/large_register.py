"""A station's register of made-up people, as many as wanted, in a temporary folder: encrypted and indexed as any other.

Rows go in by the engine, many at a time, and the finding index follows as it does after any write.  Names are drawn
from common surnames and given names as they are spread among people, one in two hundred with a rare character;
households live two or three to a dwelling behind the doors of one sub-district, which the address base has; every tenth
was registered before there was one.  Left out is what no search reads: where each value came from, audit rows and
outbox rows of these people.  Keys ascend, which makes the building quicker; the tables are the same.
"""

from __future__ import annotations

import gc
import itertools
import random
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import door_plates

from agent.accounts.service import AccountsPolicy, AccountsService, SignedIn
from agent.clock import SystemClock
from agent.register import names, spelling
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from drivers.id_number import check_digit
from peewee_models import schema, station
from peewee_models.accounts import User
from peewee_models.database import SqlCipherStore, create_sqlcipher, open_sqlcipher
from peewee_models.register import Household, Person, Registration

KEY = bytes(range(32))
AT_ONCE = 50_000
BUILDING = ("PRAGMA synchronous = off", "PRAGMA cache_size = -400000", "PRAGMA wal_autocheckpoint = 20000")
WORKING = ("PRAGMA synchronous = full", "PRAGMA cache_size = -8000", "PRAGMA wal_autocheckpoint = 1000")
SURNAMES = (
    "王" * 72 + "李" * 72 + "张" * 68 + "刘" * 54 + "陈" * 45 + "杨" * 31 + "黄" * 22 + "赵" * 20 + "吴" * 20
    + "周" * 19 + "徐" * 15 + "孙" * 15 + "马" * 13 + "朱" * 12 + "胡" * 12 + "郭" * 11 + "何" * 11 + "林" * 11
    + "高罗" * 10 + "郑梁谢宋唐" * 8 + "许邓冯韩曹曾彭萧蔡潘" * 5 + "田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜" * 3
    + "崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙"
)  # fmt: skip
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力建国华玲志永红玉春梅海燕云鹏飞宇浩然子轩梓涵欣怡佳琪"
    "嘉诚思雨晨曦雅婷雪梦琳俊凯博天一鸣瑞祥福生德贵荣光东升立新长青松柏林森水清山川河江波宁安康健乐悦欢庆喜吉顺"
    "利和谐友善信义仁智礼忠孝廉"
)
RARE = "𠮷𰻝龘赟翀喆玥㛃䶮𫟹𬭛𬱖𪩘"
FIRST_DAY = datetime(2016, 1, 4, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class LargeRegister:
    """A register that stands ready.

    Attributes:
        people: so many were built in.
        built_s: how long that took.
        doors: the doors of the address base.
        sample: some of the people, evenly spread: number, name, mobile, road, lane, no, room, spelling, initials.
    """

    store: SqlCipherStore
    register: RegisterService
    clerk: SignedIn
    people: int
    built_s: float = 0.0
    doors: list[door_plates.DoorOfBench] = field(default_factory=list)
    sample: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def large_register(people: int) -> Iterator[LargeRegister]:
    """Build a register of so many people, and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="renhu-bench-"))
    create_sqlcipher(folder / "register.db", KEY, _prepare)
    store = open_sqlcipher(folder / "register.db", KEY)
    try:
        clock = SystemClock("Asia/Shanghai")
        accounts = AccountsService(store, clock, AccountsPolicy(memory_kib=64, passes=1))
        passwords = {user["role"]: user["password"] for user in accounts.create_demo_users()}
        settings = StationSettings("310112101", "测试站", "Asia/Shanghai", is_practice=True)
        register = RegisterService(store, clock, settings, lambda _event: None, accounts=accounts)
        ready = LargeRegister(store, register, accounts.sign_in("clerk", passwords["clerk"]), people)
        ready.doors = door_plates.doors()
        door_plates.take_in(register, accounts, passwords["supervisor"], ready.doors)
        begin = time.perf_counter()
        for pragma in BUILDING:
            store.execute_sql(pragma)
        _fill(ready)
        for pragma in (*WORKING, "PRAGMA wal_checkpoint(TRUNCATE)"):
            store.execute_sql(pragma)
        ready.built_s = time.perf_counter() - begin
        gc.collect()
        yield ready
    finally:
        store.close()
        shutil.rmtree(folder)


def _prepare(store: SqlCipherStore) -> None:
    schema.upgrade(store)
    station.set_folder_kind("practice")


def _fill(ready: LargeRegister) -> None:
    chance = random.Random(7)
    clerk = User.get(User.name == "clerk").id
    made = people(chance, ready.people)
    every = max(1, ready.people // 2000)
    for _ in range(0, ready.people, AT_ONCE):
        many = list(itertools.islice(made, AT_ONCE))
        ready.sample += many[::every]
        with ready.store.write():
            _insert(Household, [{"id": key} for key in {one["household_id"]: None for one in many}])
            _insert(Person, many)
            _insert(Registration, [one | {"id": one["record"], "collected_by_id": clerk} for one in many])


def _insert(table: Any, rows: list[dict[str, Any]]) -> None:
    """Put many rows in by one statement; what a row does not say is empty, or the table's default."""
    fields = table._meta.sorted_fields
    adapt = {one.column_name: one.db_value for one in fields}
    usual = {one.column_name: one.default if not callable(one.default) else None for one in fields}
    usual |= {name: FIRST_DAY for name in ("created_at", "collected_at", "verified_at") if name in usual}
    empty = {name: "" if value is None else adapt[name](value) for name, value in usual.items()}
    held = [[adapt[name](row[name]) if name in row else empty[name] for name in empty] for row in rows]
    marks = ", ".join("?" * len(empty))
    into = f'INSERT INTO "{table._meta.table_name}" ({", ".join(empty)}) VALUES ({marks})'  # noqa: S608
    if table is Household:
        into = into.replace("INSERT", "INSERT OR IGNORE")
    table._meta.database.connection().executemany(into, held)


def people(chance: random.Random, most: int) -> Iterator[dict[str, Any]]:
    """Made-up people, household by household; the same chance gives the same people."""
    doors = door_plates.doors()
    spelled: dict[str, tuple[str, str]] = {}
    number = 0
    for home in itertools.count():
        if number >= most:
            return
        household, dwelling = _key(number, 2), _dwelling(doors, home)
        surname = chance.choice(SURNAMES)
        for _ in range(min(chance.choice((1, 1, 2, 2, 3, 4)), most - number)):
            name = _name(chance, surname)
            if name not in spelled:
                spelled[name] = spelling.pinyin_keys(name)
            number += 1
            yield _person(chance, number, name, spelled[name]) | dwelling | {"household_id": household}
            surname = chance.choice(SURNAMES) if chance.random() < 0.5 else surname


def _dwelling(doors: list[door_plates.DoorOfBench], home: int) -> dict[str, str]:
    """Where a household lives: each behind another door until all are taken, and no two in one room."""
    times, at = divmod(home, len(doors))
    floor, flat = divmod((35 * times + at) % 156, 6)
    door = doors[at]
    number = "" if home % 10 == 0 else door.addr_id
    return {
        "road": door.road, "lane": door.lane, "no": door.no, "room": f"{floor + 1}0{flat + 1}",
        "committee": door.committee, "addr_id": number,
    }  # fmt: skip


def _name(chance: random.Random, surname: str) -> str:
    given = "".join(chance.choices(GIVEN, k=1 if chance.random() < 0.15 else 2))
    return surname + (given[:-1] + chance.choice(RARE) if chance.random() < 0.005 else given)


def _person(chance: random.Random, number: int, name: str, spelled: tuple[str, str]) -> dict[str, Any]:
    born = date(1940, 1, 1) + timedelta(days=number * 7919 % 25_500)
    seventeen = f"990000{born:%Y%m%d}{number * 617 // 25_500 % 1000:03d}"
    key = _key(number, 1)
    return {
        "id": key, "person_id": key, "record": _key(number, 0), "id_type": "111",
        "id_no": seventeen + check_digit(seventeen), "name": name, "name_key": names.search_key(name),
        "name_pinyin": spelled[0], "name_initials": spelled[1], "sex": "1", "birth_date": born, "ethnic": "01",
        "hukou_address": f"测试地区测试路{number}号",
        "mobile": f"1{chance.randrange(30, 100)}{chance.randrange(10**8):08d}",
        "form_no": f"310112101{FIRST_DAY + timedelta(seconds=number * 200):%Y%m%d}{number % 10_000:04d}",
        "soldier": "0", "arrive_here_date": date(2026, 1, 3), "reason": "12", "proof_type": "2", "notice_given": "1",
        "place_type": "30",
        "district": "310112", "town": "310112101",
        "registered_at": FIRST_DAY + timedelta(seconds=number * 200), "verified_at": FIRST_DAY,
    }  # fmt: skip


def _key(number: int, kind: int) -> uuid.UUID:
    """A key that ascends with the number; the rest of it is as good as random."""
    return uuid.UUID(int=(number << 96) | (hash((number, kind)) & (1 << 63) - 1) | (kind << 90))
