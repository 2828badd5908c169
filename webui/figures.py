"""The figures of the completeness board, as the pages name them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask

from agent.register.board_views import MOVED, WHATS
from webui.translate import gettext


def board_figures() -> Sequence[str]:
    """The figures of a place on the board."""
    return WHATS


def figure_name(what: str) -> str:
    """What a figure of the board counts."""
    return {
        "RG": gettext("来沪"),
        "RZ": gettext("人在户不在"),
        "HZ": gettext("户在人不在"),
        MOVED: gettext("辖区内搬家"),
        "gaps": gettext("缺项"),
        "expiring": gettext("即将到期"),
        "expired": gettext("已到期"),
        "late": gettext("迟录"),
    }.get(what, what)


def install(app: Flask) -> None:
    """Give the templates of `app` these words."""
    app.jinja_env.globals.update(board_figures=board_figures, figure_name=figure_name)
