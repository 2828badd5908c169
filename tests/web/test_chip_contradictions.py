"""A chip that says what cannot be: its field is marked with the chip's own words, in both languages."""

from __future__ import annotations

import re

import msgspec
import pytest

from drivers.api import Doubt, DoubtReason

NUMBER = "990000198506120049"


@pytest.fixture
def clerk(house):
    browser = house.signed_in("clerk")
    browser.post("/language", {"language": "zh"})
    browser.get("/desk")
    house.lift()
    while re.search(r'formaction="/desk/draft/[^"]+/aside"', browser.page):
        browser.post(browser.action("aside"))
        browser.get("/desk")
    return browser


def spoilt(house, number=NUMBER, **changes):
    """A card with a birth date that no calendar has, letters in its first valid day, and a photo that is none."""
    made = house.card("测试坏期", number, birth_date=None, valid_from=None, photo_wlt=bytes(range(256)) * 4, **changes)
    text = bytearray(made.text_raw)
    for at, said in ((36, "19850230"), (188, "2020AB01")):
        text[at : at + 16] = said.encode("utf-16-le")
    doubtful = (
        Doubt("birth_date", DoubtReason.DATE),
        Doubt("valid_from", DoubtReason.DATE),
        Doubt("photo_wlt", DoubtReason.PHOTO_HEADER),
    )
    return msgspec.structs.replace(made, text_raw=bytes(text), doubtful=doubtful)


def said_of(clerk, key):
    """What the page says under a field."""
    found = re.search(rf'<div class="says" id="says-{key}">(.*?)</div>', clerk.page, re.DOTALL)
    return "" if found is None else re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", found[1]))


def test_what_the_chip_has_instead_of_a_value_is_told_at_its_field(house, clerk):
    house.lay(spoilt(house))
    clerk.get("/desk")
    assert "芯片里写的是 2020AB01：日期不成立，请与证面核对" in said_of(clerk, "card_valid_from")
    assert "芯片里写的是 19850230：日期不成立，请与证面核对" in said_of(clerk, "birth_date")
    assert re.search(r'name="birth_date"[^>]* value="1985-?06-?12"', clerk.page), "as the number has it"
    assert "芯片里的相片数据不完整，请与证面核对" in clerk.page
    assert '<a href="#card_valid_from">' in clerk.page
    clerk.post("/language", {"language": "en"})
    clerk.get("/desk")
    assert "The chip says 2020AB01: " in said_of(clerk, "card_valid_from")
    clerk.post(clerk.action("keep"), clerk.form(card_valid_from="20200101"))
    clerk.get("/desk")
    assert said_of(clerk, "card_valid_from") == ""


def test_the_mark_goes_with_the_reading_that_said_it(house, clerk):
    house.lay(spoilt(house))
    house.lift()
    house.lay(house.card("测试坏期", NUMBER, valid_from=None))
    clerk.get("/desk")
    assert (said_of(clerk, "card_valid_from"), said_of(clerk, "birth_date")) == ("", "")
    assert "相片数据不完整" not in clerk.page
