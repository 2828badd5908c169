"""What a clerk has typed: which fields of a posted form have changed, and what was meant by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from werkzeug.exceptions import BadRequest

from agent.register.codes import choice, table
from webui.form_layout import CANCELLATION_FIELDS, FIELDS, FieldSpec

WAS: Final = "was."
VISITS: Final = range(1, 7)
"""The places for attempts at the door on the form of a cancellation."""

READ_ONLY: Final = frozenset(
    {"form", "form_no", "id_no_raw", "notice_version", "state", "person", "household", "collected_by", "collected_at"}
    | {"entered_by", "registered_at", "verified_at", "entry_mode", "addr_id", "block"}
)
"""What a registration holds and nobody types."""


def changed(form: Mapping[str, str]) -> dict[str, str]:
    """Read the fields that differ from what the page had shown.

    A page that was made before a card was read would otherwise wipe out what the card has filled in since.

    Raises: BadRequest where the form brings a field that no form has, or that nobody types: then none of it is kept.
    """
    told_before = {key.removeprefix(WAS) for key in form if key.startswith(WAS)}
    if not told_before <= FIELDS.keys() or READ_ONLY & form.keys():
        raise BadRequest
    values: dict[str, str] = {}
    for key, spec in FIELDS.items():
        was = form.get(WAS + key)
        if was is None and key not in form:
            continue
        given = form.get(key, "")
        if given != was:
            values[key] = meant(spec, given)
    return values


def meant(spec: FieldSpec, given: str) -> str:
    """Take the code off a choice that stands as `01 务工`; all else is for the register to understand."""
    head = given.strip().partition(" ")[0]
    if spec.kind == "code" and choice(spec.table, head) is not None:
        return head
    return given


def cancellation(form: Mapping[str, str]) -> dict[str, str]:
    """Read the form of a cancellation: its ticks as codes, its places for attempts at the door as lines."""
    values = {key: meant(spec, form.get(key, "")) for key, spec in CANCELLATION_FIELDS.items()}
    ticked = [line.code for line in table("cancel_evidence") if form.get(f"evidence_{line.code}")]
    visits = [" ".join(form.get(f"visit_{place}", "").split()) for place in VISITS]
    return values | {"evidence": " ".join(ticked), "visits": "\n".join(one for one in visits if one)}
