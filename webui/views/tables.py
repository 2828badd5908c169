"""The code tables for the supervisor: the list, one table, its file down and up, what a file would do, and doing it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from agent.tables.service import RULES, Brought
from webui import errors
from webui.context import services, signed_in
from webui.language import message

bp = Blueprint("tables", __name__, url_prefix="/tables")


def show_all(status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """Render the list, with what was typed beside a file of parameters that did not do."""
    view = services().tables.all(signed_in())
    return render_template("tables/page.html", view=view, sentence=sentence, typed=request.form), status


def show_one(name: str, status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """Render one table, with what was typed beside a file that did not do."""
    if name == RULES:
        return show_all(status, sentence)
    view = services().tables.one(name, signed_in())
    return render_template("tables/table.html", view=view, sentence=sentence, typed=request.form), status


def show_waiting(name: str, status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """Render what the file that waits would do."""
    run = services().tables.dry_run(name, signed_in())
    return render_template("tables/waiting.html", run=run, is_rules=name == RULES, sentence=sentence), status


@bp.errorhandler(CodedError)
def not_done(error: CodedError) -> ResponseReturnValue:
    """Show the page again with the sentence where a file was refused; all else is no matter of these pages."""
    status, sentence = errors.status_of(error), message(error.code, error.facts)
    name = str((request.view_args or {}).get("name", ""))
    if status == 404 or not error.code.startswith(("TABLE-", "RULE-")):
        return errors.coded(error)
    if request.endpoint == "tables.upload":
        return show_one(name, status, sentence)
    return show_waiting(name, status, sentence)


@bp.get("")
def page() -> ResponseReturnValue:
    """Show all tables and parameters."""
    return show_all()


@bp.get("/<name>")
def one(name: str) -> ResponseReturnValue:
    """Show one table."""
    return show_one(name)


@bp.get("/<name>/csv")
def csv(name: str) -> ResponseReturnValue:
    """Give a table as a file."""
    content = services().tables.csv(name, signed_in())
    kept = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, mimetype="text/csv", headers=kept)


@bp.post("/<name>/upload")
def upload(name: str) -> ResponseReturnValue:
    """Let a file wait.  303 to what it would do."""
    file = request.files.get("file")
    edition, source, holds_from = (request.form.get(key, "") for key in ("edition", "source", "holds_from"))
    brought = Brought(b"" if file is None else file.stream.read(), edition, source, holds_from)
    services().tables.bring(name, brought, signed_in())
    return redirect(url_for("tables.waiting", name=name), 303)


@bp.get("/<name>/waiting")
def waiting(name: str) -> ResponseReturnValue:
    """Show what the file that waits would do."""
    return show_waiting(name)


@bp.post("/<name>/give-up")
def give_up(name: str) -> ResponseReturnValue:
    """Let no file wait.  303 to the table."""
    services().tables.give_up(name, signed_in())
    return redirect(home_of(name), 303)


@bp.post("/<name>/confirm")
def confirm(name: str) -> ResponseReturnValue:
    """Put the file that waits in force.  303 to the table."""
    services().tables.put_in_force(name, request.form.get("seen", ""), signed_in())
    return redirect(home_of(name), 303)


def home_of(name: str) -> str:
    """The address of the page on which a table, or the parameters, stand."""
    return url_for("tables.page") if name == RULES else url_for("tables.one", name=name)
