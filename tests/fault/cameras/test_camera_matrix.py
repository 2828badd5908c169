"""The camera's fault matrix: every named fault × every operation ends as stated, in time, and then works again.

The table is `matrix.txt`.  The simulator is asked for its faults: a missing or surplus cell is red.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent.messages.service import codes

if TYPE_CHECKING:
    from conftest import Bench

    Benches = dict[str, Bench]
    AtOnce = Callable[[Benches, Callable[[Bench], object]], dict[str, Any]]

OPERATIONS = ("open", "condition", "preview", "capture", "looked", "delete", "set")
# So soon each wish has ended, whatever the camera does, and it is known how the camera is.
LIMIT_S = 15.0
# What a busy machine may add.
GRACE_S = 5.0
PLAIN_WORDS = {"ok", "lost", "fewer", "other", "none"}
# Of these the defaults stand for all.
OF_NO_MATTER = {"command", "status", "count"}


@dataclass(frozen=True)
class Row:
    """One fault with its parameters, and the cell of each operation."""

    fault: str
    given: dict[str, object]
    is_drill: bool
    limit_s: float
    cells: dict[str, str]

    @property
    def name(self) -> str:
        given = ",".join(f"{name}={value}" for name, value in self.given.items())
        return f"{self.fault} {given or '-'} {self.limit_s:g}s"


def value_of(word: str) -> object:
    return None if word == "none" else int(word) if word.isdecimal() else word


def values_of(text: str) -> list[object]:
    """The values that a parameter of the table stands for."""
    first, dots, last = text.partition("..")
    if dots:
        return list(range(int(first), int(last) + 1))
    return [value_of(word) for word in text.split("|")]


def rows_of(line: str) -> Iterator[Row]:
    """The rows that a line stands for: the first as the line says, all others for the drill."""
    fault, given, when, limit, *cells = line.split()
    pairs = [pair.partition("=")[::2] for pair in given.split(",") if "=" in pair]
    names = [name for name, _ in pairs]
    first = Row(fault, {}, when == "drill", float(limit), dict(zip(OPERATIONS, cells, strict=False)))
    for number, values in enumerate(itertools.product(*(values_of(given) for _, given in pairs))):
        yield replace(first, given=dict(zip(names, values, strict=True)), is_drill=first.is_drill or number > 0)


def read_matrix() -> list[Row]:
    lines = Path(__file__).with_name("matrix.txt").read_text("utf-8").splitlines()
    header, *rows = [line for line in lines if line.strip() and not line.startswith("#")]
    assert tuple(header.split()[4:]) == OPERATIONS
    return [row for line in rows for row in rows_of(line)]


ROWS = read_matrix()
PARAMS = [pytest.param(row, id=row.name, marks=[pytest.mark.drill] if row.is_drill else []) for row in ROWS]


def gaps(rows: list[Row], told: dict[str, Any]) -> list[str]:
    """What is missing in the table, or too much, by what the simulator says of itself."""
    faults = {fault["name"]: fault for fault in told["faults"]}
    found = [f"{row.name}: a cell is missing" for row in rows if tuple(row.cells) != OPERATIONS]
    found += [f"no such fault: {row.name}" for row in rows if row.fault not in faults]
    for name, fault in faults.items():
        mine = [row for row in rows if row.fault == name]
        if all(row.is_drill for row in mine):
            found.append(f"{name}: no row in `make test`")
        for parameter, limits in fault["limits"].items():
            default = fault["parameters"][parameter]
            shown = {row.given.get(parameter, default) for row in mine}
            wanted = set(limits.get("choices", ())) if parameter not in OF_NO_MATTER else set()
            wanted |= set(range(10)) if parameter == "tenth" else set()
            found += [f"{name}: {parameter}={each}" for each in sorted(wanted - shown, key=str)]
    return found


def endings(row: Row) -> set[str]:
    """All codes of a row, of the ending and of what is told afterwards."""
    words = "|".join(row.cells.values()).replace("*", "").replace("/", "|").replace(">", "|").split("|")
    return {word.partition("+")[0] for word in words} - PLAIN_WORDS - {""}


def test_no_cell_is_missing_or_too_much(benches: Benches) -> None:
    assert gaps(ROWS, benches["open"].about()) == []
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_a_gap_in_the_table_is_seen(benches: Benches) -> None:
    told = benches["open"].about()
    assert all(gaps([row for row in ROWS if row.fault != fault["name"]], told) for fault in told["faults"])
    short = replace(ROWS[0], cells={"open": "ok"})
    assert all(gaps([*ROWS, surplus], told) for surplus in (short, replace(ROWS[0], fault="smoke")))
    assert gaps([row for row in ROWS if row.given.get("text") != "dots"], told)
    assert gaps([row for row in ROWS if row.given.get("tenth") != 7], told)


def test_every_ending_has_words() -> None:
    assert {f"CAMERA-{word}" for row in ROWS for word in endings(row)} <= codes()


def show(bench: Bench, row: Row) -> str | None:
    """Do one cell; what was wrong, or None."""
    ended = bench.run(row.fault, row.given, row.limit_s)
    outcome = ended.outcome + bench.show_ready()
    if outcome not in row.cells[bench.operation].split("|"):
        return outcome
    return None if ended.took_s <= LIMIT_S + GRACE_S else f"{outcome}, but after {ended.took_s:.1f} s"


@pytest.mark.parametrize("row", PARAMS)
def test_every_fault_in_every_operation(benches: Benches, at_once: AtOnce, row: Row) -> None:
    wrong = at_once(benches, lambda bench: show(bench, row))
    assert not any(wrong.values()), wrong
