"""The translation calls of Flask-Babel, with the types it does not declare."""

from __future__ import annotations

from typing import Protocol, cast

import flask_babel  # type: ignore[import-untyped]


class LazyText(Protocol):
    """A text that becomes words when it is shown, in the language of that moment."""

    def __str__(self) -> str:
        """The words."""


def gettext(text: str, **facts: str | int) -> str:
    """Translate `text` now."""
    return cast(str, flask_babel.gettext(text, **facts))


def ngettext(one: str, many: str, num: int) -> str:
    """Translate the form of a text that fits `num`."""
    return cast(str, flask_babel.ngettext(one, many, num))


def lazy_gettext(text: str) -> LazyText:
    """Translate `text` when it is shown."""
    return cast(LazyText, flask_babel.lazy_gettext(text))
