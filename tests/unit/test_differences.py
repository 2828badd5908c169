"""Which characters of a corrected value are marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.register.differences import Difference, Piece, compare


def marked(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.is_changed else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("old", "new", "shown_old", "shown_new"),
    [
        ("138 0000 0000", "139 0000 0000", "13[8] 0000 0000", "13[9] 0000 0000"),
        ("测试路12号", "测试东路12号", "测试路12号", "测试[东]路12号"),
        ("测试一", "测试", "测试[一]", "测试"),
        ("", "测试", "", "[测试]"),
        ("测试", "", "[测试]", ""),
        ("男", "女", "[男]", "[女]"),
        ("阿卜•测试", "阿卜·测试", "阿卜[•]测试", "阿卜[·]测试"),
        ("测\U00020087试", "测\U0002a6d6试", "测[\U00020087]试", "测[\U0002a6d6]试"),
        ("葛\U000e0100测试", "葛测试", "[葛\U000e0100]测试", "[葛]测试"),
        ("<b>&", "<i>&", "<[b]>&", "<[i]>&"),
        ("务工", "投靠亲友", "[务工]", "[投靠亲友]"),
    ],
)
def test_changed_characters_are_marked(old: str, new: str, shown_old: str, shown_new: str) -> None:
    difference = compare(old, new)
    assert (marked(difference.old), marked(difference.new)) == (shown_old, shown_new)


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_pieces_are_the_values_and_what_is_unmarked_is_common(old: str, new: str) -> None:
    difference = compare(old, new)
    assert "".join(piece.text for piece in difference.old) == old
    assert "".join(piece.text for piece in difference.new) == new
    kept = ["".join(p.text for p in pieces if not p.is_changed) for pieces in (difference.old, difference.new)]
    assert kept[0] == kept[1]
    assert all(piece.text for piece in (*difference.old, *difference.new))


@given(st.text(min_size=1, max_size=40))
def test_equal_values_have_no_mark(text: str) -> None:
    assert compare(text, text) == Difference((Piece(text, False),), (Piece(text, False),))
