"""What belongs to one request: its services, its settings, and who sent it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from flask import current_app, g, request
from werkzeug.wrappers import Response

from webui.services import Services, WebSettings

if TYPE_CHECKING:
    from agent.accounts.service import SignedIn
    from webui.streams import Streams

SESSION_COOKIE: Final = "__Host-sid"
VISITOR_COOKIE: Final = "__Host-visitor"
LANGUAGE_COOKIE: Final = "__Host-language"
LANGUAGES: Final = ("zh", "en")
REFRESH_HEADER: Final = "Renhu-Refresh"
ENDLESS: Final = frozenset({"events.stream", "photos.live"})
"""Answers that an open page asks for by itself, and that go on until it is closed."""


@dataclass(frozen=True, slots=True)
class LastSelfTest:
    """What a device answered when a technician last asked it; `code` and `facts` say why it did not."""

    at: datetime
    status: str = ""
    sam_id: str = ""
    code: str | None = None
    facts: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Composition:
    """What `create_app` was given, kept with the app."""

    services: Services
    settings: WebSettings
    streams: Streams
    live_streams: Streams
    self_tests: dict[str, LastSelfTest] = field(default_factory=dict)


def composition() -> Composition:
    """The composition of the running app."""
    return cast(Composition, current_app.extensions["renhu"])


def services() -> Services:
    """The services behind the pages."""
    return composition().services


def settings() -> WebSettings:
    """How the pages are served."""
    return composition().settings


def is_refresh() -> bool:
    """Whether a page that is open already asks for its live parts; static/js/request.js says so."""
    return request.headers.get(REFRESH_HEADER) == "1"


def is_attended() -> bool:
    """Whether a person sent this request; an open page also asks by itself, in an empty office all night."""
    return request.endpoint not in ENDLESS and not (request.method == "GET" and is_refresh())


def session_or_none() -> SignedIn | None:
    """Who sent this request, or None for a visitor; asked once a request."""
    if "session" not in g:
        token = request.cookies.get(SESSION_COOKIE)
        g.session = services().accounts.session(token, is_attended=is_attended()) if token else None
    return cast("SignedIn | None", g.session)


def signed_in() -> SignedIn:
    """Who sent this request, where the door has made sure that somebody did."""
    session = session_or_none()
    if session is None:
        raise LookupError("a view without a session called signed_in()")
    return session


def pre_session_value() -> str | None:
    """The visitor's own random value, which the token of the sign-in form is bound to."""
    return request.cookies.get(VISITOR_COOKIE)


def new_visitor_value() -> str:
    """Make the random value of a new visitor."""
    return secrets.token_urlsafe(24)


def set_cookie(response: Response, name: str, value: str) -> None:
    """Set one of our cookies: this host only, no script, never sent by another site."""
    response.set_cookie(name, value, secure=True, httponly=True, samesite="Strict", path="/")


def drop_cookie(response: Response, name: str) -> None:
    """Take one of our cookies back."""
    response.delete_cookie(name, secure=True, httponly=True, samesite="Strict", path="/")
