"""A reader's life in its worker: open, look for cards, read them twice, notice when they leave, open again.

The loop sleeps on two descriptors, the wire and the device, so that a message from the agent and an unplug are both
noticed at once, and wakes only when the next look is due.
"""

from __future__ import annotations

import select
from collections.abc import Iterable
from enum import Enum

import msgspec

from agent.devices.reader_rhythm import ReaderRhythm
from agent.devices.role_codes import READING_BROKEN
from agent.devices.wire import Ports, Pulse, Reply, Request, Sign, State, Watch, Wire, raw
from drivers.api import (
    Actor,
    Candidate,
    Clock,
    CodedError,
    Deadline,
    DeviceAbsent,
    DeviceBusy,
    DeviceError,
    DeviceRefused,
    DeviceTimeout,
    IdReader,
    LinkError,
    NeedsOperator,
    ReaderIdentity,
    Retry,
)


class Plate(Enum):
    """What lies on the reader's plate, as far as we know."""

    EMPTY = "empty"
    UNREAD = "unread"
    READING = "reading"
    DONE = "done"
    REFUSED = "refused"


class ReaderWatch:
    """Run one reader.  Everything happens in the caller's thread."""

    def __init__(self, reader: IdReader, wire: Wire, clock: Clock, rhythm: ReaderRhythm | None = None) -> None:
        self._reader = reader
        self._wire = wire
        self._clock = clock
        self._rhythm = rhythm or ReaderRhythm()
        self._watch = Watch(is_reading=False, poll_ms=600)
        self._identity: ReaderIdentity | None = None
        self._plate = Plate.EMPTY
        self._turn: int | None = None
        self._refusal: Sign | None = None
        self._reported: State | None = None
        self._ready = State("ready")
        reader.listen(self._struggle)
        self._told_ports: tuple[Candidate, ...] = ()
        self._failed_opens = 0
        self._next_look_s = clock.monotonic()
        self._next_pulse_s = clock.monotonic()

    def run(self, waiting: Iterable[object] = ()) -> None:
        """Obey what is waiting, then go on until the wire breaks.

        Raises: WireBroken when the agent has gone.
        """
        for message in waiting:
            self._obey(message)
        while True:
            self._listen()
            now_s = self._clock.monotonic()
            if now_s >= self._next_pulse_s:
                self._pulse()
            if now_s >= self._next_look_s:
                self._step()

    def _listen(self) -> None:
        """Sleep until a message, a sign of life on the device's line, or the next thing to do."""
        due_s = min(self._next_look_s, self._next_pulse_s)
        # A poll is one call to the system; a selector is five, each time that a card is looked for.
        waiting = select.poll()
        waiting.register(self._wire, select.POLLIN)
        device = self._reader.fileno() if self._identity is not None else None
        if device is not None:
            waiting.register(device, select.POLLIN)
        ready = waiting.poll(max(0.0, due_s - self._clock.monotonic()) * 1000)
        if not ready:
            return
        if any(descriptor == self._wire.fileno() for descriptor, _ in ready):
            for message in self._wire.receive():
                self._obey(message)
        else:
            self._next_look_s = self._clock.monotonic()

    def _obey(self, message: object) -> None:
        if isinstance(message, Watch):
            self._watch = message
            self._next_look_s = self._clock.monotonic()
        elif isinstance(message, Request):
            self._answer(message)

    def _pulse(self) -> None:
        if self._identity is None:
            self._tell_ports()
        self._wire.send(Pulse(msgspec.structs.asdict(self._reader.statistics())))
        self._next_pulse_s = self._clock.monotonic() + self._rhythm.pulse_s

    def _tell_ports(self) -> None:
        """List the ports again; only a list that has changed is told."""
        candidates = self._reader.candidates()
        if candidates != self._told_ports:
            self._told_ports = candidates
            self._wire.send(Ports(candidates))

    def _step(self) -> None:
        if self._identity is None:
            self._open()
        else:
            self._look()

    def _open(self) -> None:
        began_s = self._clock.monotonic()
        try:
            identity = self._reader.open(Deadline.after(self._clock, self._rhythm.open_limit_s))
        except DeviceError as error:
            self._lost(error, began_s)
            return
        self._failed_opens = 0
        self._tell_ports()
        self._identify(identity)
        self._next_look_s = self._clock.monotonic()

    def _identify(self, identity: ReaderIdentity) -> None:
        """Say who is ready."""
        self._identity = identity
        told = {**msgspec.structs.asdict(identity), "speed_baud": str(identity.speed_baud or "")}
        self._ready = State("ready", identity=told)
        self._report(self._ready)

    def _struggle(self, trouble: DeviceError | None) -> None:
        """Tell at once that an open reader does not answer as it should, while its driver goes on; and its recovery."""
        if self._identity is not None:
            self._report(self._ready if trouble is None else State("faulted", trouble.code, trouble.facts))

    def _lost(self, error: DeviceError, began_s: float = float("inf")) -> None:
        """Close, say why once, and try again: soon at first, then less and less often.

        An opening, begun at `began_s`, that asked for long in vain was pause enough: the reader may answer any moment.
        """
        self._reader.close()
        self._identity = None
        if self._plate is Plate.READING:
            self._wire.send(Sign("refused", code=READING_BROKEN, turn=self._turn))
        if self._plate is not Plate.EMPTY:
            self._leave()
        state = "absent" if isinstance(error, DeviceAbsent) else "faulted"
        self._report(State(state, error.code, error.facts))
        pause_s = self._rhythm.reopen_s
        if not isinstance(error, DeviceAbsent):
            pause_s = min(self._rhythm.reopen_slowest_s, pause_s * 2**self._failed_opens)
            self._failed_opens = min(self._failed_opens + 1, 10)
        now_s = self._clock.monotonic()
        self._next_look_s = max(now_s + self._rhythm.reopen_s, min(now_s, began_s) + pause_s)

    def _report(self, state: State) -> None:
        if state != self._reported:
            self._reported = state
            self._wire.send(state)

    def _look(self) -> None:
        try:
            if self._plate is Plate.DONE:
                self._look_whether_resting()
            elif self._watch.is_reading:
                self._read()
            else:
                self._look_for_presence()
        except (NeedsOperator, DeviceRefused) as error:
            self._refuse(error)
        except DeviceError as error:
            self._lost(error)
            return
        self._schedule()

    def _schedule(self) -> None:
        pause_s = self._watch.poll_ms / 1000
        if self._plate is Plate.DONE:
            pause_s = self._rhythm.resting_s
        if self._reader.fileno() is None:
            pause_s = min(pause_s, self._rhythm.without_descriptor_s)
        self._next_look_s = self._clock.monotonic() + pause_s

    def _look_for_presence(self) -> None:
        """Ask only whether a card is there: with nobody at the desk no personal data is read."""
        is_there = self._reader.find(self._limit(self._rhythm.look_limit_s))
        if is_there and self._plate is Plate.EMPTY:
            self._plate = Plate.UNREAD
            self._wire.send(Sign("placed"))
        elif not is_there and self._plate is not Plate.EMPTY:
            self._leave()

    def _look_whether_resting(self) -> None:
        if not self._reader.is_card_resting(self._limit(self._rhythm.look_limit_s)):
            self._leave()

    def _leave(self) -> None:
        """The plate is empty: what lies there next is another card, read for whoever holds the desk then."""
        self._plate, self._turn = Plate.EMPTY, None
        self._wire.send(Sign("removed"))

    def _found(self) -> None:
        """A reading begins: tell it at once, unless it is the next of one card's that are told as one."""
        if self._turn is None:
            self._turn = self._watch.turn
        if self._plate in {Plate.EMPTY, Plate.UNREAD}:
            self._plate = Plate.READING
            self._wire.send(Sign("reading", turn=self._turn))

    def _read(self) -> None:
        """Read a new card, tell it at once, read it again and tell whether both were equal.

        While a refused one is found it is read again and again: another may lie in its place.
        """
        limit = self._limit(self._rhythm.read_limit_s)
        card = self._reader.read_card(limit, self._found)
        if card is None:
            if self._plate is not Plate.EMPTY:
                self._leave()
            return
        if self._plate is Plate.REFUSED:
            self._wire.send(Sign("removed"))
        self._plate = Plate.DONE
        self._wire.send(Sign("read", raw(card), turn=self._turn))
        try:
            again = self._reader.read_again(card, limit)
        except DeviceError as error:
            self._wire.send(Sign("changed", code=error.code, turn=self._turn))
            if not (isinstance(error, LinkError) and error.facts.get("reason") == "changed"):
                raise
            self._plate = Plate.UNREAD
            return
        self._wire.send(Sign("verified" if again.readings == 2 else "single", raw(again), turn=self._turn))

    def _refuse(self, error: DeviceError) -> None:
        """The reader is well, the card is not: tell it once for this card."""
        if error.code == "READER-CARD-GONE":
            if self._plate is Plate.READING:
                self._wire.send(Sign("refused", code=error.code, turn=self._turn))
            self._leave()
            return
        if error.code in {"READER-SELF-TEST", "READER-NOT-AUTHORISED"}:
            self._lost(error)
            return
        refusal = Sign("refused", code=error.code, facts=error.facts, turn=self._turn)
        is_told = self._plate is Plate.REFUSED and refusal == self._refusal
        self._plate, self._refusal = Plate.REFUSED, refusal
        if not is_told:
            self._wire.send(refusal)

    def _limit(self, seconds: float) -> Deadline:
        return Deadline.after(self._clock, seconds)

    def _answer(self, request: Request) -> None:
        """Do one operation that somebody asked for, and report its end whatever it is."""
        limit = Deadline(self._clock, request.until_s, request.limit_s)
        try:
            if self._identity is None:
                self._open()
            if self._identity is None and self._reported is not None:
                code = self._reported.code or "READER-ABSENT"
                raise DeviceError(code, Actor.TECHNICIAN, Retry.AFTER_ACTION, **self._reported.facts)
            data = self._perform(request, limit)
        except CodedError as error:
            self._wire.send(Reply(request.number, raw(None), error.code, error.facts, error.actor, error.retry))
            if isinstance(error, DeviceAbsent | DeviceBusy | DeviceTimeout | LinkError) and self._identity is not None:
                self._lost(error)
            return
        self._wire.send(Reply(request.number, raw(data)))

    def _perform(self, request: Request, limit: Deadline) -> object:
        match request.operation:
            case "self_test":
                return self._reader.self_test(limit)
            case "reset":
                self._reader.reset(limit)
            case "set_speed":
                self._identify(self._reader.set_speed(int(request.arguments["speed_baud"]), limit))
            case "set_largest_rf_frame":
                self._reader.set_largest_rf_frame(int(request.arguments["size_bytes"]), limit)
            case unknown:
                raise ValueError(f"no such operation: {unknown}")
        return None
