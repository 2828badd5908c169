"""Which page is meant by "this page": where a change of language leads, also from a page that answered a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from flask import Flask, current_app, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

from webui.rights import NO_PAGES

SEARCHES: Final = {"register.search": ("query", "page"), "households.search": ("query",)}
CARRIED: Final = frozenset({"back", "done", "page", "what", "committee", "road", "lane", "block"})


@dataclass(frozen=True, slots=True)
class Again:
    """How this page is opened once more: its address, and for a search what was looked for, to be sent again."""

    address: str
    search: dict[str, str]


def matched(path: str, method: str = "GET") -> tuple[str, dict[str, Any]] | None:
    """The endpoint behind an address of ours, with its arguments; None for everything else."""
    try:
        endpoint, arguments = current_app.url_map.bind("").match(path, method=method)
    except (HTTPException, RequestRedirect):
        return None
    return str(endpoint), dict(arguments)


def page_at(address: str) -> str | None:
    """An address of ours as we write it ourselves, with the arguments that may stand there; None where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    found = matched(parts.path) if not parts.scheme and not parts.netloc else None
    if found is None or found[0] in NO_PAGES:
        return None
    asked = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items() if key in CARRIED}
    return url_for(found[0], **(asked | found[1]))


def posted(name: str) -> str:
    """A field of the form that this page answers; empty where the form was too large to be read."""
    try:
        return request.form.get(name, "")
    except RequestEntityTooLarge:
        return ""


def again() -> Again:
    """How the page that this request shows is opened once more.

    A page that answered a form is the one that the form stands on: at the same address, or the nearest one above it.
    """
    if request.endpoint in SEARCHES:
        return Again(request.path, {name: text for name in SEARCHES[request.endpoint] if (text := posted(name))})
    if request.method == "GET":
        return Again(request.full_path.rstrip("?"), {})
    if request.args.get("from") == "desk":
        return Again(url_for("desk.page"), {})
    if request.endpoint == "accounts.unlock":
        return Again(url_for("accounts.lock_page", back=posted("back")), {})
    path = request.path
    while path and page_at(path) is None:
        path = path.rpartition("/")[0]
    return Again(page_at(path) or url_for("home.start"), {})


def install(app: Flask) -> None:
    """Give the templates of `app` the way to their own page."""
    app.jinja_env.globals["again"] = again
