"""The address base for the supervisor: as it is, a list down and up, what a list would do, and taking it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.addresses.service import MOST_MEGABYTES
from agent.errors import Actor, CodedError, Retry
from webui import errors
from webui.context import services, signed_in
from webui.language import message
from webui.translate import gettext
from webui.views.exports import attachment

if TYPE_CHECKING:
    from webui.files import FilesInMemory

bp = Blueprint("addresses", __name__, url_prefix="/addresses")


def show(status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """Render the base, with what was typed beside a list that did not do."""
    base = services().addresses.look(signed_in())
    shown = {"base": base, "sentence": sentence, "typed": request.form, "megabytes": MOST_MEGABYTES}
    return render_template("addresses/page.html", **shown), status


def show_waiting(status: int = 200, sentence: str = "", code: str = "") -> ResponseReturnValue:
    """Render what the list that waits would do."""
    run = services().addresses.dry_run(signed_in())
    return render_template("addresses/waiting.html", run=run, sentence=sentence, code=code), status


@bp.errorhandler(CodedError)
def not_done(error: CodedError) -> ResponseReturnValue:
    """Show the page again with the sentence where a list was refused; all else is no matter of these pages."""
    if request.method != "POST" or not error.code.startswith(("PLATES-", "IMPORT-")):
        return errors.coded(error)
    status, sentence = errors.status_of(error), message(error.code, error.facts)
    if request.endpoint == "addresses.confirm" and error.code != "PLATES-GONE":
        return show_waiting(status, sentence, error.code)
    return show(413 if error.code == "IMPORT-TOO-LARGE" else status, sentence)


@bp.get("")
def page() -> ResponseReturnValue:
    """Show the base: how many plates, which blocks, which lists were taken in."""
    return show()


@bp.get("/csv")
def csv() -> Response:
    """Give the plates in use as a file that can be taken in again."""
    return attachment(services().addresses.csv(signed_in()), "text/csv", "addresses.csv")


@bp.post("/upload")
def upload() -> ResponseReturnValue:
    """Let a list wait.  303 to what it would do."""
    if cast("FilesInMemory", request).is_cut:
        raise CodedError("IMPORT-TOO-LARGE", Actor.SUPERVISOR, Retry.AFTER_ACTION, megabytes=MOST_MEGABYTES)
    brought = request.files.get("file")
    content = b"" if brought is None else brought.stream.read()
    services().addresses.bring(content, request.form.get("source", ""), signed_in())
    return redirect(url_for("addresses.waiting"), 303)


@bp.post("/practice")
def practice() -> ResponseReturnValue:
    """Let the made-up list of a practice station wait.  303 to what it would do."""
    by, addresses = signed_in(), services().addresses
    addresses.bring(addresses.practice_list(by), gettext("练习用的地址库"), by)
    return redirect(url_for("addresses.waiting"), 303)


@bp.get("/waiting")
def waiting() -> ResponseReturnValue:
    """Show what the list that waits would do."""
    return show_waiting()


@bp.get("/waiting/rejections.csv")
def rejections() -> Response:
    """Hand out the rows that are left out, with the reasons."""
    return attachment(services().addresses.rejections(signed_in()), "text/csv", "rejections.csv")


@bp.post("/give-up")
def give_up() -> ResponseReturnValue:
    """Let no list wait.  303 to the base."""
    services().addresses.give_up(signed_in())
    return redirect(url_for("addresses.page"), 303)


@bp.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Take in the list that waits.  303 to the base."""
    is_many = bool(request.form.get("withdraws_many"))
    services().addresses.take_in(request.form.get("seen", ""), signed_in(), withdraws_many=is_many)
    return redirect(url_for("addresses.page"), 303)
