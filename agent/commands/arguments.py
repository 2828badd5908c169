"""What several commands take on their line, checked where it is read."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

MOST_PORT: Final = 65535


def port(asked: str) -> int:
    """Check a port that somebody gives; 0 is any that is free.  Its error ends with 2."""
    if not (asked.isascii() and asked.isdecimal() and int(asked) <= MOST_PORT):
        raise argparse.ArgumentTypeError(f"0 … {MOST_PORT} 端口 / port")
    return int(asked)


def seconds(shortest_s: float, longest_s: float) -> Callable[[str], float]:
    """Make the check of a time that somebody gives.  Its error, as of whatever is no time between both, ends with 2."""

    def checked(asked: str) -> float:
        try:
            given_s = float(asked)
        except ValueError:
            given_s = 0.0
        if not shortest_s <= given_s <= longest_s:  # no number at all is not between them either
            raise argparse.ArgumentTypeError(f"{shortest_s:g} … {longest_s:g} 秒 / seconds")
        return given_s

    return checked
