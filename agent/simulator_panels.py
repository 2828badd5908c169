"""The practice page's panels: what they show and ask goes over the simulators' control ports, like anybody else's."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from agent.errors import Actor, CodedError, Retry
from agent.simulator_process import SimulatorFailed, SimulatorProcess, SimulatorRefused
from webui.practice import (
    PracticeBed,
    PracticeCard,
    PracticeFault,
    PracticeGroup,
    PracticeLook,
    PracticePaper,
    PracticeParameter,
    PracticeReader,
    PracticeSitter,
    PracticeStudio,
)

Member = TypeVar("Member")
Told = dict[str, Any]


class FaultPanel:
    """The faults of one simulated device, and how it is asked."""

    def __init__(self, simulator: SimulatorProcess) -> None:
        self._simulator = simulator

    def switch_on(self, name: str, parameters: Mapping[str, str]) -> None:
        """Give the device a fault."""
        limits: Told = next((one["limits"] for one in self._told()["faults"] if one["name"] == name), {})
        typed = {key: value for key, value in parameters.items() if value or limits.get(key, {}).get("optional")}
        given = {key: _understood(value, limits.get(key, {})) for key, value in typed.items()}
        self._ask("PUT", f"/faults/{quote(name)}", given)

    def switch_off(self, name: str) -> None:
        """End one fault."""
        self._ask("DELETE", f"/faults/{quote(name)}")

    def switch_all_off(self) -> None:
        """End every fault."""
        self._ask("DELETE", "/faults")

    def _told(self, path: str = "/") -> Told:
        told: Told = json.loads(self._ask("GET", path))
        return told

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        try:
            return self._simulator.call(method, path, body)
        except SimulatorRefused as error:
            raise CodedError("PRACTICE-REFUSED", Actor.CLERK, Retry.AFTER_ACTION) from error
        except SimulatorFailed as error:
            raise CodedError("PRACTICE-NO-SIMULATOR", Actor.TECHNICIAN, Retry.AFTER_ACTION) from error


class ReaderPanel(FaultPanel):
    """The practice page's panel for the simulated reader: cards to lay down, faults to switch."""

    def look(self) -> PracticeReader:
        """The stack of made-up cards, the faults, and what lies on the plate."""
        cards, told = self._told("/cards"), self._told()
        return PracticeReader(_grouped(cards, "cards", _card), _grouped(told, "faults", _fault), told["card"] or "")

    def lay(self, card_id: str) -> None:
        """Lay a card on the plate."""
        self._ask("PUT", "/plate", {"card": card_id})

    def lift(self) -> None:
        """Take the card off the plate."""
        self._ask("DELETE", "/plate")

    def picture(self, photo: bytes) -> bytes | None:
        """Have a simulated card's photo, in the simulator's own coding, drawn as PNG."""
        try:
            return self._simulator.call("POST", "/picture", {"photo": base64.b64encode(photo).decode()})
        except SimulatorFailed:
            return None


class ScannerPanel(FaultPanel):
    """The practice page's panel for the simulated scanner: papers to lay in, faults to switch."""

    def look(self) -> PracticeBed:
        """The stack of made-up papers, the faults, and what lies where."""
        papers, told = self._told("/papers"), self._told()
        return PracticeBed(
            _grouped(papers, "papers", _paper),
            _grouped(told, "faults", _fault),
            told["feeder"],
            told["platen"] or "",
            told["platen_side"] or "",
        )

    def fill_feeder(self, paper_ids: Sequence[str]) -> None:
        """Lay sheets into the feeder."""
        self._ask("PUT", "/feeder", {"papers": list(paper_ids)})

    def lay_on_glass(self, paper_id: str, side: str) -> None:
        """Lay a paper on the glass."""
        self._ask("PUT", "/platen", {"paper": paper_id, "side": side})

    def empty(self) -> None:
        """Take everything out."""
        self._ask("DELETE", "/feeder")
        self._ask("DELETE", "/platen")


class CameraPanel(FaultPanel):
    """The practice page's panel for the simulated camera: who sits before it, settings, faults to switch."""

    def look(self) -> PracticeStudio:
        """The made-up people and how they can sit, the faults, and what is so now."""
        people, told = self._told("/sitters"), self._told()
        return PracticeStudio(
            [PracticeSitter(one["id"], one["name"], one["sex"], int(one["age"])) for one in people["sitters"]],
            _grouped(people, "looks", _look),
            _grouped(told, "faults", _fault),
            told["person"] or "",
            told["look"],
            _settings(told),
            told["choices"]["size"],
            told["choices"]["quality"],
            len(self._told("/store")["pictures"]),
        )

    def seat(self, person: str, look: str) -> None:
        """Let somebody sit down."""
        self._ask("PUT", "/sitter", {"person": person, "look": look})

    def leave(self) -> None:
        """Leave the chair empty."""
        self._ask("DELETE", "/sitter")

    def picture(self, person: str, look: str) -> bytes:
        """Have somebody drawn as PNG."""
        return self._ask("GET", f"/picture?{urlencode({'person': person, 'look': look})}")

    def set(self, settings: Mapping[str, str]) -> None:
        """Set what differs from what is told now: a fault may tell another charge than the camera has."""
        now = _settings(self._told("/camera"))
        given: Told = {name: value for name, value in settings.items() if now.get(name) != value}
        if "battery" in given:
            given["battery"] = _understood(given["battery"], {})
        if "turned" in given:
            given["turned"] = bool(given["turned"])
        if given:
            self._ask("PUT", "/camera", given)

    def empty_card(self) -> None:
        """Remove every picture from its card."""
        self._ask("DELETE", "/store")

    def begin_anew(self) -> None:
        """Let all but the faults be as at the start."""
        self._ask("DELETE", "/camera")


def _settings(told: Told) -> dict[str, str]:
    """A camera's settings as a form shows them."""
    shown = {name: str(told[name]) for name in ("size", "quality", "battery")}
    return shown | {"turned": "yes" if told["turned"] else ""}


def _grouped(told: Told, what: str, made: Callable[[Told], Member]) -> list[PracticeGroup[Member]]:
    """The members of each group, all in the simulator's order."""
    return [
        PracticeGroup(group["name"], group, [made(one) for one in told[what] if one["group"] == group["name"]])
        for group in told["groups"]
    ]


def _card(told: Told) -> PracticeCard:
    return PracticeCard(told["id"], told["kind"], told["name"], told["about"])


def _paper(told: Told) -> PracticePaper:
    return PracticePaper(told["id"], told["name"], int(told["sides"]), told["about"])


def _look(told: Told) -> PracticeLook:
    return PracticeLook(told["name"], told["about"])


def _fault(told: Told) -> PracticeFault:
    parameters = [_parameter(name, value, told["limits"][name]) for name, value in told["parameters"].items()]
    return PracticeFault(told["name"], parameters, bool(told["active"]), told["about"], told["then"])


def _parameter(name: str, value: object, limits: Told) -> PracticeParameter:
    choices = tuple(str(choice) for choice in limits.get("choices", ()))
    if limits.get("hexadecimal"):
        return PracticeParameter(name, f"{value:02X}")
    shown = "" if value is None else str(value)
    return PracticeParameter(name, shown, choices, limits.get("minimum"), limits.get("maximum"))


def _understood(typed: str, limits: Told) -> str | int | None:
    """What was typed, as the control port takes it: empty is "not set", a number is one unless it is hexadecimal."""
    if not typed:
        return None
    is_number = typed.lstrip("-").isascii() and typed.lstrip("-").isdigit()
    return int(typed) if is_number and not limits.get("hexadecimal") else typed
