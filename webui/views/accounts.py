"""Signing in and out, setting one's own password, and choosing the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.accounts.passwords import LONGEST, SHORTEST
from agent.errors import Actor, CodedError, Retry
from webui import context
from webui.again import SEARCHES, matched, page_at
from webui.context import (
    LANGUAGE_COOKIE,
    LANGUAGES,
    SESSION_COOKIE,
    VISITOR_COOKIE,
    composition,
    services,
    session_or_none,
    signed_in,
)
from webui.errors import status_of
from webui.guard import pre_session_token
from webui.language import message
from webui.rights import access_of

if TYPE_CHECKING:
    from agent.accounts.service import SignedIn

bp = Blueprint("accounts", __name__)

PASSWORD_LENGTH: Final = (SHORTEST, LONGEST)


def leave(session: SignedIn | None) -> None:
    """End what hangs on a session: its streams, its hold of the desk, itself."""
    token = request.cookies.get(SESSION_COOKIE)
    if session is None or not token:
        return
    services().desk.release(session.session_id)
    services().accounts.sign_out(token)
    composition().streams.end_session(session.session_id)


def way_back(address: str) -> str:
    """The page to go back to, if it is one of ours that can be opened; else the start."""
    return page_at(address) or url_for("home.start")


def way_in(role: str, back: str) -> str:
    """The page to go on with after signing in, where there is one for this role; else the start."""
    place = page_at(back) or ""
    found = matched(urlsplit(place).path) if place else None
    access = None if found is None else access_of(found[0])
    return place if access is not None and access.allows(role) else url_for("home.start")


def begin(opened: SignedIn, back: str = "") -> ResponseReturnValue:
    """Give the browser its session and go on."""
    answer = redirect(way_in(opened.role, back), 303)
    context.set_cookie(answer, SESSION_COOKIE, opened.token)
    context.drop_cookie(answer, VISITOR_COOKIE)
    return answer


def visitor_form(template: str, status: int, **shown: str | bool) -> ResponseReturnValue:
    """Render a form for somebody without a session, with a fresh visitor's value where the browser has none."""
    value = context.pre_session_value() or context.new_visitor_value()
    body = render_template(template, token=pre_session_token(value), password_length=PASSWORD_LENGTH, **shown)
    page = make_response(body, status)
    context.set_cookie(page, VISITOR_COOKIE, value)
    return page


def sign_in_form(name: str, sentence: str, status: int, back: str) -> ResponseReturnValue:
    """Render the sign-in form; on a station without users, the form of the first."""
    if not services().accounts.has_users():
        return enrol_form(name, sentence, status)
    return visitor_form("accounts/sign_in.html", status, name=name, sentence=sentence, back=back)


def enrol_form(name: str, sentence: str, status: int) -> ResponseReturnValue:
    """Render the form that takes a one-time code."""
    is_first = not services().accounts.has_users()
    place = str(services().accounts.enrolment_file or "")
    return visitor_form("accounts/enrol.html", status, name=name, sentence=sentence, is_first=is_first, place=place)


def password_form(sentence: str, status: int) -> ResponseReturnValue:
    """Render the form for one's own password."""
    is_done = request.args.get("done") == "1"
    shown = {"sentence": sentence, "is_done": is_done, "password_length": PASSWORD_LENGTH}
    return render_template("accounts/password.html", **shown), status


def new_password() -> str:
    """The password that was typed twice.  Raises: CodedError ACCOUNT-REPEAT where the two differ."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise CodedError("ACCOUNT-REPEAT", Actor.CLERK, Retry.AFTER_ACTION)
    return password


@bp.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    """Show the sign-in form; who is signed in goes on to the start."""
    if session_or_none() is not None:
        return redirect(url_for("home.start"), 303)
    is_elsewhere = services().accounts.has_ended_elsewhere(request.cookies.get(SESSION_COOKIE, ""))
    sentence = message("ACCOUNT-ELSEWHERE") if is_elsewhere else ""
    return sign_in_form("", sentence, 200, request.args.get("back", ""))


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Open a session.  303 to the page that was left; the form again, with the sentence, when the password is wrong."""
    name, back = request.form.get("name", ""), request.form.get("back", "")
    try:
        opened = services().accounts.sign_in(name, request.form.get("password", ""))
    except CodedError as error:
        return sign_in_form(name, message(error.code, error.facts), status_of(error), back)
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES and chosen != opened.language:
        services().accounts.set_language(opened.token, chosen)
    leave(session_or_none())
    return begin(opened, back)


@bp.get("/enrol")
def enrol_page() -> ResponseReturnValue:
    """Show the form that takes a one-time code; who is signed in goes on to the start."""
    if session_or_none() is not None:
        return redirect(url_for("home.start"), 303)
    return enrol_form("", "", 200)


@bp.post("/enrol")
def enrol() -> ResponseReturnValue:
    """Set one's password with the one-time code and sign in.  The form again where code or password will not do."""
    name = request.form.get("name", "")
    try:
        opened = services().accounts.enrol(request.form.get("code", ""), name, new_password())
    except CodedError as error:
        return enrol_form(name, message(error.code, error.facts), status_of(error))
    leave(session_or_none())
    return begin(opened)


@bp.get("/password")
def password_page() -> ResponseReturnValue:
    """Show the form for one's own password."""
    return password_form("", 200)


@bp.post("/password")
def change_password() -> ResponseReturnValue:
    """Change one's own password; the browser gets a new token.  The form again where that will not do."""
    try:
        password = new_password()
        changed = services().accounts.change_password(signed_in(), request.form.get("old", ""), password)
    except CodedError as error:
        return password_form(message(error.code, error.facts), status_of(error))
    answer = redirect(url_for("accounts.password_page", done=1), 303)
    context.set_cookie(answer, SESSION_COOKIE, changed.token)
    return answer


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, its streams and its hold of the desk."""
    leave(session_or_none())
    answer = redirect(url_for("accounts.sign_in_page"), 303)
    context.drop_cookie(answer, SESSION_COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def lock_form(back: str, sentence: str, status: int) -> ResponseReturnValue:
    """Render the page of a session that is locked."""
    return render_template("accounts/locked.html", back=back, sentence=sentence), status


@bp.get("/locked")
def lock_page() -> ResponseReturnValue:
    """Ask who is signed in for the password; where nothing is locked, go on."""
    back = way_back(request.args.get("back", ""))
    if not signed_in().is_locked:
        return redirect(back, 303)
    return lock_form(back, "", 200)


@bp.post("/locked")
def unlock() -> ResponseReturnValue:
    """Go on where the page had locked.  The form again where the password is wrong."""
    back = way_back(request.form.get("back", ""))
    try:
        services().accounts.unlock(signed_in(), request.form.get("password", ""))
    except CodedError as error:
        return lock_form(back, message(error.code, error.facts), status_of(error))
    return redirect(back, 303)


@bp.get("/locked/left")
def lock_left() -> ResponseReturnValue:
    """Tell an open page how many seconds are left before it locks."""
    answer = make_response(str(services().accounts.lock_left_s(signed_in())))
    answer.mimetype = "text/plain"
    return answer


@bp.post("/language")
def language() -> ResponseReturnValue:
    """Change the language of the session, or of the visitor, and go back to the page; a search is sent once more."""
    chosen, back = request.form.get("language", ""), request.values.get("back", "")
    searched = matched(back, "POST")
    is_search = searched is not None and searched[0] in SEARCHES and session_or_none() is not None
    answer = redirect(url_for(searched[0]), 307) if searched and is_search else redirect(way_back(back), 303)
    if chosen in LANGUAGES:
        token = request.cookies.get(SESSION_COOKIE)
        if session_or_none() is not None and token:
            services().accounts.set_language(token, chosen)
        context.set_cookie(answer, LANGUAGE_COOKIE, chosen)
    return answer
