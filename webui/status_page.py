"""The page of an agent that cannot open its register: why, and what to do; no data, no sign-in, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any

from agent.errors import Actor, CodedError, Retry
from agent.messages.service import text
from webui.guard import allowed_host_values
from webui.services import OUR_NAMES

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="/status.css"></head>
<body><header>人户 Renhu</header>
<main><h1>{title}</h1><p>{zh}</p><p lang="en">{en}</p><p><code>{code}</code></p></main></body></html>
"""

_LOOK = "/status.css"
_HEADERS = [
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]


def status_app(error: CodedError, port: int) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Make the WSGI application that answers every address but its stylesheet's with the reason, status 503.

    A foreign `Host` gets 400.

    Args:
        error: why there is no register.
        port: on which the page is served; it is a part of every `Host` that is ours.
    """
    reason, foreign = _page(error), _page(CodedError("WEB-HOST", Actor.CLERK, Retry.AFTER_ACTION))
    look = Path(__file__).with_name("static").joinpath("css", "status.css").read_bytes()
    ours = allowed_host_values(OUR_NAMES, port)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        kind = "text/html"
        if environ.get("HTTP_HOST", "") not in ours:
            status, page = "400 Bad Request", foreign
        elif environ.get("PATH_INFO") == _LOOK:
            status, page, kind = "200 OK", look, "text/css"
        else:
            status, page = "503 Service Unavailable", reason
        told = [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(page)))]
        start_response(status, [*_HEADERS, *told])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [page]

    return answer


def _page(error: CodedError) -> bytes:
    return _PAGE.format(
        title=escape(text("STATUS-TITLE", "zh")),
        zh=escape(text(error.code, "zh", **error.facts)),
        en=escape(text(error.code, "en", **error.facts)),
        code=escape(error.code),
    ).encode()
