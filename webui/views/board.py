"""The completeness board: figures place by place, and the registrations behind each of them."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from agent.register.board_views import WHATS
from webui.context import services, signed_in
from webui.views.register import ShownPage, asked_page

bp = Blueprint("board", __name__, url_prefix="/board")


@bp.get("")
def page() -> ResponseReturnValue:
    """Show the figures of every committee."""
    return render_template("board/page.html", board=services().register.board.overview(signed_in()), committee=None)


@bp.get("/lanes")
def lanes() -> ResponseReturnValue:
    """Show the figures of one committee, lane by lane."""
    committee = request.args.get("committee", "")
    board = services().register.board.lanes(committee, signed_in())
    return render_template("board/page.html", board=board, committee=committee)


@bp.get("/list")
def lines() -> ResponseReturnValue:
    """Show the registrations behind a figure, in the order of a walk."""
    what, committee = request.args.get("what", ""), request.args.get("committee")
    if what not in WHATS:
        abort(404)
    number = asked_page(request.args.get("page", type=int))
    shown = ShownPage(number, services().register.board.lines(what, committee, signed_in(), number))
    return render_template("board/list.html", what=what, committee=committee, shown=shown)
