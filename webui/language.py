"""Which language a page speaks, and how dates, times and numbers are written in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask, request
from flask_babel import Babel  # type: ignore[import-untyped]

from agent.messages import service as messages
from webui import translate
from webui.context import LANGUAGE_COOKIE, LANGUAGES, services, session_or_none, settings
from webui.translate import gettext, ngettext


def language() -> str:
    """The language of this answer: the session's, else the visitor's choice, else Chinese."""
    session = session_or_none()
    if session is not None:
        return session.language
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else "zh"


def html_language() -> str:
    """The language tag of the page."""
    return "zh-CN" if language() == "zh" else "en"


def message(code: str, facts: Mapping[str, str | int | float] | None = None) -> str:
    """Put a code into one sentence: what is wrong, what to do."""
    return messages.text(code, language(), **(facts or {}))


def local(at: datetime) -> datetime:
    """A UTC time as people at the station read it."""
    return at.astimezone(ZoneInfo(settings().time_zone))


def clock_time(at: datetime | None) -> str:
    """A time of today as `10:42`, of another day as `11-23 10:42`."""
    if at is None:
        return ""
    there = local(at)
    if there.date() == services().clock.today():
        return there.strftime("%H:%M")
    return there.strftime("%m-%d %H:%M")


def full_time(at: datetime | None) -> str:
    """A time as `2026-11-23 10:42:07`."""
    return "" if at is None else local(at).strftime("%Y-%m-%d %H:%M:%S")


def minute_time(at: datetime) -> str:
    """A time as `2026-11-23 10:42`."""
    return local(at).strftime("%Y-%m-%d %H:%M")


def age_s(at: datetime | None) -> int:
    """Whole seconds since `at`, never below zero."""
    if at is None:
        return 0
    return max(0, int((services().clock.now() - at).total_seconds()))


def lasting(seconds: int) -> str:
    """A duration in words: seconds, then minutes, then hours and minutes."""
    if seconds < 60:
        return ngettext("%(num)d 秒", "%(num)d 秒", seconds)
    minutes = seconds // 60
    if minutes < 60:
        return ngettext("%(num)d 分钟", "%(num)d 分钟", minutes)
    return gettext("%(hours)d 小时 %(minutes)d 分", hours=minutes // 60, minutes=minutes % 60)


def install(app: Flask) -> None:
    """Give `app` its languages and the templates their words."""
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    Babel(app, locale_selector=language)
    translate.install(app)
    app.jinja_env.globals.update(
        message=message,
        language=language,
        html_language=html_language,
        lasting=lasting,
        age_s=age_s,
    )
    app.jinja_env.filters.update(clock_time=clock_time, full_time=full_time, minute_time=minute_time)
