"""Error pages: a stable code, one sentence, the request's number; never what was sent, never a trace."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from flask import Flask, g, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from agent.errors import Actor, CodedError
from webui.language import message

log = logging.getLogger(__name__)

_STATUS: Final[dict[str, int]] = {
    "WEB-HOST": 400,
    "WEB-BAD-REQUEST": 400,
    "WEB-ORIGIN": 403,
    "WEB-TOKEN": 403,
    "WEB-FORM-TYPE": 415,
    "WEB-SESSION": 401,
    "WEB-LOCKED": 423,
    "WEB-STREAMS-FULL": 503,
    "RIGHTS-DENIED": 403,
    "ACCOUNT-WRONG": 401,
    "ACCOUNT-WAIT": 429,
    "UPLOAD-TOO-LARGE": 413,
    "OFFER-UNKNOWN": 409,
}
_CODE_OF_STATUS: Final[dict[int, str]] = {
    400: "WEB-BAD-REQUEST",
    404: "WEB-NOT-FOUND",
    405: "WEB-METHOD",
    413: "WEB-TOO-LARGE",
    415: "WEB-FORM-TYPE",
}


def status_of(error: CodedError) -> int:
    """The HTTP status for an error: a fault of ours is 500, what is not there 404, all else a conflict of facts."""
    if error.code in _STATUS:
        return _STATUS[error.code]
    if error.code.endswith(("-UNKNOWN", "-GONE", "-NOT-FOUND")):
        return 404
    return 500 if error.actor is Actor.DEVELOPER else 409


def page(
    code: str, status: int, facts: Mapping[str, str | int | float] | None = None, sign_in: str = ""
) -> ResponseReturnValue:
    """Render the error page; `sign_in` is where to sign in first, in place of the way to the start."""
    request_id = g.get("request_id", "")
    is_foreign = code == "WEB-HOST"
    template = "errors/plain.html" if is_foreign or status == 500 else "errors/page.html"
    return (
        render_template(template, code=code, sentence=message(code, facts), request_id=request_id, sign_in=sign_in),
        status,
    )


def coded(error: CodedError) -> ResponseReturnValue:
    """Answer an error with a code of ours."""
    return page(error.code, status_of(error), error.facts)


def http(error: HTTPException) -> ResponseReturnValue:
    """Answer what the framework refused."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    return page(_CODE_OF_STATUS.get(status, "WEB-BAD-REQUEST" if status < 500 else "WEB-OURS"), status)


def ours(error: Exception) -> ResponseReturnValue:
    """Answer a fault of ours: the kind goes to the log, nothing of it to the page."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("request %s: %s at %s", g.get("request_id", ""), type(error).__name__, " > ".join(places[-6:]))
    return page("WEB-OURS", 500)


def install(app: Flask) -> None:
    """Let `app` answer every error with a page of ours."""
    app.register_error_handler(CodedError, coded)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, ours)
