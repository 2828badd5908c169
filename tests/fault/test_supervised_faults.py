"""Every named fault at a supervised reader: it is ready again afterwards, and nobody but who lay there was verified."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from drivers.api import IdCard
from simulators.fault_table import FAULTS

if TYPE_CHECKING:
    from conftest import Watched

    Readers = dict[str, Watched]
    Everywhere = Callable[[Readers, Callable[[Watched], object]], dict[str, Any]]

# Who lies there, who comes in a swap, and who is laid down when all is over.
LYING, SWAPPED_IN, AFTERWARDS = "resident-001", "two-addresses", "resident-002"
LASTING = {"bad-check", "bad-length", "dribble", "late-answer", "reset-during-read"}


def given(fault: str) -> dict[str, object]:
    """Parameters with which a fault strikes while a card is read, or lasts."""
    parameters: dict[str, object] = {}
    if "card" in FAULTS[fault].parameters:
        parameters["card"] = SWAPPED_IN
    if fault.startswith("unplug"):
        parameters["command"] = "read-base"
    if fault in LASTING:
        parameters["count"] = None
    return parameters


def written(reader: Watched, card_id: str) -> tuple[str, list[str]]:
    """The number and the newest addresses on a simulated card."""
    facts = json.loads(reader.simulator.call("GET", f"/card?card={card_id}"))
    return facts["id_number"], facts["newest_addresses"]


def verified(signs: list[Any]) -> list[tuple[str | None, list[str]]]:
    cards = [msgspec.json.decode(bytes(sign.data), type=IdCard) for sign in signs if sign.name == "verified"]
    assert all(card.readings == 2 for card in cards)
    return [(card.id_number, list(card.newest_addresses)) for card in cards]


def suffer(reader: Watched, fault: str) -> str | None:
    """Let a fault strike a reading, end it, and read another card; what was wrong, or None."""
    if reader.wire not in FAULTS[fault].wires:
        return None
    reader.simulator.call("DELETE", "/plate")
    reader.wait_for(lambda: reader.status.state == "ready" and _is_plate_empty(reader), f"ready before {fault}")
    seen = len(reader.signs())
    reader.simulator.call("PUT", f"/faults/{fault}", given(fault))
    reader.simulator.call("PUT", "/plate", {"card": LYING})
    reader.wait_for(
        lambda: reader.status.state != "ready" or {"verified", "refused", "changed", "removed"} & _names(reader, seen),
        f"met {fault}",
    )
    reader.simulator.call("DELETE", "/faults")
    reader.simulator.call("DELETE", "/plate")
    reader.wait_for(lambda: _is_plate_empty(reader, seen), f"saw the card leave after {fault}")
    reader.simulator.call("PUT", "/plate", {"card": AFTERWARDS})
    last = written(reader, AFTERWARDS)
    reader.wait_for(lambda: last in verified(reader.signs()[seen:]), f"read a card after {fault}")
    reader.wait_for(lambda: reader.status.state == "ready", f"ready after {fault}")
    lawful = [written(reader, card_id) for card_id in (LYING, SWAPPED_IN, AFTERWARDS)]
    strangers = [person for person in verified(reader.signs()[seen:]) if person not in lawful]
    return f"verified {len(strangers)} wrong or mixed" if strangers else None


def _is_plate_empty(reader: Watched, since: int = 0) -> bool:
    """Whether what was told since then ends with an empty plate; after two unequal readings nothing counts as read."""
    signs = reader.signs()[since:]
    return not signs or signs[-1].name in {"removed", "changed"}


def _names(reader: Watched, seen: int) -> set[str]:
    return {sign.name for sign in reader.signs()[seen:]}


@pytest.mark.parametrize("fault", FAULTS)
def test_ready_again_and_nobody_wrong_was_verified(watched: Readers, on_every_bench: Everywhere, fault: str) -> None:
    wrong = on_every_bench(watched, lambda reader: suffer(reader, fault))
    assert not any(wrong.values()), wrong


def fall_silent(reader: Watched) -> list[tuple[str, str | None]]:
    """Let the module answer nothing until it is given up; what was told of the reader until a card is read."""
    reader.simulator.call("DELETE", "/plate")
    reader.wait_for(lambda: reader.status.state == "ready" and _is_plate_empty(reader), "ready")
    seen, told = len(reader.signs()), len(reader.told)
    reader.simulator.call("PUT", "/faults/silent", {})
    reader.wait_for(lambda: reader.status.code == "READER-SILENT", "silent")
    reader.simulator.call("DELETE", "/faults")
    reader.simulator.call("PUT", "/plate", {"card": LYING})
    reader.wait_for(lambda: "verified" in _names(reader, seen), "read a card")
    return reader.told[told:]


def test_a_silent_reader_is_told_before_it_is_given_up(watched: Readers, on_every_bench: Everywhere) -> None:
    told = on_every_bench(watched, fall_silent)
    ladder = [("faulted", "READER-NOT-ANSWERING"), ("faulted", "READER-SILENT"), ("ready", None)]
    assert all(each == ladder for each in told.values()), told


def pull(reader: Watched, skip: int) -> list[tuple[str, str | None]]:
    """Lay a card that is pulled in a reading of it; what was told, with its codes."""
    reader.simulator.call("DELETE", "/plate")
    reader.wait_for(lambda: reader.status.state == "ready" and _is_plate_empty(reader), "ready")
    seen = len(reader.signs())
    reader.simulator.call("PUT", "/faults/card-pulled", {"command": "read-base", "skip": skip})
    reader.simulator.call("PUT", "/plate", {"card": LYING})
    reader.wait_for(lambda: "removed" in _names(reader, seen), "saw the card leave")
    reader.simulator.call("DELETE", "/faults")
    return [(sign.name, sign.code) for sign in reader.signs()[seen:]]


@pytest.mark.parametrize(
    ("skip", "told"),
    [
        (0, [("reading", None), ("refused", "READER-CARD-GONE"), ("removed", None)]),
        (1, [("reading", None), ("read", None), ("changed", "READER-CARD-GONE"), ("removed", None)]),
    ],
)
def test_a_card_taken_away_too_early_is_told(
    watched: Readers, on_every_bench: Everywhere, skip: int, told: list[Any]
) -> None:
    ends = on_every_bench(watched, lambda reader: pull(reader, skip))
    assert all(end == told for end in ends.values()), ends


def break_off(reader: Watched) -> list[tuple[str, str | None]]:
    """Lay a card whose answer makes no sense; what was told, with its codes."""
    reader.simulator.call("DELETE", "/plate")
    reader.wait_for(lambda: reader.status.state == "ready" and _is_plate_empty(reader), "ready")
    seen = len(reader.signs())
    reader.simulator.call("PUT", "/faults/text-length", {})
    reader.simulator.call("PUT", "/plate", {"card": LYING})
    reader.wait_for(lambda: "removed" in _names(reader, seen), "gave the reading up")
    reader.simulator.call("DELETE", "/faults")
    return [(sign.name, sign.code) for sign in reader.signs()[seen:]]


def test_a_card_whose_reading_broke_off_is_to_be_laid_again(watched: Readers, on_every_bench: Everywhere) -> None:
    ends = on_every_bench(watched, break_off)
    told = [("reading", None), ("refused", "READER-READING-BROKEN"), ("removed", None)]
    assert all(end == told for end in ends.values()), ends


def exchange(reader: Watched) -> str | None:
    """Let a card be refused, lay another in its place in one go, and let that be read; what was wrong, or None."""
    reader.simulator.call("DELETE", "/plate")
    reader.wait_for(lambda: reader.status.state == "ready" and _is_plate_empty(reader), "ready")
    seen = len(reader.signs())
    reader.simulator.call("PUT", "/faults/status", {"status": "33", "command": "read-base", "count": None})
    reader.simulator.call("PUT", "/plate", {"card": LYING})
    reader.wait_for(lambda: "refused" in _names(reader, seen), "refused the card")
    reader.simulator.call("PUT", "/plate", {"card": AFTERWARDS})
    reader.simulator.call("DELETE", "/faults")
    last = written(reader, AFTERWARDS)
    reader.wait_for(lambda: last in verified(reader.signs()[seen:]), "read the card that took its place")
    names = [sign.name for sign in reader.signs()[seen:]]
    return None if names == ["reading", "refused", "removed", "read", "verified"] else str(names)


def test_a_card_laid_in_place_of_a_refused_one_is_noticed(watched: Readers, on_every_bench: Everywhere) -> None:
    wrong = on_every_bench(watched, exchange)
    assert not any(wrong.values()), wrong
