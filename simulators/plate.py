"""The plate of a simulated reader: one card at most, and each laying of it is another one."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from simulators.card import Card


@dataclass(frozen=True, slots=True)
class Placing:
    """A card that was laid down; `number` tells this laying from every other."""

    card: Card
    number: int


class Plate:
    """What lies on the reader; used by the control port and the module at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._lying: Placing | None = None

    def lay(self, card: Card) -> Placing:
        """Lay a card down, in place of any other."""
        with self._lock:
            self._number += 1
            self._lying = Placing(card, self._number)
            return self._lying

    def lift(self) -> None:
        """Take away what lies there."""
        with self._lock:
            self._lying = None

    @property
    def lying(self) -> Placing | None:
        """What lies there now."""
        return self._lying
