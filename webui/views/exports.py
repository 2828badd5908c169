"""Registrations given away in a file: which, to whom and why; and what was given away before."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from agent.exchange.views import FILE_KINDS, FORMS, STATES, ExportWish
from webui import errors
from webui.context import services, signed_in
from webui.language import language, message

bp = Blueprint("exports", __name__, url_prefix="/export")

TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def show(wish: ExportWish, sentence: str = "", code: str = "", status: int = 200) -> ResponseReturnValue:
    """Render the page with what is wished; `sentence` is why it was refused, `code` the refusal's."""
    exchange = services().exchange
    given = exchange.given(language())
    listed = exchange.exports.listed(signed_in())
    fresh = next((one for one in listed if one.id == request.args.get("done")), None)
    shown = {"wish": wish, "columns": given, "names": {key: name for key, name, _ in given}, "listed": listed}
    requests = exchange.requests.listed(signed_in())
    missing = sum(one.gone for one in requests if fresh is not None and one.provision_id == fresh.id)
    asked = {"asked": requests, "most_alone": exchange.requests.most_alone(), "fresh": fresh, "missing": missing}
    page = render_template("exchange/export.html", **shown, **asked, sentence=sentence, code=code)
    return page, status


def usual() -> ExportWish:
    """What is chosen before anybody has."""
    return ExportWish(columns=tuple(key for key, _, is_usual in services().exchange.given("zh") if is_usual))


def wished() -> ExportWish:
    """What the form says."""
    form = request.form
    chosen = [key for key, _, _ in services().exchange.given("zh") if form.get(f"column_{key}")]
    return ExportWish(
        forms=tuple(one for one in FORMS if form.get(f"form_{one}")),
        states=tuple(one for one in STATES if form.get(f"state_{one}")),
        committee=form.get("committee", ""),
        since=form.get("since", ""),
        until=form.get("until", ""),
        columns=tuple(chosen),
        file_kind=form.get("file_kind", "") if form.get("file_kind") in FILE_KINDS else "xlsx",
        receiver=form.get("receiver", ""),
        purpose=form.get("purpose", ""),
        is_full=bool(form.get("is_full")),
        full_reason=form.get("full_reason", ""),
    )


@bp.get("")
def page() -> ResponseReturnValue:
    """Show the form, and what was given away."""
    return show(usual())


@bp.errorhandler(CodedError)
def not_made(error: CodedError) -> ResponseReturnValue:
    """Show the page again with what was typed where the wish was refused; all else is no matter of this page."""
    own = error.code.startswith("EXPORT-") or error.code in {"ACCOUNT-OWN-PASSWORD", "ACCOUNT-WAIT"}
    if request.method != "POST" or not own:
        return errors.coded(error)
    return show(wished(), message(error.code, error.facts), error.code, errors.status_of(error))


@bp.post("")
def make() -> ResponseReturnValue:
    """Make a file.  303 to the page, where it waits to be taken, or to what waits for a second person's word."""
    made = services().exchange.exports.make(wished(), signed_in(), request.form.get("own-password", ""))
    if made.is_asked:
        return redirect(url_for("export_requests.page", request_id=made.id), 303)
    return redirect(url_for("exports.page", done=made.id), 303)


@bp.get("/<provision_id>/file")
def file(provision_id: str) -> Response:
    """Hand out a file that this session has made of late."""
    made = services().exchange.exports.file(provision_id, signed_in())
    return attachment(made.content, TYPES[made.file_kind], f"register.{made.file_kind}")


def attachment(content: bytes, content_type: str, name: str) -> Response:
    """A file to be kept by whoever asked for it, under a name of ours without personal data."""
    answer = Response(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
