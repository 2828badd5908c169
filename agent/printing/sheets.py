"""What stands on a paper, as the templates take it: texts in Chinese, as people read them; pure.

A sheet is one person's part of a paper.  Source of the papers' contents: the forms' field list, blocks P, A and RG, and
the Personal Information Protection Law, articles 17 and 45.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from agent.register import codes, days, draft_view, fields, id_number, notice, rules, separation
from agent.register.board_views import SEPARATED, WalkLine
from agent.register.doors import ADDR_ID
from agent.register.record_views import CancellationLine, ChangeLine, RecordView
from agent.register.revision import HOUSEHOLD, NO_FIELDS

KINDS: Final = ("registration", "receipt", "notice", "own-data", "changes", "cancellation")
"""The papers of one registration; each has a template of its name."""
HOUSEHOLD_FORMS: Final = "household"
"""The registration forms of all who live in a household, in one paper."""
OF_THE_LIVING: Final = frozenset({"receipt", "notice", HOUSEHOLD_FORMS})
"""What is printed of nobody who has left."""
_NO_FIELDS: Final = frozenset({*NO_FIELDS, HOUSEHOLD})
_NO_CHANGES: Final = _NO_FIELDS | {ADDR_ID}
"""What makes no form of change by itself; the number of a door's plate follows, with a confirmation, too."""
_TARGETS: Final = {"DISTRICT": "区信息资源库", "SPS": "SPS 信息库", "POLICE": "派出所综合信息系统"}
_DECLARE: Final = frozenset({separation.SELF, separation.FAMILY})
_KINDS_OF_SEPARATION: Final = {"RZ": "2", "HZ": "3"}
_SPANS: Final = {6: "半年", 12: "一年", 24: "两年"}


@dataclass(frozen=True, slots=True)
class Held:
    """All that a sheet is made of.

    Attributes:
        record: the registration.
        address: its dwelling, as people write it.
        documents: of the papers that are kept, the name of each and how many pages it has.
        photo: the registrant's photo, JPEG; None where there is none.
    """

    record: RecordView
    address: str
    documents: Sequence[tuple[str, int]]
    photo: bytes | None


@dataclass(frozen=True, slots=True)
class Printing:
    """Who prints, where and when.

    Attributes:
        station: the station's name.
        name: of who prints.
        at: when, aware.
        zone: of the station: in it people read times.
        is_practice: whether the people are made up.
        parameters: of the rules, over time.
    """

    station: str
    name: str
    at: datetime
    zone: tzinfo
    is_practice: bool
    parameters: rules.Parameters = field(default_factory=rules.shipped)


def template_of(kind: str) -> str:
    """Which template sets a kind of paper."""
    return "registration" if kind == HOUSEHOLD_FORMS else kind


def shows_numbers(kind: str) -> bool:
    """Whether a kind of paper has numbers in full, which the record's page masks."""
    return kind not in {"receipt", "notice"}


def has_changes(record: RecordView) -> bool:
    """Whether a form of change would say anything."""
    return any(change.field not in _NO_CHANGES for change in record.history)


def is_declared(record: RecordView) -> bool:
    """Whether the person or their family has declared the residence, who then take a receipt home."""
    told = record.fields["informant"].value
    return record.form == separation.RG or (record.form == separation.RZ and told in _DECLARE)


def content(kind: str, held: Sequence[Held], printing: Printing) -> tuple[dict[str, Any], list[bytes]]:
    """Everything that a template is given, and the photos that it names by their place from 1.

    Args:
        kind: of the paper.
        held: of each sheet.
        printing: who, where and when.
    """
    photos: list[bytes] = []
    sheets = []
    for one in held:
        sheet = _sheet(kind, one, printing)
        if one.photo is not None and kind in {"registration", "own-data", HOUSEHOLD_FORMS}:
            photos.append(one.photo)
            sheet["photo"] = len(photos)
        sheets.append(sheet)
    return _around(printing) | {"sheets": sheets}, photos


def list_content(what: str, title: str, lines: Sequence[WalkLine], list_id: str, printing: Printing) -> dict[str, Any]:
    """Everything that the template of a list is given.

    Lists of who came from elsewhere and of separated persons have the two addresses of the campaign's own lists.
    Source of their columns: domain reference 1.1, items 47 to 49, and 4.7.

    Args:
        what: one of `board_views.LISTS`.
        title: what is listed.
        lines: the registrations, in the order in which they are printed; each block begins a new page.
        list_id: names this list.
        printing: who, where and when.
    """
    parts: list[dict[str, Any]] = []
    for line in lines:
        if not parts or parts[-1]["block"] != line.block:
            parts.append({"block": line.block, "team": line.team, "rows": []})
        parts[-1]["rows"].append(
            {
                "name": line.name,
                "sex": codes.shown("sex", line.sex),
                "last_four": line.last_four,
                "address": line.address,
                "household": line.household,
                "present": line.present,
                "form": codes.shown("separation_kind", _KINDS_OF_SEPARATION.get(line.form, "")) or "来沪人员",
                "registered_on": line.registered_on.isoformat(),
                "verified_on": line.verified_on.isoformat(),
            }
        )
    kind = "separated" if what in SEPARATED else "arrived" if what == separation.RG else "mixed"
    sheet = {"id": list_id, "form_no": list_id[:8], "is_cancelled": False, "photo": None}
    sheet |= {"title": title, "kind": kind, "parts": parts}
    return _around(printing) | {"sheets": [sheet]}


def _around(printing: Printing) -> dict[str, Any]:
    return {
        "station": printing.station,
        "printed_by": printing.name,
        "printed_at": _minute(printing.at, printing.zone),
        "is_practice": printing.is_practice,
    }


def _sheet(kind: str, held: Held, printing: Printing) -> dict[str, Any]:
    record, zone = held.record, printing.zone
    values = {key: view.shown for key, view in record.fields.items()}
    if kind == "own-data":
        values["owner_id"] = id_number.masked(record.fields["owner_id"].value)  # the landlord's, not the person's own
    values |= {"id_no_raw": record.id_no_raw, "notice_version": record.notice_version}
    registered = record.registered_at.astimezone(zone).date()
    months = printing.parameters.on(registered).registration_months
    return {
        "id": record.id,
        "form_no": record.form_no,
        "form": record.form,
        "separation_kind": codes.shown("separation_kind", _KINDS_OF_SEPARATION.get(record.form, "")),
        "hukou_dwelling": draft_view.address(record.values, "h_"),
        "is_cancelled": record.is_cancelled,
        "values": values,
        "id_no_masked": id_number.masked(record.fields["id_no"].value),
        "address": held.address,
        "collected_by": record.collected_by,
        "collected_at": _minute(record.collected_at, zone),
        "registered_at": _minute(record.registered_at, zone),
        "verified_at": _minute(record.verified_at, zone),
        "renewed_by": days.months_after(registered, months).isoformat(),
        "valid_for": _SPANS.get(months, f"{months} 个月"),
        "photo": None,
        "notice": _notice(record, printing.station) if kind == "notice" else [],
        "origins": _origins(record, zone) if kind == "own-data" else {},
        "documents": [{"kind": name, "pages": pages} for name, pages in held.documents] if kind == "own-data" else [],
        "changes": _changes(kind, record, zone),
        "cancellation": None if record.cancellation is None else _cancellation(record.cancellation, zone),
    }


def _notice(record: RecordView, station: str) -> list[dict[str, str]]:
    """The text that the record says was given."""
    parts = notice.notice(record.notice_version or notice.CURRENT) or ()
    return [{"heading": part.heading_zh, "text": part.text_zh.format(station=station)} for part in parts]


def _origins(record: RecordView, zone: tzinfo) -> dict[str, dict[str, str]]:
    return {
        key: {"source": view.source, "at": "" if view.at is None else _minute(view.at, zone)}
        for key, view in record.fields.items()
        if view.source
    }


def _changes(kind: str, record: RecordView, zone: tzinfo) -> list[dict[str, str]]:
    """For the person all changes; for the form of change those that were saved last, together."""
    if kind not in {"changes", "own-data"}:
        return []
    of_fields = [change for change in record.history if change.field not in _NO_FIELDS]
    if kind == "changes":
        last = next(change.at for change in of_fields if change.field not in _NO_CHANGES)
        of_fields = [change for change in of_fields if change.at == last]
    return list(_change_lines(of_fields, zone))


def _change_lines(changes: Iterable[ChangeLine], zone: tzinfo) -> Iterable[dict[str, str]]:
    for change in changes:
        yield {
            "at": _minute(change.at, zone),
            "by": change.by,
            "field": change.field,
            "old": fields.shown(change.field, change.old, change.at),
            "new": fields.shown(change.field, change.new, change.at),
            "reason": change.reason,
        }


def _cancellation(one: CancellationLine, zone: tzinfo) -> dict[str, str]:
    """Why a registration was cancelled, line by line; `approved_by` is another than `entered_by`."""
    visits = [_minute(at, zone) for at in one.visits]
    return {
        "kind": codes.shown("cancel_kind", one.kind, one.entered_at),
        "leave_date": one.leave_date,
        "leave_to": one.leave_to,
        "evidence": "、".join(codes.shown("cancel_evidence", code, one.entered_at) for code in one.evidence),
        "visits": "、".join(visits),
        "remark": one.remark,
        "targets": "、".join(_TARGETS.get(target, target) for target in one.targets),
        "entered_by": one.entered_by,
        "entered_at": _minute(one.entered_at, zone),
        "approved_by": one.approved_by,
        "approved_at": _minute(one.approved_at, zone),
    }


def _minute(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
