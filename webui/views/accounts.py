"""Signing in and out, and choosing the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from agent.errors import CodedError
from webui import context
from webui.context import (
    LANGUAGE_COOKIE,
    LANGUAGES,
    SESSION_COOKIE,
    VISITOR_COOKIE,
    composition,
    services,
    session_or_none,
)
from webui.errors import status_of
from webui.guard import pre_session_token
from webui.language import message

if TYPE_CHECKING:
    from agent.accounts.rights import Role
    from agent.accounts.service import SignedIn

bp = Blueprint("accounts", __name__)


def leave(session: SignedIn | None) -> None:
    """End what hangs on a session: its streams, its hold of the desk, itself."""
    token = request.cookies.get(SESSION_COOKIE)
    if session is None or not token:
        return
    services().desk.release(session.session_id)
    services().accounts.sign_out(token)
    composition().streams.end_session(session.session_id)


def way_back(path: str) -> str:
    """The page to go back to, if it is one of ours that can be opened; else the start."""
    try:
        endpoint, arguments = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return url_for("home.start")
    return url_for(endpoint, **arguments)


def begin(opened: SignedIn) -> ResponseReturnValue:
    """Give the browser its session and go to the start."""
    answer = redirect(url_for("home.start"), 303)
    context.set_cookie(answer, SESSION_COOKIE, opened.token)
    context.drop_cookie(answer, VISITOR_COOKIE)
    return answer


def as_role(name: str) -> Role:
    """A role by its name; supervisor for anything else."""
    known: dict[str, Role] = {"clerk": "clerk", "technician": "technician"}
    return known.get(name, "supervisor")


def sign_in_form(name: str, sentence: str, status: int) -> ResponseReturnValue:
    """Render the sign-in form, with a fresh visitor's value where the browser has none."""
    value = context.pre_session_value() or context.new_visitor_value()
    token = pre_session_token(value)
    template = "accounts/sign_in.html" if services().accounts.has_users() else "accounts/enrol.html"
    page = make_response(render_template(template, name=name, sentence=sentence, token=token), status)
    context.set_cookie(page, VISITOR_COOKIE, value)
    return page


@bp.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    """Show the sign-in form; who is signed in goes on to the start."""
    if session_or_none() is not None:
        return redirect(url_for("home.start"), 303)
    return sign_in_form("", "", 200)


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Open a session.  303 to the start; the form again, with the sentence, when name and password do not fit."""
    name = request.form.get("name", "")
    try:
        opened = services().accounts.sign_in(name, request.form.get("password", ""))
    except CodedError as error:
        return sign_in_form(name, message(error.code, error.facts), status_of(error))
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES and chosen != opened.language:
        services().accounts.set_language(opened.token, chosen)
    leave(session_or_none())
    return begin(opened)


@bp.post("/enrol")
def enrol() -> ResponseReturnValue:
    """Make the first user with the one-time code and sign in.  The form again where code or password will not do."""
    given = {name: request.form.get(name, "") for name in ("code", "name", "password", "role")}
    try:
        opened = services().accounts.enrol(given["code"], given["name"], given["password"], as_role(given["role"]))
    except CodedError as error:
        return sign_in_form(given["name"], message(error.code, error.facts), status_of(error))
    return begin(opened)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, its streams and its hold of the desk."""
    leave(session_or_none())
    answer = redirect(url_for("accounts.sign_in_page"), 303)
    context.drop_cookie(answer, SESSION_COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.post("/language")
def language() -> ResponseReturnValue:
    """Change the language of the session, or of the visitor, and go back to the page."""
    chosen = request.form.get("language", "")
    answer = redirect(way_back(request.form.get("back", "")), 303)
    if chosen in LANGUAGES:
        token = request.cookies.get(SESSION_COOKIE)
        if session_or_none() is not None and token:
            services().accounts.set_language(token, chosen)
        context.set_cookie(answer, LANGUAGE_COOKIE, chosen)
    return answer
