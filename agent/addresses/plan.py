"""What a list makes of the base: which plates are new, changed, in use again or withdrawn; pure.

Whatever is not on the list is withdrawn and stays known, but for plates whose rows were left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from agent.addresses.plate_list import PlateList
from agent.addresses.views import BlockStep, Step, StepKind
from agent.register.doors import Directory, Door

KINDS: Final[tuple[StepKind, ...]] = ("withdrawn", "changed", "back", "new")
MANY_OF_HUNDRED: Final = 10
"""A list that lacks more than so many of a hundred plates is most likely a part of one."""


@dataclass(slots=True)
class Plan:
    """What a list makes of a base.

    Attributes:
        doors: the plates of each kind; of those withdrawn as they are now.
        reordered: plates of which nothing changes but how their road is walked.
        same: how many stay as they are.
        blocks: committee and team of each block that is in use then, by its code.
    """

    doors: dict[StepKind, list[Door]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    reordered: list[Door] = field(default_factory=list)
    same: int = 0
    steps: list[Step] = field(default_factory=list)
    block_steps: list[BlockStep] = field(default_factory=list)
    blocks: dict[str, tuple[str, str]] = field(default_factory=dict)
    withdraws_many: bool = False

    @property
    def is_anything(self) -> bool:
        """Whether the list changes anything."""
        return bool(self.reordered or self.block_steps or any(self.doors.values()))


def plan(base: Directory, blocks: dict[str, tuple[str, str]], listed: PlateList) -> Plan:
    """Tell what a list would do.

    Args:
        base: as it is.
        blocks: committee and team of its blocks in use, by their codes.
        listed: the list.
    """
    made = Plan(blocks=dict(listed.blocks))
    for number, door in listed.doors.items():
        _put(made, door, base.by_number.get(number))
    in_use = [door for door in base.by_number.values() if not door.is_withdrawn]
    for door in in_use:
        if door.addr_id in listed.left_alone:
            made.blocks.setdefault(door.block, blocks.get(door.block, (door.committee, base.teams.get(door.block, ""))))
        elif door.addr_id not in listed.doors:
            made.doors["withdrawn"].append(door)
    made.withdraws_many = len(made.doors["withdrawn"]) * 100 > len(in_use) * MANY_OF_HUNDRED
    made.steps += [_step(kind, door, base.by_number.get(door.addr_id)) for kind in KINDS for door in made.doors[kind]]
    for code in sorted(blocks.keys() | made.blocks.keys()):
        before, after = (" ".join(known.get(code, ())) for known in (blocks, made.blocks))
        if before != after:
            made.block_steps.append(BlockStep(code, before, after))
    return made


def _put(made: Plan, door: Door, held: Door | None) -> None:
    if held is None:
        made.doors["new"].append(door)
    elif held == door:
        made.same += 1
    elif held.is_withdrawn:
        made.doors["back"].append(door)
    elif replace(held, road_place=door.road_place, is_by_sides=door.is_by_sides) == door:
        made.reordered.append(door)
    else:
        made.doors["changed"].append(door)


def _step(kind: StepKind, door: Door, held: Door | None) -> Step:
    after = "" if kind == "withdrawn" else _words(door)
    return Step(kind, door.addr_id, "" if held is None else _words(held), after)


def _words(door: Door) -> str:
    """A plate in a few words: committee, block, door, and the plate that it is an old name of."""
    old = f" → {door.alias_of}" if door.alias_of else ""
    return f"{door.committee} {door.block} {door.name}{old}"
