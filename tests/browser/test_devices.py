"""The technician's page in Chromium: an order to the reader's module, asked about, given and told; zh and en."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.looking import HAN


def open_devices(person, language):
    person.sign_in("technician", language)
    person.page.goto(f"{person.demo.url}/devices")
    expect(person.page.locator("#device-reader")).to_have_attribute("data-state", "ready")
    person.page.locator("details.module summary").click()


def order_speed(person, speed_baud):
    """Choose a speed, read what it means, mean it, and see how it ended."""
    page = person.page
    page.select_option("#speed-reader", str(speed_baud))
    page.locator("form[action$='/order/speed'] button").click()
    expect(page.locator("h1")).to_contain_text(str(speed_baud))
    page.locator(".device-acts .btn-primary").click()
    expect(page.locator("#order-reader.good")).to_contain_text(str(speed_baud))
    expect(page.locator("#device-reader")).to_have_attribute("data-state", "ready")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_technician_changes_the_speed_and_back(clerk, language):
    open_devices(clerk, language)
    order_speed(clerk, 57600)
    clerk.page.locator("details.module summary").click()
    expect(clerk.page.locator("#speed-reader")).to_have_value("57600")
    order_speed(clerk, 115200)


def test_without_script_an_order_goes_the_same_way(clerk_without_script):
    open_devices(clerk_without_script, "zh")
    order_speed(clerk_without_script, 57600)
    clerk_without_script.page.locator("details.module summary").click()
    order_speed(clerk_without_script, 115200)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path", ["devices", "devices/reader/order/speed?value=9600", "devices/reader/order/rf-frame?value=88"]
)
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(clerk, language, path, width):
    open_devices(clerk, language)
    clerk.page.set_viewport_size({"width": width, "height": 800})
    clerk.page.goto(f"{clerk.demo.url}/{path}")
    for summary in clerk.page.locator("details.module summary").all():
        summary.click()
    result = Axe().run(clerk.page)
    assert result.violations_count == 0, result.generate_report()
    wide = clerk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    if language == "en":
        assert HAN.search(clerk.page.locator("#main").inner_text()) is None


def test_to_leave_it_changes_nothing(clerk):
    open_devices(clerk, "zh")
    page = clerk.page
    page.locator("form[action$='/order/rf-frame'] button").click()
    page.locator(".device-acts a.btn").click()
    expect(page.locator("#device-reader")).to_have_attribute("data-state", "ready")
    expect(page.locator("#order-reader").get_by_text("80")).to_have_count(0)


def test_axe_finds_nothing_on_the_question_about_a_port(clerk):
    open_devices(clerk, "en")
    address = (
        clerk.page.locator("#device-reader .rows dd").filter(has_text="serial:").first.inner_text().partition("?")[0]
    )
    clerk.page.goto(f"{clerk.demo.url}/devices/reader/use?{urlencode({'address': address})}")
    expect(clerk.page.locator("#main code").first).to_have_text(address)
    result = Axe().run(clerk.page)
    assert result.violations_count == 0, result.generate_report()
    assert HAN.search(clerk.page.locator("#main").inner_text()) is None
