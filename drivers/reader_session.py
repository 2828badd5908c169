"""A session with a SAM_V module at a port: opening, speed detection, and the ladder when the line fails.

The ladder: a bad answer is asked for again (by the line), then the SAM is reset, then the port is reopened, with pauses
that grow while reopening does not help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

from drivers import reader_errors, sam_commands, sam_status
from drivers.api import (
    Clock,
    Deadline,
    DeviceAbsent,
    DeviceError,
    DeviceRefused,
    DeviceTimeout,
    LineStatistics,
    LinkError,
)
from drivers.reader_line import Counters, Line
from drivers.reader_timings import Timings
from drivers.reader_transport import Port, Transport
from drivers.sam_commands import Command
from drivers.sam_frame import Frame

# How much longer than in the first round a speed is tried: the likeliest one, and each other.  All rounds together
# outlive the 2 s that a module may take to wake up, whatever its speed.
_ROUNDS = ((1, 1), (2, 2), (4, 2))
ALL_ROUNDS = range(len(_ROUNDS))
_T = TypeVar("_T")


class Session:
    """A module at a port.  One caller, one thread.

    After DeviceAbsent the wire is closed; `open` may be called again.

    Attributes:
        on_struggle: told while an operation goes on in vain, as `IdReader.listen` says.
    """

    def __init__(self, clock: Clock, timings: Timings) -> None:
        self.on_struggle: Callable[[DeviceError | None], None] = _tell_nobody
        self._is_struggling = False
        self._port: Port | None = None
        self._clock = clock
        self._timings = timings
        self._counters = Counters()
        self._line: Line | None = None
        self._known_speed: int | None = None
        self._fruitless_reopens = 0
        self._openings = 0
        self._unready: Frame | None = None

    @property
    def transport(self) -> Transport:
        """The open wire.

        Raises:
            DeviceAbsent: it is not open.
        """
        return self._open_line.transport

    @property
    def is_open(self) -> bool:
        """Whether a wire is open."""
        return self._line is not None

    @property
    def openings(self) -> int:
        """How often a module was opened: when it grows, another module may answer."""
        return self._openings

    @property
    def upsets(self) -> int:
        """How often the SAM was reset or reopened: each time it forgets the selected card."""
        return self._counters.resets + self._counters.reopens

    def statistics(self) -> LineStatistics:
        """Counters since this object was made."""
        return self._counters.snapshot()

    def open(self, port: Port, deadline: Deadline, rounds: range = ALL_ROUNDS) -> None:
        """Open `port`, find the line's speed in the given rounds of detection, and wait until the SAM answers.

        Raises:
            DeviceAbsent, DeviceBusy, NeedsOperator: as the port says, or the SAM (60h, 66h).
            DeviceTimeout: nothing answers.
            LinkError: something answers, but never a frame.
        """
        self.close()
        self._port = port
        self._line = Line(port.open(), self._clock, self._timings, self._counters, self._struggles)
        try:
            self._detect(self._line, port.speeds_baud, deadline, rounds)
        except DeviceError:
            self.close()
            raise
        self._openings += 1

    def close(self) -> None:
        """Release the port.  Never raises."""
        line, self._line = self._line, None
        if line is not None:
            line.transport.close()

    def exchange(self, command: Command, deadline: Deadline, data: bytes = b"") -> Frame:
        """Send `command` and return its answer, whatever its status, as `Line.exchange` does.

        Raises:
            DeviceAbsent: the device has gone; the wire is closed.
        """
        line = self._open_line
        try:
            answer = line.exchange(command, deadline, data)
        except DeviceAbsent:
            self.close()
            raise
        self._fruitless_reopens = 0
        if self._is_struggling:
            self._is_struggling = False
            self.on_struggle(None)
        return answer

    def recovering(self, work: Callable[[], _T], deadline: Deadline) -> _T:
        """Run `work`; when the line fails, reset the SAM, then reopen the port, and run it again from its beginning.

        A reset forgets the selected card, so `work` must begin at find or be safe without.
        """
        try:
            return work()
        except (DeviceTimeout, LinkError) as trouble:
            if _is_final(trouble, deadline):
                raise
        self._struggles()
        try:
            # A module that refuses to be reset may still answer once its port was reopened.
            with suppress(DeviceRefused):
                self.reset(deadline)
            return work()
        except (DeviceTimeout, LinkError) as trouble:
            if _is_final(trouble, deadline):
                raise
        self.reopen(deadline)
        return work()

    def reset(self, deadline: Deadline) -> None:
        """Reset the SAM by 10 FF and poll 11 FF until it answers.

        Raises:
            DeviceTimeout, LinkError: it does not come back.
            DeviceRefused: it will not be reset.
        """
        self._counters.resets += 1
        line = self._open_line
        try:
            answer = line.reset(deadline)
            is_ready = self._poll_ready(line, self._timings.ready_limit_s, deadline)
        except DeviceAbsent:
            self.close()
            raise
        if not is_ready:
            raise line.failure(deadline)
        if answer.status != sam_status.DONE:
            raise reader_errors.refusal(answer)

    def reopen(self, deadline: Deadline) -> None:
        """Close the port and open it again, after a pause that grows while reopening does not help."""
        if self._port is None:
            raise reader_errors.absent("closed")
        self._counters.reopens += 1
        self.close()
        if self._fruitless_reopens:
            pause_s = self._timings.back_off_first_s * 2 ** min(self._fruitless_reopens - 1, 8)
            self._clock.sleep(min(pause_s, self._timings.back_off_most_s, deadline.remaining_s))
        self._fruitless_reopens += 1
        self.open(self._port, deadline)

    def change_speed(self, speed_baud: int, deadline: Deadline) -> None:
        """Set the module's speed by 60 nn, then ours, and confirm; the answer comes at the old speed.

        Raises:
            DeviceRefused: the module does not change.
            DeviceTimeout, LinkError: it does not answer at any speed afterwards.
        """
        try:
            answer = self.exchange(sam_commands.SET_SPEED[speed_baud], deadline)
        except (DeviceTimeout, LinkError):
            # Its answer is lost; whether it has changed all the same, only opening it anew can tell.
            self.reopen(deadline)
            if self.transport.speed_baud == speed_baud:
                return
            raise
        if answer.status != sam_status.DONE:
            raise reader_errors.refusal(answer)
        line = self._open_line
        line.set_speed(speed_baud)
        self._known_speed = speed_baud
        if not self._poll_ready(line, self._timings.ready_limit_s, deadline):
            self.reopen(deadline)

    def _struggles(self) -> None:
        """Tell that the module does not answer as it should while we go on trying: once, until it does again."""
        if not self._is_struggling:
            self._is_struggling = True
            self.on_struggle(reader_errors.not_answering())

    @property
    def _open_line(self) -> Line:
        if self._line is None:
            raise reader_errors.absent("closed")
        return self._line

    def _detect(self, line: Line, speeds_baud: tuple[int, ...], deadline: Deadline, rounds: range) -> None:
        """Try the speeds in turn, then poll until the SAM is ready.

        Only what is heard at the likeliest speed tells a line in trouble from a silent one: at a wrong speed a reader
        in order may answer garbage to our garbage.
        """
        # The speed that worked last comes first; sorting is stable.
        speeds = sorted(speeds_baud, key=lambda speed: speed != self._known_speed)
        tries = list(_tries(speeds, rounds, is_known=self._known_speed in speeds))
        self._unready = None
        heard_before = self._heard_bad
        heard_elsewhere = 0
        if not speeds and self._poll_ready(line, self._timings.ready_limit_s, deadline):
            return
        for speed, patience in tries:
            if deadline.is_expired:
                break
            if line.transport.speed_baud != speed:
                line.set_speed(speed)
            heard_here = self._heard_bad
            if self._poll_ready(line, self._timings.probe_s * patience, deadline):
                self._known_speed = speed
                return
            if speed != speeds[0]:
                heard_elsewhere += self._heard_bad - heard_here
        has_heard_bad = self._heard_bad - heard_elsewhere > heard_before
        raise self._unfound(line.transport, deadline, has_heard_bad=has_heard_bad)

    def _unfound(self, transport: Transport, deadline: Deadline, *, has_heard_bad: bool) -> DeviceError:
        """Why no module answered well at any speed."""
        if transport.has_second_opener():
            return reader_errors.second_opener(transport.address)
        if self._unready is not None:
            return reader_errors.refusal(self._unready)
        if not has_heard_bad:
            return reader_errors.silent(deadline)
        # What answered well before is a reader, whatever has become of its line.
        return reader_errors.line("noise") if self._openings else reader_errors.not_a_reader(transport.address)

    @property
    def _heard_bad(self) -> int:
        return self._counters.noise_bytes + self._counters.bad_checks

    def _poll_ready(self, line: Line, limit_s: float, deadline: Deadline) -> bool:
        """Send 11 FF every 50 ms until it is answered well; any answer proves the speed: then up to 2 s."""
        until = deadline.within(limit_s)
        has_heard = False
        command = sam_commands.STATUS
        while True:
            answer = line.probe(command, until if has_heard else deadline)
            if answer is not None:
                if answer.status == sam_status.DONE:
                    return True
                if sam_status.reaction_to(answer.status) is sam_status.Reaction.CALL_SERVICE:
                    raise reader_errors.refusal(answer)
                self._unready = answer
                if answer.status == sam_status.WRONG_COMMAND:
                    command = sam_commands.SAM_ID
                if not has_heard:
                    has_heard = True
                    until = deadline.within(self._timings.ready_limit_s)
                self._clock.sleep(min(self._timings.ready_poll_s, until.remaining_s))
            if until.is_expired:
                return False


def _tries(speeds: list[int], rounds: range, *, is_known: bool) -> Iterator[tuple[int, int]]:
    """Which speed to try when, and how patiently; one that has worked is tried between any two others too."""
    for patience, patience_elsewhere in _ROUNDS[rounds.start : rounds.stop]:
        for speed in speeds:
            yield speed, patience if speed == speeds[0] else patience_elsewhere
            if is_known and speed not in {speeds[0], speeds[-1]}:
                yield speeds[0], 1


def _tell_nobody(_: DeviceError | None) -> None:
    """What happens meanwhile is nobody's business."""


def _is_final(trouble: DeviceError, deadline: Deadline) -> bool:
    """Whether the ladder cannot help: two cards are no fault of the line, and without time nothing helps."""
    return trouble.code == "READER-CHANGED" or deadline.is_expired
