"""The desk: whose it is, what the reader says, and the start of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from agent.register import notice
from webui import boards, errors
from webui.context import services, signed_in
from webui.language import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.accounts.service import SignedIn
    from agent.documents.views import FileRefused
    from agent.register.desk_views import DeskView
    from agent.register.views import Problem

bp = Blueprint("desk", __name__)

READ_WAIT_S: Final = 2.5
_ON_THE_WAY: Final = frozenset({"none", "placed", "reading", "gone"})


def wait_for_card(by: SignedIn) -> None:
    """Wait a moment for the reading of a card that lies there or is just being laid: a page without JavaScript asks."""
    clock = services().clock
    until = clock.monotonic() + READ_WAIT_S
    subscription = services().bus.subscribe(by.session_id)
    try:
        while services().desk.view(by).card_state in _ON_THE_WAY and clock.monotonic() < until:
            subscription.get(max(0.01, until - clock.monotonic()))
    finally:
        subscription.close()


def show(
    view: DeskView,
    status: int = 200,
    sentence: str = "",
    at: str = "draft-form",
    refused: Sequence[FileRefused] = (),
    problems: Sequence[Problem] = (),
) -> ResponseReturnValue:
    """Render the desk: somebody else's, waiting for a card, or with a form.

    Args:
        view: the desk.
        status: of the answer.
        sentence: why an act was refused.
        at: where the sentence belongs: `draft-form`, `papers`, `photo` or `second-person`.
        refused: files that were not taken in, and why.
        problems: why the form was not saved.
    """
    by = signed_in()
    if view.is_mine and view.draft is not None:
        board = boards.of_draft(view.draft)
        shown = {"desk": view, "draft": view.draft, "board": board, "sentence": sentence, "at": at, "refused": refused}
        shown |= {"photos": boards.photos_of_draft(view.draft)}
        shown |= {"in_the_way_of_saving": problems}
        shown |= {"notice_version": notice.CURRENT, "notice_parts": notice.notice(notice.CURRENT)}
        return render_template("desk/form.html", **shown), status
    register = services().register
    saved_name, saved = services().desk.last_saved(by) or ("", None)
    return (
        render_template(
            "desk/idle.html",
            desk=view,
            sentence=sentence,
            notice=services().documents.scans.notices.of(by),
            saved=saved,
            saved_name=saved_name,
            board=None if saved is None else boards.of_record(saved),
            drafts=register.drafts(by),
            recent=register.lately_saved(by),
        ),
        status,
    )


@bp.get("/desk")
def page() -> ResponseReturnValue:
    """Show the desk; opening it takes it where nobody holds it."""
    by = signed_in()
    desk = services().desk
    view = desk.view(by)
    if not view.is_mine and desk.take(by):
        view = desk.view(by)
    return show(view)


@bp.post("/desk/names")
def full_names() -> ResponseReturnValue:
    """Give the names of those saved last in full, on purpose and audited; none while a card lies on the reader."""
    by = signed_in()
    view = services().desk.view(by)
    may = view.is_mine and not view.is_card_lying
    return render_template("desk/names.html", lines=services().register.recent(by) if may else ())


@bp.post("/desk/take")
def take() -> ResponseReturnValue:
    """Take the desk over from the session that holds it."""
    services().desk.hand_over(signed_in())
    return redirect(url_for("desk.page"), 303)


@bp.post("/desk/read-card")
def read_card() -> ResponseReturnValue:
    """Wait for the card that lies on the reader, then show what it says."""
    wait_for_card(signed_in())
    return redirect(url_for("desk.page"), 303)


@bp.post("/desk/question")
def answer() -> ResponseReturnValue:
    """Say whose the other card is."""
    by = signed_in()
    try:
        services().desk.answer_question(by, request.values.get("question", ""), request.form.get("choice", ""))
    except CodedError as error:
        if error.code != "QUESTION-GONE":
            raise
        return show(services().desk.view(by), errors.status_of(error), message(error.code, error.facts))
    return redirect(url_for("desk.page"), 303)


@bp.post("/desk/without-card")
def without_card() -> ResponseReturnValue:
    """Start a form for a person without a card."""
    services().desk.open_draft(signed_in(), once=request.form.get("once", ""))
    return redirect(url_for("desk.page"), 303)
