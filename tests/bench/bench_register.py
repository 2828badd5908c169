"""Finding, listing, opening and saving in registers of 100,000 and of 1,000,000 people.

Through the service that the pages call, each search with its durable audit row.  The peer of a search is the same
question put to the same database by comparing columns (`LIKE`), as it was before the index; that of a save is a
durable commit of one audit row alone.  There is an address base: whoever is saved lives behind one of its doors, doors
are typed key by key, and the board counts by its committees, anew at most once a minute.  How the cost grows with the
register is told as the ratio of medians: look-ups may grow as the logarithm of the number of people, 1.2, and what
reads a part of the index no faster than the register.

`RENHU_BENCH_PEOPLE` (two numbers) makes it smaller, to try it out.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from door_plates import DoorOfBench
from large_register import LargeRegister, large_register
from table import Row, percentile

from agent.accounts.audit import Act
from agent.addresses.service import AddressService
from agent.register import finding, spelling
from agent.register.board import BoardOfRegister
from drivers.id_number import check_digit
from peewee_models import finding_queries
from peewee_models.register import Registration

SIZES = tuple(int(size) for size in os.environ.get("RENHU_BENCH_PEOPLE", "100000 1000000").split())
SEARCHES = 200
BY_COLUMNS = 6
SAVES = 300
OPENED = 200
COUNTED = 5
KEYS = 400
COUNTED_MS = 0.02
"""So long may the board take to count one person: two seconds for 100,000, while others see what was counted before."""
LOOK_UPS = ("whole number", "open a record", "open a household", "list page")
BUDGETS = {
    "number": 50.0, "whole number": 50.0, "phone": 50.0, "name": 200.0, "pinyin prefix": 200.0, "initials": 200.0,
    "address": 200.0, "combined": 200.0, "list page": 100.0, "open a household": 100.0, "open a record": 100.0,
}  # fmt: skip
Times = dict[str, list[float]]


def rows() -> list[Row]:
    """Build each register, and measure in it."""
    of_size = {}
    made = []
    for size in SIZES:
        with large_register(size) as ready:
            ours, peers = _measured(ready)
            of_size[size] = ours
            made.append(Row(f"{size:,} people: built, s", ready.built_s, None, "", 900.0, {"ours": [ready.built_s]}))
            made += [_row(size, kind, ours[kind], peers.get(kind)) for kind in BUDGETS]
            made.append(_saves(size, ready))
            made += [*_board(size, ready), _keystrokes(size, ready)]
    return made + [_growth(kind, of_size) for kind in BUDGETS]


def _row(size: int, kind: str, ours: list[float], peer: list[float] | None) -> Row:
    verb = "" if kind in LOOK_UPS[1:] else "find by "
    samples = {"ours": ours} | ({"columns": peer} if peer else {})
    name = f"{size:,} people: {verb}{kind}, p95 ms"
    peers = None if peer is None else percentile(peer, 0.95)
    return Row(name, percentile(ours, 0.95), peers, "comparing columns" if peer else "", BUDGETS[kind], samples)


def _growth(kind: str, of_size: dict[int, Times]) -> Row:
    few, many = (percentile(of_size[size][kind], 0.5) for size in SIZES)
    budget = 1.2 if kind in LOOK_UPS else SIZES[1] / SIZES[0]
    return Row(f"{SIZES[0]:,} to {SIZES[1]:,}: {kind}, times the median", many / few, None, "", budget)


def _measured(ready: LargeRegister) -> tuple[Times, Times]:
    """Milliseconds of each kind: ours, and by comparing columns."""
    chance = random.Random(11)
    ours, peers = {}, {}
    for kind, question in QUESTIONS.items():
        asked = [question(chance, chance.choice(ready.sample)) for _ in range(SEARCHES)]
        ours[kind] = [_ms(lambda query=query: ready.register.find(query, ready.clerk)) for query in asked]
        peers[kind] = [_ms(lambda query=query: _by_columns(ready, query)) for query in asked[:BY_COLUMNS]]
    pages = [1, 2, 3, 4, 5] * (OPENED // 5)
    ours["list page"] = [_ms(lambda page=page: ready.register.recent(ready.clerk, page)) for page in pages]
    opened = chance.choices(ready.sample, k=OPENED)
    at = [f"{one['road']}{one['lane'] and one['lane'] + '弄'}{one['no']}号{one['room']}室" for one in opened]
    ours["open a household"] = [_ms(lambda one=one: ready.register.households(one, ready.clerk)) for one in at]
    ours["open a record"] = [
        _ms(lambda one=one: ready.register.full_views.look(str(one["record"]), ready.clerk)) for one in opened
    ]
    return ours, peers


def _by_columns(ready: LargeRegister, query: str) -> None:
    """The former query: a page of those whose columns fit, the newest first, with its audit row."""
    with ready.store.write():
        where = finding_queries.by_columns(finding.wishes(query))
        found = finding_queries.joined().where(where).order_by(Registration.registered_at.desc(), Registration.id)
        list(found.paginate(1, 20))


def _saves(size: int, ready: LargeRegister) -> Row:
    """Save one form after another, durably; beside it one audit row alone."""
    ours, peer = [], []
    for number in range(SAVES):
        draft = ready.register.open_draft(ready.clerk)
        born = date(1920, 1, 1) + timedelta(days=9 * number)
        ready.register.type_fields(draft.id, _form(number, born, ready.doors[number]), ready.clerk)
        ours.append(_ms(lambda draft=draft: ready.register.save(draft.id, ready.clerk)))
        peer.append(_ms(lambda: _bare_commit(ready)))
    samples = {"ours": ours, "peer": peer}
    name = f"{size:,} people: save (durable), p99 ms"
    return Row(name, percentile(ours, 0.99), percentile(peer, 0.99), "a commit of one audit row", 20.0, samples)


def _bare_commit(ready: LargeRegister) -> None:
    """The least that a durable write can be."""
    with ready.store.write():
        ready.register.place.note(ready.clerk, Act.LISTED, ("register", None), found=0)


def _board(size: int, ready: LargeRegister) -> list[Row]:
    """The overview of the board, counted anew, and as it was counted less than a minute ago."""
    board = ready.register.board
    assert sum(one.registered for one in board.overview(ready.clerk).places) >= size
    anew = [_ms(lambda: BoardOfRegister(ready.register.place).overview(ready.clerk)) for _ in range(COUNTED)]
    kept = [_ms(lambda: board.overview(ready.clerk)) for _ in range(SEARCHES)]
    name = f"{size:,} people: board,"
    return [
        Row(f"{name} counted, most s", max(anew) / 1000, None, "", size * COUNTED_MS / 1000, {"ours": anew}),
        Row(f"{name} counted before, p95 ms", percentile(kept, 0.95), None, "", 5.0, {"ours": kept}),
    ]


def _keystrokes(size: int, ready: LargeRegister) -> Row:
    """What is offered at each key while a door is typed: its beginning, its end, or the initials of its road."""
    base, chance = AddressService(ready.register.place), random.Random(13)
    times = []
    for door in chance.choices(ready.doors, k=KEYS):
        end = chance.randint(1, len(door.name))
        typed = chance.choice((door.name[:end], door.name[-end:], spelling.pinyin_keys(door.road)[1][:2]))
        times.append(_ms(lambda typed=typed: base.choices(typed, ready.clerk)))
    return Row(f"{size:,} people: a key of a door, p95 ms", percentile(times, 0.95), None, "", 5.0, {"ours": times})


def _form(number: int, born: date, door: DoorOfBench) -> dict[str, str]:
    """Somebody who comes to the desk; whoever comes next was born on another day."""
    seventeen = f"990000{born:%Y%m%d}{number:03d}"
    whole = seventeen + check_digit(seventeen)
    return {
        "name": "测试" + "甲乙丙丁戊己庚辛壬癸"[number % 10], "id_no": whole, "id_no_again": whole, "id_type": "111",
        "ethnic": "01", "hukou_address": "测试地区测试路1号", "hukou_div": "990000", "soldier": "0",
        "arrive_city_date": "2026-01-02", "arrive_here_date": "2026-01-03", "reason": "12", "proof_type": "2",
        "place_type": "30", "no": door.no, "lane": door.lane,
        "town": "310112101", "road": door.road, "room": str(9000 + number), "mobile": f"139{number:08d}",
        "notice_given": "1",
        "sex": "1" if int(seventeen[-1]) % 2 else "2", "birth_date": born.isoformat(), "education": "20",
    }  # fmt: skip


def _ms(act: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1000


def _part(chance: random.Random, text: str, least: int, most: int) -> str:
    length = chance.randint(least, min(most, len(text)))
    begin = chance.randint(0, len(text) - length)
    return text[begin : begin + length]


QUESTIONS: dict[str, Callable[[random.Random, dict[str, Any]], str]] = {
    "number": lambda chance, one: _part(chance, one["id_no"], 3, 10),
    "whole number": lambda _, one: one["id_no"],
    "phone": lambda chance, one: _part(chance, one["mobile"], 4, 11),
    "name": lambda chance, one: one["name"] if chance.random() < 0.7 else _part(chance, one["name"], 1, 2),
    "pinyin prefix": lambda chance, one: one["name_pinyin"].split()[0][: chance.randint(2, 8)],
    "initials": lambda chance, one: one["name_initials"].split()[0][: chance.randint(1, 3)],
    "address": lambda chance, one: one["road"] + (f"{one['no']}号" if chance.random() < 0.7 else ""),
    "combined": lambda chance, one: (
        f"{one['name'][0]} {_part(chance, one['id_no'], 4, 6)}"
        if chance.random() < 0.5
        else f"{one['name_pinyin'].split()[0][:4]} {one['road']}"
    ),
}

if __name__ == "__main__":
    from table import show

    sys.exit(0 if show(rows()) else 1)
