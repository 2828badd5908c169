"""The scanner's fault matrix: every named fault × every operation ends as stated, in time, and then works again.

The table is `matrix.txt`.  The simulator is asked for its faults: a missing or surplus cell is red.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent.messages.service import text

if TYPE_CHECKING:
    from conftest import Bench, Benches, Ended

    AtOnce = Callable[[Benches, Callable[[str, Bench], object]], dict[str, object]]

OPERATIONS = ("open", "list", "flatbed", "feeder", "cancel")
# What a busy machine, and the supervisor's grace of 2 s, may add to a deadline.
GRACE_S = 10.0
# Opening has no deadline of its own in the table: libsane gives up by itself.
OPEN_S = 30.0


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

    def endings(self) -> list[str]:
        """How a scan from the feeder may end."""
        return self.cells["feeder"].split("|")


def values_of(text: str) -> list[object]:
    """The values that a parameter of the table stands for."""
    first, dots, last = text.partition("..")
    if dots:
        return list(range(int(first), int(last) + 1))
    return [int(word) if word.isdecimal() else word for word in text.split("|")]


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
            if parameter == "command":
                continue
            default = fault["parameters"][parameter]
            shown = {row.given.get(parameter, default) for row in mine}
            found += [f"{name}: {parameter}={each}" for each in limits.get("choices", ()) if each not in shown]
    tenths = {row.given.get("tenth") for row in rows if row.fault == "cut"}
    return found + [f"cut: tenth={tenth}" for tenth in range(10) if tenth not in tenths]


def test_no_cell_is_missing_or_too_much(bench: Bench) -> None:
    assert gaps(ROWS, bench.about()) == []
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_a_gap_in_the_table_is_seen(bench: Bench) -> None:
    told = bench.about()
    assert all(gaps([row for row in ROWS if row.fault != fault["name"]], told) for fault in told["faults"])
    short = replace(ROWS[0], cells={"open": "ok"})
    assert all(gaps([*ROWS, surplus], told) for surplus in (short, replace(ROWS[0], fault="smoke")))
    assert gaps([row for row in ROWS if row.given.get("what") != "html"], told)
    assert gaps([row for row in ROWS if row.given.get("tenth") != 7], told)
    assert gaps([row for row in ROWS if (row.fault, row.given.get("status")) != ("unavailable", 410)], told)


# What lies behind an ending that libsane cannot tell from others.
CAUSES = {"zh": "一次进了两张纸", "en": "drawn in two sheets"}


@pytest.mark.parametrize("language", CAUSES)
def test_each_ending_of_a_double_feed_names_it(language: str) -> None:
    endings = {cell.partition("+")[0] for row in ROWS if row.fault == "double-feed" for cell in row.endings()}
    assert endings == {"BUSY", "IO"}
    assert all(CAUSES[language] in text(f"SCANNER-{ending}", language) for ending in endings)


def in_time(operation: str, limit_s: float, ended: Ended) -> bool:
    return ended.took_s <= (max(limit_s, OPEN_S) if operation in {"open", "list"} else limit_s) + GRACE_S


def show(operation: str, bench: Bench, row: Row) -> str | None:
    """Do one cell; what was wrong, or None."""
    ended = bench.run(operation, row.fault, row.given, row.limit_s)
    outcome = ">".join([ended.outcome, *bench.show_ready(operation)])
    if outcome not in row.cells[operation].split("|"):
        return outcome
    return None if in_time(operation, row.limit_s, ended) else f"{outcome}, but after {ended.took_s:.1f} s"


@pytest.mark.parametrize("row", PARAMS)
def test_every_fault_in_every_operation(benches: Benches, at_once: AtOnce, row: Row) -> None:
    wrong = at_once(benches, lambda operation, bench: show(operation, bench, row))
    assert not any(wrong.values()), wrong
