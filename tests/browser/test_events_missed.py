"""What happens while a page is on its way, before it can hear of anything, is shown on it all the same."""

from __future__ import annotations

import re
import time
from typing import Any

from playwright.sync_api import Page, Route, expect

PATIENCE_S = 20
STREAM = re.compile(r"/events(\?|$)")
READ_TWICE = "SELECT count(*) AS drafts FROM draft WHERE state = 'open' AND card_readings = 2"


def lay_and_let_read(clerk: Any, card: str) -> None:
    """Lay a card; when this returns the station has read it twice and has nothing more to tell of it."""
    clerk.demo.lay(card)
    end_s = time.monotonic() + PATIENCE_S
    while not clerk.demo.row(READ_TWICE)["drafts"]:
        assert time.monotonic() < end_s
        time.sleep(0.05)


def held_back(page: Page, pattern: str | re.Pattern[str]) -> list[Route]:
    """Let the page's requests for `pattern` wait in the list that this gives."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(pattern, hold)
    return waiting


def test_a_card_read_before_the_stream_of_the_page_is_open_fills_the_form(clerk: Any) -> None:
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    waiting = held_back(page, STREAM)
    with page.expect_request(STREAM):
        page.reload(wait_until="commit")
    lay_and_let_read(clerk, "resident-052")
    expect(page.locator("#query")).to_be_visible()
    waiting[0].continue_()
    expect(page.locator("#name")).to_have_value(clerk.demo.names["resident-052"])
    page.unroute(STREAM)


def test_a_card_read_before_another_tab_listens_fills_its_form(clerk: Any) -> None:
    clerk.sign_in()
    clerk.clear_desk()
    other = clerk.context.new_page()
    waiting = held_back(other, "**/js/events.js")
    other.goto(f"{clerk.demo.url}/desk", wait_until="commit")
    while not waiting:
        other.wait_for_timeout(20)
    lay_and_let_read(clerk, "resident-053")
    expect(clerk.page.locator("#card-panel")).to_have_attribute("data-card-state", "verified")
    expect(other.locator("#query")).to_be_visible()
    waiting[0].continue_()
    expect(other.locator("#name")).to_have_value(clerk.demo.names["resident-053"])
    other.close()
