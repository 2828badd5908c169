"""Every value that is offered under a field is taken by keyboard alone, the last of several like the first."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def offered(clerk):
    """The offers under the household address, each in its own words."""
    return clerk.page.locator("#field-hukou_address .offer")


def words(offer):
    return offer.locator("span[translate=no]").inner_text()


def test_each_of_four_newest_addresses_is_taken_by_keyboard(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    clerk.tap("four-addresses")
    offers = offered(clerk)
    address = page.locator("#hukou_address")
    expect(address).to_have_value("")
    assert offers.count() >= 4
    everything = [words(offer) for offer in offers.all()]
    for wanted in everything:
        place = [words(offer) for offer in offers.all()].index(wanted)
        address.focus()
        page.keyboard.press("Alt+ArrowDown")
        expect(offers.first).to_be_focused()
        for _ in range(place):
            page.keyboard.press("ArrowDown")
        expect(offers.nth(place)).to_be_focused()
        page.keyboard.press("Enter")
        expect(address).to_have_value(wanted)
        expect(address).to_be_focused()
        expect(page.locator("#field-hukou_address")).to_have_class(re.compile("from-chip"))
        page.fill("#hukou_address", "")
        page.keyboard.press("Enter")
        expect(page.locator("#field-hukou_address.from-chip")).to_have_count(0)


def test_the_arrows_and_escape_go_back_to_the_field_and_keep_the_draft(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    clerk.tap("four-addresses")
    offers, address = offered(clerk), page.locator("#hukou_address")
    last, before = offers.count() - 1, address.input_value()
    address.focus()
    page.keyboard.press("Alt+ArrowDown")
    for _ in range(last + 2):
        page.keyboard.press("Alt+ArrowDown")
    expect(offers.nth(last)).to_be_focused()
    for _ in range(last):
        page.keyboard.press("ArrowUp")
    expect(offers.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(address).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Escape")
    expect(address).to_be_focused()
    expect(page.locator("#draft-form")).to_be_visible()
    expect(address).to_have_value(before)
