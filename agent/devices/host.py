"""One device's host, which only the supervisor's thread touches: its worker, its wire, its state, its request."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from agent.devices.pending import Pending
from agent.devices.role_codes import CODES, RoleCodes
from agent.devices.scratch import Scratch
from agent.devices.state import DeviceState, Happening, RestartBudget, after
from agent.devices.wire import (
    EXIT_HUNG,
    VERSION,
    Cancel,
    Confined,
    Look,
    Page,
    Ports,
    Pulse,
    Request,
    Sign,
    Start,
    State,
    Watch,
    Wire,
    WireBroken,
)
from drivers.api import Actor, Candidate, Clock, DeviceBusy, DeviceError, NeedsOperator, Retry, WorkerDied

GRACE_S = 2.0
SILENCE_S = 30.0
CANCEL_LIMIT_S = 0.25  # with GRACE_S and the end of its process, within the 2.5 s that `Supervisor.cancel` promises
BURIAL_LIMIT_S = 1.0
ENDS_WITH_PARENT = ("/usr/bin/setpriv", "--pdeathsig", "KILL")  # it could not itself while it loads its modules
SIMULATED_SAM_PREFIX = "99.99-"
SIMULATED_SERIAL_PREFIX = "RENHU-SIM-"


class DeviceSettings(msgspec.Struct, frozen=True):
    """How a device is reached.  `poll_ms` while a desk holds the reader, `idle_poll_ms` otherwise; `place` as there."""

    role: str
    driver: str
    address: str
    options: dict[str, object]
    poll_ms: int = 125
    idle_poll_ms: int = 600
    place: str = ""


def is_simulated(identity: dict[str, str]) -> bool:
    """Whether the device says of itself, over its real wire, that it is one of our simulators."""
    is_reader = identity.get("sam_id", "").startswith(SIMULATED_SAM_PREFIX)
    return is_reader or identity.get("serial", "").startswith(SIMULATED_SERIAL_PREFIX)


@dataclass(slots=True)
class DeviceHost:
    """The agent's side of one device."""

    settings: DeviceSettings
    clock: Clock
    state: DeviceState = DeviceState.ABSENT
    code: str | None = None
    facts: dict[str, str | int | float] = field(default_factory=dict)
    identity: dict[str, str] = field(default_factory=dict)
    statistics: dict[str, int] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    layers: tuple[str, ...] | None = None
    since: datetime | None = None
    is_reading: bool = False
    turn: int = 0
    frames_per_s: int = 0
    renewals: int = 0
    wire: Wire | None = None
    budget: RestartBudget = field(default_factory=RestartBudget)
    start_due_s: float | None = 0.0
    heard_s: float = 0.0
    pending: Pending | None = None
    has_hung: bool = False
    is_closing: bool = False
    _process: subprocess.Popen[bytes] | None = None
    _is_stuck: bool = False
    _scratch: Scratch | None = None
    _number: int = 0

    def spawn(self) -> None:
        """Start the worker.  Its environment names nothing of the station, and it inherits one descriptor.

        Its temporary folder is its own and goes with it: it is mostly killed, and cannot tidy up behind itself.
        """
        self._scratch = Scratch.make("worker")
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*ENDS_WITH_PARENT, sys.executable, "-m", "agent.devices.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": self._scratch.path},
                cwd="/",
                process_group=0,  # what a terminal sends to its command is not for this process
            )
        ours.setblocking(False)
        self.wire = Wire(ours, is_worker=False)
        self.start_due_s = self.layers = None
        self.has_hung = False
        self.heard_s = self.clock.monotonic()
        settings = self.settings
        self.tell(Start(VERSION, settings.role, settings.driver, settings.address, self._options(), self.renewals))
        self.tell_watch()
        if self.frames_per_s:
            self.look(self.frames_per_s)

    def _options(self) -> dict[str, object]:
        """The driver's settings, and who answered before, so that it need not be looked for among others."""
        return {**self.settings.options, "last": dict(self.identity) or {"place": self.place}}

    @property
    def place(self) -> str:
        """Where the device was found the last time, under an earlier agent too: the driver looks there first."""
        return self.identity.get("place") or self.settings.place

    @property
    def codes(self) -> RoleCodes:
        """The codes of this role."""
        return CODES[self.settings.role]

    def tell(self, message: Start | Watch | Look | Request | Cancel) -> None:
        """Send to the worker; that it has gone is noticed when its wire is read."""
        if self.wire is not None:
            try:
                self.wire.send(message)
            except WireBroken:
                self.heard_s = float("-inf")

    def watch(self, *, is_reading: bool, turn: int) -> None:
        """Note whether somebody holds the desk, and tell the worker when that is new."""
        if (self.is_reading, self.turn) != (is_reading, turn):
            self.is_reading, self.turn = is_reading, turn
            self.tell_watch()

    def tell_watch(self) -> None:
        """Tell the worker whether a desk holds the reader."""
        poll_ms = self.settings.poll_ms if self.is_reading else self.settings.idle_poll_ms
        self.tell(Watch(self.is_reading, poll_ms, self.turn))

    def look(self, frames_per_s: int) -> None:
        """Note how much of a live view is looked at, and tell the worker."""
        self.frames_per_s = frames_per_s
        self.tell(Look(frames_per_s))

    def happened(self, happening: Happening) -> bool:
        """Follow the table of states; says whether the state changed."""
        before, self.state = self.state, after(self.state, happening)
        return before is not self.state

    def request(
        self,
        operation: str,
        arguments: dict[str, object],
        limit_s: float,
        answer: Future[bytes],
        moving_s: float | None = None,
    ) -> None:
        """Pass a request to the worker, or fail it at once: wishes are not queued."""
        if self.is_closing:
            answer.set_exception(DeviceError(self.codes.stopping, Actor.TECHNICIAN, Retry.AFTER_ACTION))
            return
        if self.state is DeviceState.BUSY or self.pending is not None:
            answer.set_exception(DeviceBusy(self.codes.in_service, Actor.CLERK, Retry.NOW))
            return
        if self.wire is None or self.state is not DeviceState.READY:
            code = self.code or self.codes.absent
            answer.set_exception(DeviceError(code, Actor.TECHNICIAN, Retry.AFTER_ACTION, **self.facts))
            return
        self._number += 1
        self.pending = Pending(self._number, answer, limit_s, moving_s or limit_s, self.clock.monotonic())
        self.happened(Happening.REQUESTED)
        self.tell(Request(self._number, operation, arguments, self.pending.deadline_s, limit_s))
        if operation == "capture":
            self.wire.expect_page()

    def cancel(self) -> None:
        """Call off what is under way; a worker that does not come back from that is ended soon after."""
        if self.pending is not None and not self.pending.is_cancelled:
            self.pending.is_cancelled = True
            self.pending.deadline_s = min(self.pending.deadline_s, self.clock.monotonic() + CANCEL_LIMIT_S)
            self.tell(Cancel(self.pending.number))

    def learn(self, told: Pulse | Ports | Confined) -> None:
        """Keep what the worker says of itself."""
        match told:
            case Pulse(statistics):
                self.statistics = statistics
            case Ports(candidates):
                self.candidates = candidates
            case Confined(layers):
                self.layers = layers

    def is_wanted(self, number: int) -> bool:
        """Whether somebody still waits for what the request of this number brings; behind a cancel nobody does."""
        return self.pending is not None and self.pending.number == number and not self.pending.is_cancelled

    def went_on(self, shown: Sign | Page) -> None:
        """Note that the request under way makes progress."""
        pending = self.pending
        if pending is not None and not pending.is_cancelled:
            pending.went_on(shown, self.clock.monotonic())

    def give_up_waiting(self) -> None:
        """Let go of whoever waits for an answer, and take no more requests: the agent is stopping."""
        self.is_closing = True
        if self.pending is not None:
            pending, self.pending = self.pending, None
            pending.answer.set_exception(DeviceError(self.codes.stopping, Actor.TECHNICIAN, Retry.AFTER_ACTION))

    def restart(self) -> None:
        """End the worker because somebody wants a fresh one that looks anew who is there; tell whoever waits for it."""
        if self.pending is not None and not self.pending.is_cancelled:
            pending, self.pending = self.pending, None
            pending.answer.set_exception(DeviceError(self.codes.restarted, Actor.CLERK, Retry.NOW))
        self.bury()
        self.settings = msgspec.structs.replace(self.settings, place=self.place)
        self.identity, self.statistics = {}, {}

    def next_due_s(self) -> float:
        """When the supervisor has to look at this host again."""
        dues = [float("inf")]
        if self.start_due_s is not None and not self._is_stuck and self.state is not DeviceState.DISABLED:
            dues.append(self.start_due_s)
        if self.wire is not None:
            dues.append(self.heard_s + SILENCE_S)
        if self.pending is not None:
            dues.append(self.pending.deadline_s + GRACE_S)
        return min(dues)

    def kill(self) -> None:
        """End the worker now; the end of its wire is handled like any other death."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    def bury(self, last: State | None = None) -> int:
        """Release everything of a worker that has ended or shall end, and say how it ended; `last` is why it wanted to.

        One that does not even end by SIGKILL is left, for all devices wait meanwhile: see `is_stuck`.
        """
        if self.wire is not None:
            self.wire.close()
            self.wire = None
        status = 0
        if self._process is not None:
            self._process.kill()
            try:
                status = self._process.wait(0 if self._is_stuck else BURIAL_LIMIT_S)
            except subprocess.TimeoutExpired:
                self._is_stuck = True
                status = -signal.SIGKILL
            else:
                self._forget_process()
        self.has_hung |= status == EXIT_HUNG
        if self.pending is not None:
            pending, self.pending = self.pending, None
            if pending.is_cancelled:
                pending.answer.set_exception(NeedsOperator(self.codes.cancelled, Actor.CLERK, Retry.NOW))
            elif last is not None and last.code is not None:
                pending.answer.set_exception(DeviceError(last.code, Actor.CLERK, Retry.NOW, **last.facts))
            else:
                pending.answer.set_exception(WorkerDied(self.death_code, Actor.TECHNICIAN, Retry.NOW, exit=status))
        return status

    def is_stuck(self) -> bool:
        """Whether a worker that was killed still lives, held in the kernel by its device; reaped here once it ends."""
        if self._is_stuck and self._process is not None and self._process.poll() is not None:
            self._forget_process()
        return self._is_stuck

    @property
    def death_code(self) -> str:
        """What is said of the worker's end."""
        if self._is_stuck:
            return self.codes.stuck
        return self.codes.hung if self.has_hung else self.codes.worker_died

    def _forget_process(self) -> None:
        self._process = None
        self._is_stuck = False
        if self._scratch is not None:
            self._scratch.remove()
            self._scratch = None
