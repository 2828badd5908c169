"""Papers: made when they are asked for, shown page by page as they will be printed, handed out as PDF."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from webui.context import services, signed_in
from webui.views.documents import file

bp = Blueprint("printing", __name__, url_prefix="/print")


@bp.get("/record/<record_id>/<paper>")
def page(record_id: str, paper: str) -> ResponseReturnValue:
    """Make a paper of a registration and show it."""
    return render_template("printing/page.html", paper=services().printing.make(paper, record_id, signed_in()))


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
