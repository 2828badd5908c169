"""Who acts on documents, as far as this area needs to know."""

from __future__ import annotations

from typing import Protocol


class Person(Protocol):
    """Whoever is signed in."""

    @property
    def user_id(self) -> str:
        """Key of the user."""

    @property
    def session_id(self) -> str:
        """Key of the session."""
