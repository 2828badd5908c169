"""Papers as they are set: PDF/A-2b with every value, the longest too, no empty box, and as they looked last."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import msgspec
import pikepdf
import pytest
from PIL import Image, ImageChops, ImageStat

from agent.printing import sheets, typesetting
from agent.register import fields
from agent.register.board_views import WalkLine

KEPT = Path(__file__).parent / "kept"
"""How each paper looked when somebody last looked at it; `RENHU_KEEP_PAPERS=1` makes the pictures anew."""
MOST_DIFFERENT = 1.0
"""So many of 255 shades two pictures of one page may differ in the mean: a moved line is ten times as much."""
ON_THE_FORM = {*fields.KEYS} - {
    "card_valid_from", "card_valid_to", "district", "town", "road", "lane", "sublane", "no", "room",
    "h_district", "h_town", "h_road", "h_lane", "h_sublane", "h_no", "h_room",
}  # fmt: skip
"""The fields that have a cell of their own; the others stand in the address and the card's validity."""


HOME = "七宝镇测试北路77弄4支弄9号502室"
"""Where the household of the separated persons is registered."""


def longest(key: str) -> str:
    rule = fields.RULES[key]
    return "" if rule.kind in {"code", "date", "month", "validity", "division"} else "龘" * rule.most


def stretched(values):
    """Every text at its longest; codes at the longest name that their table has."""
    return values | {key: text for key, held in values.items() if held and (text := longest(key))}


@pytest.mark.parametrize("form", ["RG", "RZ", "HZ"])
@pytest.mark.parametrize("kind", ["registration", "own-data"])
def test_every_value_stands_on_the_paper(press, kind, form):
    one = press.record(press.VALUES_OF[form], form=form)
    _, pdf, _ = press.paper(kind, [press.held(one, press.portrait())])
    said = press.text(pdf)
    wanted = {key: view.shown for key, view in one.fields.items() if kind == "own-data" or key in ON_THE_FORM}
    if kind == "own-data":
        wanted |= {"owner_id": "990000********0081"[: 18 * bool(wanted["owner_id"])]}
    assert {key for key, text in wanted.items() if press.bare(text) not in said} == set()
    around = ("2018-05-01", "2038-05-01", one.form_no, "2026-03-0209:30", "测试站")
    addresses = {"RG": (press.ADDRESS,), "RZ": (press.ADDRESS, HOME), "HZ": (HOME,)}[form]
    for text in around + (addresses if kind == "registration" else ()):
        assert press.bare(text) in said, text


@pytest.mark.parametrize(
    ("form", "title", "kind"),
    [
        ("RG", "来沪人员居住登记表", ""),
        ("RZ", "人在户不在人员情况信息采集表", "分离类型人在户不在"),
        ("HZ", "户在人不在人员情况信息采集表", "分离类型户在人不在"),
    ],
)
def test_each_form_has_its_title_and_no_field_of_another(press, form, title, kind):
    _, pdf, _ = press.paper("registration", [press.held(press.record(press.VALUES_OF[form], form=form))])
    said = press.text(pdf)
    assert title in said
    assert kind in said
    assert ("来沪日期" in said) is (form == "RG")
    assert ("分离原因" in said) is (form != "RG")
    assert ("居住证明" in said) is (form != "HZ")


def test_own_data_hold_where_each_value_came_from_what_changed_and_what_is_kept(press):
    _, pdf, _ = press.paper("own-data", [press.held(press.record())])
    said = press.text(pdf)
    for text in ("证件芯片2026-03-0209:30", "键入2026-03-0209:30", "居住证明：3页", "990000850612004", "2026-11-29"):
        assert text in said, text
    for change in press.CHANGES:
        if change.field != "card":
            for text in (change.old, change.new):
                assert press.bare(fields.shown(change.field, text)) in said
            assert change.reason in said
    assert "namesex" not in said


def test_a_form_of_change_says_what_was_saved_last_and_no_more(press):
    _, pdf, _ = press.paper("changes", [press.held(press.record())])
    said = press.text(pdf)
    assert "路名测试西路测试东路" in said
    assert "补充学历" not in said
    assert not sheets.has_changes(press.record(history=press.CHANGES[1:2]))


def test_a_plate_that_followed_with_a_confirmation_is_no_form_of_change(press):
    last = press.CHANGES[0]
    followed = replace(
        last, at=last.at + timedelta(days=1), field="addr_id", old="", new="77777777777777777777", reason=""
    )
    _, pdf, _ = press.paper("changes", [press.held(press.record(history=(followed, *press.CHANGES)))])
    assert "路名测试西路测试东路" in press.text(pdf)
    assert "77777777777777777777" not in press.text(pdf)
    assert not sheets.has_changes(press.record(history=(followed,)))


def test_a_form_of_cancellation_says_why_on_whose_word_and_by_whom(press):
    _, pdf, _ = press.paper("cancellation", [press.held(press.record())])
    said = press.text(pdf)
    for text in (
        "迁往本市外区", "2026-03", "测试区", "上门未见、居委", "2026-03-0209:30、2026-03-0108:00", "房子已退租",
        "区信息资源库、SPS信息库", "录入人测试录入员录入时间2026-03-0209:30", "审核人测试审核员审核时间2026-03-0209:30",
    ):  # fmt: skip
        assert text in said, text


def test_a_receipt_shows_the_number_masked_and_when_to_come_again(press):
    _, pdf, _ = press.paper("receipt", [press.held(press.record(), press.portrait())])
    said = press.text(pdf)
    assert "990000********0049" in said
    assert "990000198506120049" not in said
    assert "2027-03-02之前" in said


def test_the_notice_is_the_text_that_was_given(press):
    said = {}
    for version in ("2026-11-28", "2026-11-29"):
        _, pdf, _ = press.paper("notice", [press.held(press.record(notice_version=version))])
        said[version] = text = press.text(pdf)
        for part in sheets.notice.notice(version):
            assert press.bare(part.heading_zh) in text
            assert press.bare(part.text_zh.format(station="测试站")) in text
    assert said["2026-11-28"] != said["2026-11-29"]


def test_the_forms_of_a_household_are_one_paper_with_one_count_of_pages(press):
    names = ["测试甲", "测试乙", "测试丙"]
    photos = [press.portrait(shade) for shade in (0, 60, 120)]
    people = [
        press.held(press.record(press.VALUES | {"name": name}), photo)
        for name, photo in zip(names, photos, strict=True)
    ]
    facts, pdf, pages = press.paper(sheets.HOUSEHOLD_FORMS, people)
    assert facts["pages"] == len(pages) == 3
    said = press.text(pdf)
    for number, name in enumerate(names, 1):
        assert f"第{number}页，共3页" in said
        assert name in said
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        streams = [each.read_raw_bytes() for each in opened.objects if isinstance(each, pikepdf.Stream)]
    assert all(photo in streams for photo in photos), "each photo is in it, byte for byte"


@pytest.mark.parametrize(
    ("kind", "form"), [*((kind, "RG") for kind in sheets.KINDS), ("registration", "RZ"), ("registration", "HZ")]
)
def test_the_longest_values_stand_whole_within_the_page(press, kind, form):
    values = stretched(press.VALUES_OF[form])
    one = press.record(values, id_no_raw="9" * 20, form=form)
    facts, pdf, _ = press.paper(kind, [press.held(one, press.portrait())])
    said = press.text(pdf)
    if kind in {"registration", "own-data"}:
        for key in ON_THE_FORM:
            assert press.bare(one.fields[key].shown) in said, key
    for page in range(1, facts["pages"] + 1):
        ink = ImageChops.invert(press.drawn(pdf, page)).point(lambda shade: 255 if shade > 60 else 0)
        left, top, right, bottom = ink.getbbox()
        assert left > 25, "a text stands out of the page's margin"
        assert right < 413 - 25
        assert top > 5
        assert bottom < 585 - 15


@pytest.mark.parametrize("kind", sheets.KINDS)
def test_latin_names_and_remarks_of_one_long_word_break(press, kind):
    values = press.VALUES | {"name": "A" * 50, "remark": "W" * 200, "employer": "x" * 100, "hukou_address": "9" * 200}
    facts, pdf, _ = press.paper(kind, [press.held(press.record(values))])
    if kind in {"registration", "own-data"}:
        assert "W" * 200 in press.text(pdf)
    for page in range(1, facts["pages"] + 1):
        ink = ImageChops.invert(press.drawn(pdf, page)).point(lambda shade: 255 if shade > 60 else 0)
        assert ink.getbbox()[2] < 413 - 25


def test_what_no_font_draws_is_boxed_and_listed_and_all_else_drawn(press):
    name = "王\U00030000\ue863𠀀é\u200b"
    facts, pdf, _ = press.paper("registration", [press.held(press.record(press.VALUES | {"name": name}))])
    assert facts["undrawn"] == ["U+200B", "U+E863", "U+30000"]
    said = press.text(pdf)
    assert "王U+30000U+E863𠀀éU+200B" in said
    assert said.count("U+E863") == 2, "in its place, and in the list at the foot"
    assert "以方框内的代码点代替" in said
    assert "\ue863" not in said
    assert "U+" not in press.text(press.paper("registration", [press.held(press.record())])[1])


def test_the_papers_of_who_has_left_say_so(press):
    for kind in ("registration", "own-data", "cancellation"):
        for is_gone in (True, False):
            _, pdf, _ = press.paper(kind, [press.held(press.record(is_cancelled=is_gone))])
            assert ("这份登记已注销" in press.text(pdf)) is is_gone, kind


def test_what_is_known_not_to_be_drawn_is_boxed_where_it_stands_and_told_nowhere_else(press, monkeypatch):
    known = ["U+30000", "U+31350"]
    monkeypatch.setattr(typesetting, "_ATTEMPTS", 1)
    facts, pdf, _ = press.paper(
        "registration", [press.held(press.record(press.VALUES | {"name": "王\U00030000"}))], known
    )
    assert facts["undrawn"] == ["U+30000"]
    assert "王U+30000" in press.text(pdf)
    with pytest.raises(ValueError, match="more and more"):
        press.paper("registration", [press.held(press.record(press.VALUES | {"name": "王\U00030000"}))])


def test_each_person_of_a_paper_has_a_list_of_their_own(press):
    people = [press.held(press.record(press.VALUES | {"name": name})) for name in ("测试\ue863", "测试乙")]
    content = press.content("registration", people)
    for sheet in content["sheets"]:
        sheet["code_picture"] = ""
    first, second = typesetting.with_boxes(content, {"\ue863"})["sheets"]
    assert first["undrawn"] == ["U+E863"]
    assert first["values"]["name"] == ["测试", {"point": "U+E863"}]
    assert second["undrawn"] == []
    assert second["values"]["name"] == "测试乙"


@pytest.mark.parametrize("kind", sheets.KINDS)
def test_a_paper_is_pdf_a_2b_without_a_name_in_what_it_says_of_itself(press, kind):
    _, pdf, pages = press.paper(kind, [press.held(press.record(), press.portrait())])
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.OutputIntents[0].S == "/GTS_PDFA1"
        told = opened.open_metadata()
        assert told.pdfa_status == "2B"
        assert "测试" not in str(told)
        assert fonts(opened)
        assert all(any(key.startswith("/FontFile") for key in font) for font in fonts(opened))
        assert len(opened.pages) == len(pages)
        assert [float(edge) for edge in opened.pages[0].mediabox[2:]] == pytest.approx([595.28, 841.89], abs=0.01)


def fonts(opened: pikepdf.Pdf) -> list[pikepdf.Object]:
    """The descriptor of every font."""
    parts = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary)]
    return [each for each in parts if each.get("/Type") == "/FontDescriptor"]


@pytest.mark.parametrize(
    ("kind", "form"), [*((kind, "RG") for kind in sheets.KINDS), ("registration", "RZ"), ("registration", "HZ")]
)
def test_a_paper_looks_as_it_did(press, kind, form):
    one = press.record(press.VALUES_OF[form], form=form)
    _, pdf, pages = press.paper(kind, [press.held(one, press.portrait())])
    name = kind if form == "RG" else f"{kind}-{form}"
    for number in range(1, len(pages) + 1):
        looks_as_kept(press, pdf, number, name)
    assert not (KEPT / f"{name}-{len(pages) + 1}.png").exists()


def looks_as_kept(press, pdf, number, name):
    """Hold a page against its picture, or make that anew."""
    kept, drawn = KEPT / f"{name}-{number}.png", press.drawn(pdf, number)
    if os.environ.get("RENHU_KEEP_PAPERS"):
        drawn.save(kept, optimize=True)
    with Image.open(kept) as before:
        assert drawn.size == before.size
        assert ImageStat.Stat(ImageChops.difference(drawn, before.convert("L"))).mean[0] < MOST_DIFFERENT


def test_every_field_has_a_label():
    common = resources.files("agent.printing").joinpath("templates/common.typ").read_text(encoding="utf-8")
    labels = set(re.findall(r"(\w+): \"", re.search(r"#let labels = \((.*?)\n\)", common, re.DOTALL)[1]))
    assert {*fields.KEYS, "id_no_raw", "notice_version"} <= labels


def walked(press, names, what="gaps"):
    """A list of these people, set as the pictures process does."""
    household = HOME if what in {"RZ", "HZ", "moved"} else "测试省测试市测试大道6号"
    lines = [
        WalkLine(name, "2", "0049", press.ADDRESS, household, press.ADDRESS, "RG", date(2026, 3, 2), date(2026, 3, 4))
        for name in names
    ]
    paper_id = "00000000-0000-4000-8000-00000000000a"
    content = sheets.list_content(what, "测试居委", lines, paper_id, press.PRINTING)
    facts, (pdf, *pages) = typesetting.typeset({"template": "list", "undrawn": []}, [msgspec.json.encode(content)])
    return facts, pdf, pages


LINES_OF = {
    "gaps": ("号码末四位", "{address}来沪人员2026-03-022026-03-04"),
    "RG": ("原籍地址现暂住地址核对结果日期签名", "测试省测试市测试大道6号{address}"),
    "RZ": ("户口所在地址现居住地址已不属于人户分离核对结果日期签名", "{home}{address}"),
    "HZ": ("户口所在地址现居住地址已不属于人户分离核对结果日期签名", "{home}{address}"),
    "moved": ("户口所在地址现居住地址已不属于人户分离核对结果日期签名", "{home}{address}"),
}


@pytest.mark.parametrize("what", LINES_OF)
def test_a_list_has_a_line_for_each_with_the_last_four_digits_alone(press, what):
    facts, pdf, pages = walked(press, [f"测试{number}" for number in range(60)], what)
    said, (head, line) = press.text(pdf), LINES_OF[what]
    rest = line.format(address=press.bare(press.ADDRESS), home=HOME)
    assert facts["pages"] == len(pages) > 1
    for number in range(60):
        assert f"测试{number}女0049{rest}" in said
    assert said.count(head) == len(pages), "the head stands on every page"
    assert f"第{len(pages)}页，共{len(pages)}页" in said
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        width, height = (float(edge) for edge in opened.pages[0].mediabox[2:])
        assert width > height
        assert opened.open_metadata().pdfa_status == "2B"


@pytest.mark.parametrize("what", ["gaps", "RG", "RZ"])
def test_a_list_looks_as_it_did(press, what):
    _, pdf, _ = walked(press, [f"测试{number}" for number in range(5)], what)
    looks_as_kept(press, pdf, 1, f"list-{what}")


@pytest.mark.parametrize("what", ["gaps", "RG", "RZ"])
def test_the_longest_name_on_a_list_stays_in_its_column(press, what):
    facts, pdf, _ = walked(press, ["龘" * 50, "\ue863"], what)
    assert facts["undrawn"] == ["U+E863"]
    assert "龘" * 50 in press.text(pdf)
    ink = ImageChops.invert(press.drawn(pdf)).point(lambda shade: 255 if shade > 60 else 0)
    assert 25 < ink.getbbox()[0] < ink.getbbox()[2] < 585 - 25
