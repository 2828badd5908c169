"""A clerk prints the form from the record by keyboard: the preview shows each sheet, and each fills one A4 page."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

LOADED = "image => image.complete && image.naturalWidth > 0"


def at_a_record(person, language="zh"):
    """The page of a saved record."""
    page = person.page
    person.sign_in(language=language)
    page.goto(f"{person.demo.url}/register")
    if page.locator("td a").count() == 0:
        person.clear_desk()
        person.register("resident-036")
        page.goto(f"{person.demo.url}/register")
    page.locator("td a").first.click()
    return page


@pytest.mark.parametrize(("language", "name"), [("zh", "登记表"), ("en", "Registration form")])
def test_the_form_is_printed_by_keyboard_alone(clerk, language, name):
    page = at_a_record(clerk, language)
    expect(page.locator("#print")).to_be_visible()
    expect(page.locator("body.live")).to_have_count(1)
    record = page.url
    page.keyboard.press("F8")
    expect(page.locator("h1")).to_contain_text(name)
    sheet = page.locator("img.paper")
    expect(sheet).to_have_count(1)
    page.wait_for_function(LOADED, arg=sheet.element_handle())
    expect(page.locator("body.live")).to_have_count(1)
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    page.evaluate("window.print = () => { document.body.dataset.printed = 'yes' }")
    page.keyboard.press("F8")
    expect(page.locator("body")).to_have_attribute("data-printed", "yes")
    page.keyboard.press("Escape")
    expect(page).to_have_url(record)


def test_each_sheet_fills_one_page_of_the_printer(clerk):
    page = at_a_record(clerk)
    page.locator("button[formaction$='/own-data']").click()
    sheets = page.locator("img.paper")
    expect(sheets.first).to_be_visible()
    count = sheets.count()
    for number in range(count):
        page.wait_for_function(LOADED, arg=sheets.nth(number).element_handle())
    assert count > 1
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        assert len(printed.pages) == count
        for each in printed.pages:
            assert [float(edge) for edge in each.mediabox[2:]] == pytest.approx([595, 842], abs=1.5)


def test_without_javascript_the_pdf_is_a_link(clerk_without_script):
    page = at_a_record(clerk_without_script)
    page.locator("button[formaction$='/receipt']").click()
    expect(page.locator("img.paper")).to_have_count(1)
    expect(page.locator("[data-print]")).to_be_hidden()
    address = page.locator("a[href$='/paper.pdf']").get_attribute("href")
    assert re.fullmatch(r"/print/paper/[0-9a-f-]{36}/paper\.pdf", address)
    answer = page.context.request.get(clerk_without_script.demo.url + address)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
