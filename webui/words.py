"""Words for the small fixed sets that pages show: card kinds, statistics, answers, reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from flask import Flask, url_for

from agent.documents.kinds import DocumentKind, kinds
from agent.documents.service import MOST_PAGES, Board, SourceView
from agent.register.codes import choice, table
from agent.register.record_views import PRINTED
from agent.register.views import Choice, DraftView
from webui.context import is_refresh, services
from webui.fields import choice_text
from webui.form_layout import FIELDS, FieldSpec
from webui.language import language, message
from webui.translate import gettext

Offered = TypeVar("Offered", str, int)


def card_picture_url(draft: DraftView) -> str:
    """Where the photo of the card behind a draft is; "" where there is none that can be shown here.

    The moment of the reading tells the browser when there is another picture.
    """
    card = draft.card
    if card is None or not card.has_photo or card.photo_decodable is False:
        return ""
    return url_for("media.card_picture", draft_id=draft.id, read=int(card.read_at.timestamp() * 1000))


def flaw_name(code: str) -> str:
    """What speaks against a photo, in as few words as stand beside a picture."""
    return {
        "PHOTO-NO-FACE": gettext("没有看到脸"),
        "PHOTO-SECOND-FACE": gettext("还有别人"),
        "PHOTO-FACE-SMALL": gettext("脸太小"),
        "PHOTO-FACE-LARGE": gettext("脸太大"),
        "PHOTO-EYES-LOW": gettext("眼睛太低"),
        "PHOTO-HAIR-TOP": gettext("头顶位置不对"),
        "PHOTO-NOT-CENTRED": gettext("脸不在正中"),
        "PHOTO-TILTED": gettext("头歪了"),
        "PHOTO-EYES-NOT-SEEN": gettext("没看到两只眼睛"),
        "PHOTO-BACKGROUND-DARK": gettext("背景不够白"),
        "PHOTO-BACKGROUND-UNEVEN": gettext("背景不均匀"),
        "PHOTO-BLURRED": gettext("照片模糊"),
        "PHOTO-DARK": gettext("脸太暗"),
        "PHOTO-LIGHT": gettext("脸太亮"),
        "PHOTO-GLARE": gettext("有反光"),
        "PHOTO-FILE-SIZE": gettext("文件大小不合"),
    }.get(code, code)


def card_kind_name(kind: str) -> str:
    """What people call a kind of card."""
    return {
        "resident": gettext("居民身份证"),
        "hmt": gettext("港澳台居民居住证"),
        "foreigner-2017": gettext("外国人永久居留证（2017）"),
        "foreigner-2023": gettext("外国人永久居留证（2023）"),
    }.get(kind, kind)


def question_choice(choice: str) -> str:
    """What an answer to "whose card is this" says."""
    return {
        "same-person": gettext("就是本人，填入这份"),
        "own-draft": gettext("另开一份登记"),
        "household-member": gettext("同户成员"),
        "ignore": gettext("放错了，不读"),
    }.get(choice, choice)


def identity_name(name: str) -> str:
    """What a line of a device's identity is called."""
    return {
        "sam_id": gettext("安全模块"),
        "address": gettext("地址"),
        "description": gettext("识别"),
        "speed_baud": gettext("速率"),
        "place": gettext("插口"),
        "vendor": gettext("厂家"),
        "model": gettext("型号"),
        "serial": gettext("序列号"),
        "firmware": gettext("固件"),
        "usb": "USB",
    }.get(name, name)


def statistic_name(name: str) -> str:
    """What a counter of a device is called."""
    return {
        "frames": gettext("应答"),
        "noise_bytes": gettext("噪声字节"),
        "strays": gettext("多余应答"),
        "bad_checks": gettext("校验错"),
        "repeats": gettext("重发"),
        "resets": gettext("复位"),
        "reopens": gettext("重开端口"),
    }.get(name, name)


def passed_over(facts: Mapping[str, str | int | float]) -> list[tuple[str, str]]:
    """Which ports were passed over in the search for the reader, and why, as the driver's facts tell."""
    reasons = {
        "READER-BUSY": gettext("被另一个程序占用"),
        "READER-SECOND-OPENER": gettext("被另一个程序占用"),
        "READER-PERMISSION": gettext("本程序无权打开"),
        "READER-SILENT": gettext("打开了，没有应答"),
        "READER-NOT-A-READER": gettext("有应答，但不是读卡器"),
        "READER-LINE": gettext("有应答，但不是读卡器"),
        "READER-NOT-A-PORT": gettext("不是串口"),
        "READER-ABSENT": gettext("刚被拔下"),
        "not-listed": gettext("不在适配器清单里，没有打开"),
    }
    lines = (line.partition(" ") for line in str(facts.get("passed", "")).splitlines())
    return [(label, reasons.get(code, code)) for code, _, label in lines]


def source_words(source: str) -> str:
    """Where the paper lies."""
    return {
        "flatbed": gettext("平板"),
        "adf": gettext("送纸器"),
        "adf-duplex": gettext("送纸器双面"),
    }.get(source, source)


def size_words(size: str) -> str:
    """How much of the bed."""
    return {
        "a4": "A4",
        "a5": "A5",
        "letter": "Letter",
        "id-card": gettext("证件（90 × 60 毫米）"),
        "receipt": gettext("小票（宽 80 毫米）"),
        "whole": gettext("整个幅面"),
    }.get(size, size)


def colour_words(colour: str) -> str:
    """What of the paper is kept."""
    return {"colour": gettext("彩色"), "grey": gettext("灰度"), "lineart": gettext("黑白")}.get(colour, colour)


def paper_name(kind: str) -> str:
    """What people call a kind of paper that is printed."""
    return {
        "registration": gettext("登记表"),
        "receipt": gettext("登记回执"),
        "notice": gettext("个人信息处理告知书"),
        "own-data": gettext("本人信息查阅单"),
        "changes": gettext("变更表"),
        "cancellation": gettext("注销表"),
        "household": gettext("全户登记表"),
        "list": gettext("名单"),
    }.get(kind, kind)


def setting_name(name: str) -> str:
    """What a setting of the camera is called."""
    return {
        "iso": "ISO",
        "white-balance": gettext("白平衡"),
        "exposure": gettext("曝光补偿"),
        "focus": gettext("对焦方式"),
    }.get(name, name)


def kind_name(kind: DocumentKind) -> str:
    """A kind of document in the page's language."""
    return kind.name(language())


def written_address(values: Mapping[str, str]) -> str:
    """A dwelling as people write it."""
    return services().register.written_address(values)


def in_a_row(parts: Iterable[object]) -> str:
    """Several things one after another, as the page's language joins them: 2、4、5, or 2, 4 and 5."""
    *others, last = map(str, parts)
    if language() == "zh":
        return "、".join((*others, last))
    return " and ".join((", ".join(others), last) if others else (last,))


def offered_colours(board: Board) -> dict[str, list[str]]:
    """The colour modes of the scanner, each with the sources that have it."""
    return _having(board, lambda source: source.colours)


def offered_resolutions(board: Board) -> dict[int, list[str]]:
    """The resolutions of a desk's daily work, each with the sources that have it."""
    found = _having(board, lambda source: source.resolutions_dpi)
    return {dpi: names for dpi, names in sorted(found.items()) if 75 <= dpi <= 600}


def offered_sizes(board: Board) -> dict[str, list[str]]:
    """The page sizes of the scanner, each with the sources that have it."""
    return _having(board, lambda source: source.sizes)


def _having(board: Board, of: Callable[[SourceView], Sequence[Offered]]) -> dict[Offered, list[str]]:
    offers = board.scanner.offers
    choices = dict.fromkeys(choice for source in offers.values() for choice in of(source))
    return {choice: [name for name, source in offers.items() if choice in of(source)] for choice in choices}


def scan_kind(board: Board) -> str:
    """The kind that is most likely scanned next: the one on the glass, else the first that is missing."""
    if board.preview is not None:
        return board.preview.kind
    return next((line.kind.code for line in board.lines if line.state == "missing"), kinds()[0].code)


def discard_reasons(draft: DraftView) -> list[tuple[str, str]]:
    """The reasons for erasing a form; the rule that keeps the person out stands first."""
    reasons = [(one.code, choice_text(one)) for one in table("discard_reason")]
    if draft.scope.in_scope is False and draft.scope.reason is not None:
        reasons.insert(0, (draft.scope.reason.code, message(draft.scope.reason.code, draft.scope.reason.facts)))
    return reasons


def target_name(target: str) -> str:
    """Which system is told of a cancellation."""
    return {"DISTRICT": gettext("区信息资源库"), "SPS": gettext("SPS 信息库")}.get(target, target)


def full_view_reasons() -> list[tuple[str, str]]:
    """The reasons that can be given for seeing numbers in full, each with its code."""
    return [(one.code, _name_of(one)) for one in table("full_view_reason") if one.code != PRINTED]


def full_view_reason(code: str) -> str:
    """One such reason; the code itself where there is none of it any more."""
    known = choice("full_view_reason", code)
    return code if known is None else _name_of(known)


def _name_of(choice: Choice) -> str:
    return choice.text_zh if language() == "zh" else choice.text_en


def code_fields() -> list[FieldSpec]:
    """One field for each code table of the form."""
    return list({spec.table: spec for spec in FIELDS.values() if spec.kind == "code"}.values())


def install(app: Flask) -> None:
    """Give the templates of `app` these words."""
    app.jinja_env.globals.update(
        all_kinds=kinds,
        card_kind_name=card_kind_name,
        card_picture_url=card_picture_url,
        code_fields=code_fields,
        colour_words=colour_words,
        discard_reasons=discard_reasons,
        flaw_name=flaw_name,
        full_view_reason=full_view_reason,
        full_view_reasons=full_view_reasons,
        identity_name=identity_name,
        in_a_row=in_a_row,
        is_refresh=is_refresh,
        kind_name=kind_name,
        most_pages=MOST_PAGES,
        offered_colours=offered_colours,
        offered_resolutions=offered_resolutions,
        offered_sizes=offered_sizes,
        paper_name=paper_name,
        passed_over=passed_over,
        question_choice=question_choice,
        scan_kind=scan_kind,
        setting_name=setting_name,
        size_words=size_words,
        source_words=source_words,
        statistic_name=statistic_name,
        target_name=target_name,
        written_address=written_address,
    )
