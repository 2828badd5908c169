"""The fault matrix: every named fault × every operation of the driver ends as stated, in time, and then works again.

The table is `matrix.txt`.  Simulator and driver are asked for their lists: a missing or surplus cell is red.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from drivers.api import DeviceError, IdReader
from drivers.card_reading import CardReading, Reading
from drivers.sam_status import STATUS_WORDS

if TYPE_CHECKING:
    from conftest import Bench, Ended

    Benches = dict[str, Bench]
    Everywhere = Callable[[Benches, Callable[[Bench], object]], dict[str, Any]]

# What a busy machine may add to a deadline before the thread that met it runs again.
GRACE_S = 1.0
NOT_OPERATIONS = {"close", "fileno", "statistics"}
# Every value of these parameters is a fault of its own; of the others the defaults stand for all.
TELLING_PARAMETERS = {"kind", "mode", "noticed", "stray", "fingerprint_bytes"}
LASTING = (
    "silent",
    "babble",
    "late-answer count=none",
    "bad-check count=none",
    "dribble delay_ms=400 piece_bytes=40",
    "split delay_ms=10000",
    "slow-plate delay_ms=10000",
)


@dataclass(frozen=True)
class Row:
    """One fault with its parameters, and the cell of each operation."""

    fault: str
    given: dict[str, object]
    wires: str
    limit_s: float
    cells: dict[str, str]
    name: str

    def expected(self, operation: str, wire: str) -> set[str]:
        """The lawful outcomes of an operation on a wire."""
        on_pty, _, on_usb = self.cells[operation].partition("/")
        return set((on_pty if wire == "pty" or not on_usb else on_usb).split("|"))


def value_of(name: str, text: str) -> object:
    """A parameter's value: null, a status in hexadecimal, a number, a word."""
    if text == "none":
        return None
    return int(text) if text.isdecimal() and name != "status" else text


def given_of(text: str, separator: str = ",") -> dict[str, object]:
    pairs = (part.split("=") for part in text.split(separator) if "=" in part)
    return {name: value_of(name, value) for name, value in pairs}


def read_matrix() -> tuple[list[str], list[Row]]:
    lines = Path(__file__).with_name("matrix.txt").read_text("utf-8").splitlines()
    header, *rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    operations = header[4:]
    return operations, [
        Row(fault, given_of(given), wires, float(limit), dict(zip(operations, cells, strict=False)), f"{fault} {given}")
        for fault, given, wires, limit, *cells in rows
    ]


OPERATIONS, ROWS = read_matrix()
# Each status word is said once in every run; that it is said for good is shown of two there, of all by the drill.
SAID_FOR_GOOD = [row for row in ROWS if row.fault == "status" and row.given.get("count", 1) is None]
CELLS = [
    pytest.param(
        row, operation, id=f"{row.name}-{operation}", marks=[pytest.mark.drill] if row in SAID_FOR_GOOD[2:] else []
    )
    for row in ROWS
    for operation in row.cells
]
FIRST_ROWS = list({row.fault: row for row in reversed(ROWS)}.values())[::-1]


def gaps(rows: list[Row], told: dict[str, Any]) -> list[str]:
    """What is missing in the table, or too much, by what a simulator and the driver's role say of themselves."""
    operations = IdReader.__abstractmethods__ - NOT_OPERATIONS
    found = [f"{row.name}: {sorted(operations ^ row.cells.keys())}" for row in rows if operations ^ row.cells.keys()]
    faults = {fault["name"]: fault for fault in told["faults"]}
    found += [f"no such fault: {row.name}" for row in rows if row.fault not in faults]
    for name, fault in faults.items():
        mine = [row for row in rows if row.fault == name]
        wires = "pty" if fault["wires"] == ["pty"] else "all"
        if not mine or any(row.wires != wires for row in mine):
            found.append(f"{name}: no row, or of other wires than {wires}")
        for parameter in TELLING_PARAMETERS & fault["limits"].keys():
            shown = {row.given.get(parameter, fault["parameters"][parameter]) for row in mine}
            found += [
                f"{name}: {parameter}={each}" for each in fault["limits"][parameter]["choices"] if each not in shown
            ]
    # Each word is said once, which the driver may heal, and for good.
    words = {(row.given["status"], row.given.get("count", 1)) for row in rows if row.fault == "status"}
    missing = [(word, count) for word in STATUS_WORDS for count in (1, None) if (f"{word:02X}", count) not in words]
    return found + [f"status={word:02X},count={count}" for word, count in missing]


def test_no_cell_is_missing_or_too_much(benches: Benches) -> None:
    assert set(OPERATIONS) == IdReader.__abstractmethods__ - NOT_OPERATIONS
    assert len({row.name for row in ROWS}) == len(ROWS)
    for bench in benches.values():
        assert gaps(ROWS, bench.about()) == []


def test_a_gap_in_the_table_is_seen(benches: Benches) -> None:
    told = benches["pty"].about()
    short = Row("silent", {}, "all", 1.0, {"open": "ok"}, "short")
    unknown = Row("smoke", {}, "all", 1.0, ROWS[0].cells, "unknown")
    assert all(gaps([row for row in ROWS if row.fault != fault["name"]], told) for fault in told["faults"])
    assert all(gaps([*ROWS, surplus], told) for surplus in (short, unknown))
    for count in (1, None):
        said = [row for row in ROWS if row.given.get("status") == "47" and row.given.get("count", 1) == count]
        assert gaps([row for row in ROWS if row not in said], told) == [f"status=47,count={count}"]
    assert gaps([row for row in ROWS if row.given.get("kind") != "cut"], told)


def in_time(bench: Bench, operation: str, fault: str, given: dict[str, object], limit_s: float) -> Ended:
    """Do an operation under a fault, and show that the reader is ready again.

    One that ended too late is done once more: the driver would be late again, a busy machine is not.
    """
    ended = bench.run(operation, fault, given, limit_s)
    bench.show_ready()
    if ended.took_s > limit_s + GRACE_S:
        ended = bench.run(operation, fault, given, limit_s)
        bench.show_ready()
    return ended


def show(bench: Bench, row: Row, operation: str, limit_s: float) -> str | None:
    """Do one cell on one wire; what was wrong, or None."""
    if row.wires == "pty" and bench.wire != "pty":
        return None
    ended = in_time(bench, operation, row.fault, row.given, limit_s)
    if ended.outcome not in row.expected(operation, bench.wire):
        return ended.outcome
    return f"{ended.outcome}, but after {ended.took_s:.2f} s" if ended.took_s > limit_s + GRACE_S else None


@pytest.mark.parametrize(("row", "operation"), CELLS)
def test_every_fault_in_every_operation(benches: Benches, on_every_bench: Everywhere, row: Row, operation: str) -> None:
    wrong = on_every_bench(benches, lambda bench: show(bench, row, operation, row.limit_s))
    assert not any(wrong.values()), wrong


@pytest.mark.parametrize("fault", LASTING)
def test_a_short_deadline_is_kept(benches: Benches, on_every_bench: Everywhere, fault: str) -> None:
    name, _, given = fault.partition(" ")

    def late(bench: Bench) -> list[str]:
        parameters = {"command": "@", **given_of(given, " ")} if name != "babble" else {}
        ends = {operation: in_time(bench, operation, name, parameters, 0.3) for operation in OPERATIONS}
        return [f"{operation}: {end}" for operation, end in ends.items() if end.took_s > 0.3 + GRACE_S]

    wrong = on_every_bench(benches, late)
    assert not any(wrong.values()), wrong


@pytest.mark.drill
@pytest.mark.parametrize("row", FIRST_ROWS, ids=lambda row: row.name)
def test_every_fault_once_at_full_scale(benches_at_full_scale: Benches, on_every_bench: Everywhere, row: Row) -> None:
    wrong = on_every_bench(benches_at_full_scale, lambda bench: show(bench, row, "read_card", 30.0))
    assert not any(wrong.values()), wrong


@pytest.mark.drill
@pytest.mark.parametrize("operation", ["read_card", "read_again"])
def test_byte_by_byte_at_full_scale(benches_at_full_scale: Benches, on_every_bench: Everywhere, operation: str) -> None:
    row = Row("dribble", {"count": None}, "all", 30.0, {operation: "ok"}, "dribble")
    wrong = on_every_bench(benches_at_full_scale, lambda bench: show(bench, row, operation, row.limit_s))
    assert not any(wrong.values()), wrong


def swap_row(fault: str) -> Row:
    return next(row for row in ROWS if row.fault == fault and row.given["noticed"] == "no")


@pytest.mark.drill
def test_without_the_comparison_the_swapped_card_turns_red(
    benches: Benches, on_every_bench: Everywhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    def believe(self: CardReading, first: Reading, deadline: Any) -> Reading:
        base = self._base(deadline, may_refuse_repeat=True)
        return Reading(base.text, base.photo, self._addresses(base, deadline))

    row = swap_row("card-swapped-before-read")
    assert not any(on_every_bench(benches, lambda bench: show(bench, row, "read_again", 5.0)).values())
    monkeypatch.setattr(CardReading, "read_again", believe)
    outcomes = on_every_bench(benches, lambda bench: bench.run("read_again", row.fault, row.given, 5.0).outcome)
    for bench in benches.values():
        bench.settle()
    assert set(outcomes.values()) == {"other"}


@pytest.mark.drill
def test_without_the_look_back_the_first_reading_is_a_mixture(
    benches: Benches, on_every_bench: Everywhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    def believe(self: CardReading, base: Any, deadline: Any) -> Reading:
        return Reading(base.text, base.photo, self._addresses(base, deadline))

    row = swap_row("card-swapped-before-address")
    monkeypatch.setattr(CardReading, "_of_one_card", believe)
    outcomes = on_every_bench(benches, lambda bench: bench.run("read_card", row.fault, row.given, 5.0).outcome)
    for bench in benches.values():
        bench.settle()
    assert set(outcomes.values()) == {"mixture"}


@pytest.mark.drill
def test_a_reader_that_stays_dead_turns_red(benches: Benches) -> None:
    bench = benches["pty"]
    bench.arm("silent")
    with pytest.raises(DeviceError):
        bench.reader.read_card(bench.deadline(1.0))
    bench.simulator.call("PUT", "/plate", {"card": "resident-002"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "lay", lambda _: None)
        with pytest.raises(AssertionError):
            bench.show_ready()
