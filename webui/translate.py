"""The translation calls of Flask-Babel, with the types it does not declare."""

from __future__ import annotations

from typing import Protocol, cast

import flask_babel  # type: ignore[import-untyped]
from flask import Flask, g


class Words(Protocol):
    """The texts of one language, as Babel gives them."""

    def ugettext(self, text: str) -> str:
        """Give the words of a text."""

    def ungettext(self, one: str, many: str, num: int) -> str:
        """Give the words of the form that fits `num`."""


class LazyText(Protocol):
    """A text that becomes words when it is shown, in the language of that moment."""

    def __str__(self) -> str:
        """The words."""


def gettext(text: str, **facts: str | int) -> str:
    """Translate `text` now."""
    told = _words().ugettext(text)
    return told % facts if facts else told


def ngettext(one: str, many: str, num: int) -> str:
    """Translate the form of a text that fits `num`."""
    return _words().ungettext(one, many, num) % {"num": num}


def lazy_gettext(text: str) -> LazyText:
    """Translate `text` when it is shown."""
    return cast(LazyText, flask_babel.lazy_gettext(text))


def install(app: Flask) -> None:
    """Give the templates the same texts; after Babel, whose own way to them this replaces."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _words().ugettext(text),
        ngettext=lambda one, many, num: _words().ungettext(one, many, num),
        newstyle=True,
    )


def _words() -> Words:
    """The texts of the page's language, sought once a page: a page has hundreds, and to seek takes longer than to read.

    Outside a page they are sought each time.
    """
    if not g:
        return cast(Words, flask_babel.get_translations())
    words: Words | None = g.get("words")
    if words is None:
        words = g.words = cast(Words, flask_babel.get_translations())
    return words
