"""The module behind the wire: the order of its commands, what it remembers of the card, and how long it takes.

Source: SAM_V communication protocol, commands and status words; card states (a card that was read is not found again
until it leaves the field; 30 03 answers only while the selected card lies there).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, fields
from random import Random

from simulators.card import Card
from simulators.fault_board import FaultBoard
from simulators.plate import Placing, Plate
from simulators.sam_codec import Answer, Request

DONE, FOUND, NOTHING = 0x90, 0x9F, 0x91
WRONG_LENGTH, WRONG_ORDER, READ_FAILED, NO_CARD, SELECT_FAILED = 0x11, 0x21, 0x41, 0x80, 0x81
SELF_TEST, NOT_AUTHORISED = 0x60, 0x66
_AUTHENTICATION_FAILED = {0x31, 0x32}
_CARD_ANSWERS = {"read-base", "read-additional", "read-fingerprint", "newest-address", "management-number"}
_CARD_OPERATIONS = _CARD_ANSWERS | {"find", "select"}
_SWAPS = ("card-swapped-before-read", "card-swapped-before-address")


@dataclass(frozen=True, slots=True)
class Timings:
    """How long the module works before its answer begins, in seconds."""

    find_s: float = 0.020
    select_s: float = 0.025
    read_s: tuple[float, float] = (0.130, 0.240)
    address_s: float = 0.025
    number_s: float = 0.030
    short_s: float = 0.004
    reset_s: float = 0.400
    boot_s: float = 0.150

    def faster(self, factor: float) -> Timings:
        """The same module, `factor` times faster."""
        low_s, high_s = self.read_s
        durations = {one.name: getattr(self, one.name) / factor for one in fields(self) if one.name != "read_s"}
        return Timings(read_s=(low_s / factor, high_s / factor), **durations)


class SamModule:
    """One SAM_V module with its antenna over a plate."""

    def __init__(self, plate: Plate, stack: dict[str, Card], faults: FaultBoard, seed: int, timings: Timings) -> None:
        self._plate = plate
        self._stack = stack
        self._faults = faults
        self._timings = timings
        self._rng = Random(seed)  # noqa: S311 (a spread of durations, not a secret)
        self._found: Placing | None = None
        self._selected: Placing | None = None
        self._spent: Placing | None = None
        self.sam_id = _sam_id(seed)

    def forget(self) -> None:
        """Start anew, as after power-up or a reset; a card that was read stays read until it is lifted."""
        self._found = self._selected = None

    def work_s(self, request: Request) -> float:
        """How long the module takes until it answers."""
        timings = self._timings
        durations = {
            "find": timings.find_s,
            "select": timings.select_s,
            "newest-address": timings.address_s,
            "read-additional": timings.address_s,
            "management-number": timings.number_s,
            "reset": timings.reset_s,
        }
        if request.operation == "read-base" and self._selected is not None and self._selected == self._plate.lying:
            work_s = self._rng.uniform(*timings.read_s)
        else:
            work_s = durations.get(request.operation, timings.short_s)
        return work_s

    def extra_s(self, request: Request) -> float:
        """What faults add to that, in seconds of real time."""
        extra_s = 0.0
        if (late := self._faults.take("late-answer", request.operation)) is not None:
            extra_s += late.seconds("delay_ms")
        is_slow = request.operation in _CARD_OPERATIONS and self._plate.lying is not None
        if is_slow and (slow := self._faults.take("slow-plate", request.operation)) is not None:
            extra_s += slow.seconds("delay_ms")
        return extra_s

    def execute(self, request: Request) -> Answer | None:
        """Do what is asked; None when the module resets itself over it."""
        operation = request.operation
        if self._faults.take("self-test-failed", operation):
            return Answer(SELF_TEST)
        if self._faults.take("not-authorised", operation):
            return Answer(NOT_AUTHORISED)
        if (strike := self._faults.take("status", operation)) is not None:
            return self._refuse(strike.number("status"), strike.number("card_status"))
        if self._faults.take("reset-during-read", operation):
            self.forget()
            return None
        if self._faults.take("card-pulled", operation):
            self._plate.lift()
        self._swap(operation)
        if operation != "rf-frame" and request.data:
            return Answer(WRONG_LENGTH)
        return self._obey(request)

    def _refuse(self, status: int, card_status: int) -> Answer:
        """Say a status word; after a failed authentication the card is not found again."""
        if status in _AUTHENTICATION_FAILED:
            self._spent = self._selected or self._found or self._spent
            self.forget()
        return Answer(status, card_status=card_status.to_bytes(2, "big"))

    def _swap(self, operation: str) -> None:
        """Lay another card down under the module's nose, if a fault says so."""
        for name in _SWAPS:
            strike = self._faults.take(name, operation)
            if strike is None:
                continue
            wanted = strike.value("card")
            lying = self._plate.lying
            card = self._stack[wanted] if isinstance(wanted, str) else self._next_after(lying)
            placing = self._plate.lay(card)
            if strike.value("noticed") == "no" and self._selected is not None and self._selected == lying:
                self._selected = placing

    def _next_after(self, lying: Placing | None) -> Card:
        cards = list(self._stack.values())
        start = cards.index(lying.card) + 1 if lying is not None else 0
        return cards[start % len(cards)]

    def _obey(self, request: Request) -> Answer:
        """What a module in order answers."""
        if request.operation in _CARD_ANSWERS:
            return self._read_card(request.operation)
        deeds: dict[str, Callable[[], Answer]] = {
            "reset": self._reset,
            "status": lambda: Answer(DONE),
            "speed": lambda: Answer(DONE),
            "sam-id": lambda: Answer(DONE, self.sam_id),
            "rf-frame": lambda: _set_rf_frame(request.data),
            "find": self._find,
            "select": self._select,
        }
        deed = deeds.get(request.operation)
        return deed() if deed else Answer(WRONG_ORDER)

    def _reset(self) -> Answer:
        self.forget()
        return Answer(DONE)

    def _read_card(self, operation: str) -> Answer:
        """Answer from the selected card."""
        if operation == "read-fingerprint":
            if not self._faults.is_on("fingerprint-answer"):
                return Answer(WRONG_ORDER)
            operation = "read-base"
        placing = self._present()
        if isinstance(placing, Answer):
            return placing
        if operation == "read-base":
            self._spent = placing
            return self._base(placing.card, operation)
        if operation == "management-number":
            return Answer(DONE, placing.card.management_number)
        newest = placing.card.newest if operation == "newest-address" else b""
        return Answer(DONE, newest) if newest else Answer(NOTHING)

    def _find(self) -> Answer:
        lying = self._plate.lying
        if lying is None or lying == self._spent:
            self._found = None
            return Answer(NO_CARD)
        self._found, self._selected = lying, None
        return Answer(FOUND, bytes(4))

    def _select(self) -> Answer:
        found, self._found = self._found, None
        if found is None:
            return Answer(WRONG_ORDER)
        if found != self._plate.lying:
            return Answer(SELECT_FAILED)
        self._selected = found
        return Answer(DONE, bytes(8))

    def _base(self, card: Card, operation: str) -> Answer:
        """Text and photo with their lengths before them, and what faults add."""
        text, picture = card.text, card.picture
        if self._faults.take("preamble-in-photo", operation):
            inner = Answer(DONE).frame()
            picture = picture[:800] + inner + picture[800 + len(inner) :]
        if (strike := self._faults.take("text-length", operation)) is not None:
            size = strike.number("text_bytes")
            text = text[:size].ljust(size, b"\x00")
        parts = [text, picture]
        if (strike := self._faults.take("fingerprint-answer", operation)) is not None:
            parts.append(bytes(strike.number("fingerprint_bytes")))
        return Answer(DONE, b"".join(len(part).to_bytes(2, "big") for part in parts) + b"".join(parts))

    def _present(self) -> Placing | Answer:
        """The selected card, or the refusal when none is selected or it has gone."""
        if self._selected is None:
            return Answer(WRONG_ORDER)
        if self._selected != self._plate.lying:
            self._selected = None
            return Answer(READ_FAILED)
        return self._selected


def _set_rf_frame(data: bytes) -> Answer:
    """61 FF takes one byte: the largest radio frame, 24-255."""
    if len(data) != 1:
        return Answer(WRONG_LENGTH)
    return Answer(DONE if data[0] >= 24 else WRONG_ORDER)


def _sam_id(seed: int) -> bytes:
    """The 16 bytes of a module number that no real module has: shown as 99.99-20260101-SEED-…."""
    return struct.pack("<HHIII", 99, 99, 20260101, seed % 100_000_000, seed * 7919 % 10_000_000)
