"""What the clerk should look at on scanned pages is said on the desk, with the way on; refusals are said there too."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

SCAN_MS = 60_000
LEASE = "#papers li[data-kind=D04]"


@pytest.fixture
def feeder(weakened_demo: Any) -> Any:
    """Lay sheets into the feeder of the simulated scanner; spoil the first page's lower edge where that is wished."""

    def fill(*papers: str, is_cut: bool = False) -> None:
        weakened_demo.control("DELETE", "/faults", device="scanner")
        if is_cut:
            weakened_demo.control("PUT", "/faults/grey-tail", {"count": 1}, device="scanner")
        weakened_demo.control("PUT", "/feeder", {"papers": list(papers)}, device="scanner")

    return fill


# A station of its own: elsewhere the preset is what somebody chose last for this kind of document.
@pytest.mark.parametrize("weakened_demo", [""], indirect=True)
def test_doubts_are_seen_and_dealt_with_on_the_desk(clerk_at_weakened: Any, feeder: Any) -> None:
    clerk = clerk_at_weakened
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-049")
    page.fill("#proof_type", "2")
    page.fill("#road", "测试路")
    feeder("employer-letter", "blank", is_cut=True)
    page.locator(f"{LEASE} .preset").click()
    expect(page.locator("#scan-job[data-state=done] a")).to_contain_text("4 页请看一下", timeout=SCAN_MS)
    expect(page.locator(f"{LEASE} .doubt-mark")).to_have_count(4)
    cut = page.locator(f"{LEASE} [data-doubt=PAGE-FLAT-EDGE]")
    expect(cut).to_contain_text("可能没有扫完整")
    page.locator(f"{LEASE} button[formaction*='/blanks']").first.click()
    expect(page.locator(f"{LEASE} .small-pages li")).to_have_count(1)
    feeder("employer-letter")
    cut.locator("button[formaction*='source=adf']").click()
    expect(cut).to_have_count(0, timeout=SCAN_MS)
    expect(page.locator(f"{LEASE} .small-pages li")).to_have_count(1)
    assert urlsplit(page.url).path == "/desk"
    expect(page.locator("#road")).to_have_value("测试路")


def test_a_refused_file_is_told_on_the_desk_and_stays_told(clerk: Any) -> None:
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-047")
    line = page.locator("#papers li[data-kind=D01]")
    line.locator(".add-files-of summary").click()
    broken = {"name": "坏.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"}
    line.locator("input[type=file]").set_input_files([broken])
    line.locator("[data-files] button").click()
    refused = page.locator("#papers #files-refused")
    expect(refused).to_contain_text("坏.png：这个文件已损坏")
    expect(page.locator("#draft-form")).to_be_visible()
    assert urlsplit(page.url).path == "/desk"
    clerk.demo.lift()
    expect(page.locator("#card-panel")).to_have_attribute("data-card-state", "none")
    expect(refused).to_be_visible()
    [said] = clerk.said
    assert "409" in said, "the refusal's own status, and nothing else"
    clerk.said.clear()
