"""Persons who may be one: the list, two registrations side by side, and what somebody decides of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from agent.register.differences import compare as compare_texts
from agent.register.service import Problems, Wish
from agent.register.views import Problem
from webui import boards, errors
from webui.context import services, signed_in
from webui.fields import read_out
from webui.language import message
from webui.second_person import NOT_CONFIRMED, name_and_password
from webui.views.register import asked_page, masked_in_time, show_cancelled, show_record

bp = Blueprint("duplicates", __name__)

OF_TWO: Final = "/register/<record_id>/duplicate/<other_id>"
_NOT_PARTED: Final = NOT_CONFIRMED | {"REASON-MISSING", "SECOND-PERSON-MISSING", "MERGE-BUILT-UPON"}


@bp.get("/duplicates")
def page() -> ResponseReturnValue:
    """Show the pairs that nobody has decided, or with `done` those that were found to be two persons."""
    number, done = asked_page(request.args.get("page", type=int)), bool(request.args.get("done"))
    service = services().register.duplicates
    shown = service.decided_pairs(signed_in(), number) if done else service.open_pairs(signed_in(), number)
    return render_template("duplicates/page.html", shown=shown, done=done)


def show(record_id: str, other_id: str, problems: Iterable[Problem] = (), **told: str) -> Response:
    """Render two registrations side by side; where their numbers are in full, they are masked when that time is over.

    Args:
        record_id: of one person.
        other_id: of the other.
        problems: what was found to be wrong with the merge that was sent.
        **told: `code` or `refusal`, why a merge was not entered; `distinct_refusal`; `full_refusal`.
    """
    two = services().register.duplicates.compare(record_id, other_id, signed_in())
    sides = two.one.record, two.other.record
    found = tuple(problems)
    shown = [side.shown.fields for side in (two.one, two.other)]
    read = {key: [read_out(key, fields[key].value) for fields in shown] for key in shown[0]}
    is_refused = bool(found or "code" in told or "refusal" in told)
    page = render_template(
        "duplicates/compare.html",
        two=two,
        boards=[boards.of_record(side) for side in sides],
        photos=[boards.photos_of_record(side.id) for side in sides],
        filled={key for key, texts in read.items() if any(texts)},
        apart={key: compare_texts(*texts) for key, texts in read.items() if texts[0] != texts[1]},
        problems=found,
        wrong={problem.field for problem in found},
        taken={key for key in two.offered if request.form.get(f"take_{key}") == "other"} if is_refused else two.preset,
        ticked={code for code in two.evidence if request.form.get(f"evidence_{code}")},
        **told,
    )
    return masked_in_time(make_response(page), two.one.full_until, two.other.full_until)


@bp.get(OF_TWO)
def compare(record_id: str, other_id: str) -> ResponseReturnValue:
    """Show two registrations side by side."""
    return show(record_id, other_id)


@bp.post(OF_TWO + "/full")
def show_in_full(record_id: str, other_id: str) -> ResponseReturnValue:
    """Show the numbers of both in full for a while.  303 to the page; 422 with it where the reason is missing."""
    reason, words = request.form.get("reason", ""), request.form.get("words", "")
    try:
        services().register.duplicates.show_in_full(record_id, other_id, reason, words, signed_in())
    except CodedError as error:
        if error.code not in {"FULL-VIEW-REASON", "FULL-VIEW-WORDS"}:
            raise
        return show(record_id, other_id, full_refusal=message(error.code, error.facts)), 422
    return redirect(url_for("duplicates.compare", record_id=record_id, other_id=other_id), 303)


@bp.post(OF_TWO + "/mask")
def mask_again(record_id: str, other_id: str) -> ResponseReturnValue:
    """Mask the numbers of both again.  303 to the page."""
    for key in (record_id, other_id):
        services().register.full_views.end(key, signed_in())
    return redirect(url_for("duplicates.compare", record_id=record_id, other_id=other_id), 303)


@bp.post(OF_TWO + "/merge")
def merge(record_id: str, other_id: str) -> ResponseReturnValue:
    """Make two persons one.  303 to the registration that goes on; 422 with the page, as typed, where it is refused."""
    wish = _posted()
    try:
        services().register.duplicates.merge(record_id, other_id, wish, signed_in(), name_and_password())
    except Problems as error:
        return show(record_id, other_id, error.problems), 422
    except CodedError as error:
        if error.code in {"RECORD-CHANGED", "MERGE-NOT-ACTIVE"}:
            return show(record_id, other_id, code=error.code), errors.status_of(error)
        if error.code not in NOT_CONFIRMED:
            raise
        return show(record_id, other_id, refusal=message(error.code, error.facts)), 422
    return redirect(url_for("register.record", record_id=record_id), 303)


def _posted() -> Wish:
    """The form of a merge as it was sent."""
    marks = [key.partition("_") for key, text in request.form.items() if text]
    return Wish(
        version=request.form.get("version", type=int, default=0),
        other_version=request.form.get("other_version", type=int, default=0),
        taken=frozenset(key for kind, _, key in marks if kind == "take" and request.form[f"take_{key}"] == "other"),
        evidence=tuple(sorted(key for kind, _, key in marks if kind == "evidence")),
        reason=request.form.get("merge_reason", ""),
    )


@bp.post(OF_TWO + "/distinct")
def find_distinct(record_id: str, other_id: str) -> ResponseReturnValue:
    """Decide that these are two persons.  303 to the list; 422 with the page where the reason is missing."""
    return _decided(record_id, other_id, is_undone=False)


@bp.post(OF_TWO + "/distinct/undo")
def undo_distinct(record_id: str, other_id: str) -> ResponseReturnValue:
    """Take that back.  303 to the page of both; 422 with it where the reason is missing."""
    return _decided(record_id, other_id, is_undone=True)


def _decided(record_id: str, other_id: str, *, is_undone: bool) -> ResponseReturnValue:
    service = services().register.duplicates
    act = service.undo_distinct if is_undone else service.find_distinct
    try:
        act(record_id, other_id, request.form.get("distinct_reason", ""), signed_in())
    except CodedError as error:
        if error.code not in {"REASON-MISSING", "DISTINCT-NONE"}:
            raise
        return show(record_id, other_id, distinct_refusal=message(error.code, error.facts)), 422
    if is_undone:
        return redirect(url_for("duplicates.compare", record_id=record_id, other_id=other_id), 303)
    return redirect(url_for("duplicates.page"), 303)


@bp.post("/register/<record_id>/part")
def part(record_id: str) -> ResponseReturnValue:
    """Undo the merge.  303 to the record that was merged; 422 with it, and the reason as typed, when it is refused."""
    reason = request.form.get("undo_reason", "")
    try:
        services().register.duplicates.part(record_id, reason, signed_in(), name_and_password())
    except CodedError as error:
        if error.code not in _NOT_PARTED:
            raise
        told = {"code": error.code, "sentence": message(error.code, error.facts), "reason": reason}
        return show_record(record_id, undoing=told | {"name": request.form.get("second_name", "")}), 422
    return redirect(url_for("register.record", record_id=record_id), 303)


@bp.errorhandler(CodedError)
def not_there(error: CodedError) -> ResponseReturnValue:
    """Lead to the record, which says so, where the two are one already, or were never merged."""
    if error.code not in {"MERGE-SAME-PERSON", "MERGE-NONE"}:
        return errors.coded(error)
    return show_cancelled(str((request.view_args or {})["record_id"]), error)
