"""Show a draft: rows and judgement put together into the value that the page renders."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import tzinfo
from typing import Any, Literal, cast

from agent.register import fields, id_number, names, separation
from agent.register.evaluate import Judgement
from agent.register.form import Entry, Form, value
from agent.register.household_views import MemberLine
from agent.register.views import CardView, DoubtView, DraftLine, DraftView, FieldView, Offer, RecordLine
from drivers import pua
from drivers.card_doubts import PHOTO_HEADER
from peewee_models import draft_queries, register_queries
from peewee_models.register import ACTIVE, MERGED

_PHOTO_DECODABLE = {"decoded": True, "undecodable": False}


def field_view(key: str, entry: Entry | None, judgement: Judgement, *, is_required: bool) -> FieldView:
    """Show one field."""
    stored = "" if entry is None else entry.value
    return FieldView(
        key=key,
        value=stored,
        shown=fields.shown(key, stored, None if entry is None else entry.at),
        source="" if entry is None else entry.source,
        verified=entry is not None and entry.is_verified,
        at=None if entry is None or not stored else entry.at,
        doubts=() if entry is None else _doubts(key, entry),
        offers=() if entry is None else _offers(key, entry),
        problems=judgement.problems_of(key),
        warnings=judgement.warnings_of(key),
        passed=judgement.passed_of(key),
        required=is_required,
        typed_most=fields.RULES[key].typed_most,
    )


def _offers(key: str, entry: Entry) -> tuple[Offer, ...]:
    return tuple(
        Offer(offer.source, offer.value, fields.shown(key, offer.value))
        for offer in entry.offers
        if offer.value and offer.value != entry.value
    )


def _doubts(key: str, entry: Entry) -> tuple[DoubtView, ...]:
    shown = []
    for doubt in entry.standing_doubts():
        proposal = pua.proposal(doubt.code_point) if doubt.reason == "private-use" and doubt.code_point else None
        shown.append(DoubtView(key, doubt.reason, doubt.position, doubt.code_point, proposal, doubt.said))
    return tuple(shown)


def draft_view(row: Any, form: Form, judgement: Judgement, shown: Collection[str]) -> DraftView:
    """Show a draft by itself, without its record and its household; `shown` are the fields that its page has."""
    required = judgement.required
    in_form_order = {key: place for place, key in enumerate((None, *fields.DRAFT_KEYS))}
    hidden = set() if fields.is_asked_again(form) else {fields.AGAIN}
    hidden |= {fields.REASON} - required
    hidden |= set() if value(form, fields.CONSENT) else {fields.CONSENT} - required
    return DraftView(
        id=str(row.id),
        version=row.version,
        state=cast('Literal["open", "aside"]', row.state),
        opened_at=row.opened_at,
        saved_at=row.saved_at,
        fields={
            key: field_view(key, form.get(key), judgement, is_required=key in required)
            for key in fields.DRAFT_KEYS
            if key in shown and key not in hidden
        },
        missing=tuple(judgement.missing),
        problems=tuple(sorted(judgement.problems, key=lambda problem: in_form_order[problem.field])),
        warnings=tuple(sorted(judgement.warnings, key=lambda warning: in_form_order[warning.field])),
        scope=judgement.scope,
        card=_card_view(row),
        household=(),
        existing_record=None,
        is_joining=row.household_id is not None,
    )


def _card_view(row: Any) -> CardView | None:
    if not row.card_state:
        return None
    return CardView(
        readings=row.card_readings,
        state=row.card_state,
        read_at=row.card_read_at,
        has_photo=bool(row.card_photo),
        is_photo_whole=bytes(row.card_photo or PHOTO_HEADER).startswith(PHOTO_HEADER),
        photo_decodable=_PHOTO_DECODABLE.get(row.card_photo_state),
    )


def draft_line(row: Any, form: Form, judgement: Judgement) -> DraftLine:
    """Show a draft in a list."""
    return DraftLine(str(row.id), names.masked(value(form, "name")), tuple(judgement.missing), row.saved_at)


def member_line(key: str, kind: Literal["draft", "record"], name: str, birth_year: str) -> MemberLine:
    """Show a person of a household."""
    return MemberLine(key, kind, names.masked(name), birth_year)


def record_member(record: Any) -> MemberLine:
    """Show a saved registration as a member of its household."""
    person = record.person
    year = "" if person.birth_date is None else f"{person.birth_date.year:04d}"
    return member_line(str(record.id), "record", person.name, year)


def registered(household: uuid.UUID | None, but: Collection[uuid.UUID | None]) -> tuple[MemberLine, ...]:
    """The registered persons of a household, without some of them."""
    records = [] if household is None else draft_queries.household_records(household)
    return tuple(record_member(record) for record in records if record.id not in but)


def record_line(row: Any, zone: tzinfo) -> RecordLine:
    """Show a registration in a list, one that is cancelled as it was then; its day is the station's."""
    values = register_queries.values_of(row)
    return RecordLine(
        id=str(row.id),
        name=values["name"],
        name_masked=names.masked(values["name"]),
        id_number_masked=id_number.masked(values["id_no"]),
        address=dwelling(values),
        registered_on=row.registered_at.astimezone(zone).date(),
        is_cancelled=row.state != ACTIVE,
        form=row.form,
        is_merged=row.state == MERGED,
        addresses=two_addresses(values),
    )


def dwelling(values: Mapping[str, str]) -> str:
    """Write an address as people do, road, lane, number, room: where the person lives.

    Of somebody who does not live here it is where the household is registered, which does stand here.
    """
    return address(values, "h_" if values.get(separation.FORM) == separation.HZ else "")


def address(values: Mapping[str, str], prefix: str) -> str:
    """Write one of the two addresses of a form: with "" where the person lives, with "h_" where the household is."""
    town, road = (values.get(prefix + key, "") for key in ("town", "road"))
    units = (("lane", "弄"), ("sublane", "支弄"), ("no", "号"), ("room", "室"))
    doors = [values[prefix + key] + unit for key, unit in units if values.get(prefix + key)]
    area = fields.shown("town", town) or fields.shown("h_district", values.get("h_district", "") if prefix else "")
    return "".join([area, road, *doors])


def two_addresses(values: Mapping[str, str]) -> tuple[str, str]:
    """Where the household is registered, and where the person lives; of who lives far away as far as that is known."""
    household = address(values, "h_") if values.get("h_road") else values.get("hukou_address", "")
    if values.get(separation.FORM) != separation.HZ:
        return household, address(values, "")
    far = fields.shown("separation_scope", values.get("separation_scope", ""))
    return household, values.get("present_address", "") or far
