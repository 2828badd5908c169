"""A simulator as a process of ours: started, spoken to over its control port, ended with us.

The agent imports nothing of the simulators; it knows their command line and their control port, like anybody else.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from webui.services import PracticeCard, PracticeFault, PracticePaper

START_LIMIT_S = 10.0
ANSWER_LIMIT_S = 5.0
CONTROL_VARIABLE = "RENHU_CONTROL_TOKEN"


class SimulatorFailed(Exception):
    """The simulator did not start, or did not answer as its contract says."""


@dataclass(slots=True)
class SimulatorProcess:
    """One running simulator.

    Attributes:
        address: where its device is reached.
        faults: URL of its control port.
        token: for the header `X-Renhu-Control`.
    """

    address: str
    faults: str
    token: str
    process: subprocess.Popen[str]

    @classmethod
    def start(cls, kind: str, *arguments: str, token: str = "") -> SimulatorProcess:
        """Start `python -m simulators KIND …` and wait for its line; `token` shall open its control port.

        Raises: SimulatorFailed.
        """
        process = subprocess.Popen(
            [sys.executable, "-m", "simulators", kind, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, CONTROL_VARIABLE: token},
            process_group=0,  # what a terminal sends to its command is not for this process
        )
        has_spoken = process.stdout is not None and select.select([process.stdout], [], [], START_LIMIT_S)[0]
        line = process.stdout.readline() if process.stdout is not None and has_spoken else ""
        try:
            told = json.loads(line)
            return cls(told["address"], told["faults"], told["token"], process)
        except (ValueError, KeyError) as error:
            process.kill()
            process.communicate()
            raise SimulatorFailed(kind) from error

    def stop(self) -> None:
        """End the simulator."""
        self.process.terminate()
        try:
            self.process.wait(ANSWER_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        """Send one request to the control port and give the answer's body.  Raises: SimulatorFailed."""
        place = urlsplit(self.faults)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=ANSWER_LIMIT_S)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, {"X-Renhu-Control": self.token, "Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        except OSError as error:
            raise SimulatorFailed(path) from error
        finally:
            connection.close()
        if answer.status >= 300:
            raise SimulatorFailed(f"{path}: {answer.status}")
        return content


class FaultPanel:
    """The demo page's faults of one simulated device."""

    def __init__(self, simulator: SimulatorProcess) -> None:
        self._simulator = simulator

    def faults(self) -> Sequence[PracticeFault]:
        """Every fault the simulator knows."""
        told = json.loads(self._simulator.call("GET", "/"))
        return [
            PracticeFault(fault["name"], _as_texts(fault["parameters"]), bool(fault["active"]))
            for fault in told["faults"]
        ]

    def switch_on(self, name: str, parameters: Mapping[str, str]) -> None:
        """Give the device a fault."""
        given = {
            key: int(value) if value.lstrip("-").isdigit() else value for key, value in parameters.items() if value
        }
        self._simulator.call("PUT", f"/faults/{quote(name)}", given)

    def switch_off(self, name: str) -> None:
        """End one fault."""
        self._simulator.call("DELETE", f"/faults/{quote(name)}")

    def switch_all_off(self) -> None:
        """End every fault."""
        self._simulator.call("DELETE", "/faults")


class ReaderPanel(FaultPanel):
    """The demo page's panel for the simulated reader: cards to lay down, faults to switch."""

    def cards(self) -> Sequence[PracticeCard]:
        """The stack of made-up cards."""
        told = json.loads(self._simulator.call("GET", "/cards"))
        return [PracticeCard(card["id"], card["kind"], card["name"]) for card in told["cards"]]

    def lay(self, card_id: str) -> None:
        """Lay a card on the plate."""
        self._simulator.call("PUT", "/plate", {"card": card_id})

    def lift(self) -> None:
        """Take the card off the plate."""
        self._simulator.call("DELETE", "/plate")

    def picture(self, photo: bytes) -> bytes | None:
        """Have a simulated card's photo, in the simulator's own coding, drawn as PNG."""
        try:
            return self._simulator.call("POST", "/picture", {"photo": base64.b64encode(photo).decode()})
        except SimulatorFailed:
            return None


class ScannerPanel(FaultPanel):
    """The demo page's panel for the simulated scanner: papers to lay in, faults to switch."""

    def papers(self) -> Sequence[PracticePaper]:
        """The stack of made-up papers."""
        told = json.loads(self._simulator.call("GET", "/papers"))
        return [PracticePaper(paper["id"], paper["name"], int(paper["sides"])) for paper in told["papers"]]

    def fill_feeder(self, paper_ids: Sequence[str]) -> None:
        """Lay sheets into the feeder."""
        self._simulator.call("PUT", "/feeder", {"papers": list(paper_ids)})

    def lay_on_glass(self, paper_id: str, side: str) -> None:
        """Lay a paper on the glass."""
        self._simulator.call("PUT", "/platen", {"paper": paper_id, "side": side})


def _as_texts(parameters: Mapping[str, object]) -> dict[str, str]:
    """The default of each parameter as a form shows it; empty where there is none."""
    return {name: "" if default is None else str(default) for name, default in parameters.items()}
