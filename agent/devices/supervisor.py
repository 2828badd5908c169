"""The supervisor: one thread that owns the state of every device and its worker process.

Others send it a command and wait on a Future.  It sleeps on the workers' wires and wakes for the next thing that is
due; each round is its tick, and the watchdog is fed by that tick and by nothing else.
"""

from __future__ import annotations

import logging
import queue
import selectors
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from agent.devices.holder import with_holder
from agent.devices.host import GRACE_S, SILENCE_S, DeviceHost, DeviceSettings, is_simulated
from agent.devices.role_codes import CODES
from agent.devices.state import DeviceState, Happening, log_level
from agent.devices.status import DeviceStatus, status_of
from agent.devices.wire import Confined, Frame, Hello, Page, Ports, Pulse, Reply, Shown, Sign, State, WireBroken
from agent.events.service import Event
from drivers.api import Actor, Clock, DeviceError, Retry

log = logging.getLogger("renhu.devices")

TICK_S = 2.0


class Supervisor:
    """Run the devices' workers.

    Args:
        devices: how each device is reached.
        clock: the time.
        publish: takes events; must not block.
        on_sign: called in this thread with a role and what its device showed, pictures too; must not block.
        on_tick: called once a round: feeds the watchdog.
        refuses_simulated: True in a register: a simulated device is switched off as soon as it says what it is.
    """

    def __init__(
        self,
        devices: list[DeviceSettings],
        clock: Clock,
        publish: Callable[[Event], None],
        on_sign: Callable[[str, Shown], None],
        on_tick: Callable[[], None],
        *,
        refuses_simulated: bool,
    ) -> None:
        self._clock = clock
        self._publish = publish
        self._on_sign = on_sign
        self._on_tick = on_tick
        self._refuses_simulated = refuses_simulated
        self._hosts = {device.role: DeviceHost(device, clock, since=clock.now()) for device in devices}
        self._commands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)
        self._is_stopping = False
        self._statuses: dict[str, DeviceStatus] = {}
        self._remember()
        self._thread = threading.Thread(target=self._run, name="supervisor")

    def start(self) -> None:
        """Start the thread; the workers start in it, so that they end with it."""
        self._thread.start()

    def stop(self, limit_s: float) -> None:
        """End all workers and the thread."""
        self._command(self._end)
        self._thread.join(limit_s)
        if not self._thread.is_alive():  # only then does nobody wake it any more, this command's sender included
            self._wake_reader.close()
            self._wake_writer.close()

    def give_up_waiting(self) -> None:
        """Before the pages stop: nobody is kept waiting for a device."""
        for role in self._hosts:
            self._order(role, DeviceHost.give_up_waiting)

    def statuses(self) -> dict[str, DeviceStatus]:
        """The devices as they were after the last round, by role."""
        return self._statuses

    def request(
        self, role: str, operation: str, arguments: dict[str, object], limit_s: float, moving_s: float | None = None
    ) -> Future[bytes]:
        """Ask a device for something; the Future ends with JSON or a CodedError, within `limit_s` and the grace.

        What the device shows gives it its time again: `moving_s` to a page's next line, then what such pages take.
        """
        answer: Future[bytes] = Future()
        host = self._hosts.get(role)
        if host is None:
            answer.set_exception(DeviceError(CODES[role].not_configured, Actor.TECHNICIAN, Retry.AFTER_ACTION))
        else:
            self._command(lambda: host.request(operation, arguments, limit_s, answer, moving_s))
        return answer

    def cancel(self, role: str) -> None:
        """Call off what a device is doing; whoever waits for it gets its end, or an error, within 2.5 s."""
        self._order(role, DeviceHost.cancel)

    def watch(self, role: str, *, is_reading: bool, turn: int = 0) -> None:
        """Say whether somebody holds the desk: only then are cards read; `turn` grows with each change of holder."""
        self._order(role, lambda host: host.watch(is_reading=is_reading, turn=turn))

    def look(self, role: str, frames_per_s: int) -> None:
        """Say how many frames of a live view somebody looks at in a second; 0 when nobody does."""
        self._order(role, lambda host: host.look(frames_per_s))

    def restart(self, role: str, address: str | None = None) -> None:
        """End a device's worker and start it afresh, at another address where one is given; also out of `disabled`."""

        def again(host: DeviceHost) -> None:
            self._change(host, Happening.RESET, None, {})  # before whoever waits for it hears, and asks again
            host.restart()
            self._on_sign(role, Sign("removed"))
            if address is not None:
                host.settings = msgspec.structs.replace(host.settings, address=address)
            host.budget.obeyed()
            host.start_due_s = self._clock.monotonic()

        self._order(role, again)

    def _order(self, role: str, deed: Callable[[DeviceHost], None]) -> None:
        """Have something done with a device, where there is one of this role."""
        if (host := self._hosts.get(role)) is not None:
            self._command(lambda: deed(host))

    def _command(self, command: Callable[[], None]) -> None:
        self._commands.put(command)
        self._wake_writer.send(b"!")

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                self._round()
            except Exception:
                log.exception("the supervisor's round failed")

    def _round(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_reader, selectors.EVENT_READ)
            for host in self._hosts.values():
                if host.wire is not None:
                    selector.register(host.wire, selectors.EVENT_READ, host)
            due_s = min((host.next_due_s() for host in self._hosts.values()), default=float("inf"))
            ready = selector.select(max(0.0, min(TICK_S, due_s - self._clock.monotonic())))
        for key, _ in ready:
            if isinstance(key.data, DeviceHost):
                self._listen(key.data)
            else:
                self._wake_reader.recv(4096)
        while not self._commands.empty():
            self._commands.get()()
        for host in self._hosts.values():
            self._keep(host)
        self._remember()
        self._on_tick()

    def _listen(self, host: DeviceHost) -> None:
        if host.wire is None:
            return
        try:
            messages = host.wire.receive()
        except WireBroken:
            self._died(host)
            return
        host.heard_s = self._clock.monotonic()
        for message in messages:
            self._take(host, message)

    def _take(self, host: DeviceHost, message: object) -> None:
        match message:
            case State():
                self._take_state(host, message)
            case Page(number):
                if host.is_wanted(number):
                    self._shown(host, message)
            case Sign():
                self._shown(host, message)
            case Frame():
                self._on_sign(host.settings.role, message)
            case Reply():
                self._take_reply(host, message)
            case Pulse() | Ports() | Confined():
                host.learn(message)
            case Hello():
                pass

    def _shown(self, host: DeviceHost, shown: Sign | Page) -> None:
        host.budget.succeeded()
        host.went_on(shown)
        self._on_sign(host.settings.role, shown)

    def _take_state(self, host: DeviceHost, told: State) -> None:
        if told.state == "ready":
            host.identity, host.renewals = told.identity, 0
            if self._refuses_simulated and is_simulated(told.identity):
                host.bury()
                self._change(host, Happening.GAVE_UP, host.codes.simulated, {})
                return
            host.budget.succeeded()
            self._change(host, Happening.OPENED, None, {})
        else:
            facts = with_holder(told.code, told.facts)
            self._change(host, Happening.LOST if told.state == "absent" else Happening.FAILED, told.code, facts)
            if told.is_last:  # what is wrong stays so until the fresh process knows better
                host.renewals += 1
                host.bury(told)
                host.start_due_s = self._clock.monotonic() + host.budget.renewed(self._clock.monotonic())

    def _take_reply(self, host: DeviceHost, reply: Reply) -> None:
        pending = host.pending
        if pending is None or pending.number != reply.number:
            return
        host.pending = None
        self._change(host, Happening.ANSWERED, host.code, host.facts)
        if reply.is_last:
            self._renew(host)
        if reply.code is None:
            host.budget.obeyed()
            pending.answer.set_result(bytes(reply.data))
        else:
            pending.answer.set_exception(DeviceError(reply.code, reply.actor, reply.retry, **reply.facts))

    def _keep(self, host: DeviceHost) -> None:
        """Do what is due for one host: start its worker, or end one that is silent or past a deadline."""
        now_s = self._clock.monotonic()
        if host.wire is None:
            is_stuck = host.is_stuck()
            if host.state is DeviceState.DISABLED:
                return
            if is_stuck:
                self._change(host, Happening.FAILED, host.codes.stuck, {})
            elif host.start_due_s is not None and now_s >= host.start_due_s:
                self._spawn(host)
            return
        is_late = host.pending is not None and now_s >= host.pending.deadline_s + GRACE_S
        if is_late or now_s >= host.heard_s + SILENCE_S:
            host.kill()
            if host.pending is not None and host.pending.is_cancelled:
                self._renew(host)
                return
            host.has_hung = True
            self._died(host)

    def _spawn(self, host: DeviceHost) -> None:
        """Start the worker; a machine that cannot is treated like a worker that died at once."""
        try:
            host.spawn()
        except OSError:
            log.exception("%s: no worker could be started", host.settings.role)
            self._died(host)
        else:
            self._change(host, Happening.SPAWNED, host.code, host.facts)

    def _renew(self, host: DeviceHost) -> None:
        """Put a fresh process in the place of one whose library was interrupted."""
        host.bury()
        host.start_due_s = self._clock.monotonic()
        self._change(host, Happening.RESET, None, {})

    def _died(self, host: DeviceHost) -> None:
        status, pause_s = host.bury(), host.budget.died(self._clock.monotonic())
        self._on_sign(host.settings.role, Sign("removed"))
        if pause_s is None:
            self._change(host, Happening.GAVE_UP, host.codes.disabled, {"exit": status})
            return
        host.start_due_s = self._clock.monotonic() + pause_s
        self._change(host, Happening.DIED, host.death_code, {"exit": status})

    def _change(
        self, host: DeviceHost, happening: Happening, code: str | None, facts: dict[str, str | int | float]
    ) -> None:
        """Follow the table; log once when the state or its reason changes, and tell when anything does."""
        is_news = (has_moved := host.happened(happening)) or code != host.code
        if not is_news and facts == host.facts:
            return
        host.code, host.facts, host.since = code, facts, self._clock.now() if has_moved else host.since
        self._remember()
        if is_news:
            reason = f" ({code})" if code else ""
            log.log(log_level(host.state), "%s: %s%s", host.settings.role, host.state.value, reason)
        self._publish(Event("device", facts={"role": host.settings.role, "state": host.state.value}))

    def _remember(self) -> None:
        self._statuses = {role: status_of(host) for role, host in self._hosts.items()}

    def _end(self) -> None:
        for host in self._hosts.values():
            host.start_due_s = None
            host.bury()
        self._is_stopping = True
