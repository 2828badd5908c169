"""One command at a time over an open wire: strays dropped and counted, bad answers asked for again.

Source: SAM_V communication protocol, frame format; "accepting an answer".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from drivers import reader_errors, sam_commands, sam_status
from drivers.api import Clock, Deadline, DeviceError, LineStatistics
from drivers.reader_timings import Timings
from drivers.reader_transport import Transport, wire_time_s
from drivers.sam_commands import Command
from drivers.sam_frame import MAX_FRAME_BYTES, Decoder, Frame, Noise, NoiseReason

MAX_REPEATS = 2

_DRAIN_READS = 64
_WORTH_RESTING_BYTES = 160
_SHORT_ANSWER_BYTES = 11  # one without data
_PROBE_BYTES = 21  # 11 FF and its answer


@dataclass(slots=True)
class Counters:
    """What happened on a line, counted over all its openings."""

    frames: int = 0
    noise_bytes: int = 0
    strays: int = 0
    bad_checks: int = 0
    repeats: int = 0
    resets: int = 0
    reopens: int = 0

    def snapshot(self) -> LineStatistics:
        """The counters as a value."""
        return LineStatistics(**asdict(self))


class Line:
    """An open wire with one command outstanding at most.

    `on_silent` is called when neither a command nor 11 FF after it is answered, while the wait still goes on.
    """

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        timings: Timings,
        counters: Counters,
        on_silent: Callable[[], None],
    ) -> None:
        self.transport = transport
        self._on_silent = on_silent
        self._clock = clock
        self._timings = timings
        self._counters = counters
        self._decoder = Decoder()
        self._is_out_of_step = False
        self._trouble: str | None = None
        self._echo = b""
        self._heard_s = float("-inf")
        self._longest_frame_s = wire_time_s(MAX_FRAME_BYTES, transport.speed_baud)
        self._short_chunk = b""
        self._short_frames: list[Frame | Noise] = []

    def set_speed(self, speed_baud: int) -> None:
        """Change our side's speed; what came at the old one is forgotten."""
        self.transport.set_speed(speed_baud)
        self._longest_frame_s = wire_time_s(MAX_FRAME_BYTES, speed_baud)
        self._decoder = Decoder()

    def probe(self, command: Command, deadline: Deadline) -> Frame | None:
        """Send `command` and wait as long as a ready module needs for a short answer; silence is no failure."""
        wait_s = self._timings.ready_poll_s + wire_time_s(_PROBE_BYTES, self.transport.speed_baud)
        answer = self._ask(command, b"", deadline.within(wait_s), deadline.within(2 * wait_s))
        self._is_out_of_step = False
        return answer

    def exchange(self, command: Command, deadline: Deadline, data: bytes = b"") -> Frame:
        """Send `command` and return its answer, whatever its status; repeat it at most twice when the line is bad.

        Raises:
            DeviceTimeout: nothing answered (READER-SILENT).
            LinkError: what answered was never right (READER-LINE).
            NeedsOperator: the SAM says self-test failed or not authorised.
            DeviceAbsent: the device has gone.
        """
        self._trouble = None
        for attempt in range(MAX_REPEATS + 1):
            if deadline.is_expired:
                break
            if self._is_out_of_step and not self._step_again(deadline):
                break
            if attempt:
                self._counters.repeats += 1
            answer = self.ask(command, data, deadline)
            if answer is None:
                continue
            reaction = sam_status.reaction_to(answer.status)
            if reaction is sam_status.Reaction.CALL_SERVICE:
                raise reader_errors.refusal(answer)
            if reaction is sam_status.Reaction.RESEND:
                self._trouble = "check" if answer.status == sam_status.CHECK_WRONG else "length"
                continue
            return answer
        raise self.failure(deadline)

    def reset(self, deadline: Deadline) -> Frame:
        """Exchange 10 FF, in step or not: a module that answers nothing else may still hear it."""
        self._is_out_of_step = False
        return self.exchange(sam_commands.RESET, deadline)

    def failure(self, deadline: Deadline) -> DeviceError:
        """What the last exchange without an answer stands for."""
        if self.transport.has_second_opener():
            return reader_errors.second_opener(self.transport.address)
        return reader_errors.silent(deadline) if self._trouble is None else reader_errors.line(self._trouble)

    def _step_again(self, deadline: Deadline) -> bool:
        """After an exchange without an answer: the module answers in order, so what is late comes before this one's."""
        first, whole = self._patience(sam_commands.STATUS, deadline)
        self._send(sam_commands.STATUS, b"", whole)
        answer = self._await(sam_commands.STATUS, first.within(self._timings.notice_s), whole)
        if answer is None and not first.is_expired:
            self._on_silent()
            answer = self._await(sam_commands.STATUS, first, whole)
        self._is_out_of_step = answer is None
        return answer is not None

    def ask(self, command: Command, data: bytes, deadline: Deadline) -> Frame | None:
        """Send `command` once and wait as long as it may take; None when no acceptable answer came."""
        first, whole = self._patience(command, deadline)
        return self._ask(command, data, first, whole)

    def _patience(self, command: Command, deadline: Deadline) -> tuple[Deadline, Deadline]:
        """By when the answer to `command`, sent now, must have begun, and by when ended."""
        wire_s = self._longest_frame_s
        return (
            deadline.within(self._timings.first_byte_of(command) + wire_s / 16),
            deadline.within(self._timings.whole_answer_of(command) + wire_s),
        )

    def _ask(self, command: Command, data: bytes, first: Deadline, whole: Deadline) -> Frame | None:
        """Send once and wait; None when no acceptable answer came."""
        self._send(command, data, whole)
        return self._await(command, first, whole)

    def _send(self, command: Command, data: bytes, deadline: Deadline) -> None:
        self._drain()
        self.transport.write(sam_commands.request(command, data), deadline)
        self._echo = command.code + data

    def _await(self, command: Command, first: Deadline, whole: Deadline) -> Frame | None:
        """Wait for the answer to what was sent; None when no acceptable one came."""
        transport = self.transport
        is_answer_spoilt = False
        while True:
            until = whole if self._decoder.is_pending or is_answer_spoilt else first
            is_mid_answer = until is whole
            if is_mid_answer:
                self._rest(whole)
            chunk = transport.read(until.within(self._timings.gap_s) if is_mid_answer else until)
            answer, is_spoilt_now = self._take(command, self._decoded(chunk))
            if answer is not None:
                return answer
            is_answer_spoilt = is_answer_spoilt or is_spoilt_now
            if until.is_expired or (not chunk and is_answer_spoilt):
                self._is_out_of_step = True
                return None

    def _decoded(self, chunk: bytes) -> list[Frame | Noise]:
        """What the bytes make, or the silence: it gives up a frame once it is a gap, not where our wait ends in one."""
        if chunk:
            self._heard_s = self._clock.monotonic()
            return self._fed(chunk)
        if not self._decoder.is_pending:
            return []
        is_flowing = self._clock.monotonic() - self._heard_s < self._timings.gap_s / 2
        return [] if is_flowing else self._decoder.flush()

    def _fed(self, chunk: bytes) -> list[Frame | Noise]:
        """What a chunk completes.  "No card", which comes all day, is taken apart only the first time."""
        if chunk == self._short_chunk and not self._decoder.is_pending:
            return self._short_frames
        is_whole = not self._decoder.is_pending and len(chunk) == _SHORT_ANSWER_BYTES
        events = self._decoder.feed(chunk)
        if is_whole and not self._decoder.is_pending:
            self._short_chunk, self._short_frames = chunk, events
        return events

    def _rest(self, deadline: Deadline) -> None:
        """Sleep through half of what is still on the wire: an adapter's every small piece would wake us otherwise."""
        if self._decoder.missing_bytes > _WORTH_RESTING_BYTES:
            on_wire_s = wire_time_s(self._decoder.missing_bytes, self.transport.speed_baud)
            self._clock.sleep(min(on_wire_s / 2, self._timings.gap_s / 2, deadline.remaining_s))

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
                    self._trouble = "check" if event.reason is NoiseReason.CHECK else "length"
                elif self._trouble is None:
                    self._trouble = "noise"
                continue
            self._counters.frames += 1
            # A line that gives back what it hears makes an answer of 61 FF, whose length is an answer's.
            if answer is None and event.body != self._echo and sam_commands.is_legal_answer(command, event):
                answer = event
            else:
                self._counters.strays += 1
        return answer, is_spoilt

    def _drain(self) -> None:
        """Drop what came unasked: late answers and noise.  Bounded, for a line may babble without end."""
        now = Deadline.after(self._clock, 0.0)
        events: list[Frame | Noise] = []
        for _ in range(_DRAIN_READS):
            chunk = self.transport.read(now)
            if not chunk:
                break
            events += self._decoded(chunk)
        events += self._decoded(b"")
        for event in events:
            if isinstance(event, Noise):
                self._counters.noise_bytes += event.size_bytes
            else:
                self._counters.frames += 1
                self._counters.strays += 1
