"""A form that makes something new makes it once, though it is sent twice: by a double click, or by a browser again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from drivers.api import Doubt, DoubtReason
from peewee_models.accounts import User
from peewee_models.drafts import Draft


@pytest.fixture
def clerk(house: Any) -> Iterator[Any]:
    """A clerk at an empty desk, which is left empty."""
    browser = house.signed_in("clerk")
    house.lift()
    yield browser
    while browser.get("/desk") and (
        found := re.search(r'action="(/desk/draft/[^"]+)/(?:discard|resume)"', browser.page)
    ):
        assert browser.post(f"{found[1]}/discard", {"discard_reason": "MISTAKE"}).status_code == 303


def once(browser: Any) -> dict[str, str]:
    return {"once": re.search(r'name="once" value="([^"]+)"', browser.page)[1]}


def count(house: Any, model: Any) -> int:
    with house.station.documents._store.read():
        return int(model.select().count())


def open_draft(clerk: Any) -> str:
    clerk.get("/desk")
    return clerk.action("keep").split("/")[3]


def test_a_form_without_a_card_is_opened_once(house: Any, clerk: Any) -> None:
    word = once(clerk)
    for _ in range(2):
        assert clerk.post("/desk/without-card", word).headers["Location"] == "/desk"
    one = open_draft(clerk)
    assert count(house, Draft) == 1
    clerk.post(clerk.action("keep"), clerk.form(remark="测试一"))
    clerk.post("/desk/without-card", word)
    assert open_draft(clerk) != one, "the page was left open, and the next person asks"
    for forged in (one, "x" * 9000, "\"'<", "", None):
        before = count(house, Draft)
        clerk.post("/desk/without-card", {} if forged is None else {"once": forged})
        assert (open_draft(clerk) != one, count(house, Draft)) == (True, before + 1)


def test_anothers_word_opens_a_form_of_ones_own(house: Any, clerk: Any) -> None:
    word = once(clerk)
    clerk.post("/desk/without-card", word)
    one = open_draft(clerk)
    with house.station.documents._store.write():
        colleague = User.create(
            name="测试同事", role="clerk", password_hash=User.get(User.role == "clerk").password_hash,
            created_at=house.station.clock.now(),
        )  # fmt: skip
    by = house.station.accounts.session(house.tokens["clerk"], is_attended=False)
    other = house.visitor()
    other.get("/sign-in")
    other.post("/sign-in", {"name": "测试同事", "password": house.sign_ins["clerk"]["password"]})
    other.get("/desk")
    other.post("/desk/take")
    other.get("/desk")
    assert other.post("/desk/without-card", word).status_code == 303
    assert open_draft(other) != one
    with house.station.documents._store.read():
        assert str(Draft.get_by_id(one).user_id) == by.user_id
        assert Draft.select().where(Draft.user == colleague).count() == 1
    clerk.post("/desk/take")
    clerk.get("/desk")


def test_a_household_member_is_begun_once_and_another_one_after_that(house: Any, clerk: Any) -> None:
    member = "/households/00000000-0000-0000-0000-000000000000/member"
    clerk.get("/households")
    clerk.post("/households", {"query": "测试"})
    assert clerk.post(member, {"once": "abc"}).status_code == 404
    record = house.station.desk.view(house.station.accounts.session(house.tokens["clerk"], is_attended=False))
    assert record.draft is None, "a refused wish opens nothing"
    assert clerk.post("/desk/without-card", {"once": "abc"}).status_code == 303
    one = open_draft(clerk)
    assert clerk.post(member, {"once": "abc"}).status_code == 404, "the same word with another wish is another wish"
    assert open_draft(clerk) == one


def test_an_offer_that_was_taken_shows_the_form_and_a_question_is_answered_once(house: Any, clerk: Any) -> None:
    clerk.post("/desk/without-card", once(clerk))
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(hukou_address="测试地区手工路1号"))
    house.lay(house.card("测试三", "990000198506120081"))
    clerk.get("/desk")
    take, typed = clerk.action("offer/hukou_address/chip"), clerk.form()
    for _ in range(2):
        assert clerk.post(take, typed).status_code == 303
    clerk.get("/desk")
    assert clerk.form()["hukou_address"] == "测试地区云杉路8号", "taken once, not given back by the second press"
    assert "offer/hukou_address/typed" in clerk.page
    assert clerk.post(take.replace("/chip", "/household"), clerk.form()).status_code == 409
    assert 'id="draft-form"' in clerk.page
    assert "这个备选值已经没有了" in clerk.page
    house.lift()
    house.lay(house.card("样例五", "990000198506120129"))
    clerk.get("/desk")
    question = re.search(r'formaction="/desk/question\?question=([^"]+)"', clerk.page)[1]
    before = count(house, Draft)
    for _ in range(2):
        assert clerk.post("/desk/question", {"question": question, "choice": "own-draft"}).status_code == 303
    assert count(house, Draft) == before + 1
    assert clerk.post("/desk/question", {"question": question, "choice": "ignore"}).status_code == 404
    assert 'id="draft-form"' in clerk.page
    assert "这个问题已经过去了" in clerk.page


def test_a_proposal_is_taken_once(house: Any, clerk: Any) -> None:
    doubt = Doubt("name", DoubtReason.PRIVATE_USE, 2, "U+E863")
    house.lay(house.card("测试\ue863", "990000198506120161", doubtful=(doubt,)))
    house.lift()
    clerk.get("/desk")
    take, served = clerk.action("proposal/name"), clerk.form()
    for _ in range(2):
        assert clerk.post(take, served).status_code == 303
    clerk.get("/desk")
    assert clerk.form()["name"] == "测试䶮"


def test_a_user_is_added_once_and_the_last_code_shown_is_the_one_that_counts(house: Any) -> None:
    boss = house.signed_in("supervisor")
    boss.get("/users")
    sent = {"name": "测试新人", "role": "clerk", "own-password": house.sign_ins["supervisor"]["password"], **once(boss)}
    codes = []
    for _ in range(2):
        assert boss.post("/users", sent).status_code == 200
        codes.append(re.search(r'id="one-time-code"[^>]*>([^<]+)<', boss.page)[1])
    assert codes[0] != codes[1]
    with house.station.documents._store.read():
        assert User.select().where(User.name == "测试新人").count() == 1
    boss.get("/users")
    assert boss.post("/users", {**sent, **once(boss)}).status_code == 409, "another form, the same name"
    visitor = house.visitor()
    phrase = {"password": "a long enough phrase 7", "again": "a long enough phrase 7"}
    for code, counts in zip(codes, (False, True), strict=True):
        visitor.get("/enrol")
        answer = visitor.post("/enrol", {"code": code, "name": "测试新人", **phrase})
        assert (answer.status_code == 303) == counts
    boss.get("/users")
    assert boss.post("/users", sent).status_code == 409, "they have signed in: the form from before adds nobody"
