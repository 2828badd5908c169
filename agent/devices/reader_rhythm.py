"""How often a reader's worker does what nobody asks it for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderRhythm:
    """How often things are done, in seconds, and how long the device may take for them."""

    reopen_s: float = 0.2
    reopen_slowest_s: float = 2.0
    pulse_s: float = 3.0
    without_descriptor_s: float = 0.45
    resting_s: float = 0.3
    open_limit_s: float = 20.0
    look_limit_s: float = 4.0
    read_limit_s: float = 12.0
