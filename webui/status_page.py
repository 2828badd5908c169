"""The page of an agent that cannot open its register: why, and what to do; no data, no sign-in, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from agent.errors import CodedError
from agent.messages.service import text

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


def status_app(error: CodedError) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Make the WSGI application that answers every address with the reason, status 503."""
    page = _PAGE.format(
        title=escape(text("STATUS-TITLE", "zh")),
        zh=escape(text(error.code, "zh", **error.facts)),
        en=escape(text(error.code, "en", **error.facts)),
        code=escape(error.code),
    ).encode()

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = ("Content-Length", str(len(page)))
        start_response("503 Service Unavailable", [*_HEADERS, length])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [page]

    return answer
