"""The completeness board: figures place by place, and the registrations behind each of them."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from agent.register.board_views import WHATS
from webui.context import services, signed_in
from webui.figures import figure_name
from webui.language import message
from webui.translate import gettext
from webui.views.register import ShownPage, asked_page

bp = Blueprint("board", __name__, url_prefix="/board")

REFUSED: Final = frozenset({"ACCOUNT-OWN-PASSWORD", "ACCOUNT-WAIT", "LIST-EMPTY", "LIST-TOO-LONG"})


@bp.get("")
def page() -> ResponseReturnValue:
    """Show the figures of every committee."""
    return render_template("board/page.html", board=services().register.board.overview(signed_in()), committee=None)


@bp.get("/lanes")
def lanes() -> ResponseReturnValue:
    """Show the figures of one committee, block by block and lane by lane."""
    committee, by, of_register = request.args.get("committee", ""), signed_in(), services().register.board
    shown = {"board": of_register.lanes(committee, by), "blocks": of_register.blocks(committee, by)}
    return render_template("board/page.html", **shown, committee=committee)


@bp.get("/list")
def lines() -> ResponseReturnValue:
    """Show the registrations behind a figure, in the order of a walk."""
    return show_lines(request.args.get("what", "gaps"), request.args.get("committee"), request.args.get("block"))


@bp.post("/list/print")
def print_list() -> ResponseReturnValue:
    """Make a list of the registrations behind a figure.  303 to its preview; 422 with the list where it was refused."""
    what, by = request.form.get("what", ""), signed_in()
    committee, block = request.form.get("committee"), request.form.get("block")
    if what not in WHATS:
        abort(404)
    place = gettext("全部居委") if committee is None else committee or gettext("未填居委")
    title = f"{place} {figure_name(what)}"
    try:
        made = services().printing.make_list(what, (committee, block), title, request.form.get("password", ""), by)
    except CodedError as error:
        if error.code not in REFUSED:
            raise
        return show_lines(what, committee, block, message(error.code, error.facts)), 422
    return redirect(url_for("printing.page", paper_id=made.id), 303)


def show_lines(what: str, committee: str | None, block: str | None, sentence: str = "") -> str:
    """Render a page of the registrations behind a figure; `sentence` is why they were not printed."""
    if what not in WHATS:
        abort(404)
    number = asked_page(request.args.get("page", type=int))
    shown = ShownPage(number, services().register.board.lines(what, committee, signed_in(), number, block=block))
    of = {"what": what, "committee": committee, "block": block}
    return render_template("board/list.html", **of, shown=shown, sentence=sentence)
