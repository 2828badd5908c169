"""All times of the reader driver as one frozen value, so that tests can run it at a twentieth.

Source: SAM_V communication protocol, timing: no official maximum is published; these are what working software uses.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from drivers import sam_commands
from drivers.sam_commands import Command

# Below these a busy machine's scheduler, not the reader, would decide.
_SHORTEST_S = {"gap_s": 0.1, "ready_poll_s": 0.02, "ready_limit_s": 0.5, "probe_s": 0.05}
_SHORTEST_OTHERS_S = 0.15
_UNSCALED = ("back_off_first_s", "back_off_most_s")


@dataclass(frozen=True, slots=True)
class Timings:
    """Times in seconds; wire time is added to those of an answer.

    Attributes:
        first_byte_s: from a command to the first byte of its answer.
        whole_answer_s: from a command to the end of its answer.
        base_first_byte_s: the same for a command that reads from the chip.
        base_whole_answer_s: the same for a command that reads from the chip.
        gap_s: silence inside a frame that gives it up.
        notice_s: how long 11 FF, asked after an answer that never came, may stay silent before whoever waits is told.
        ready_poll_s: pause between two 11 FF after opening or a reset.
        ready_limit_s: how long 11 FF is repeated.
        probe_s: how long one speed is tried in the first round of detection.
        back_off_first_s: pause before the second reopening without success between.
        back_off_most_s: the longest such pause.
    """

    first_byte_s: float = 1.5
    whole_answer_s: float = 2.0
    base_first_byte_s: float = 3.0
    base_whole_answer_s: float = 5.0
    gap_s: float = 0.3
    notice_s: float = 0.5
    ready_poll_s: float = 0.05
    ready_limit_s: float = 2.0
    probe_s: float = 0.15
    back_off_first_s: float = 0.25
    back_off_most_s: float = 2.0

    def scaled(self, scale: float) -> Timings:
        """These times multiplied by `scale`, but none so short that the machine's own delays would count.

        Raises:
            ValueError: `scale` is not above zero.
        """
        if scale <= 0:
            raise ValueError("a time scale is above zero")
        if scale == 1.0:
            return self
        shorter = {}
        for field in fields(self):
            usual = getattr(self, field.name)
            floor = 0.0 if field.name in _UNSCALED else _SHORTEST_S.get(field.name, _SHORTEST_OTHERS_S)
            shorter[field.name] = max(usual * scale, min(usual, floor))
        return replace(self, **shorter)

    def first_byte_of(self, command: Command) -> float:
        """How long to wait for the first byte of the answer to `command`."""
        return self.base_first_byte_s if command in _FROM_CHIP else self.first_byte_s

    def whole_answer_of(self, command: Command) -> float:
        """How long to wait for the end of the answer to `command`, wire time not counted."""
        return self.base_whole_answer_s if command in _FROM_CHIP else self.whole_answer_s


_FROM_CHIP = (sam_commands.READ_BASE, sam_commands.READ_NEWEST_ADDRESS, sam_commands.READ_MANAGEMENT_NUMBER)
