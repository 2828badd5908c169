"""What the dark bar shows: the pages of a role, the devices as dots, the station."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, request, url_for

from webui.context import services, session_or_none, settings
from webui.rights import access_of
from webui.translate import gettext

if TYPE_CHECKING:
    from agent.devices.service import DeviceStatus


@dataclass(frozen=True, slots=True)
class Page:
    """A page in the bar.  `waiting`: so many things wait there for whoever looks."""

    url: str
    name: str
    is_current: bool
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Dot:
    """A device in the bar.  `tone` is good, busy, warn or bad; `words` is empty while all is well."""

    name: str
    tone: str
    words: str


def device_name(role: str) -> str:
    """What people call the device of a role."""
    return {"reader": gettext("读卡器"), "scanner": gettext("扫描仪"), "camera": gettext("相机")}.get(role, role)


def state_name(state: str) -> str:
    """A device's state in words."""
    return {
        "absent": gettext("没有接上"),
        "starting": gettext("正在启动"),
        "ready": gettext("就绪"),
        "busy": gettext("工作中"),
        "faulted": gettext("恢复中"),
        "disabled": gettext("已停用"),
    }.get(state, state)


def tone(state: str) -> str:
    """How good a state is: good, busy, warn or bad."""
    return {"ready": "good", "busy": "good", "starting": "busy", "faulted": "warn"}.get(state, "bad")


def dot(status: DeviceStatus) -> Dot:
    """Show one device in the bar."""
    words = "" if status.is_usable else state_name(status.state)
    return Dot(device_name(status.role), tone(status.state), words)


def device_dots() -> list[Dot]:
    """All devices there are; none before somebody has signed in."""
    return [dot(status) for status in services().devices.statuses()] if session_or_none() else []


def reader_trouble() -> DeviceStatus | None:
    """The reader, while it cannot read cards and has said why."""
    known = (status for status in services().devices.statuses() if status.role == "reader")
    return next((status for status in known if status.code and not status.is_usable), None)


def can_read_cards() -> bool:
    """Whether there is a reader that reads cards, or will as soon as it has started."""
    return reader_trouble() is None and any(status.role == "reader" for status in services().devices.statuses())


def role_name(role: str) -> str:
    """What people call a role."""
    return {
        "clerk": gettext("录入员"),
        "technician": gettext("技术员"),
        "supervisor": gettext("主管"),
    }.get(role, role)


def pages(role: str) -> list[Page]:
    """The pages that a role may open."""
    offered = [
        ("desk.page", gettext("登记台")),
        ("register.page", gettext("名册")),
        ("board.page", gettext("完整度")),
        ("exports.page", gettext("导出")),
        ("imports.page", gettext("导入")),
        ("users.page", gettext("用户")),
        ("audit.page", gettext("审计")),
        ("tables.page", gettext("码表与规则")),
        ("devices.page", gettext("设备")),
    ]
    if services().practice is not None:
        offered.append(("practice.page", gettext("练习")))
    area = (request.endpoint or "").partition(".")[0]
    if area in {"documents", "photos"}:
        area = "desk" if (request.view_args or {}).get("kind") == "draft" else "register"
    moved = {"drafts": "desk", "households": "desk", "rules": "tables", "addresses": "tables"}
    moved["export_requests"] = "exports"
    moved |= dict.fromkeys(("corrections", "cancellations", "duplicates", "printing"), "register")
    area = moved.get(area, area)
    shown = []
    for endpoint, name in offered:
        access = access_of(endpoint)
        if access is not None and access.allows(role):
            home = endpoint.partition(".")[0]
            shown.append(Page(url_for(endpoint), name, area == home, waiting_at(endpoint)))
    return shown


def waiting_at(endpoint: str) -> int:
    """How many things wait on a page for whoever is signed in: requests for exports, which take another supervisor."""
    who = session_or_none()
    if endpoint != "exports.page" or who is None:
        return 0
    return services().exchange.requests.waiting_for(who)


def install(app: Flask) -> None:
    """Give the templates of `app` what the bar shows."""
    app.jinja_env.globals.update(
        can_read_cards=can_read_cards,
        device_dots=device_dots,
        device_name=device_name,
        is_practice=lambda: settings().is_practice,
        pages=pages,
        reader_trouble=reader_trouble,
        role_name=role_name,
        session_or_none=session_or_none,
        state_name=state_name,
        station_name=lambda: settings().station_name,
        tone=tone,
    )
