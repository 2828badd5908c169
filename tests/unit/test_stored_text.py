"""One rule for text that no database takes, whether a card says it or somebody types it."""

from __future__ import annotations

import pytest

from agent.register import fields, names
from drivers import card_text
from drivers.stored_text import character_at, storable

STRANGE = {
    "\x00": "\ufffd",
    "测\x00试": "测\ufffd试",
    "测\ud842": "测\ufffd",
    "\udc00试": "\ufffd试",
    "\U00020087\ue863·\u3000Å\ufffd": "\U00020087\ue863·\u3000Å\ufffd",
}


@pytest.mark.parametrize(("came", "kept"), STRANGE.items())
def test_what_cannot_be_stored_leaves_a_mark_at_its_place(came: str, kept: str) -> None:
    assert storable(came) == kept
    assert len(kept) == len(came)
    assert storable(kept) == kept


@pytest.mark.parametrize("name", ["测\x00试", "测\ud842试"])
def test_a_name_is_the_same_typed_and_read(name: str) -> None:
    text = name.ljust(128).encode("utf-16-le", "surrogatepass")
    card = card_text.make_card(text, b"", (), sam_id=None, readings=1)
    typed = fields.understood("name", name, is_practice=True)
    assert card.name == typed == "测\ufffd试"
    assert "NAME-LOST-CHARACTER" in {warning.code for warning in names.check(typed, "name")[1]}


def test_a_reason_and_a_search_are_storable_too() -> None:
    assert fields.reason(" 更\x00正 ") == "更\ufffd正"
    assert "\x00" not in names.search_key("测\x00试")
    assert len(fields.reason("长" * 9999)) == fields.LONGEST_REASON


@pytest.mark.parametrize(
    ("text", "unit", "place"),
    [("测试\ue863", 2, 3), ("\U00020bb7\U00020087\ue863", 4, 3), ("测\ud842试", 1, 2), ("", 3, 4), ("测", 0, 1)],
)
def test_a_place_is_told_in_characters_as_people_count(text: str, unit: int, place: int) -> None:
    assert character_at(text, unit) == place
