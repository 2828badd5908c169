"""The desk when readings differ, and when names alone are known: nothing garbled stays, nobody gets two drafts."""

from __future__ import annotations

import threading
from typing import Any, Literal

import msgspec
import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.desk import CardEvent
from peewee_models.documents import Document
from peewee_models.drafts import Draft

GARBLED = {"address": "错误地区乱码路9号", "text_raw": b"garbled".ljust(256)}
KINDS = pytest.mark.parametrize("kind", ["verified", "single"])


@KINDS
def test_a_later_reading_takes_the_place_of_a_garbled_first_one(
    office: Any, clerk: SignedIn, people: Any, kind: Literal["verified", "single"], everything_stored: Any
) -> None:
    card = people(newest_addresses=("测试地区新路2号",), issuer=None)
    garbled = msgspec.structs.replace(card, **GARBLED, issuer="乱码局", newest_addresses=("乱码新路", "乱码二路"))
    office.desk.reader_event(CardEvent("read", garbled))
    office.register.type_fields(office.draft(clerk).id, {"hukou_address": "手写路1号"}, clerk)
    office.desk.reader_event(CardEvent(kind, msgspec.structs.replace(card, readings=2 if kind == "verified" else 1)))
    draft = office.draft(clerk)
    assert draft.card.state == kind
    assert "乱码" not in everything_stored()
    assert draft.fields["card_issuer"].value == ""
    with pytest.raises(CodedError, match="OFFER-UNKNOWN"):
        office.register.take_offer(draft.id, "hukou_address", "chip-newest-2", clerk)
    draft = office.register.take_offer(draft.id, "hukou_address", "chip-newest-1", clerk)
    address = draft.fields["hukou_address"]
    assert (address.value, address.verified) == ("测试地区新路2号", kind == "verified")


def test_a_later_photo_takes_the_place_of_a_garbled_first_one(office: Any, clerk: SignedIn, people: Any) -> None:
    card = people(photo_wlt=b"as on the card")
    office.desk.reader_event(CardEvent("read", msgspec.structs.replace(card, photo_wlt=b"as on the c4rd")))
    first = office.draft(clerk).card.read_at
    office.clock.forward(0.9)
    office.desk.reader_event(CardEvent("verified", msgspec.structs.replace(card, readings=2)))
    with office.store.read():
        row = Draft.get()
        assert (row.card_state, bytes(row.card_photo)) == ("verified", card.photo_wlt)
    assert office.draft(clerk).card.read_at > first, "by it the page knows that there is another picture"


@pytest.mark.parametrize(("garbled", "is_equal"), [({}, True), (GARBLED, False), ({"photo_wlt": b"x"}, False)])
def test_pages_hear_that_only_the_mark_is_new_where_nothing_else_is(
    office: Any, clerk: SignedIn, people: Any, garbled: dict[str, Any], is_equal: bool
) -> None:
    card = people()
    office.desk.reader_event(CardEvent("read", msgspec.structs.replace(card, **garbled)))
    office.events.clear()
    office.desk.reader_event(CardEvent("verified", msgspec.structs.replace(card, readings=2)))
    told = [event.facts for event in office.events if event.name == "draft"]
    assert ["verified" in facts for facts in told] == [is_equal]


def test_nothing_stays_of_a_reading_that_was_broken_off(
    office: Any, clerk: SignedIn, people: Any, everything_stored: Any
) -> None:
    card = people(issuer=None)
    garbled = msgspec.structs.replace(card, **GARBLED, issuer="乱码局", newest_addresses=("乱码新路",))
    office.desk.reader_event(CardEvent("read", garbled))
    office.lift()
    office.desk.hand_over(office.sign_in("clerk"))
    office.desk.hand_over(clerk)
    office.tap(card)
    assert "乱码" not in everything_stored()
    assert office.draft(clerk).fields["hukou_address"].verified
    assert office.draft(clerk).fields["card_issuer"].value == ""


def test_a_garbled_reading_does_not_empty_what_the_register_holds(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register_person(clerk, people())
    garbled = people(**GARBLED)
    office.desk.reader_event(CardEvent("read", garbled))
    office.desk.reader_event(CardEvent("verified", people(issuer=None, readings=2, text_raw=b"new".ljust(256))))
    issuer = office.draft(clerk).fields["card_issuer"]
    assert (issuer.value, issuer.source) == (people().issuer, "register")


@KINDS
def test_a_question_follows_the_later_reading(
    office: Any, clerk: SignedIn, people: Any, kind: Any, everything_stored: Any
) -> None:
    office.tap(people())
    office.desk.reader_event(CardEvent("read", people(2, name="乱码", **GARBLED)))
    asked = office.desk.view(clerk).question
    office.desk.reader_event(CardEvent(kind, people(2, readings=2)))
    question = office.desk.view(clerk).question
    assert (question.id, question.name_masked) == (asked.id, "测＊＊")
    office.desk.answer_question(clerk, question.id, "own-draft")
    assert "乱码" not in everything_stored()


@pytest.mark.parametrize("typed", [{"name": "测试二"}, {"birth_date": "1985-06-12"}])
def test_a_namesakes_card_is_asked_about(office: Any, clerk: SignedIn, people: Any, typed: dict[str, str]) -> None:
    draft = office.desk.open_draft(clerk)
    office.register.type_fields(draft.id, typed, clerk)
    office.tap(people())
    assert office.desk.view(clerk).question is not None
    assert office.draft(clerk).fields["id_no"].value == ""


@pytest.mark.parametrize("choice", ["own-draft", "household-member"])
def test_a_person_with_a_draft_gets_no_second_one(office: Any, clerk: SignedIn, people: Any, choice: str) -> None:
    office.tap(people(2))
    second = office.draft(clerk)
    office.lift()
    office.desk.put_aside(second.id, clerk)
    office.tap(people(1))
    office.register.type_fields(office.draft(clerk).id, {"road": "测试路"}, clerk)
    office.lift()
    office.tap(people(2))
    office.desk.answer_question(clerk, office.desk.view(clerk).question.id, choice)
    draft = office.draft(clerk)
    assert draft.id == second.id
    assert Draft.select().count() == 2
    is_member = choice == "household-member"
    assert draft.fields["road"].value == ("测试路" if is_member else "")
    assert len(draft.household) == (1 if is_member else 0)


def test_the_reader_hears_of_a_new_holder_before_anybody_else_can_change_it(office: Any, clerk: SignedIn) -> None:
    seen: list[bool] = []

    def told(_session: str | None, _turn: int) -> None:
        other = threading.Thread(target=office.desk.holder_session, daemon=True)
        other.start()
        other.join(0.1)
        seen.append(other.is_alive())

    office.desk.on_holder_changed = told
    office.desk.release(clerk.session_id)
    office.desk.take(clerk)
    office.desk.hand_over(office.sign_in("clerk"))
    assert seen == [True, True, True]


OF_THE_FIRST = {"mobile": "13800000001", "employer": "测试厂", "road": "第一路", "room": "101", "soldier": "0"}


def taken_back(office: Any, clerk: SignedIn, card: Any, typed: dict[str, str]) -> Any:
    """Let a card be read once, the clerk type, and the second reading be of something else."""
    office.desk.reader_event(CardEvent("read", card))
    draft = office.register.type_fields(office.draft(clerk).id, typed, clerk)
    office.desk.reader_event(CardEvent("changed"))
    return draft


def test_a_swapped_card_is_asked_about_where_something_was_typed_of_the_first_person(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    draft = taken_back(office, clerk, people(1), OF_THE_FIRST)
    office.desk.reader_event(CardEvent("read", people(2)))
    office.desk.reader_event(CardEvent("verified", people(2, readings=2)))
    question = office.desk.view(clerk).question
    assert (question.kind, question.choices[0]) == ("maybe-same-person", "own-draft")
    assert office.draft(clerk).fields["name"].value == ""
    office.desk.answer_question(clerk, question.id, "own-draft")
    second = office.draft(clerk)
    assert (second.id != draft.id, second.fields["name"].verified) == (True, True)
    assert [second.fields[key].value for key in OF_THE_FIRST] == [""] * len(OF_THE_FIRST)


@pytest.mark.parametrize("changes", [{}, {"id_number": None}, {"address": "正确地区1号"}])
def test_the_very_card_that_was_taken_back_fills_its_draft_without_a_question(
    office: Any, clerk: SignedIn, people: Any, changes: dict[str, Any]
) -> None:
    first = people(1) if changes.get("id_number", "") is not None else people(1, **changes)
    draft = taken_back(office, clerk, first, OF_THE_FIRST)
    office.tap(people(1, **changes))
    view = office.desk.view(clerk)
    assert (view.question, view.draft.id, view.draft.card.state) == (None, draft.id, "verified")


def test_papers_alone_make_a_draft_somebodys_and_nothing_makes_it_nobodys(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    draft = taken_back(office, clerk, people(1), {})
    office.tap(people(2))
    assert (office.desk.view(clerk).question, office.draft(clerk).id) == (None, draft.id)
    office.desk.discard(draft.id, clerk, "MISTAKE")
    draft = taken_back(office, clerk, people(1), {})
    Document.create(draft=draft.id, kind="D01", created_by=clerk.user_id, created_at=office.clock.now())
    office.tap(people(2))
    assert office.desk.view(clerk).question is not None


def test_whose_reading_was_taken_back_is_forgotten_at_days_end(office: Any, clerk: SignedIn, people: Any) -> None:
    taken_back(office, clerk, people(1), OF_THE_FIRST)
    assert Draft.get().card_digest
    office.clock.forward(24 * 3600)
    office.register.erase_stale_chips()
    assert Draft.get().card_digest == ""


GONE = "READER-CARD-GONE"


def test_a_card_taken_away_too_early_is_told_until_the_clerk_goes_on(office: Any, clerk: SignedIn) -> None:
    office.desk.reader_event(CardEvent("reading"))
    office.desk.reader_event(CardEvent("refused", code=GONE))
    office.lift()
    view = office.desk.view(clerk)
    assert (view.card_state, view.refusal.code) == ("gone", GONE)
    office.desk.open_draft(clerk)
    view = office.desk.view(clerk)
    assert (view.card_state, view.refusal) == ("none", None)


def test_a_card_taken_away_in_its_second_reading_is_told_and_the_draft_says_that_it_was_emptied(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    office.desk.reader_event(CardEvent("read", people(1)))
    office.desk.reader_event(CardEvent("changed", code=GONE))
    office.lift()
    view = office.desk.view(clerk)
    assert (view.card_state, view.refusal.code) == ("gone", GONE)
    assert "READING-TAKEN-BACK" in {warning.code for warning in view.draft.warnings}
    office.tap(people(1))
    view = office.desk.view(clerk)
    assert (view.card_state, view.refusal) == ("verified", None)
    assert "READING-TAKEN-BACK" not in {warning.code for warning in view.draft.warnings}


def test_the_next_holder_is_not_told_of_a_card_that_went(office: Any, clerk: SignedIn) -> None:
    office.desk.reader_event(CardEvent("refused", code=GONE))
    other = office.sign_in("clerk")
    office.desk.release(clerk.session_id)
    office.desk.take(other)
    assert (office.desk.view(other).card_state, office.desk.view(other).refusal) == ("none", None)


@pytest.mark.parametrize("code", ["READER-CHANGED", "READER-LINE"])
def test_why_a_reading_was_taken_back_is_told_with_its_facts(
    office: Any, clerk: SignedIn, people: Any, code: str
) -> None:
    office.desk.reader_event(CardEvent("read", people(1)))
    office.desk.reader_event(CardEvent("changed", code=code, facts={"reason": "changed"}))
    view = office.desk.view(clerk)
    assert (view.card_state, view.refusal.code, view.refusal.facts) == ("changed", code, {"reason": "changed"})


def test_a_card_that_a_command_has_read_is_not_the_desks(office: Any, clerk: SignedIn) -> None:
    office.desk.release(clerk.session_id)
    for kind in ("placed", "reading", "read"):
        office.desk.reader_event(CardEvent(kind))
    office.desk.take(clerk)
    assert office.desk.view(clerk).card_state == "unread"
    office.lift()
    for kind in ("reading", "read", "verified"):
        office.desk.reader_event(CardEvent(kind))
    assert office.desk.view(clerk).card_state == "unread"
