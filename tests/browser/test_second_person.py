"""A number with a wrong check digit blocks, and passes with a reason and a second person's name and password."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

REASON = "派出所证明号码如此"


def blocked(clerk, card):
    """A complete form whose number is wrong: it is not saved, and the page says why and offers the way on."""
    page = clerk.page
    clerk.tap(card)
    clerk.complete()
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("F9")
    expect(page.locator("#sentence")).to_be_visible()
    expect(page.locator("#field-id_no.is-wrong")).to_be_visible()
    expect(page.locator("#second-person")).to_be_visible()


def confirm(clerk, name, password, reason=REASON):
    """Fill in what the second person gives, by keyboard."""
    page = clerk.page
    if not page.locator("#second-name").is_visible():
        page.locator("#second-person summary").focus()
        page.keyboard.press("Enter")
    page.fill("#second-name", name)
    page.fill("#second-password", password)
    page.fill("#second-reason", reason)
    if page.evaluate("document.body.classList.contains('live')"):
        page.keyboard.press("Enter")
    else:
        page.locator("#second-person button").click()


def refused(clerk, words):
    """The refusal stands in the panel; the form is still there and nothing has passed."""
    page = clerk.page
    expect(page.locator("#second-sentence")).to_contain_text(words)
    expect(page.locator("#second-name")).to_be_visible()
    expect(page.locator("#second-password")).to_have_value("")
    expect(page.locator("#field-id_no.is-wrong")).to_be_visible()
    expect(page.locator("#mobile")).to_have_value("13800000000")


def shown_as_passed(clerk, words):
    """The number blocks no longer: its field says who let it pass and why, and the panel is gone."""
    page = clerk.page
    passed = page.locator("#says-id_no .good-word").first
    expect(passed).to_contain_text(words)
    expect(passed).to_contain_text(REASON)
    expect(page.locator("#says-id_no .problem")).to_have_count(0)
    expect(page.locator("#field-id_no.is-wrong")).to_have_count(0)
    expect(page.locator("#second-person")).to_have_count(0)


def kept(demo, name):
    """The rows of the saved person say who let the number pass, and why."""
    row = demo.row(
        "SELECT a.code, a.reason, first.name AS first, second.name AS second FROM accepted_problem a"
        " JOIN registration r ON r.id = a.registration_id JOIN person p ON p.id = r.person_id"
        " JOIN station_user first ON first.id = a.user_id JOIN station_user second ON second.id = a.second_user_id"
        " WHERE p.name = ? ORDER BY a.code",
        name,
    )
    clerk, supervisor = (demo.people[role]["name"] for role in ("clerk", "supervisor"))
    assert row == {"code": "ID-CHECK-DIGIT", "reason": REASON, "first": clerk, "second": supervisor}
    audits = demo.row("SELECT count(*) AS n FROM audit_entry WHERE action = 'draft.second-person'")
    assert audits["n"] >= 1


def test_a_second_person_lets_a_wrong_check_digit_pass(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    people = clerk.demo.people
    blocked(clerk, "wrong-check")
    confirm(clerk, people["clerk"]["name"], people["clerk"]["password"])
    refused(clerk, "须由另一个人确认")
    confirm(clerk, people["supervisor"]["name"], "not this one")
    refused(clerk, "姓名或密码不对")
    confirm(clerk, people["technician"]["name"], people["technician"]["password"])
    refused(clerk, "您的岗位")
    confirm(clerk, people["supervisor"]["name"], people["supervisor"]["password"], " ")
    refused(clerk, "原因")
    confirm(clerk, people["supervisor"]["name"], people["supervisor"]["password"])
    shown_as_passed(clerk, f"已由 {people['supervisor']['name']} 确认放行")
    clerk.page.keyboard.press("F9")
    expect(clerk.page.locator("#query")).to_be_visible()
    kept(clerk.demo, clerk.demo.names["wrong-check"])
    clerk.said = [said for said in clerk.said if "422" not in said]


def test_the_same_goes_without_javascript(clerk_without_script):
    clerk, people = clerk_without_script, clerk_without_script.demo.people
    card, page = "resident-030", clerk.page
    name = clerk.demo.names[card]
    clerk.sign_in()
    clerk.clear_desk()
    clerk.demo.lay(card)
    page.locator("button[data-key=F10]").click()
    expect(page.locator("#name")).to_have_value(name)
    number = page.input_value("#id_no").replace(" ", "")
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    page.fill("#id_no", wrong)
    clerk.complete()
    page.locator("#acts button[value=next]").click()
    expect(page.locator("#sentence")).to_be_visible()
    expect(page.locator("#missing a")).to_have_attribute("href", "#id_no_again")
    page.fill("#id_no_again", number)
    page.locator("#acts button[value=next]").click()
    expect(page.locator("#says-id_no_again .problem")).to_contain_text("第 18 位")
    page.fill("#id_no_again", wrong)
    page.locator("#acts button[value=next]").click()
    expect(page.locator("#second-person")).to_contain_text("与证件芯片里的不同")
    page.locator("#second-person summary").click()
    confirm(clerk, people["clerk"]["name"], people["clerk"]["password"])
    refused(clerk, "须由另一个人确认")
    confirm(clerk, people["supervisor"]["name"], people["supervisor"]["password"])
    expect(page.locator("#second-person")).to_contain_text("最后一位对不上")
    confirm(clerk, people["supervisor"]["name"], people["supervisor"]["password"])
    shown_as_passed(clerk, f"已由 {people['supervisor']['name']} 确认放行")
    page.locator("#acts button[value=next]").click()
    expect(page.locator("#query")).to_be_visible()
    kept(clerk.demo, name)


def refused_correction(clerk, save):
    """A saved record whose number is corrected to one with a wrong check digit; it asks for a second person."""
    page = clerk.page
    page.locator("a[href$='/edit']").click()
    number = page.input_value("#id_no").replace(" ", "")
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    for key, text in {"id_no": wrong, "id_no_again": wrong, "edit-reason": "证件号码如此"}.items():
        page.fill(f"#{key}", text)
    save()
    expect(page.locator("#problems")).to_be_visible()
    page.locator("#second-person summary").click()
    return wrong


def corrected(clerk, save):
    """Such a correction, which a second person lets pass."""
    page, supervisor = clerk.page, clerk.demo.people["supervisor"]
    wrong = refused_correction(clerk, save)
    confirm(clerk, supervisor["name"], "not this one")
    expect(page.locator("#second-sentence")).to_contain_text("姓名或密码不对")
    expect(page.locator("#second-name")).to_be_focused()
    page.fill("#road", "证明路")
    confirm(clerk, supervisor["name"], supervisor["password"])
    shown_as_passed(clerk, f"已由 {supervisor['name']} 确认放行")
    return wrong


def kept_with(clerk, wrong):
    """The page of the record shows the new number, once it is asked for, and who let it pass."""
    page = clerk.page
    page.click("#first-reason")
    expect(page.locator("[data-field=id_no]")).to_have_attribute("data-value", wrong)
    expect(page.locator(".timeline")).to_contain_text(REASON)


def test_a_correction_passes_too_and_what_was_typed_beside_it_is_kept(clerk):
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.register("resident-035")
    wrong = corrected(clerk, lambda: page.keyboard.press("F9"))
    expect(page.locator("#road")).to_have_value("证明路")
    page.keyboard.press("F9")
    kept_with(clerk, wrong)
    clerk.said = [said for said in clerk.said if "422" not in said]


def test_a_correction_passes_without_javascript(clerk_without_script):
    clerk, page = clerk_without_script, clerk_without_script.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.demo.lay("resident-036")
    page.locator("button[data-key=F10]").click()
    clerk.complete()
    page.locator("#acts button[value=stay]").click()
    page.wait_for_url(re.compile(r"/register/[0-9a-f-]+$"))
    clerk.demo.lift()
    wrong = corrected(clerk, lambda: page.locator("#acts .btn-primary").click())
    page.locator("#acts .btn-primary").click()
    kept_with(clerk, wrong)


def test_what_cannot_be_kept_is_not_tried_over_and_over_and_the_word_is_not_sent_ahead_of_it(clerk):
    page, tried, sent = clerk.page, [], []
    clerk.sign_in()
    clerk.clear_desk()
    clerk.register("resident-037")
    refused_correction(clerk, lambda: page.keyboard.press("F9"))
    page.clock.install()
    page.clock.pause_at(datetime.now(tz=UTC) + timedelta(hours=1))
    page.route("**/edit/keep", lambda route: (tried.append(1), route.abort()))
    page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/second-person") else None)
    page.fill("#road", "证明路")
    confirm(clerk, clerk.demo.people["supervisor"]["name"], "not sent")
    expect(page.locator("#notice")).to_contain_text("没有存上")
    page.wait_for_timeout(300)
    assert (len(tried), sent) == (1, [])
    expect(page.locator("#road")).to_have_value("证明路")
    clerk.said.clear()
