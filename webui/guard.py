"""The door: Host, origin, session, token and rights are checked here, in this order, before any view runs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Final, cast

from flask import Flask, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import Actor, CodedError, Retry
from webui import carried, errors
from webui.context import SESSION_COOKIE, pre_session_value, services, session_or_none, settings
from webui.rights import Access, access_of

if TYPE_CHECKING:
    from agent.accounts.service import SignedIn
    from webui.files import FilesInMemory

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPE: Final = "application/x-www-form-urlencoded"
FILES_TYPE: Final = "multipart/form-data"
TAKES_PAGES: Final = frozenset({"documents.upload", "imports.upload", "addresses.upload"})
TAKES_FILES: Final = TAKES_PAGES | {"tables.upload"}
OPEN_WHILE_LOCKED: Final = frozenset(
    {
        "static", "assets.bootstrap_css", "assets.bootstrap_image", "health.healthz",
        "accounts.lock_page", "accounts.unlock", "accounts.lock_left", "accounts.sign_out", "accounts.language",
    }
)  # fmt: skip
_PRE_SESSION_KEY: Final = secrets.token_bytes(32)


def allowed_host_values(hosts: tuple[str, ...], port: int) -> frozenset[str]:
    """List every exact value of `Host` that is ours; a browser leaves out port 80 alone."""
    values = {f"{name}:{port}" for name in hosts}
    return frozenset(values | set(hosts)) if port == 80 else frozenset(values)


def pre_session_token(value: str) -> str:
    """Derive the token of the sign-in form from the visitor's own cookie."""
    return hmac.new(_PRE_SESSION_KEY, value.encode(), hashlib.sha256).hexdigest()


def refuse(code: str) -> CodedError:
    """Make the error for a request that does not come in."""
    return CodedError(code, Actor.CLERK, Retry.AFTER_ACTION)


def check_host() -> None:
    """Refuse a foreign `Host`: another name for this machine is how a foreign page would reach it."""
    allowed = allowed_host_values(settings().allowed_hosts, settings().port)
    if request.environ.get("HTTP_HOST", "") not in allowed:
        raise refuse("WEB-HOST")


def check_origin() -> None:
    """Refuse an unsafe request that this page did not send.

    Both headers that a browser sends must be right; a request with neither is refused.  Our own referrer policy makes
    Chromium write the origin of a plain form as `null`; that is accepted only where it vouches for the same origin.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is None and origin is None:
        raise refuse("WEB-ORIGIN")
    if site is not None and site != "same-origin":
        raise refuse("WEB-ORIGIN")
    if origin == "null" and site is not None:
        origin = None
    if origin is not None and origin != f"http://{request.environ['HTTP_HOST']}":
        raise refuse("WEB-ORIGIN")
    if request.mimetype != (FILES_TYPE if request.endpoint in TAKES_FILES else FORM_TYPE):
        raise refuse("WEB-FORM-TYPE")


def check_files() -> None:
    """Let the forms that bring large files be large; of a body beyond its limit only what was typed is read."""
    if request.endpoint not in TAKES_PAGES:
        return
    limit_bytes = settings().files_limit_bytes
    request.max_content_length = limit_bytes
    if (request.content_length or 0) > limit_bytes:
        cast("FilesInMemory", request).read_fields_alone(settings().body_limit_bytes)


def has_token(expected: str) -> bool:
    """Whether the form carries the token of the page on which it stands."""
    return bool(expected) and hmac.compare_digest(expected.encode(), request.form.get("csrf", "").encode())


def check_token() -> ResponseReturnValue | None:
    """Refuse an unsafe request without the token that this session's pages carry.

    Returns: what is answered to a page of an earlier session, or None to go on.
    """
    if request.method in SAFE_METHODS:
        return None
    session, value = session_or_none(), pre_session_value()
    if has_token(session.csrf if session is not None else pre_session_token(value) if value else ""):
        return None
    answer = check_ended() if session is None else check_earlier(session)
    if answer is None:
        raise refuse("WEB-TOKEN")
    return answer


def check_earlier(session: SignedIn) -> ResponseReturnValue | None:
    """Keep and show what was typed on a page that stayed open while its clerk signed in anew; do nothing else.

    Returns: a redirect, or None where it is another page.
    """
    whose = carried.typed_in()
    if whose is None or not services().accounts.is_earlier_page(session, request.form.get("csrf", "")):
        return None
    carried.keep(session)
    return redirect(carried.page_of(*whose), 303)


def check_ended() -> ResponseReturnValue | None:
    """Keep what was typed on a page whose session ended meanwhile; nothing else is done, and nothing shown.

    Whose page it was is proved twice, by the cookie of that session and by the token of its pages.

    Returns: the way to sign in and back, or None where there is nothing to keep.
    """
    token = request.cookies.get(SESSION_COOKIE, "")
    ended = services().accounts.ended_session(token) if token and request.method == "POST" else None
    whose = carried.typed_in() if ended is not None and has_token(ended.csrf) else None
    access = access_of(request.endpoint)
    if ended is None or whose is None or access is None or not access.allows(ended.role):
        return None
    try:
        carried.keep(ended)
    except CodedError:
        return None
    return errors.page("WEB-SESSION-KEPT", 401, sign_in=url_for("accounts.sign_in_page", back=carried.page_of(*whose)))


def check_rights() -> ResponseReturnValue | None:
    """Let in who may come in; send a visitor without a session to sign in.

    Returns: what is answered instead, or None to go on.
    """
    access = access_of(request.endpoint)
    if access is None:
        raise refuse("RIGHTS-DENIED")
    session = session_or_none()
    if access.allows(session.role if session else None):
        return None
    if session is not None:
        raise refuse("RIGHTS-DENIED")
    if request.method == "GET" and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
        return redirect(url_for("accounts.sign_in_page"), 303)
    answer = check_ended()
    if answer is None:
        raise refuse("WEB-SESSION")
    return answer


def check_lock() -> ResponseReturnValue | None:
    """Show nothing to whoever sits down at a page that was left: the lock page first.

    What was typed in a form before the page had locked is kept; it is shown again when the page is unlocked.

    Returns: a redirect, or None to go on.
    """
    session = session_or_none()
    if session is None or not session.is_locked or request.endpoint in OPEN_WHILE_LOCKED:
        return None
    whose = carried.typed_in()
    if whose is not None:
        carried.keep(session)
        return redirect(url_for("accounts.lock_page", back=carried.page_of(*whose)), 303)
    if request.endpoint == "events.stream":
        raise refuse("WEB-LOCKED")
    back = request.path if request.method == "GET" else None
    return redirect(url_for("accounts.lock_page", back=back), 303)


def check_practice() -> None:
    """The fault panel does not exist in a register."""
    if access_of(request.endpoint) is Access.PRACTICE and services().practice is None:
        raise refuse("WEB-NOT-FOUND")


def admit() -> ResponseReturnValue | None:
    """Run every check on a request, in the one right order."""
    g.request_id = secrets.token_hex(6)
    g.seen = services().bus.newest
    check_host()
    if request.routing_exception is not None:
        return None
    check_origin()
    check_files()
    answer = check_rights() or check_token()
    if answer is not None:
        return answer
    check_practice()
    return check_lock()


def install(app: Flask) -> None:
    """Put the door before every view of `app`."""
    app.before_request(admit)
