"""The register: find a record, look at it with its history, masked or for a reason in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from agent.register.views import PAGE, RecordLine
from webui import boards, errors
from webui.context import services, signed_in
from webui.language import message
from webui.views.register_history import timeline

bp = Blueprint("register", __name__)


LAST_PAGE: Final = 100_000


@dataclass(frozen=True, slots=True)
class ShownPage:
    """One page of a list of which only this page has been looked up."""

    number: int
    lines: Sequence[RecordLine]

    @property
    def is_full(self) -> bool:
        """Whether more may follow."""
        return len(self.lines) >= PAGE

    @property
    def first(self) -> int:
        """The place of the first line in the whole list, from 1."""
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """The place of the last line; the length of the whole list where the page is not full."""
        return self.first + len(self.lines) - 1


def asked_page(number: int | None) -> int:
    """Which page is meant; nonsense means the first."""
    return min(max(1, number or 1), LAST_PAGE)


@bp.get("/register")
def page() -> ResponseReturnValue:
    """Show the newest records."""
    number = asked_page(request.args.get("page", type=int))
    shown = ShownPage(number, services().register.recent(signed_in(), number))
    return render_template("register/page.html", query="", shown=shown)


@bp.post("/register/search")
def search() -> ResponseReturnValue:
    """Find records by what is known of them.  A POST: what is looked for never stands in an address."""
    query = request.form.get("query", "").strip()
    if not query:
        return redirect(url_for("register.page"), 303)
    number = asked_page(request.form.get("page", type=int))
    shown = ShownPage(number, services().register.find(query, signed_in(), number))
    return render_template("register/page.html", query=query, shown=shown)


@bp.get("/register/<record_id>")
def record(record_id: str) -> ResponseReturnValue:
    """Show one record with its history; where its numbers are in full, it is loaded anew when their time is over."""
    return show_record(record_id)


@bp.post("/register/<record_id>/full")
def show_in_full(record_id: str) -> ResponseReturnValue:
    """Show the numbers in full for a while.  303 to the record; 422 with it where the reason is missing."""
    reason, words = request.form.get("reason", ""), request.form.get("words", "")
    try:
        services().register.full_views.begin(record_id, reason, words, signed_in())
    except CodedError as error:
        if error.code not in {"FULL-VIEW-REASON", "FULL-VIEW-WORDS"}:
            raise
        return show_record(record_id, refusal=message(error.code, error.facts)), 422
    return redirect(url_for("register.record", record_id=record_id), 303)


@bp.post("/register/<record_id>/mask")
def mask_again(record_id: str) -> ResponseReturnValue:
    """Mask the numbers again.  303 to the record."""
    services().register.full_views.end(record_id, signed_in())
    return redirect(url_for("register.record", record_id=record_id), 303)


def show_record(
    record_id: str, undoing: Mapping[str, str] | None = None, sentence: str = "", refusal: str = ""
) -> Response:
    """Render one record.

    Args:
        record_id: the record.
        undoing: where undoing its cancellation was refused: `code`, `sentence`, and what was typed, `name`, `reason`.
        sentence: what came of an act that led here.
        refusal: why its numbers are not shown in full.
    """
    by, register = signed_in(), services().register
    look, kept_at = register.full_views.look(record_id, by), register.correction_kept_at(record_id, by)
    record = look.record
    _, saved = services().desk.last_saved(by) or ("", None)
    is_just_saved = saved is not None and (saved.id, saved.version) == (record.id, record.version)
    shown_with = {
        "saved": saved if is_just_saved else None,
        "history": timeline(look.shown),
        "kept_at": kept_at,
        "has_kept_cancellation": register.has_kept_cancellation(record_id, by),
        "undoing": undoing or {},
        "sentence": sentence,
        "board": boards.of_record(record),
        "photos": boards.photos_of_record(record.id),
        "printed": services().printing.offered(record, by),
        "full_until": look.full_until,
        "refusal": refusal,
    }
    return masked_in_time(
        make_response(render_template("register/record.html", record=look.shown, **shown_with)), look.full_until
    )


def masked_in_time(answer: Response, *full_until: datetime | None) -> Response:
    """Let a page be loaded anew when the time is over for which numbers on it are shown in full; None: they are not."""
    ends = [end for end in full_until if end is not None]
    if ends and request.method == "GET":
        left_s = (min(ends) - services().clock.now()).total_seconds()
        answer.headers["Refresh"] = str(max(1, round(left_s) + 1))
    return answer


def show_cancelled(record_id: str, error: CodedError) -> ResponseReturnValue:
    """Render a record that is cancelled, or is no longer, in place of the form that was asked for or sent."""
    status = 200 if request.method == "GET" else errors.status_of(error)
    return show_record(record_id, sentence=message(error.code, error.facts)), status
