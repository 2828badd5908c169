"""How one field of the form looks on the page: its text, its marks, its offers, in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Flask, url_for

from agent.register import codes
from agent.register.codes import choice as choice_of
from agent.register.codes import table
from agent.register.id_number import grouped
from agent.register.views import Choice, DoubtView, DraftView, FieldView
from webui.context import services, signed_in
from webui.form_layout import CANCELLATION_FIELDS, FIELDS, SECTIONS, FieldSpec, Section, field_name
from webui.language import language
from webui.translate import gettext

ID_NUMBERS: Final = frozenset({"id_no", "id_no_again", "guardian_id"})


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with those of its fields that the register has for this form; `is_optional`: none of them is wanted."""

    section: Section
    fields: tuple[tuple[FieldSpec, FieldView], ...]
    is_open: bool
    is_optional: bool

    @property
    def has_values(self) -> bool:
        """Whether one of its fields says something."""
        return any(view.value for _, view in self.fields)


def choice_text(choice: Choice) -> str:
    """A choice as it stands in its field, `01 务工`."""
    return f"{choice.code} {choice.text_zh if language() == 'zh' else choice.text_en}"


def choices(spec: FieldSpec) -> Sequence[Choice]:
    """The table behind a field; empty where there is none."""
    return table(spec.table) if spec.kind == "code" else ()


def written(spec: FieldSpec, value: str, at: datetime | None = None) -> str:
    """A stored value as it stands in its field, in the words that its code had at some time, or has today."""
    if spec.kind == "code":
        known = choice_of(spec.table, value, at)
        return value if known is None else choice_text(known)
    if spec.kind == "date" and value == "long-term":
        return gettext("长期")
    return grouped(value) if spec.key in ID_NUMBERS else value


def read_out(key: str, value: str, at: datetime | None = None) -> str:
    """A stored value as people read it, in a list or a history, as it was given at some time."""
    if key == "form":
        return form_name(value)
    spec = FIELDS.get(key) or CANCELLATION_FIELDS.get(key)
    if spec is None:
        return value
    if spec.kind in {"yes-no", "mark"}:
        return {"1": gettext("是"), "0": gettext("否")}.get(value, value)
    return written(spec, value, at)


def form_name(form: str) -> str:
    """What people call a form: RG, RZ, HZ."""
    return _in_language("form_kind", form)


def separated_name(form: str) -> str:
    """What a separated person on this form is, in as few words as stand in a list."""
    return _in_language("separation_kind", {"RZ": "2", "HZ": "3"}.get(form, ""))


def _in_language(name: str, code: str) -> str:
    line = codes.choice(name, code)
    return code if line is None else line.text_zh if language() == "zh" else line.text_en


def source_name(source: str) -> str:
    """Where a value comes from, in words."""
    return {
        "chip": gettext("芯片"),
        "typed": gettext("键入"),
        "station": gettext("本站"),
        "derived": gettext("推算"),
        "household": gettext("同户"),
        "register": gettext("名册"),
        "import": gettext("导入"),
    }.get(source, "")


def source_mark(source: str) -> str:
    """The sign of a source: chip, pencil, or none."""
    return {
        "chip": "▣",
        "typed": "✎",
        "derived": "＝",
        "household": "⌂",
        "register": "▤",
        "station": "·",
        "import": "⇩",
    }.get(source, "")


def offer_name(source: str) -> str:
    """What an offered value is, in words."""
    if source.startswith("chip-newest"):
        return gettext("芯片最新住址")
    return {
        "chip": gettext("芯片"),
        "chip-printed": gettext("证面原址"),
        "register": gettext("名册所存"),
        "proposal": gettext("建议"),
    }.get(source, source_name(source))


def doubt_words(doubt: DoubtView, text: str) -> str:
    """What is doubtful about a value, and where in it, in one sentence."""
    point, place = doubt.code_point or "", doubt.place_in(text)
    return {
        "private-use": gettext("第 %(place)d 字是专用区字符 %(point)s，请与证面核对", place=place, point=point),
        "unpaired-surrogate": gettext("第 %(place)d 字是残缺字符 %(point)s，请与证面核对", place=place, point=point),
        "control": gettext("第 %(place)d 字是控制字符 %(point)s，请与证面核对", place=place, point=point),
        "unassigned": gettext("第 %(place)d 字是未定义字符 %(point)s，请与证面核对", place=place, point=point),
        "check-digit": gettext("号码的校验位不符，请与证面核对"),
        "birth-date": gettext("与号码中的出生日期不一致，请与证面核对"),
        "sex": gettext("与号码中的性别不一致，请与证面核对"),
        "date": gettext("日期不成立，请与证面核对"),
        "code": gettext("代码不在表中，请与证面核对"),
        "full-field": gettext("已占满 15 个字位，可能被截断，请与证面核对"),
    }.get(doubt.reason, gettext("请与证面核对"))


def proposed(view: FieldView) -> str:
    """A value with the characters that its private ones stand for; empty where none of them is known."""
    value = view.value
    for doubt in view.doubts:
        if doubt.proposal and doubt.code_point:
            value = value.replace(chr(int(doubt.code_point.removeprefix("U+"), 16)), doubt.proposal)
    return "" if value == view.value else value


def _is_wanted(view: FieldView) -> bool:
    """Whether somebody should see a field without looking for it."""
    return bool(view.value or view.required or view.problems or view.offers or view.doubts)


def sections(fields: dict[str, FieldView], missing: Sequence[str] = ()) -> list[ShownSection]:
    """Lay out the fields that are there.  A folded section opens when one of its fields is filled or wanted."""
    shown = []
    for section in SECTIONS:
        present = tuple((spec, fields[spec.key]) for spec in section.fields if spec.key in fields)
        wanted = any(_is_wanted(view) or spec.key in missing for spec, view in present)
        if present:
            is_optional = section.is_folded and not any(view.required for _, view in present)
            shown.append(ShownSection(section, present, wanted or not section.is_folded, is_optional))
    return shown


def first_to_fill(draft: DraftView) -> str:
    """The field in which the cursor stands: the first on the page that is required and empty, or wrong."""
    wrong = {key for key, view in draft.fields.items() if view.problems}
    return next((key for key in FIELDS if key in draft.missing or key in wrong), "")


def first_wrong(fields: dict[str, FieldView]) -> str:
    """The first field on the page with which something is wrong."""
    return next((key for key in FIELDS if key in fields and fields[key].problems), "")


def door_section(form: str) -> str:
    """The section with the address that is here, on a form RG, RZ or HZ."""
    return "separation" if form == "HZ" else "residence"


def install(app: Flask) -> None:
    """Give the templates of `app` what fields are shown with."""
    app.jinja_env.globals.update(
        choice_text=choice_text,
        choices=choices,
        door_section=door_section,
        doors_address=lambda: url_for("doors.find"),
        doors_for=lambda typed: services().addresses.choices(typed, signed_in()),
        doubt_words=doubt_words,
        field_name=field_name,
        form_name=form_name,
        has_address_base=lambda: services().addresses.is_there,
        first_to_fill=first_to_fill,
        first_wrong=first_wrong,
        offer_name=offer_name,
        proposed=proposed,
        read_out=read_out,
        sections=sections,
        separated_name=separated_name,
        source_mark=source_mark,
        source_name=source_name,
        written=written,
    )
