"""A simulator as a process of ours: started, spoken to over its control port, ended with us.

The agent imports nothing of the simulators; it knows their command line and their control port, like anybody else.
"""

from __future__ import annotations

import http.client
import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

START_LIMIT_S = 10.0
ANSWER_LIMIT_S = 5.0
CONTROL_VARIABLE = "RENHU_CONTROL_TOKEN"


class SimulatorFailed(Exception):
    """The simulator did not start, or did not answer as its contract says."""


class SimulatorRefused(SimulatorFailed):
    """The simulator does not know what is meant, or cannot do it."""


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
        """Send one request to the control port and give the answer's body.  Raises: SimulatorFailed or -Refused."""
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
            raise (SimulatorRefused if answer.status < 500 else SimulatorFailed)(f"{path}: {answer.status}")
        return content
