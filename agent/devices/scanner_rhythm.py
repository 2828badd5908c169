"""How often a scanner's worker does what nobody asks it for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScannerRhythm:
    """How often things are done, in seconds, and how long a call may take that nobody asked for.

    `open_limit_s` is the limit of opening, listing and looking at the button: airscan itself gives up after 25 s.
    Listing takes seconds in which nobody can scan: while the scanner is open it is done seldom (`list_open_s`), and not
    before it has been left alone for `list_s`.
    """

    reopen_s: float = 0.5
    reopen_slowest_s: float = 10.0
    pulse_s: float = 3.0
    button_s: float = 0.5
    list_s: float = 60.0
    list_open_s: float = 600.0
    open_limit_s: float = 40.0


RHYTHM = ScannerRhythm()
