"""How often a camera's worker does what nobody asks it for, and how long it is patient."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CameraRhythm:
    """How often things are done, in seconds, and how long a call may take that nobody asked for.

    One that has gone is looked for every `reopen_s`, and no slower than every `absent_slowest_s` later on: nothing has
    to be opened for that.  One that is there and cannot be opened is tried again up to every `reopen_slowest_s`.
    `condition_s` is also how soon the loss of a camera is noticed that shows no live view.
    """

    reopen_s: float = 0.25
    absent_slowest_s: float = 1.0
    reopen_slowest_s: float = 10.0
    pulse_s: float = 3.0
    condition_s: float = 2.0
    settle_s: float = 3.0
    list_s: float = 30.0
    list_open_s: float = 600.0
    open_limit_s: float = 40.0
    frame_limit_s: float = 12.0
    look_again_s: float = 2.0
    bad_frames: int = 12
    """So many frames in a row may be bad before the live view is begun anew,"""
    bad_frames_s: float = 1.5
    """or for so long: a camera that is slow to say no gives few of them."""
    renew_after: int = 3
    """So many openings in a row that failed on the line ask for a fresh process, the first time."""
    renew_every: int = 60
    """The same where one was asked for already: a library that fails to open may keep what it had begun with."""


RHYTHM = CameraRhythm()
