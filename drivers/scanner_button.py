"""The scanner's own button, where its backend shows it as an option that only the hardware sets.

Backends spell it in many ways; a button for mail, copies or files means something else and is left alone, and so is a
sensor that feels paper.  Source: SANE API, 4.3.2 (SANE_CAP_HARD_SELECT); the options of genesys, fujitsu, canon_dr,
avision, plustek, kvs and hp5590.
"""

from __future__ import annotations

from typing import Final

from drivers.scanner_options import Device

NAMES: Final = ("scan", "start", "button_scan", "button", "button_1", "button_0", "button_pressed")
WORDS_FOR_UP: Final = frozenset({"", "0", "none", "no", "off", "false", "released"})


def found(device: Device) -> str | None:
    """The name of the option that tells of the button, or None."""
    for name in NAMES:
        option = device.opt.get(name)
        if option is not None and option.is_active() and not option.is_settable():
            return name
    return None


class Press:
    """A press is a change from up to down that is seen: what was down when one began to look is no press."""

    def __init__(self) -> None:
        self._is_down: bool | None = None

    def forget(self) -> None:
        """Begin to look anew."""
        self._is_down = None

    def is_new(self, device: Device, name: str) -> bool:
        """Look at the option; whether the button went down since the last look.

        By its number: as attributes, `scan` and `start` are methods of python-sane's device.
        """
        value = device.dev.get_option(device.opt[name].index)
        is_down = value.strip().lower() not in WORDS_FOR_UP if isinstance(value, str) else bool(value)
        before, self._is_down = self._is_down, is_down
        return is_down and before is False
