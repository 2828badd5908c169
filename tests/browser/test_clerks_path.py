"""How many keys a clerk presses from the tap to the saved record: one adult, a family of four, nothing changed.

The README says these numbers; a page that costs a clerk more fails here.  Chinese is typed by its pinyin and a blank, a
chord such as Alt+1 is one key.
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

HAS_ITS_OWN_DEMO = True

README = Path(__file__).parents[2] / "README.md"
PINYIN = {
    "测试路": "ceshilu",
    "测试子甲": "ceshizijia",
    "测试省测试市样例路88号301室": "ceshishengceshishiyanglilu88hao301shi",
}
ADULT = {
    "soldier": "0", "arrive_city_date": "20260302", "arrive_here_date": "20260305", "reason": "01", "proof_type": "2",
    "place_type": "30", "road": "测试路", "lane": "88", "no": "1", "room": "301",
    "mobile": "13800000000", "education": "60",
}  # fmt: skip
MOTHER = {key: ADULT[key] for key in ("soldier", "arrive_city_date", "arrive_here_date", "mobile", "education")} | {
    "reason": "08", "relation_to_head": "12",
}  # fmt: skip
DAUGHTER = {key: MOTHER[key] for key in ("soldier", "arrive_city_date", "arrive_here_date", "reason", "education")} | {
    "relation_to_head": "30",
}  # fmt: skip
SON = DAUGHTER | {
    "name": "测试子甲", "sex": "1", "ethnic": "01", "hukou_address": "测试省测试市样例路88号301室",
    "birth_date": "20180808", "id_type": "117", "relation_to_head": "20",
}  # fmt: skip


class Hands:
    """A clerk's hands on the keyboard, and how many keys they press."""

    def __init__(self, page):
        self.page, self.keys = page, 0

    def press(self, key):
        self.keys += 1
        self.page.keyboard.press(key)

    def type(self, text):
        if text.isascii():
            self.keys += len(text)
            self.page.keyboard.type(text)
        else:
            self.keys += len(PINYIN[text]) + 1
            self.page.keyboard.insert_text(text)

    def fill(self, typed, replaced=()):
        """From field to field by Enter: type what is wanted and not there, or stands there and is to be another."""
        focused = self.page.locator(":focus")
        expect(focused).to_have_count(1)
        for _ in range(70):
            key = focused.get_attribute("id")
            if key == "remark":
                expect(self.page.locator("#missing")).to_have_count(0)
                return
            if key in {"notice_given", "guardian_consent"} and not focused.is_checked():
                self.press("Space")
            elif key in typed and (not focused.input_value() or key in replaced):
                self.page.keyboard.press("Control+A")  # a field that is come to by Enter stands selected
                self.type(typed[key])
            self.press("Enter")
            expect(self.page.locator(f"#{key}")).not_to_be_focused()
        raise AssertionError("the form does not end")


def said(path):
    """The number of keys that the README says of a path."""
    return int(re.search(rf"\| {path}[^|]*\| (\d+) \|", README.read_text(encoding="utf-8"))[1])


def one_more(hands, clerk, card):
    """From the record that was just saved to the form of one more person of its household, whose card lies there."""
    clerk.demo.lift()
    hands.press("m")
    expect(hands.page.locator("#draft-form")).to_be_visible()
    if card:
        clerk.demo.lay(card)
        expect(hands.page.locator("#name")).to_have_value(clerk.demo.names[card])
        expect(hands.page.locator("#card-panel")).to_have_attribute("data-card-state", "verified")


def save(hands):
    hands.press("Shift+F9")
    expect(hands.page.locator("#saved-record")).to_be_visible()
    expect(hands.page.locator("#cancel-panel")).to_be_visible()
    hands.page.wait_for_load_state()


def have_an_address_base(clerk):
    """The station knows its doors: the committee of one follows."""
    clerk.sign_in("supervisor")
    clerk.page.goto(f"{clerk.demo.url}/addresses")
    clerk.page.locator("#practice-form button").click()
    clerk.page.locator("button[formaction='/addresses/confirm']").click()
    expect(clerk.page.locator("#blocks tbody tr")).to_have_count(4)
    clerk.context.clear_cookies()


def test_the_keys_of_an_adult_of_a_family_and_of_nothing_changed(clerk):
    have_an_address_base(clerk)
    clerk.sign_in()
    page, hands = clerk.page, Hands(clerk.page)
    clerk.tap("family-a-1")
    hands.fill(ADULT)
    save(hands)
    keys = {"一个成年人 One adult": hands.keys}
    one_more(hands, clerk, "family-a-2")
    hands.fill(MOTHER)
    save(hands)
    one_more(hands, clerk, "family-a-3")
    hands.fill(DAUGHTER)
    assert page.locator("#guardian_name").input_value() == clerk.demo.names["family-a-1"]
    save(hands)
    one_more(hands, clerk, "")
    hands.fill(SON, replaced={"id_type"})
    save(hands)
    keys["一家四口 A family of four"] = hands.keys
    row = clerk.demo.row(
        "SELECT count(*) AS people, count(DISTINCT household_id) AS households,"
        " group_concat(DISTINCT relation_to_head) AS relations, count(DISTINCT road || no || room) AS dwellings"
        " FROM registration"
    )
    assert (row["people"], row["households"], row["dwellings"]) == (4, 1, 1)
    assert set(row["relations"].split(",")) == {"02", "12", "30", "20"}
    hands.keys = 0
    page.goto(f"{clerk.demo.url}/desk")
    expect(page.locator("body.live")).to_have_count(1)
    hands.press("h")
    expect(page.locator("form.find[action$='/households']")).to_be_visible()
    expect(page.locator("body.live")).to_have_count(1)
    hands.type("测试路")
    hands.type(" 88")
    expect(page.locator(".households li")).to_have_count(1)
    hands.press("Alt+1")
    expect(page.locator("#confirmed")).to_be_visible()
    keys["全户无变化 Nothing changed"] = hands.keys
    assert keys == {path: said(path) for path in keys}
