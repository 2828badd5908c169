"""What a card does at the desk: whose it is, what it fills, what is asked, and what is never stored."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.desk import CardEvent
from drivers.api import CardKind
from peewee_models.audit import AuditEntry
from peewee_models.drafts import Draft
from peewee_models.failures import DiskFull
from peewee_models.outbox import OutboxRow
from peewee_models.register import Person, Registration


def actions() -> list[str]:
    return [row.action for row in AuditEntry.select().order_by(AuditEntry.seq)]


def test_one_session_holds_the_desk(office: Any, clerk: SignedIn) -> None:
    changes: list[Any] = []
    office.desk.on_holder_changed = lambda *told: changes.append(told)
    other = office.sign_in("clerk")
    assert not office.desk.take(other)
    view = office.desk.view(other)
    assert (view.holder, view.is_mine, view.holder_name) == (clerk.session_id, False, "clerk")
    office.desk.hand_over(other)
    assert office.desk.holder_session() == other.session_id
    office.desk.release(clerk.session_id)
    assert office.desk.holder_session() == other.session_id
    office.desk.release(other.session_id)
    assert changes == [(other.session_id, 2), (None, 3)]
    assert actions()[-2:] == ["desk.handed-over", "desk.left"]


def test_the_desk_of_an_ended_session_is_free(office: Any, clerk: SignedIn) -> None:
    office.clock.forward(31 * 60)
    other = office.sign_in("clerk")
    assert office.desk.take(other)


@pytest.mark.parametrize("role", ["technician", "supervisor"])
def test_only_clerks_work_at_the_desk(office: Any, role: str) -> None:
    by = office.sign_in(role)
    for act in (office.desk.take, office.desk.view, office.desk.hand_over, office.desk.open_draft):
        with pytest.raises(CodedError, match="RIGHTS-DENIED"):
            act(by)


def test_a_card_fills_the_form_and_the_second_reading_verifies(office: Any, clerk: SignedIn, people: Any) -> None:
    card = people(newest_addresses=("测试地区新路2号",))
    office.desk.reader_event(CardEvent("read", card))
    draft = office.draft(clerk)
    name = draft.fields["name"]
    assert (name.value, name.source, name.verified) == (card.name, "chip", False)
    assert draft.fields["hukou_address"].value == "测试地区新路2号"
    assert [(offer.source, offer.value) for offer in draft.fields["hukou_address"].offers] == [
        ("chip-printed", "测试地区测试路1号")
    ]
    assert draft.fields["hukou_div"].source == "derived"
    assert [problem.code for problem in draft.problems] == ["READING-UNVERIFIED"]
    office.desk.reader_event(CardEvent("verified", msgspec.structs.replace(card, readings=2)))
    draft = office.draft(clerk)
    assert draft.fields["name"].verified
    assert draft.card is not None
    assert (draft.card.state, draft.card.readings, draft.card.has_photo) == ("verified", 2, True)
    assert draft.problems == ()


def test_without_a_holder_nothing_is_read_for_anybody(office: Any, people: Any) -> None:
    office.tap(people())
    assert Draft.select().count() == 0
    clerk = office.sign_in("clerk")
    office.desk.take(clerk)
    assert office.desk.view(clerk).draft is None


def test_another_session_sees_no_person(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    office.tap(people(2))
    other = office.sign_in("clerk")
    view = office.desk.view(other)
    assert (view.draft, view.question, view.notice) == (None, None, None)
    office.desk.hand_over(other)
    assert office.desk.view(other).question is None


def test_the_same_card_twice_changes_nothing(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    office.register.type_fields(office.draft(clerk).id, {"name": "测试改", "mobile": "138"}, clerk)
    before = office.draft(clerk).fields
    office.lift()
    office.tap(people())
    assert office.draft(clerk).fields == before
    assert Draft.select().count() == 1


def test_a_changed_card_takes_everything_back(
    office: Any, clerk: SignedIn, people: Any, everything_stored: Any
) -> None:
    draft = office.desk.open_draft(clerk)
    office.register.type_fields(draft.id, {"mobile": "13800000000", "ethnic": "03"}, clerk)
    office.desk.reader_event(CardEvent("read", people()))
    office.desk.reader_event(CardEvent("changed"))
    draft = office.draft(clerk)
    of_nobody = {"relation_to_head", "household_kind"}
    assert {field.source for key, field in draft.fields.items() if key not in of_nobody} <= {"", "typed", "station"}
    assert not any(field.offers for field in draft.fields.values())
    assert draft.fields["mobile"].value == "13800000000"
    assert "990000" not in everything_stored().replace("测试地区", "")
    assert office.desk.view(clerk).card_state == "changed"


def test_a_module_that_reads_once_is_marked_and_savable(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    office.desk.reader_event(CardEvent("read", people()))
    office.desk.reader_event(CardEvent("single", people()))
    draft = office.register.type_fields(office.draft(clerk).id, rest, clerk)
    assert draft.problems == ()
    assert "READING-SINGLE" in {warning.code for warning in draft.warnings}
    record = office.desk.save(draft.id, clerk)
    assert not record.fields["id_no"].verified or Registration.get().reading == "single"


@pytest.mark.parametrize(("choice", "drafts"), [("own-draft", 2), ("household-member", 2), ("ignore", 1)])
def test_another_persons_card_is_asked_about(
    office: Any, clerk: SignedIn, people: Any, choice: str, drafts: int, everything_stored: Any
) -> None:
    office.tap(people())
    first = office.draft(clerk)
    office.register.type_fields(first.id, {"town": "310112101", "road": "测试路"}, clerk)
    other = people(2)
    office.tap(other)
    view = office.desk.view(clerk)
    assert view.question is not None
    assert view.draft is not None
    assert view.draft.fields["id_no"].value == first.fields["id_no"].value
    assert other.id_number not in everything_stored()
    office.desk.answer_question(clerk, view.question.id, choice)
    assert Draft.select().count() == drafts
    now = office.draft(clerk)
    assert office.desk.view(clerk).question is None
    if choice == "ignore":
        assert now.id == first.id
        assert other.id_number not in everything_stored()
        return
    assert now.fields["id_no"].value == other.id_number
    assert now.fields["id_no"].verified
    assert now.fields["mobile"].value == ""
    shared = now.fields["road"]
    assert (shared.value, shared.source) == (("测试路", "household") if choice == "household-member" else ("", ""))
    assert [member.name_masked for member in now.household] == (["测＊＊"] if choice == "household-member" else [])
    assert office.register.draft(first.id, clerk).fields["id_no"].value == first.fields["id_no"].value


def test_an_old_question_cannot_be_answered(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    office.tap(people(2))
    question = office.desk.view(clerk).question
    office.tap(people(3))
    with pytest.raises(CodedError, match="QUESTION-GONE"):
        office.desk.answer_question(clerk, question.id, "own-draft")
    with pytest.raises(CodedError, match="QUESTION-CHOICE"):
        office.desk.answer_question(clerk, office.desk.view(clerk).question.id, "both")


@pytest.mark.parametrize("kind", ["verified", "single", "changed"])
def test_a_question_dies_with_a_reading_of_something_else(
    office: Any, clerk: SignedIn, people: Any, kind: Any, everything_stored: Any
) -> None:
    office.tap(people())
    office.desk.reader_event(CardEvent("read", people(2)))
    assert office.desk.view(clerk).question is not None
    office.desk.reader_event(CardEvent(kind, None if kind == "changed" else people(3)))
    assert office.desk.view(clerk).question is None
    assert people(2).id_number not in everything_stored()


def test_a_question_answered_before_the_second_reading(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    office.desk.reader_event(CardEvent("read", people(2)))
    office.desk.answer_question(clerk, office.desk.view(clerk).question.id, "own-draft")
    assert not office.draft(clerk).fields["name"].verified
    office.desk.reader_event(CardEvent("verified", msgspec.structs.replace(people(2), readings=2)))
    assert office.draft(clerk).fields["name"].verified


def test_an_answer_after_a_single_reading_keeps_that_mark(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    office.desk.reader_event(CardEvent("read", people(2)))
    office.desk.reader_event(CardEvent("single", people(2)))
    office.lift()
    office.desk.answer_question(clerk, office.desk.view(clerk).question.id, "own-draft")
    assert office.draft(clerk).card.state == "single"


def test_a_second_reading_for_a_discarded_draft_is_dropped(office: Any, clerk: SignedIn, people: Any) -> None:
    office.desk.reader_event(CardEvent("read", people()))
    office.desk.discard(office.draft(clerk).id, clerk, "MISTAKE")
    office.desk.reader_event(CardEvent("verified", msgspec.structs.replace(people(), readings=2)))
    office.desk.reader_event(CardEvent("changed"))
    assert Draft.select().count() == 0


def test_a_typed_persons_own_card_fits_the_typed_form(office: Any, clerk: SignedIn, people: Any) -> None:
    card = people()
    draft = office.desk.open_draft(clerk)
    office.register.type_fields(draft.id, {"id_no": card.id_number, "name": "测试改"}, clerk)
    office.tap(card)
    draft = office.draft(clerk)
    assert (draft.fields["name"].value, draft.fields["name"].source) == ("测试改", "typed")
    assert [offer.value for offer in draft.fields["name"].offers] == [card.name]
    assert draft.fields["id_no"].source == "chip"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": CardKind.HMT}, "SCOPE-HMT"),
        ({"kind": CardKind.FOREIGNER_2017}, "SCOPE-FOREIGNER"),
        ({"kind": CardKind.FOREIGNER_2023}, "SCOPE-FOREIGNER"),
    ],
)
def test_out_of_scope_is_explained_and_nothing_stored(
    office: Any, clerk: SignedIn, people: Any, changes: dict[str, Any], code: str, everything_stored: Any
) -> None:
    office.tap(people(**changes))
    view = office.desk.view(clerk)
    assert view.notice is not None
    assert view.notice.code == code
    assert view.outside is not None
    assert view.outside.kind == changes.get("kind", CardKind.RESIDENT).value
    assert view.outside.name_masked.startswith("测＊")
    assert view.draft is None
    assert Draft.select().count() == 0
    assert "测试" not in everything_stored()
    last = AuditEntry.select().order_by(AuditEntry.seq.desc()).get()
    assert (last.action, last.facts, last.subject_id) == ("register.out-of-scope", {"reason": code}, None)


def test_a_foreigners_card_without_a_chinese_name_shows_the_other(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people(kind=CardKind.FOREIGNER_2017, name=None, name_latin="CESHI, YANGLI"))
    assert office.desk.view(clerk).outside.name_masked == "C＊＊＊"


def test_a_card_without_any_text_warns(office: Any, clerk: SignedIn, people: Any) -> None:
    blank = dict.fromkeys(("name", "sex", "ethnic_group", "birth_date", "id_number", "address", "issuer"), None)
    office.tap(people(**blank, valid_from=None, valid_to=None))
    assert "READING-BLANK" in {warning.code for warning in office.draft(clerk).warnings}
    office.desk.discard(office.draft(clerk).id, clerk, "MISTAKE")
    office.lift()
    office.tap(people())
    assert "READING-BLANK" not in {warning.code for warning in office.draft(clerk).warnings}


def test_out_of_scope_card_leaves_an_open_draft_alone(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    before = office.draft(clerk)
    office.tap(people(2, kind=CardKind.HMT))
    assert office.draft(clerk) == before


def test_a_draft_that_turns_out_of_scope_is_erased_on_confirmation(
    office: Any, clerk: SignedIn, people: Any, everything_stored: Any
) -> None:
    office.tap(people())
    draft = office.register.type_fields(office.draft(clerk).id, {"soldier": "1"}, clerk)
    assert draft.scope.in_scope is False
    with pytest.raises(CodedError, match="DISCARD-REASON"):
        office.desk.discard(draft.id, clerk, "SCOPE-HMT")
    office.desk.discard(draft.id, clerk, "SCOPE-SOLDIER")
    assert Draft.select().count() == 0
    assert "测试" not in everything_stored()
    last = AuditEntry.select().order_by(AuditEntry.seq.desc()).get()
    assert (last.action, last.facts, last.subject_id) == ("register.out-of-scope", {"reason": "SCOPE-SOLDIER"}, None)


def test_a_registered_person_opens_that_record_with_the_differences(office: Any, clerk: SignedIn, people: Any) -> None:
    card = people()
    record = office.register_person(clerk, card)
    office.tap(people(address="测试地区别路9号", text_raw=b"new".ljust(256)))
    draft = office.draft(clerk)
    assert draft.existing_record is not None
    assert draft.existing_record.id == record.id
    assert draft.fields["mobile"].source == "register"
    offers = {offer.source: offer.value for offer in draft.fields["hukou_address"].offers}
    assert offers["register"] == "测试地区测试路1号"
    assert draft.missing == ()
    again = office.desk.save(draft.id, clerk)
    assert (again.id, again.version) == (record.id, 2)
    changes = {(line.field, line.old, line.new) for line in again.history}
    assert ("hukou_address", "测试地区测试路1号", "测试地区别路9号") in changes
    assert Registration.select().count() == Person.select().count() == 1
    assert [row.kind for row in OutboxRow.select().order_by(OutboxRow.seq)] == [
        "registration.saved",
        "registration.edited",
    ]


def test_the_page_reminds_of_a_card_left_lying(office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]) -> None:
    office.tap(people())
    assert office.desk.view(clerk).card_state == "verified"
    office.clock.forward(21)
    assert office.desk.view(clerk).card_state == "left"
    office.lift()
    assert office.desk.view(clerk).card_state == "none"
    office.tap(people())
    office.desk.save(office.register.type_fields(office.draft(clerk).id, rest, clerk).id, clerk)
    assert office.desk.view(clerk).card_state == "left"


def test_a_refused_card_says_why(office: Any, clerk: SignedIn) -> None:
    office.desk.reader_event(CardEvent("refused", None, "READER-RELAY"))
    view = office.desk.view(clerk)
    assert view.card_state == "refused"
    assert view.refusal is not None
    assert view.refusal.code == "READER-RELAY"
    office.lift()
    office.desk.reader_event(CardEvent("placed"))
    assert office.desk.view(clerk).refusal is None


@pytest.mark.parametrize("sign", ["refused", "changed"])
def test_why_a_card_was_not_read_outlives_its_lifting_until_the_next(
    office: Any, clerk: SignedIn, people: Any, sign: str
) -> None:
    office.desk.take(clerk)
    office.desk.reader_event(CardEvent(sign, None, "READER-READING-BROKEN"))
    office.desk.reader_event(CardEvent("removed"))
    view = office.desk.view(clerk)
    assert (view.card_state, view.refusal.code, view.is_card_lying) == ("gone", "READER-READING-BROKEN", False)
    office.desk.reader_event(CardEvent("read", people()))
    view = office.desk.view(clerk)
    assert (view.card_state, view.refusal) == ("read", None)


def test_events_carry_no_personal_data(office: Any, clerk: SignedIn, people: Any) -> None:
    card = people()
    office.register_person(clerk, card)
    office.tap(people(2))
    text = repr(office.events)
    assert "测试" not in text
    assert str(card.id_number) not in text
    assert {event.name for event in office.events} == {"desk", "draft", "register"}


def test_a_full_disk_is_told_and_the_desk_goes_on(
    office: Any, clerk: SignedIn, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_named: Any) -> None:
        raise DiskFull

    with monkeypatch.context() as broken:
        broken.setattr("peewee_models.drafts.DraftField.insert", fail)
        office.tap(people())
        view = office.desk.view(clerk)
        assert view.refusal is not None
        assert view.refusal.code == "DATABASE-FULL"
    office.lift()
    office.tap(people())
    assert office.draft(clerk).fields["name"].verified


def test_a_card_laid_before_a_locked_page_is_nobodys(office: Any, clerk: SignedIn, people: Any) -> None:
    office.clock.forward(5 * 60)
    office.tap(people())
    assert Draft.select().count() == 0
    assert office.desk.view(clerk).card_state == "unread"
    office.accounts.unlock(clerk, office.passwords["clerk"])
    office.lift()
    office.tap(people())
    assert office.draft(clerk).fields["name"].verified
