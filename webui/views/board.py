"""The completeness board: figures place by place, and the registrations behind each of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from agent.register.board_views import LISTS, SEPARATED, Spot
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
    return show_lines(request.args.get("what", "gaps"), asked_spot(request.args))


@bp.post("/list/print")
def print_list() -> ResponseReturnValue:
    """Make a list of the registrations behind a figure.  303 to its preview; 422 with the list where it was refused."""
    what, spot, by = request.form.get("what", ""), asked_spot(request.form), signed_in()
    if what not in LISTS:
        abort(404)
    title = f"{place_name(spot)} {figure_name(what)}"
    try:
        made = services().printing.make_list(what, spot, title, request.form.get("password", ""), by)
    except CodedError as error:
        if error.code not in REFUSED:
            raise
        return show_lines(what, spot, message(error.code, error.facts)), 422
    return redirect(url_for("printing.page", paper_id=made.id), 303)


def show_lines(what: str, spot: Spot, sentence: str = "") -> str:
    """Render a page of the registrations behind a figure; `sentence` is why they were not printed."""
    if what not in LISTS:
        abort(404)
    number = asked_page(request.args.get("page", type=int))
    shown = ShownPage(number, services().register.board.lines(what, spot, signed_in(), number))
    has_two = what in SEPARATED
    given = {key: text for key, text in dataclasses.asdict(spot).items() if text is not None}
    return render_template(
        "board/list.html", what=what, spot=spot, given=given, has_two=has_two, shown=shown, sentence=sentence
    )


def asked_spot(asked: Mapping[str, str]) -> Spot:
    """The part of the area that is asked for; a lane wants its road and its committee, a block its committee."""
    spot = Spot(asked.get("committee"), asked.get("road"), asked.get("lane"), asked.get("block"))
    if spot.committee is None:
        return Spot()
    return spot if None not in {spot.road, spot.lane} else Spot(spot.committee, block=spot.block)


def place_name(spot: Spot) -> str:
    """What a part of the area is called."""
    if spot.committee is None:
        return gettext("全部居委")
    committee = spot.committee or gettext("未填居委")
    if spot.block is not None:
        block = gettext("责任块 %(code)s", code=spot.block) if spot.block else gettext("门牌不在地址库")
        return f"{committee} {block}"
    if spot.road is None:
        return committee
    lane = spot.road + (f"{spot.lane}弄" if spot.lane else "")
    return f"{committee} {lane or gettext('未填路名')}"
