"""The exchange with a SAM_V module over an open wire: one command outstanding, strays dropped, bad answers repeated.

Above single exchanges stands the ladder: repeat, reset the SAM, reopen the port, each rung only after the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from drivers import reader_errors, sam_commands, sam_status
from drivers.api import Clock, Deadline, DeviceAbsent, DeviceError, DeviceTimeout, LineStatistics, LinkError
from drivers.reader_timings import Timings
from drivers.reader_transport import Port, Transport, wire_time_s
from drivers.sam_commands import Command
from drivers.sam_frame import MAX_FRAME_BYTES, Decoder, Frame, Noise, NoiseReason

MAX_REPEATS = 2

_DETECTION_ROUNDS = 3
_DRAIN_READS = 64
_PROBE_BYTES = 21  # 11 FF and its answer
_T = TypeVar("_T")


@dataclass(slots=True)
class _Counters:
    frames: int = 0
    noise_bytes: int = 0
    strays: int = 0
    bad_checks: int = 0
    repeats: int = 0
    resets: int = 0
    reopens: int = 0


class Session:
    """A module at a port.  One caller, one thread.

    After DeviceAbsent the wire is closed; `open` may be called again.
    """

    def __init__(self, port: Port, clock: Clock, timings: Timings) -> None:
        self._port = port
        self._clock = clock
        self._timings = timings
        self._transport: Transport | None = None
        self._decoder = Decoder()
        self._counters = _Counters()
        self._is_out_of_step = False
        self._line_trouble: str | None = None
        self._known_speed: int | None = None
        self._fruitless_reopens = 0
        self._openings = 0

    @property
    def transport(self) -> Transport:
        """The open wire.

        Raises:
            DeviceAbsent: it is not open.
        """
        if self._transport is None:
            raise reader_errors.absent("")
        return self._transport

    @property
    def is_open(self) -> bool:
        """Whether a wire is open."""
        return self._transport is not None

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
        counted = self._counters
        return LineStatistics(
            frames=counted.frames,
            noise_bytes=counted.noise_bytes,
            strays=counted.strays,
            bad_checks=counted.bad_checks,
            repeats=counted.repeats,
            resets=counted.resets,
            reopens=counted.reopens,
        )

    # --- opening ---------------------------------------------------------------------------------------------------

    def open(self, deadline: Deadline) -> None:
        """Open the port, find the line's speed and wait until the SAM answers.

        Raises:
            DeviceAbsent, DeviceBusy, NeedsOperator: as the port says, or the SAM (60h, 66h).
            DeviceTimeout: nothing answers.
            LinkError: something answers, but never a frame.
        """
        self.close()
        self._transport = self._port.open()
        try:
            self._detect(self._transport, deadline)
        except DeviceError:
            self.close()
            raise
        self._openings += 1

    def close(self) -> None:
        """Release the port."""
        transport, self._transport = self._transport, None
        self._decoder = Decoder()
        self._is_out_of_step = False
        if transport is not None:
            transport.close()

    def _detect(self, transport: Transport, deadline: Deadline) -> None:
        """Try the speeds in turn, then poll until the SAM is ready."""
        noise_before = self._counters.noise_bytes + self._counters.bad_checks
        speeds = list(self._port.speeds_baud)
        if self._known_speed in speeds:
            speeds.sort(key=lambda speed: speed != self._known_speed)
        if not speeds and self._poll_ready(self._timings.ready_limit_s, deadline):
            return
        for round_number in range(_DETECTION_ROUNDS):
            for speed in speeds:
                if transport.speed_baud != speed:
                    transport.set_speed(speed)
                    self._decoder = Decoder()
                if self._poll_ready(self._timings.probe_s * 2**round_number, deadline):
                    self._known_speed = speed
                    return
                if deadline.is_expired:
                    break
        if self._counters.noise_bytes + self._counters.bad_checks > noise_before:
            raise reader_errors.not_a_reader(transport.address)
        raise reader_errors.silent(deadline)

    def _poll_ready(self, limit_s: float, deadline: Deadline) -> bool:
        """Send 11 FF every 50 ms until it is answered well; once a frame came, the speed is right: up to 2 s."""
        until = deadline.within(limit_s)
        has_heard = False
        command = sam_commands.STATUS
        while True:
            wait_s = self._timings.ready_poll_s + wire_time_s(_PROBE_BYTES, self.transport.speed_baud)
            answer = self._ask(command, b"", deadline.within(wait_s), deadline.within(2 * wait_s))
            self._is_out_of_step = False
            if answer is not None:
                if answer.status == sam_status.DONE:
                    return True
                if sam_status.reaction_to(answer.status) is sam_status.Reaction.CALL_SERVICE:
                    raise reader_errors.refusal(answer)
                if answer.status == sam_status.WRONG_COMMAND:
                    command = sam_commands.SAM_ID
                if not has_heard:
                    has_heard = True
                    until = deadline.within(self._timings.ready_limit_s)
                self._clock.sleep(min(self._timings.ready_poll_s, until.remaining_s))
            if until.is_expired:
                return False

    # --- one exchange ----------------------------------------------------------------------------------------------

    def exchange(self, command: Command, deadline: Deadline, data: bytes = b"") -> Frame:
        """Send `command` and return its answer, whatever its status; repeat it at most twice when the line is bad.

        Raises:
            DeviceTimeout: nothing answered (READER-SILENT).
            LinkError: what answered was never right (READER-LINE).
            NeedsOperator: the SAM says self-test failed or not authorised.
            DeviceAbsent: the device has gone.
        """
        self._line_trouble = None
        try:
            for attempt in range(MAX_REPEATS + 1):
                if deadline.is_expired:
                    break
                if self._is_out_of_step and not self._step_again(deadline):
                    break
                if attempt:
                    self._counters.repeats += 1
                answer = self._ask_for(command, data, deadline)
                if answer is None:
                    continue
                reaction = sam_status.reaction_to(answer.status)
                if reaction is sam_status.Reaction.CALL_SERVICE:
                    raise reader_errors.refusal(answer)
                if reaction is sam_status.Reaction.RESEND:
                    self._line_trouble = "check" if answer.status == sam_status.CHECK_WRONG else "length"
                    continue
                self._fruitless_reopens = 0
                return answer
        except DeviceAbsent:
            self.close()
            raise
        if self._line_trouble is None:
            raise reader_errors.silent(deadline)
        raise reader_errors.line(self._line_trouble)

    def _step_again(self, deadline: Deadline) -> bool:
        """After an exchange without an answer: the module answers in order, so what is late comes before this one's."""
        answer = self._ask_for(sam_commands.STATUS, b"", deadline)
        self._is_out_of_step = answer is None
        return answer is not None

    def _ask_for(self, command: Command, data: bytes, deadline: Deadline) -> Frame | None:
        wire_s = wire_time_s(MAX_FRAME_BYTES, self.transport.speed_baud)
        return self._ask(
            command,
            data,
            deadline.within(self._timings.first_byte_of(command) + wire_s / 16),
            deadline.within(self._timings.whole_answer_of(command) + wire_s),
        )

    def _ask(self, command: Command, data: bytes, first: Deadline, whole: Deadline) -> Frame | None:
        """Send once and wait; None when no acceptable answer came."""
        transport = self.transport
        self._drain(transport)
        transport.write(sam_commands.request(command, data), whole)
        is_answer_spoilt = False
        while True:
            until = whole if self._decoder.is_pending or is_answer_spoilt else first
            is_mid_answer = until is whole
            chunk = transport.read(until.within(self._timings.gap_s) if is_mid_answer else until)
            events = self._decoder.feed(chunk) if chunk else self._decoder.flush()
            answer, is_spoilt_now = self._take(command, events)
            if answer is not None:
                return answer
            is_answer_spoilt = is_answer_spoilt or is_spoilt_now
            if until.is_expired or (not chunk and is_answer_spoilt):
                self._is_out_of_step = True
                return None

    def _take(self, command: Command, events: list[Frame | Noise]) -> tuple[Frame | None, bool]:
        """Count `events`; return the answer if it is among them, and whether one came that was spoilt."""
        answer: Frame | None = None
        is_spoilt = False
        for event in events:
            if isinstance(event, Noise):
                self._counters.noise_bytes += event.size_bytes
                if event.reason is NoiseReason.CHECK:
                    self._counters.bad_checks += 1
                if event.reason is not NoiseReason.GARBAGE:
                    is_spoilt = True
                    self._line_trouble = "check" if event.reason is NoiseReason.CHECK else "length"
                elif self._line_trouble is None:
                    self._line_trouble = "noise"
                continue
            self._counters.frames += 1
            if answer is None and sam_commands.is_legal_answer(command, event):
                answer = event
            else:
                self._counters.strays += 1
        return answer, is_spoilt

    def _drain(self, transport: Transport) -> None:
        """Drop what came unasked: late answers and noise.  Bounded, for a line may babble without end."""
        now = Deadline.after(self._clock, 0.0)
        events: list[Frame | Noise] = []
        for _ in range(_DRAIN_READS):
            chunk = transport.read(now)
            if not chunk:
                break
            events += self._decoder.feed(chunk)
        events += self._decoder.flush()
        for event in events:
            if isinstance(event, Noise):
                self._counters.noise_bytes += event.size_bytes
            else:
                self._counters.frames += 1
                self._counters.strays += 1

    # --- the ladder ------------------------------------------------------------------------------------------------

    def recovering(self, work: Callable[[], _T], deadline: Deadline) -> _T:
        """Run `work`; when the line fails, reset the SAM, then reopen the port, and run it again from its beginning.

        A reset forgets the selected card, so `work` must begin at find or be safe without.  A wire that an earlier
        failure left closed is opened first.
        """
        if not self.is_open:
            self.reopen(deadline)
        try:
            return work()
        except (DeviceTimeout, LinkError) as trouble:
            if _is_final(trouble, deadline):
                raise
        try:
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
            DeviceTimeout: it does not come back.
        """
        self._counters.resets += 1
        try:
            answer = self._ask_for(sam_commands.RESET, b"", deadline)
            is_ready = self._poll_ready(self._timings.ready_limit_s, deadline) if answer is not None else False
        except DeviceAbsent:
            self.close()
            raise
        if not is_ready:
            raise reader_errors.silent(deadline)

    def reopen(self, deadline: Deadline) -> None:
        """Close the port and open it again, after a pause that grows while reopening does not help."""
        self._counters.reopens += 1
        self.close()
        if self._fruitless_reopens:
            pause_s = self._timings.back_off_first_s * 2 ** (self._fruitless_reopens - 1)
            self._clock.sleep(min(pause_s, self._timings.back_off_most_s, deadline.remaining_s))
        self._fruitless_reopens += 1
        self.open(deadline)

    def change_speed(self, speed_baud: int, deadline: Deadline) -> None:
        """Set the module's speed by 60 nn, then ours, and confirm; the answer comes at the old speed.

        Raises:
            DeviceRefused: the module does not change.
            DeviceTimeout, LinkError: it does not answer at any speed afterwards.
        """
        answer = self.exchange(sam_commands.SET_SPEED[speed_baud], deadline)
        if answer.status != sam_status.DONE:
            raise reader_errors.refusal(answer)
        self.transport.set_speed(speed_baud)
        self._known_speed = speed_baud
        if not self._poll_ready(self._timings.ready_limit_s, deadline):
            self.reopen(deadline)


def _is_final(trouble: DeviceError, deadline: Deadline) -> bool:
    """Whether the ladder cannot help: two cards are no fault of the line, and without time nothing helps."""
    return trouble.code == "READER-CHANGED" or deadline.is_expired
