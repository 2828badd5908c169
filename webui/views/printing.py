"""Papers: made when they are asked for, shown page by page as they will be printed, handed out as PDF."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webui.context import services, signed_in
from webui.views.documents import file

bp = Blueprint("printing", __name__, url_prefix="/print")


@bp.post("/record/<record_id>/<paper>")
def make(record_id: str, paper: str) -> ResponseReturnValue:
    """Make a paper of a registration.  303 to its preview."""
    made = services().printing.make(paper, record_id, signed_in())
    return redirect(url_for("printing.page", paper_id=made.id), 303)


@bp.get("/paper/<paper_id>")
def page(paper_id: str) -> ResponseReturnValue:
    """Show a paper that was made."""
    return render_template("printing/page.html", paper=services().printing.paper(paper_id, signed_in()))


@bp.get("/paper/<paper_id>/<int:number>.svg")
def sheet(paper_id: str, number: int) -> Response:
    """Show one page of a paper, from 1."""
    pages = services().printing.paper(paper_id, signed_in()).pages
    if not 1 <= number <= len(pages):
        abort(404)
    return file(pages[number - 1], "image/svg+xml", "page.svg")


@bp.get("/paper/<paper_id>/paper.pdf")
def pdf(paper_id: str) -> Response:
    """Hand out a paper as PDF/A."""
    return file(services().printing.paper(paper_id, signed_in()).pdf, "application/pdf", "paper.pdf")
