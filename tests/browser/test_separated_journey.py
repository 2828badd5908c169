"""The forms of separated persons with the keys alone: the card chooses the form, and so does where the person lives."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look

TITLES = {
    "RZ": {"zh": "人在户不在登记", "en": "Separated: lives here, household elsewhere"},
    "HZ": {"zh": "户在人不在登记", "en": "Separated: household here, lives elsewhere"},
}
OF_RZ = {
    "soldier": "0", "proof_type": "1", "town": "xzz", "road": "测试东路", "no": "12", "room": "301",
    "place_type": "30", "committee": "测试居委",
    "separation_scope": "3", "separation_reason": "10", "residence_reason": "6", "separated_since": "202005",
    "owner_relation": "01",
    "mobile": "13800000000", "education": "gz",
}  # fmt: skip
OF_HZ = {
    "lives_here": "0", "separation_scope": "4", "separation_reason": "gz", "present_address": "测试省测试市测试大道6号",
    "house_use": "2", "informant": "2", "h_committee": "测试一居",
}  # fmt: skip


def fill_in_by_keys(page, typed):
    """Go from field to field by Enter, and type where something is wanted that is not there yet."""
    focused = page.locator(":focus")
    for _ in range(70):
        key = focused.get_attribute("id")
        if key == "remark":
            break
        if key == "notice_given":
            page.keyboard.press("Space")
        elif key == "lives_here" and key in typed and focused.input_value() != typed[key]:
            page.keyboard.type(typed[key])
            expect(page.locator("#present_address")).to_be_visible()
        elif key in typed and not focused.input_value():
            page.keyboard.type(typed[key]) if typed[key].isascii() else page.keyboard.insert_text(typed[key])
        page.keyboard.press("Enter")
        expect(page.locator(f"#{key}")).not_to_be_focused()


def saved_row(clerk, card):
    return clerk.demo.row(
        "SELECT r.* FROM registration r JOIN person p ON p.id = r.person_id WHERE p.name = ?", clerk.demo.names[card]
    )


@pytest.mark.parametrize(
    ("language", "card", "form", "typed"),
    [("zh", "shanghai-printed", "RZ", OF_RZ), ("en", "area-away", "HZ", OF_HZ)],
)
def test_the_whole_path_of_a_separated_person_goes_by_keyboard(clerk, language, card, form, typed):
    clerk.sign_in(language=language)
    clerk.clear_desk()
    page = clerk.page
    clerk.tap(card)
    expect(page.locator("#residence")).to_be_visible()
    fill_in_by_keys(page, typed)
    expect(page.locator("#missing")).to_have_count(0)
    assert page.locator("#arrive_here_date").count() == 0
    assert page.locator("h1").inner_text() == TITLES[form][language]
    look(page, language)
    page.keyboard.press("F9")
    expect(page.locator("#saved-record a")).to_be_visible()
    page.goto(f"{clerk.demo.url}{page.locator('#saved-record a').get_attribute('href')}")
    assert page.locator("h1").inner_text().startswith(TITLES[form][language])
    look(page, language)
    row = saved_row(clerk, card)
    assert (row["form"], row["separation_reason"]) == (form, {"RZ": "10", "HZ": "1"}[form])
    assert (row["arrive_here_date"], row["reason"]) == (None, "")
    assert row["road"] == {"RZ": "测试东路", "HZ": ""}[form]
    page.keyboard.press("F8")
    expect(page.locator(".paper, #paper, main img, main object").first).to_be_visible()
    look(page, language)


def test_without_javascript_the_form_follows_where_the_person_lives(clerk_without_script):
    clerk, page = clerk_without_script, clerk_without_script.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.demo.lay("area-moved")
    page.locator("button[data-key=F10]").click()
    expect(page.locator("#residence")).to_be_visible()
    assert page.locator("h1").inner_text() == TITLES["RZ"]["zh"]
    page.select_option("#lives_here", "0")
    page.locator(".keep-draft").click()
    expect(page.locator("#present_address")).to_be_visible()
    assert page.locator("h1").inner_text() == TITLES["HZ"]["zh"]
    assert page.locator("#road").count() == 0
    for key, text in OF_HZ.items():
        page.select_option(f"#{key}", text) if key == "lives_here" else page.fill(f"#{key}", text)
    page.check("#notice_given")
    page.locator("#acts button[value=next]").click()
    expect(page.locator("#saved-record a")).to_be_visible()
    assert saved_row(clerk, "area-moved")["form"] == "HZ"
    page.goto(f"{clerk.demo.url}/register")
    page.fill("#query", clerk.demo.names["area-moved"])
    page.keyboard.press("Enter")
    expect(page.locator("td .form-mark")).to_have_text("户在人不在")
