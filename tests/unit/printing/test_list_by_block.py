"""A list for a walk goes to several teams: each responsible block begins a page of its own, with its team."""

from __future__ import annotations

from datetime import date

import msgspec

from agent.printing import sheets, typesetting
from agent.register.board_views import WalkLine


def pages_of(press, *lines: tuple[str, str, str]) -> tuple[str, list[bytes]]:
    days = (date(2026, 3, 2), date(2026, 3, 4))
    walked = [
        WalkLine(name, "2", "0049", press.ADDRESS, "", press.ADDRESS, "RG", *days, block=block, team=team)
        for name, block, team in lines
    ]
    list_id = "00000000-0000-4000-8000-00000000000a"
    content = sheets.list_content("gaps", "测试一居 缺项", walked, list_id, press.PRINTING)
    _, (pdf, *pages) = typesetting.typeset({"template": "list", "undrawn": []}, [msgspec.json.encode(content)])
    return press.text(pdf), pages


def test_each_block_begins_a_page_with_its_team_and_counts_its_own(press):
    three = (("测试甲", "A01", "测试一队"), ("测试乙", "A01", "测试一队"), ("测试丙", "B02", "测试三队"))
    said, pages = pages_of(press, *three, ("测试丁", "", ""))
    assert len(pages) == 3
    first, second, last = said.split("测试一居缺项")[1:]
    assert "责任块A01测试一队" in first
    assert "共2人" in first
    assert "测试甲" in first
    assert "测试丙" not in first
    assert "责任块B02测试三队" in second
    assert "共1人" in second
    assert "责任块" not in last, "a door that the base has not is nobody's block"
    assert "测试丁" in last


def test_without_blocks_a_list_is_one(press):
    said, pages = pages_of(press, ("测试甲", "", ""), ("测试乙", "", ""))
    assert len(pages) == 1
    assert "责任块" not in said
