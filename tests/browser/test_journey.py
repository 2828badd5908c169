"""From a card on the reader to the record in the database, in a real browser, four ways and in two languages."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from simulators.card_text import LONG_TERM, Resident
from simulators.people import stack

EXPECTED = {
    "arrive_city_date": "2026-03-02",
    "arrive_here_date": "2026-03-05",
    "reason": "17",
    "reason_other": "测试事由",
    "proof_type": "2",
    "place_type": "30",
    "committee": "测试居委",
    "town": "310112101",
    "road": "测试路",
    "no": "12",
    "room": "301",
    "mobile": "13800000000",
    "education": "60",
    "employer": "无",
    "notice_given": "1",
}


TABS = 150
SEED = 1


def saved(clerk: Any, name: str) -> dict[str, str]:
    """Find the person in the register and read the record off the page."""
    page = clerk.page
    page.goto(f"{clerk.demo.url}/register")
    page.fill("#query", name)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=name, exact=True).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dd[data-field=name]")).to_be_visible()
    page.locator("#first-reason").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#first-reason")).to_have_count(0)
    pairs = "all => Object.fromEntries(all.map(d => [d.dataset.field, d.dataset.value]))"
    return page.eval_on_selector_all("dd[data-field]", pairs)


def on_chip(card: str) -> dict[str, str]:
    """What the simulated card holds, as the register writes it."""
    holder = stack(SEED)[card].holder
    assert isinstance(holder, Resident)
    day = {key: f"{text[:4]}-{text[4:6]}-{text[6:]}" for key, text in dataclasses.asdict(holder).items()}
    return {
        "name": holder.name,
        "sex": holder.sex,
        "ethnic": holder.ethnic_group,
        "birth_date": day["birth_date"],
        "id_no": holder.id_number,
        "id_type": "111",
        "hukou_address": holder.address,
        "card_issuer": holder.issuer,
        "card_valid_from": day["valid_from"],
        "card_valid_to": "long-term" if holder.valid_to == LONG_TERM else day["valid_to"],
    }


def same(clerk: Any, shown: dict[str, str], card: str, **other: str) -> None:
    """Compare what the page shows and the saved rows with what the chip holds and what was typed."""
    chip = on_chip(card)
    wanted = EXPECTED | chip | {"hukou_div": "990000", "soldier": "0"} | other
    assert {key: shown.get(key) for key in wanted} == wanted
    row = clerk.demo.row(
        "SELECT person.*, registration.* FROM registration JOIN person ON person.id = registration.person_id"
        " WHERE person.id_no = ?",
        chip["id_no"],
    )
    assert {key: str(row[key]) for key in wanted} == wanted
    origins = "SELECT group_concat(key) AS keys FROM field_origin WHERE registration_id = ?"
    origins += " AND source = ? AND is_verified = ?"
    verified = clerk.demo.row(origins, row["id"], "chip", 1)["keys"].split(",")
    assert set(verified) == set(chip)
    typed = clerk.demo.row(origins, row["id"], "typed", 0)["keys"].split(",")
    assert set(typed) - {"town"} == set(EXPECTED) - {"town"} | {"soldier"}  # the town may be the station's
    audits = "SELECT count(*) AS n FROM audit_entry WHERE subject_id = ? AND action = 'register.saved'"
    assert clerk.demo.row(audits, row["id"])["n"] == 1
    facts = "SELECT count(*) AS n, min(kind) AS kind FROM outbox_row WHERE subject_id = ?"
    assert clerk.demo.row(facts, row["id"]) == {"n": 1, "kind": "registration.saved"}


@pytest.mark.parametrize(("language", "card"), [("zh", "resident-001"), ("en", "resident-002")])
def test_a_tap_fills_the_form_and_the_record_is_found_again(clerk, language, card):
    name = clerk.demo.names[card]
    clerk.sign_in(language=language)
    clerk.clear_desk()
    page = clerk.page
    clerk.tap(card)
    clerk.complete()
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("F9")
    expect(page.locator("#query")).to_be_visible()
    same(clerk, saved(clerk, name), card)


@pytest.mark.parametrize(("language", "card"), [("zh", "resident-003"), ("en", "resident-040")])
def test_the_whole_path_goes_by_keyboard_alone(clerk, language, card):
    name = clerk.demo.names[card]
    clerk.sign_in(language=language)
    clerk.clear_desk()
    page = clerk.page
    clerk.tap(card)
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("id", "soldier")
    typed = {
        "soldier": "0",
        "arrive_city_date": "20260302",
        "arrive_here_date": "20260305",
        "reason": "qt",
        "reason_other": "测试事由",
        "proof_type": "2",
        "place_type": "30",
        "committee": "测试居委",
        "town": "xzz",
        "road": "测试路",
        "no": "12",
        "room": "301",
        "mobile": "13800000000",
        "education": "gz",
        "employer": "无",
    }
    for _ in range(60):
        key = focused.get_attribute("id")
        if key == "remark":
            break
        if key == "notice_given":
            page.keyboard.press("Space")
        elif key in typed and not focused.input_value():
            page.keyboard.insert_text(typed[key]) if not typed[key].isascii() else page.keyboard.type(typed[key])
        page.keyboard.press("Enter")
        expect(page.locator(f"#{key}")).not_to_be_focused()
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("F9")
    expect(page.locator("#query")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#query")).to_be_focused()
    same(clerk, saved(clerk, name), card)


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does; once around the page is enough."""
    focus = page.locator(f"{wanted}:focus")
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if focus.count():
            return
    pytest.fail(f"Tab never comes to {wanted}")


@pytest.mark.parametrize(("language", "card"), [("zh", "resident-004"), ("en", "resident-041")])
def test_the_whole_path_goes_without_javascript(clerk_without_script, language, card):
    clerk = clerk_without_script
    name = clerk.demo.names[card]
    clerk.sign_in(language=language)
    clerk.clear_desk()
    page = clerk.page
    clerk.demo.lay(card)
    tab_to(page, "button[data-key=F10]")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_have_value(name)
    for key, text in clerk.wanted.items():
        tab_to(page, f"#{key}")
        page.keyboard.insert_text(text) if key != "soldier" else page.keyboard.press("ArrowDown")
    tab_to(page, "#notice_given")
    page.keyboard.press("Space")
    tab_to(page, ".keep-draft")
    page.keyboard.press("Enter")
    expect(page.locator("#arrive_city_date")).to_have_value("2026-03-02")
    expect(page.locator("#missing")).to_have_count(0)
    assert page.locator("kbd:visible").count() == 0
    tab_to(page, "#acts button[value=next]")
    page.keyboard.press("Space")
    expect(page.locator("#query")).to_be_visible()
    expect(page.locator("[aria-live] #saved-record a")).to_have_attribute("href", re.compile("^/register/"))
    expect(page.locator("#saved-record a")).to_have_text(re.compile("^" + name[0] + "＊+$"))
    tab_to(page, "#query")
    page.keyboard.insert_text(name)
    page.keyboard.press("Enter")
    tab_to(page, f"a:text-is('{name}')")
    page.keyboard.press("Enter")
    expect(page.locator("dd[data-field=name]")).to_be_visible()
    tab_to(page, "#first-reason")
    page.keyboard.press("Enter")
    expect(page.locator("#first-reason")).to_have_count(0)
    facts = page.locator("dd[data-field]").all()
    same(clerk, {one.get_attribute("data-field"): one.get_attribute("data-value") for one in facts}, card)


def compose(session: CDPSession, steps: list[str], result: str) -> None:
    """Type through an input method: a composition that grows, then its result."""
    for step in steps:
        session.send("Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)})
    session.send("Input.insertText", {"text": result})


def enter_amid_composing_in_a_code_field(page: Page, session: CDPSession) -> None:
    """With an option of the list marked, Enter amid a composition takes none, goes nowhere and changes nothing."""
    field = page.locator("#town")
    was = field.input_value()
    field.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#codes [aria-selected=true]")).to_have_count(1)
    field.select_text()
    session.send("Input.imeSetComposition", {"text": "xin", "selectionStart": 3, "selectionEnd": 3})
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value("xin")
    session.send("Input.insertText", {"text": was})
    expect(field).to_have_value(was)
    page.keyboard.press("Escape")
    expect(page.locator("#codes")).to_have_count(0)


@pytest.mark.parametrize(("language", "card"), [("zh", "resident-006"), ("en", "resident-042")])
def test_what_is_composed_in_an_input_method_survives_a_card_and_a_save(clerk, language, card):
    name = clerk.demo.names[card]
    clerk.sign_in(language=language)
    clerk.clear_desk()
    page = clerk.page
    clerk.tap(card)
    session = clerk.context.new_cdp_session(page)
    page.focus("#employer")
    session.send("Input.imeSetComposition", {"text": "ce shi", "selectionStart": 6, "selectionEnd": 6})
    version = page.locator("#live").get_attribute("data-version")
    clerk.demo.lift()
    expect(page.locator("#card-panel")).not_to_have_attribute("data-card-state", "verified")
    expect(page.locator("#employer")).to_have_value("ce shi")
    expect(page.locator("#employer")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#draft-form")).to_be_visible()
    expect(page.locator("#employer")).to_be_focused()
    compose(session, ["ce shi gong", "ce shi gong si"], "测试公司")
    expect(page.locator("#employer")).to_have_value("测试公司")
    expect(page.locator("#live")).not_to_have_attribute("data-version", version or "")
    page.reload()
    expect(page.locator("#employer")).to_have_value("测试公司")
    clerk.complete()
    page.fill("#employer", "")
    compose(session, ["ce shi", "ce shi gong si"], "测试公司")
    page.fill("#road", "")
    compose(session, ["ce shi lu"], "测试路")
    enter_amid_composing_in_a_code_field(page, session)
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("F9")
    expect(page.locator("#query")).to_be_visible()
    same(clerk, saved(clerk, name), card, employer="测试公司")


def test_what_was_on_its_way_when_the_page_was_left_is_kept(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    clerk.tap("resident-044")
    page.evaluate("XMLHttpRequest.prototype.send = (body) => { if (body) document.body.dataset.unsent = body; }")
    page.fill("#employer", "测试公司")
    expect(page.locator("body")).to_have_attribute("data-unsent", re.compile("was.employer="))
    page.reload()
    expect(page.locator("#employer")).to_have_value("测试公司")


def test_what_is_typed_is_not_overwritten_by_the_chip_and_the_chip_is_offered(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    page.keyboard.press("n")
    expect(page.locator("#draft-form")).to_be_visible()
    page.fill("#hukou_address", "测试地区手工路1号")
    expect(page.locator("#field-hukou_address .source")).to_be_visible()
    clerk.tap("resident-007")
    expect(page.locator("#hukou_address")).to_have_value("测试地区手工路1号")
    offer = page.locator("#field-hukou_address .offer").first
    expect(offer).to_be_visible()
    page.focus("#hukou_address")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#hukou_address")).not_to_have_value("测试地区手工路1号")
    expect(page.locator("#field-hukou_address")).to_have_class(re.compile("from-chip"))


def test_a_draft_put_aside_is_there_again(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    clerk.tap("resident-008")
    page.fill("#mobile", "1380")
    expect(page.locator("#says-mobile .problem")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#query")).to_be_visible()
    clerk.demo.lift()
    page.locator("#drafts form button").first.click()
    expect(page.locator("#mobile")).to_have_value("1380")
    expect(page.locator("#name")).to_have_value(clerk.demo.names["resident-008"])


def test_another_persons_card_asks_whose_it_is(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    clerk.tap("family-a-1")
    clerk.demo.lay("family-a-2")
    expect(page.locator("#question")).to_be_visible()
    expect(page.locator("#name")).to_have_value(clerk.demo.names["family-a-1"])
    page.keyboard.press("Alt+2")
    expect(page.locator("#name")).to_have_value(clerk.demo.names["family-a-2"])
    expect(page.locator("#household li")).to_have_count(1)


def test_a_card_of_another_kind_is_explained_and_nothing_is_kept(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    before = page.locator("#drafts li").count()
    cards = clerk.demo.control("GET", "/cards")["cards"]
    clerk.demo.lay(next(card["id"] for card in cards if card["kind"] == "hmt"))
    expect(page.locator("#idle-says .callout.bad")).to_be_visible()
    expect(page.locator("#draft-form")).to_have_count(0)
    expect(page.locator("#drafts li")).to_have_count(before)


def test_a_refused_card_is_said_and_the_next_one_works(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    clerk.demo.control("PUT", "/faults/status", {"status": "41", "count": 3})
    clerk.demo.lay("resident-009")
    expect(clerk.page.locator(".callout.bad").first).to_be_visible()
    clerk.demo.control("DELETE", "/faults")
    clerk.demo.lift()
    expect(clerk.page.locator("#live")).to_have_attribute("data-sound", "gone")
    clerk.tap("resident-010")
