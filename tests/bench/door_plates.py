"""The address base of the bench: 20,000 made-up plates of 38 committees with three blocks each, taken in as a list is.

A road belongs to one committee and is walked by one of its blocks; every tenth road on one side after the other.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from agent.accounts.service import AccountsService
from agent.addresses.service import AddressService
from agent.register.service import RegisterService

PLATES = 20_000
COMMITTEES = 38
BLOCKS = 3
ROAD_HEADS = (
    "莘松水清沪闵都市春申报秀文锦江川兰坪碧鹤龙吴泾虹梅罗阳景联畹町富岩银疏影地杰宝城绿莲伟业中繁秋灵山广通元剑"
    "永德放瑞丽金平红旗"
)
HEAD = "标准地址编号,居委会,责任块,队伍,路名,弄,号,单双号分走"


@dataclass(frozen=True, slots=True)
class DoorOfBench:
    """A door where people live; `block` counts the blocks of all committees."""

    addr_id: str
    road: str
    lane: str
    no: str
    committee: str
    block: int
    is_by_sides: bool

    @property
    def name(self) -> str:
        """The door as it is typed."""
        return f"{self.road}{self.lane and self.lane + '弄'}{self.no}号"


def doors(seed: int = 5) -> list[DoorOfBench]:
    """All doors, in no order; the same seed gives the same."""
    chance = random.Random(seed)
    heads = zip(chance.sample(ROAD_HEADS, 60) * 4, chance.choices(ROAD_HEADS, k=240), strict=True)
    roads = sorted({f"{one}{two}{chance.choice(('路', '东路', '西路', '街'))}" for one, two in heads})
    drawn: dict[tuple[int, str, str], None] = {}
    while len(drawn) < PLATES:
        lane = str(chance.randrange(1, 1500)) if chance.random() < 0.8 else ""
        drawn[chance.randrange(len(roads)), lane, str(chance.randrange(1, 120))] = None
    return [
        DoorOfBench(
            f"990000{number:08d}", roads[road], lane, no, f"测试第{road % COMMITTEES + 1}居委",
            road % (COMMITTEES * BLOCKS), road % 10 == 0,
        )
        for number, (road, lane, no) in enumerate(drawn)
    ]  # fmt: skip


def take_in(register: RegisterService, accounts: AccountsService, password: str, wanted: list[DoorOfBench]) -> None:
    """Take the doors in, as the supervisor does it, road by road."""
    lines = [
        f"{one.addr_id},{one.committee},B{one.block:03d},测试{one.block}队,{one.road},{one.lane},{one.no},"
        f"{'是' if one.is_by_sides else ''}"
        for one in sorted(wanted, key=lambda one: one.road)
    ]
    base, boss = AddressService(register.place), accounts.sign_in("supervisor", password)
    base.load()
    base.bring("\n".join((HEAD, *lines)).encode(), "测试", boss)
    seen = base.dry_run(boss)
    assert (seen.counts["new"], seen.rejected, len(seen.blocks) > COMMITTEES) == (len(wanted), 0, True), seen
    base.take_in(seen.seen, boss)
