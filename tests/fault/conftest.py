"""Readers to break: a simulated one on each wire with a driver on it, and what each operation of the driver gives."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from agent.clock import SystemClock
from agent.devices.host import DeviceSettings
from agent.devices.supervisor import Supervisor
from agent.simulator_process import SimulatorProcess
from drivers import reader_sam
from drivers.api import Deadline, DeviceAbsent, DeviceError, IdCard
from drivers.reader_timings import Timings
from drivers.sam_commands import READ_BASE, READ_MANAGEMENT_NUMBER, READ_NEWEST_ADDRESS, STATUS

WIRES = ("pty", "usb-split", "usb-pair")
KNOWN, OTHER = "resident-001", "two-addresses"
PATIENCE_S = 30.0
PATIENT_SCALE = 0.4
# The one command of the protocol that each operation cannot do without: where a row says `command=@`.
OWN_COMMAND = {
    "open": "status",
    "find": "find",
    "read_card": "read-base",
    "read_again": "read-base",
    "is_card_resting": "newest-address",
    "self_test": "management-number",
    "reset": "reset",
    "set_speed": "speed",
    "set_largest_rf_frame": "rf-frame",
}
FROM_CHIP = {"read-base": READ_BASE, "newest-address": READ_NEWEST_ADDRESS, "management-number": READ_MANAGEMENT_NUMBER}


def person(card: IdCard) -> tuple[bytes, bytes, tuple[str, ...]]:
    """What a card says, whoever read it and how often."""
    return card.text_raw, card.photo_wlt, card.newest_addresses


@dataclass(frozen=True, slots=True)
class Ended:
    """How an operation ended: `outcome` in the words of the matrix, and how long it took."""

    outcome: str
    took_s: float


class Bench:
    """A simulated reader on one wire with a driver on it, ready between any two operations.

    Args:
        wire: pty, usb-split or usb-pair.
        speed_factor: how many times faster than a real module the simulator is.
        timing_scale: what the driver's times are multiplied by.
    """

    def __init__(self, wire: str, speed_factor: float = 20.0, timing_scale: float = 0.05) -> None:
        self.wire = wire
        self.speed_factor = speed_factor
        self.clock = SystemClock()
        self.simulator = SimulatorProcess.start("reader", "--wire", wire, "--speed-factor", str(speed_factor))
        self.reader = reader_sam.create(self.simulator.address, {"timing_scale": timing_scale}, self.clock)
        self.people: dict[str, tuple[bytes, bytes, tuple[str, ...]]] = {}
        self.baud = 115200

    def close(self) -> None:
        self.reader.close()
        self.simulator.stop()

    def about(self) -> dict[str, Any]:
        """What the simulator says of itself and of its faults."""
        told: dict[str, Any] = json.loads(self.simulator.call("GET", "/"))
        return told

    def deadline(self, limit_s: float = PATIENCE_S) -> Deadline:
        return Deadline.after(self.clock, limit_s)

    def arm(self, fault: str, **parameters: object) -> None:
        self.simulator.call("PUT", f"/faults/{fault}", parameters)

    def lay(self, card_id: str) -> None:
        self.simulator.call("PUT", "/plate", {"card": card_id})

    def settle(self) -> None:
        """No faults, plugged in."""
        self.simulator.call("DELETE", "/faults")

    def learn(self) -> None:
        """Read the two cards of the matrix undisturbed, and hold them against what was written on them."""
        self.reader.open(self.deadline())
        for card_id in (KNOWN, OTHER):
            self.lay(card_id)
            card = self.reader.read_card(self.deadline())
            assert card is not None
            written = json.loads(self.simulator.call("GET", f"/card?card={card_id}"))
            assert (card.id_number, card.name) == (written["id_number"], written["name"])
            assert list(card.newest_addresses) == written["newest_addresses"]
            self.people[card_id] = person(card)

    def ready_for(self, operation: str) -> Callable[[Deadline], object]:
        """Bring the driver to where the operation makes sense, and give back the operation."""
        reader = self.reader
        self.lay(KNOWN)
        if operation == "open":
            reader.close()
            return reader.open
        if operation in {"find", "read_card"}:
            return getattr(reader, operation)
        card = reader.read_card(self.deadline())
        assert card is not None
        assert person(card) == self.people[KNOWN]
        if operation == "read_again":
            return lambda deadline: reader.read_again(card, deadline)
        if operation == "set_speed":
            return lambda deadline: reader.set_speed(57600, deadline)
        if operation == "set_largest_rf_frame":
            return lambda deadline: reader.set_largest_rf_frame(80, deadline)
        return getattr(reader, operation)

    def run(self, operation: str, fault: str, given: dict[str, object], limit_s: float) -> Ended:
        """Do an operation under a fault; the fault is still on afterwards."""
        if "late" not in given.values():
            return self._run(operation, fault, given, limit_s)
        quick = self.reader
        quick.close()
        self.reader = reader_sam.create(self.simulator.address, {"timing_scale": PATIENT_SCALE}, self.clock)
        try:
            self.reader.open(self.deadline())
            return self._run(operation, fault, given | {"delay_ms": self._late_ms(operation)}, limit_s)
        finally:
            self.reader.close()
            self.reader = quick
            quick.open(self.deadline())

    def _late_ms(self, operation: str) -> int:
        """How late an answer comes amid the wait for that to 11 FF, which is asked when it was given up."""
        timings = Timings().scaled(PATIENT_SCALE)
        command = FROM_CHIP.get(OWN_COMMAND[operation], STATUS)
        late_s = timings.first_byte_of(command) + timings.first_byte_of(STATUS) / 2
        if operation == "open":  # 11 FF itself, which is asked again and again
            late_s = timings.ready_limit_s / 2
        return round(late_s * self.speed_factor * 1000)

    def _run(self, operation: str, fault: str, given: dict[str, object], limit_s: float) -> Ended:
        act = self.ready_for(operation)
        self.arm(fault, **{name: OWN_COMMAND[operation] if value == "@" else value for name, value in given.items()})
        began_s = time.monotonic()
        try:
            outcome = self._word_for(operation, act(self.deadline(limit_s)))
        except DeviceError as error:
            outcome = error.code.removeprefix("READER-")
        return Ended(outcome, time.monotonic() - began_s)

    def show_ready(self) -> None:
        """End the fault, plug in, and read a card twice: it must be that card, wholly."""
        self.settle()
        self.lay(KNOWN)
        limit = self.deadline()
        try:
            card = self.reader.read_card(limit)
        except DeviceAbsent:
            # An unplug that no operation met is told once, by the next one; then the reader is opened again.
            card = self.reader.read_card(limit)
        assert card is not None, "the card on the plate is not found"
        assert (person(card), card.readings) == (self.people[KNOWN], 1)
        again = self.reader.read_again(card, limit)
        assert (person(again), again.readings) == (self.people[KNOWN], 2)
        speed_baud = self.reader.open(limit).speed_baud
        if speed_baud not in {None, self.baud}:
            self.reader.set_speed(self.baud, limit)

    def _word_for(self, operation: str, value: object) -> str:
        """`ok` where the value is what an undisturbed reader gives, another word where it is another lawful value."""
        if isinstance(value, IdCard):
            return self._word_for_card(operation, value)
        words = {
            "open": "ok" if getattr(value, "sam_id", "").startswith("99.99-") else "stranger",
            "self_test": "ok" if getattr(value, "management_number_bytes", None) == 28 else "no-number",
            "read_card": "none",
            "find": "ok" if value is True else "none",
            "is_card_resting": "ok" if value is True else "none",
        }
        return words.get(operation, "ok")

    def _word_for_card(self, operation: str, card: IdCard) -> str:
        """Whose card it is; only a whole one has a word of the table."""
        if card.readings == 1 and operation == "read_again":
            return "single" if person(card) == self.people[KNOWN] else "mixture"
        owner = next((card_id for card_id, content in self.people.items() if content == person(card)), None)
        if owner is None and person(card)[::2] == self.people[KNOWN][::2]:
            return "photo"
        return {KNOWN: "ok", OTHER: "other", None: "mixture"}[owner]


def on_every_bench(benches: dict[str, Bench], work: Callable[[Bench], object]) -> dict[str, object]:
    """Run `work` on all benches at once: they share nothing, and what they do is mostly waiting."""
    with ThreadPoolExecutor(len(benches)) as pool:
        running = {wire: pool.submit(work, bench) for wire, bench in benches.items()}
        return {wire: future.result() for wire, future in running.items()}


@pytest.fixture(name="on_every_bench")
def on_every_bench_fixture():
    return on_every_bench


def _benches(**options: float) -> Iterator[dict[str, Bench]]:
    benches = {wire: Bench(wire, **options) for wire in WIRES}
    try:
        on_every_bench(benches, Bench.learn)
        yield benches
    finally:
        for bench in benches.values():
            bench.close()


@pytest.fixture(scope="module")
def benches() -> Iterator[dict[str, Bench]]:
    """One simulator and one driver a wire, at a twentieth of real time, shared by all tests of a module."""
    yield from _benches()


@pytest.fixture(scope="module")
def benches_at_full_scale() -> Iterator[dict[str, Bench]]:
    """The same at real time."""
    yield from _benches(speed_factor=1.0, timing_scale=1.0)


class Watched:
    """A supervisor with one reader whose cards are read as they come, and all that it told."""

    def __init__(self, wire: str) -> None:
        self.wire = wire
        self.simulator = SimulatorProcess.start("reader", "--wire", wire, "--speed-factor", "20")
        settings = DeviceSettings(
            role="reader",
            driver="reader_sam",
            address=self.simulator.address,
            options={"timing_scale": 0.05},
            poll_ms=50,
            idle_poll_ms=100,
        )
        self._lock = threading.Lock()
        self._signs: list[Any] = []
        self.told: list[tuple[str, str | None]] = []
        self._supervisor = Supervisor(
            [settings], SystemClock(), self._event, self._sign, lambda: None, refuses_simulated=False
        )
        self._supervisor.start()
        self._supervisor.watch("reader", is_reading=True)

    def _sign(self, _role: str, sign: Any) -> None:
        with self._lock:
            self._signs.append(sign)

    def _event(self, _: Any) -> None:
        self.told.append((self.status.state.value, self.status.code))

    @property
    def status(self) -> Any:
        return self._supervisor.statuses()["reader"]

    def signs(self) -> list[Any]:
        """All that the reader showed so far."""
        with self._lock:
            return list(self._signs)

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        """Poll until the condition holds."""
        end_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end_s, f"{self.wire}: never {what}; {self.status.state} {self.status.code}"
            time.sleep(0.005)

    def close(self) -> None:
        self._supervisor.stop(10)
        self.simulator.stop()


@pytest.fixture(scope="module")
def watched() -> Iterator[dict[str, Watched]]:
    """One supervised reader a wire."""
    readers = {wire: Watched(wire) for wire in WIRES}
    yield readers
    for reader in readers.values():
        reader.close()
