"""The page of an agent that cannot open its register: why, and what to do; no data, no sign-in, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from agent.errors import Actor, CodedError, Retry
from agent.messages.service import text
from webui.guard import allowed_host_values
from webui.services import OUR_NAMES

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head>
<body><main><h1>{title}</h1><p>{zh}</p><p lang="en">{en}</p><p><code>{code}</code></p></main></body></html>
"""

_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]


def status_app(error: CodedError, port: int) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Make the WSGI application that answers every address with the reason, status 503; a foreign `Host` gets 400.

    Args:
        error: why there is no register.
        port: on which the page is served; it is a part of every `Host` that is ours.
    """
    reason, foreign = _page(error), _page(CodedError("WEB-HOST", Actor.CLERK, Retry.AFTER_ACTION))
    ours = allowed_host_values(OUR_NAMES, port)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        is_ours = environ.get("HTTP_HOST", "") in ours
        status, page = ("503 Service Unavailable", reason) if is_ours else ("400 Bad Request", foreign)
        start_response(status, [*_HEADERS, ("Content-Length", str(len(page)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [page]

    return answer


def _page(error: CodedError) -> bytes:
    return _PAGE.format(
        title=escape(text("STATUS-TITLE", "zh")),
        zh=escape(text(error.code, "zh", **error.facts)),
        en=escape(text(error.code, "en", **error.facts)),
        code=escape(error.code),
    ).encode()
