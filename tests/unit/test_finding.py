"""What a clerk's words mean when somebody is looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.register.finding import wishes

KINDS = {"number", "phone", "name", "spelled", "road", "place", "area", "lane", "sublane", "no", "room"}


def told(query: str) -> list[set[tuple[str, str]]]:
    return [{(fit.kind, fit.text) for fit in ways} for ways in wishes(query)]


@pytest.mark.parametrize(
    ("query", "means"),
    [
        ("0316", [{("number", "0316"), ("phone", "0316")}]),
        ("031X", [{("number", "031X")}]),
        ("12", [{("lane", "12"), ("sublane", "12"), ("no", "12"), ("room", "12")}]),
        ("闵行区", [{("name", "闵行区"), ("area", "310112")}]),
        ("江川路街道", [{("name", "江川路街道"), ("road", "江川路街道"), ("area", "310112001")}]),
        ("莘庄镇88弄", [{("road", "莘庄镇"), ("area", "310112101")}, {("lane", "88")}]),
        ("138-0013 8000", [{("number", "13800138000"), ("phone", "13800138000")}]),
        ("Zhang San", [{("spelled", "zhangsan")}]),
        (
            "zhang 12 san",
            [{("spelled", "zhang")}, {(key, "12") for key in ("lane", "sublane", "no", "room")}, {("spelled", "san")}],
        ),
        ("lü", [{("name", "lü")}]),
        ("张三", [{("name", "张三")}]),
        ("阿•卜", [{("name", "阿·卜")}]),
        ("江川", [{("name", "江川")}]),
        ("江川路", [{("name", "江川路"), ("road", "江川路")}]),
        ("闵行区江川路", [{("name", "闵行区江川路"), ("road", "江川路")}]),
        ("江川路1弄2支弄3号", [{("road", "江川路")}, {("lane", "1")}, {("sublane", "2")}, {("no", "3")}]),
        ("4室", [{("room", "4")}]),
        ("江川路１２", [{("road", "江川路")}, {("lane", "12"), ("sublane", "12"), ("no", "12"), ("room", "12")}]),
        ("u+20bb7", [{("name", "𠮷")}]),
        ("U+D800", [{("name", "")}]),
        ("%", [set()]),
        ("", []),
        ("  ", []),
    ],
)  # fmt: skip
def test_each_word_has_its_meaning(query: str, means: list[set[tuple[str, str]]]) -> None:
    assert told(query) == means


def test_an_old_number_is_looked_for_as_it_is_held() -> None:
    assert told("990000 900101 001") == [
        {("number", "990000900101001"), ("number", "990000199001010017"), ("phone", "990000900101001")}
    ]


@given(st.text(st.sampled_from("王测路弄号室支·• 12X0316abz'%_U+-\u3000"), max_size=30) | st.text(max_size=30))
def test_no_query_is_too_strange(query: str) -> None:
    for ways in wishes(query):
        assert all(fit.kind in KINDS for fit in ways)
        assert all(fit.text == fit.text.strip() and len(fit.text) <= 4 * len(query) + 3 for fit in ways)
