"""Words for code tables and rule parameters, in the language of the page."""

from __future__ import annotations

from datetime import date
from typing import Final, Protocol

from flask import Flask

from webui.context import services
from webui.language import language
from webui.translate import gettext, lazy_gettext, ngettext

_ASKING: Final = (lazy_gettext("不列"), lazy_gettext("选填"), lazy_gettext("按表必填"))
"""What a district says of a group of fields."""


class Titled(Protocol):
    """A thing with a title in both languages."""

    @property
    def title_zh(self) -> str:
        """The Chinese title."""

    @property
    def title_en(self) -> str:
        """The English title."""


def title_of(thing: Titled) -> str:
    """What a table, a map or a parameter is called."""
    return thing.title_zh if language() == "zh" else thing.title_en


def in_page_language(zh: str, en: str) -> str:
    """The one of two texts that the page's language wants."""
    return zh if language() == "zh" else en


def counted(value: int, unit: str) -> str:
    """A value with its unit."""
    match unit:
        case "asking":
            words = f"{value} {_ASKING[value]}"
        case "days":
            words = ngettext("%(num)d 天", "%(num)d 天", value)
        case "years":
            words = ngettext("%(num)d 周岁", "%(num)d 周岁", value)
        case "months":
            words = ngettext("%(num)d 个月", "%(num)d 个月", value)
        case "minutes":
            words = ngettext("%(num)d 分钟", "%(num)d 分钟", value)
        case "records":
            words = ngettext("%(num)d 条", "%(num)d 条", value)
        case _:
            words = ngettext("%(num)d 次", "%(num)d 次", value)
    return words


def days_of(first: date | None, last: date | None) -> str:
    """From which day to which something holds."""
    if first is None and last is None:
        return gettext("一直")
    if last is None:
        return gettext("%(day)s 起", day=str(first))
    if first is None:
        return gettext("至 %(day)s", day=str(last))
    return gettext("%(first)s 至 %(last)s", first=str(first), last=str(last))


def mark_words(mark: str) -> str:
    """How sure a code is."""
    return {
        "confirmed": gettext("已核对"),
        "unconfirmed": gettext("未核实"),
        "local": gettext("自编"),
    }.get(mark, mark)


def step_words(kind: str) -> str:
    """What a file does to a line."""
    return {
        "new": gettext("新增"),
        "changed": gettext("改动"),
        "closed": gettext("停止使用"),
        "dropped": gettext("撤掉"),
    }.get(kind, kind)


def state_words(state: str) -> str:
    """Whether a value holds."""
    return {
        "past": gettext("已过"),
        "now": gettext("现行"),
        "planned": gettext("将生效"),
        "withdrawn": gettext("已取消"),
    }.get(state, state)


def deciding_words(day: str) -> str:
    """Which day decides which value is read."""
    return {
        "collected": gettext("按采集那天的值"),
        "today": gettext("按办理那天的值"),
        "registered": gettext("按登记那天的值"),
        "none": gettext("本程序尚未用到"),
    }.get(day, day)


def visits_needed() -> dict[str, int]:
    """How many visits it takes where nobody was met, and how far apart, today."""
    rules = services().tables.rules_today
    return {"least": rules.least_visits, "minutes": rules.visits_apart_min}


def install(app: Flask) -> None:
    """Give the templates of `app` these words."""
    app.jinja_env.globals.update(
        counted=counted,
        days_of=days_of,
        deciding_words=deciding_words,
        in_page_language=in_page_language,
        mark_words=mark_words,
        state_words=state_words,
        step_words=step_words,
        title_of=title_of,
        visits_needed=visits_needed,
    )
