"""A file taken into the register: brought, its columns told apart, looked at in a dry run, and run with progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import Actor, CodedError, Retry
from agent.exchange.service import MOST_MEGABYTES
from webui import errors
from webui.context import services, signed_in
from webui.form_layout import FIELDS
from webui.language import language, message
from webui.views.exports import attachment

if TYPE_CHECKING:
    from webui.files import FilesInMemory

bp = Blueprint("imports", __name__, url_prefix="/import")


def show(sentence: str = "", code: str = "", status: int = 200) -> ResponseReturnValue:
    """Render the page as things stand; `sentence` is why an act was refused, `code` the refusal's."""
    exchange, by = services().exchange, signed_in()
    lying = exchange.imports.look(by)
    reasons = {} if lying is None else {one.line: exchange.reasons(one, language()) for one in lying.rejections}
    shown = {
        "lying": lying,
        "runs": exchange.imports.runs(by),
        "fields": exchange.taken(language()),
        "constants": [(FIELDS[key], exchange.name(key, language())) for key in exchange.constants()],
        "editions": exchange.editions(),
        "reasons": reasons,
        "megabytes": MOST_MEGABYTES,
    }
    page = render_template("exchange/import.html", **shown, sentence=sentence, code=code, typed=request.form)
    return page, status


@bp.get("")
def page() -> ResponseReturnValue:
    """Show what lies here, what was found in it, and the imports before."""
    return show()


@bp.errorhandler(CodedError)
def not_done(error: CodedError) -> ResponseReturnValue:
    """Show the page again with why an act was refused; all else is no matter of this page."""
    own = error.code.startswith("IMPORT-") or error.code in {"ACCOUNT-OWN-PASSWORD", "ACCOUNT-WAIT"}
    if request.method != "POST" or not own:
        return errors.coded(error)
    known = {"IMPORT-TOO-LARGE": 413, "IMPORT-GONE": 409}
    return show(message(error.code, error.facts), error.code, known.get(error.code) or errors.status_of(error))


def back() -> ResponseReturnValue:
    """303 to the page."""
    return redirect(url_for("imports.page"), 303)


@bp.post("/upload")
def upload() -> ResponseReturnValue:
    """Take a file."""
    if cast("FilesInMemory", request).is_cut:
        raise CodedError("IMPORT-TOO-LARGE", Actor.SUPERVISOR, Retry.AFTER_ACTION, megabytes=MOST_MEGABYTES)
    brought = request.files.get("file")
    services().exchange.imports.take(b"" if brought is None else brought.stream.read(), signed_in())
    return back()


@bp.post("/check")
def check() -> ResponseReturnValue:
    """Begin a dry run with the columns as they are chosen."""
    form, exchange, by = request.form, services().exchange, signed_in()
    lying = exchange.imports.look(by)
    count = 0 if lying is None else len(lying.columns)
    keys = [form.get(f"column_{place}", "") for place in range(count)]
    constants = {key: form.get(f"constant_{key}", "") for key in exchange.constants()}
    legacy = {key: form.get(f"edition_{key}", "") for key in exchange.editions()}
    exchange.imports.check(keys, constants, legacy, by)
    return back()


@bp.post("/run")
def run() -> ResponseReturnValue:
    """Begin to write what is new."""
    form = request.form
    own_password, has_seen = form.get("own-password", ""), bool(form.get("groups_seen"))
    services().exchange.imports.run(signed_in(), own_password, has_seen_groups=has_seen)
    return back()


@bp.post("/cancel")
def cancel() -> ResponseReturnValue:
    """End what is under way."""
    services().exchange.imports.cancel(signed_in())
    return back()


@bp.post("/drop")
def drop() -> ResponseReturnValue:
    """Let go of the file."""
    services().exchange.imports.drop(signed_in())
    return back()


@bp.get("/rejections.csv")
def rejections() -> Response:
    """Hand out the rows that are not taken in as they are, with the reasons."""
    return attachment(services().exchange.imports.rejections(signed_in()), "text/csv", "rejections.csv")
