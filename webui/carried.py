"""What a form brings along: whatever button was pressed, the fields that were typed into it are kept first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Flask, request, url_for

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from webui import typed
from webui.context import services, session_or_none

TYPED_IN: Final = "typed_in"
DONE_IN_ANY_CASE: Final = frozenset({"accounts.language", "accounts.sign_out", "home.go_on"})
_OWNERS: Final = {
    "drafts": ("draft", "draft_id"),
    "corrections": ("record", "record_id"),
    "cancellations": ("cancellation", "record_id"),
}


def keep_draft(draft_id: str, by: SignedIn) -> None:
    """Store the fields of the posted form that have changed."""
    values = typed.changed(request.form)
    if values:
        services().register.type_fields(draft_id, values, by)


def keep_correction(record_id: str, by: SignedIn) -> None:
    """Keep the fields of the posted form that differ from the page as it was served; it is sent whole or not at all."""
    if "version" not in request.form:
        return
    version = request.form.get("version", type=int, default=0)
    values = typed.changed(request.form)
    services().register.keep_correction(record_id, values, version, by, request.form.get("edit_reason", ""))


def keep_cancellation(record_id: str, by: SignedIn) -> None:
    """Keep the whole form of a cancellation; what is no such form has nothing to keep."""
    if "version" not in request.form:
        return
    version = request.form.get("version", type=int, default=0)
    services().register.keep_cancellation(record_id, typed.cancellation(request.form), version, by)


_KEEPERS: Final[dict[str, Callable[[str, SignedIn], None]]] = {
    "draft": keep_draft,
    "record": keep_correction,
    "cancellation": keep_cancellation,
}
_PAGES: Final = {"record": "corrections.page", "cancellation": "cancellations.page"}


def typed_in() -> tuple[str, str] | None:
    """Whose form was sent, as it says itself, or as the address says; None where there is nothing to keep.

    The form itself comes first: its button may be about another draft.
    """
    if request.method != "POST" or request.endpoint is None:
        return None
    kind, _, owner_id = request.form.get(TYPED_IN, "").partition(" ")
    if kind in _KEEPERS:
        return kind, owner_id
    if request.blueprint not in _OWNERS:
        return None
    kind, argument = _OWNERS[request.blueprint]
    return kind, str((request.view_args or {})[argument])


def keep(by: SignedIn) -> None:
    """Keep what was typed before anything else is done; who leaves does so though nothing can be kept.

    Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN.
    """
    whose = typed_in()
    if whose is None:
        return
    kind, owner_id = whose
    try:
        _KEEPERS[kind](owner_id, by)
    except CodedError:
        if request.endpoint not in DONE_IN_ANY_CASE:
            raise


def page_of(kind: str, owner_id: str) -> str:
    """The address of the page on which such a form stands."""
    return url_for("desk.page") if kind == "draft" else url_for(_PAGES[kind], record_id=owner_id)


def install(app: Flask) -> None:
    """Let every form that is let in bring along what was typed."""

    def bring() -> None:
        session = session_or_none()
        if session is not None:
            keep(session)

    app.before_request(bring)
