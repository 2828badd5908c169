"""Files from the clerk's own disk: added from the desk and on the page of documents, shown small, refused in words."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import img2pdf
from PIL import Image
from playwright.sync_api import expect

READ_MS = 60_000


def picture(kind: str = "JPEG") -> bytes:
    made = io.BytesIO()
    Image.effect_noise((620, 877), 40).save(made, kind)
    return made.getvalue()


def chosen(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def small_widths(page: Any, where: str) -> list[int]:
    """How wide the pictures are that have been loaded; 0 for one that has not."""
    found: list[int] = page.locator(f"{where} img").evaluate_all(
        "all => Promise.all(all.map(one => one.decode().then(() => one.naturalWidth, () => 0)))"
    )
    return found


def at_documents_with_a_file_chosen(clerk: Any) -> list[str]:
    """Choose a file on the page of documents; gives the kinds of the questions that come, each answered by staying."""
    page, asked = clerk.page, []
    clerk.sign_in()
    clerk.clear_desk()
    page.locator("form[action$='/desk/without-card'] button").click()
    page.locator("#to-papers").click()
    page.locator("#add-files input[type=file]").set_input_files([chosen("a.jpg", picture())])
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    return asked


def stay(clerk: Any) -> None:
    """Press a link away, and see that the browser asks, and the page and its chosen file are still there."""
    with clerk.page.expect_event("dialog"):
        clerk.page.locator("#bar-pages a").last.click(no_wait_after=True)
    expect(clerk.page.locator("#add-files")).to_be_visible()
    assert clerk.page.locator("#add-files input[type=file]").evaluate("one => one.files.length") == 1


def test_files_are_added_from_the_desk_and_on_the_page(clerk: Any) -> None:
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-016")
    page.fill("#road", "测试路")
    line = page.locator("#papers li[data-kind=D01]")
    line.locator(".add-files-of summary").click()
    line.locator("input[type=file]").set_input_files([chosen("a.jpg", picture())])
    line.locator("[data-files] button").click()
    expect(page.locator("#papers li[data-kind=D01][data-state=here]")).to_be_visible(timeout=READ_MS)
    expect(page.locator("#road")).to_have_value("测试路")
    assert small_widths(page, "#papers li[data-kind=D01]") == [226]
    page.locator("#to-papers").click()
    page.select_option("#file-kind", "D04")
    pdf = img2pdf.convert([picture(), picture()])
    broken = chosen("<b>坏.png", picture("PNG")[:5000])
    page.locator("#add-files input[type=file]").set_input_files([chosen("b.pdf", pdf), broken])
    page.locator("#add-files button").click()
    expect(page.locator("#files-refused p")).to_have_count(1, timeout=READ_MS)
    expect(page.locator("#files-refused")).to_contain_text("<b>坏.png：这个文件已损坏")
    sheets = page.locator(".document[data-kind=D04] > ol.sheets .sheet")
    expect(sheets).to_have_count(2)
    expect(sheets.first).to_contain_text("文件")
    [said] = clerk.said
    assert "409" in said, "the refusal's own status, and nothing else"
    clerk.said.clear()
    assert all(0 < width <= 320 for width in small_widths(page, ".document[data-kind=D04] > ol.sheets"))


def test_too_much_is_answered_in_words_with_and_without_script(
    clerk: Any, clerk_without_script: Any, tmp_path: Path
) -> None:
    large = tmp_path / "a.pdf"
    large.write_bytes(bytes(45_000_000))
    for one in (clerk, clerk_without_script):
        page = one.page
        one.sign_in()
        one.clear_desk()
        page.locator("form[action$='/desk/without-card'] button").click()
        page.locator("#to-papers").click()
        page.locator("#add-files input[type=file]").set_input_files(large)
        page.locator("#add-files button").click()
        said = "#add-files .callout.bad" if one is clerk else "#sentence"
        expect(page.locator(said)).to_contain_text("一次最多添加 40 MB", timeout=READ_MS)
        page.goto("about:blank")


def test_a_form_is_not_left_without_a_word_while_chosen_files_are_not_added(clerk: Any) -> None:
    page, asked = clerk.page, []
    clerk.sign_in()
    clerk.clear_desk()
    page.locator("form[action$='/desk/without-card'] button").click()
    page.locator("#papers .add-files-of summary").first.click()
    field = page.locator("#papers input[type=file]").first
    field.set_input_files([chosen("a.jpg", picture())])

    def answer(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept() if len(asked) > 1 else dialog.dismiss()

    page.on("dialog", answer)
    page.keyboard.press("Escape")
    expect(page.locator("#draft-form")).to_be_visible()
    assert len(asked) == 1
    assert "还没有添加" in asked[0]
    assert field.evaluate("one => one.files.length") == 1
    page.keyboard.press("Escape")
    expect(page.locator("#query")).to_be_visible()
    assert len(asked) == 2


def test_the_browser_asks_before_chosen_files_are_left_by_a_link_and_never_when_they_are_added_or_the_page_locks(
    clerk: Any,
) -> None:
    page, asked = clerk.page, at_documents_with_a_file_chosen(clerk)
    stay(clerk)
    assert asked == ["beforeunload"]
    page.locator("#add-files button").click()
    expect(page.locator(".sheet")).to_have_count(1, timeout=READ_MS)
    page.locator("#add-files input[type=file]").set_input_files([chosen("a.jpg", picture())])
    clerk.demo.leave_alone()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("h1")).to_have_text("已锁定")
    assert asked == ["beforeunload"]


def test_the_browser_asks_again_after_another_script_has_kept_the_adding(clerk: Any) -> None:
    asked = at_documents_with_a_file_chosen(clerk)
    clerk.page.evaluate("document.addEventListener('submit', (event) => event.preventDefault(), { once: true })")
    clerk.page.locator("#add-files button").click()
    stay(clerk)
    assert asked == ["beforeunload"]
    clerk.page.locator("#add-files button").click()
    expect(clerk.page.locator(".sheet")).to_have_count(1, timeout=READ_MS)
    assert asked == ["beforeunload"]


def test_the_browser_asks_again_after_the_adding_was_answered_with_no_page(clerk: Any) -> None:
    asked = at_documents_with_a_file_chosen(clerk)
    clerk.page.route("**/upload*", lambda route: route.fulfill(status=204))
    with clerk.page.expect_response(lambda answer: answer.status == 204):
        clerk.page.locator("#add-files button").click()
    stay(clerk)
    assert asked == ["beforeunload"]


def test_who_goes_on_without_the_files_is_asked_once_and_again_where_the_page_stayed(clerk: Any) -> None:
    page, asked = clerk.page, []
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-016")
    page.locator("#papers .add-files-of summary").first.click()
    field = page.locator("#papers input[type=file]").first
    field.set_input_files([chosen("a.jpg", picture())])

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept() if dialog.type == "confirm" else dialog.dismiss()

    page.on("dialog", answer)
    page.keyboard.press("Shift+F9")
    expect(page.locator("#sentence")).to_be_visible()
    [said] = clerk.said
    assert "422" in said, "the refusal's own status, and nothing else"
    clerk.said.clear()
    with page.expect_event("dialog"):
        page.locator("#bar-pages button").last.click(no_wait_after=True)
    expect(page.locator("#draft-form")).to_be_visible()
    assert asked == ["confirm", "beforeunload"]
    assert field.evaluate("one => one.files.length") == 1
    clerk.complete()
    expect(page.locator("#missing")).to_have_count(0)
    # The page hears of the saved record, too: were the empty desk fetched before the answer comes, no file were there.
    page.route("**/desk", lambda _held_back: None)
    page.keyboard.press("Shift+F9")
    page.wait_for_url("**/register/*")
    assert asked == ["confirm", "beforeunload", "confirm"]
