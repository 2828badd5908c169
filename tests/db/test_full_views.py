"""A record's numbers are masked until somebody gives a reason, and again after a while; each look is kept."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError, RightsDenied
from agent.register.full_views import masked_value
from peewee_models.audit import AuditEntry
from peewee_models.outbox import OutboxRow
from peewee_models.register import FullView

CHILD = {
    "guardian_name": "测试父", "guardian_id": "990000198506120049", "guardian_rel": "51",
    "guardian_mobile": "13911112222", "guardian_consent": "1",
}  # fmt: skip
HIDDEN = ("id_no", "birth_date", "mobile", "guardian_id", "guardian_mobile")


@pytest.fixture
def record(office: Any, clerk: SignedIn, people: Any) -> Any:
    return office.register_person(clerk, people(), **CHILD)


def audited(action: str) -> list[dict[str, Any]]:
    return [row.facts for row in AuditEntry.select().where(AuditEntry.action == action)]


def test_numbers_are_masked_in_fields_and_history_and_names_are_not(office: Any, clerk: SignedIn, record: Any) -> None:
    number = record.fields["id_no"].value
    office.register.edit(record.id, {"mobile": "13700005678", "road": "新测试路"}, 1, clerk, "本人申报")
    look = office.register.full_views.look(record.id, clerk)
    shown = {key: view.value for key, view in look.shown.fields.items()}
    assert look.full_until is None
    assert [shown[key] for key in HIDDEN] == [
        f"{number[:6]}********{number[-4:]}", "1985-**-**", "137****5678", "990000********0049", "139****2222",
    ]  # fmt: skip
    assert (shown["name"], shown["road"]) == (record.fields["name"].value, "新测试路")
    assert {(line.old, line.new) for line in look.shown.history} == {
        ("138****0000", "137****5678"),
        ("测试路", "新测试路"),
    }
    told = repr(look.shown)
    hidden = [look.record.fields[key].value for key in HIDDEN]
    assert not [value for value in (*hidden, "13800000000") if value in told]
    assert hidden[0] == number


def test_a_reason_shows_all_for_this_session_and_record_and_a_while(
    office: Any, clerk: SignedIn, people: Any, record: Any
) -> None:
    other = office.register_person(clerk, people(2))
    before = OutboxRow.select().count()
    office.register.full_views.begin(record.id, "COMPARE", "  ", clerk)
    look = office.register.full_views.look(record.id, clerk)
    assert look.shown == look.record
    assert look.full_until is not None
    assert (look.full_until - office.clock.now()).total_seconds() == 300
    supervisor = office.sign_in("supervisor")
    again = office.sign_in("clerk")
    assert office.register.full_views.look(other.id, clerk).full_until is None
    assert office.register.full_views.look(record.id, supervisor).full_until is None
    assert office.register.full_views.look(record.id, again).full_until is None
    office.clock.forward(299)
    assert office.register.full_views.look(record.id, clerk).full_until is not None
    office.clock.forward(1)
    assert office.register.full_views.look(record.id, clerk).full_until is None
    office.register.full_views.begin(record.id, "CONTACT", "", clerk)
    office.clock.forward(-3600)
    assert office.register.full_views.look(record.id, clerk).full_until is None, (
        "a clock that was set back shows nothing longer"
    )
    assert audited("register.shown-in-full") == [{"reason": "COMPARE"}, {"reason": "CONTACT"}]
    assert OutboxRow.select().count() == before


def test_it_can_be_masked_again_at_once(office: Any, clerk: SignedIn, record: Any) -> None:
    office.register.full_views.begin(record.id, "REQUEST", "", clerk)
    office.register.full_views.end(record.id, clerk)
    assert office.register.full_views.look(record.id, clerk).full_until is None
    office.register.full_views.end(record.id, clerk)
    office.register.full_views.end("x", clerk)


def test_the_words_stand_in_the_history_and_never_in_the_audit(office: Any, clerk: SignedIn, record: Any) -> None:
    supervisor = office.sign_in("supervisor")
    office.register.full_views.begin(record.id, "OTHER", " 核对测试甲的名单 ", supervisor)
    office.clock.forward(60)
    office.register.full_views.begin(record.id, "INSPECT", "x" * 900, supervisor)
    told = [
        (view.by, view.reason, view.words[:9])
        for view in office.register.full_views.look(record.id, clerk).shown.full_views
    ]
    assert told == [("supervisor", "INSPECT", "x" * 9), ("supervisor", "OTHER", "核对测试甲的名单")]
    assert max(len(view.words) for view in FullView.select()) == 200
    assert audited("register.shown-in-full") == [{"reason": "OTHER"}, {"reason": "INSPECT"}]
    row = AuditEntry.select().where(AuditEntry.action == "register.shown-in-full").first()
    assert (str(row.subject_id), str(row.user_id)) == (record.id, supervisor.user_id)


def test_without_a_reason_of_the_list_nothing_is_shown(office: Any, clerk: SignedIn, record: Any) -> None:
    for reason in ("", "compare", "COMPARE ", "X"):
        with pytest.raises(CodedError, match="FULL-VIEW-REASON"):
            office.register.full_views.begin(record.id, reason, "y", clerk)
    with pytest.raises(CodedError, match="FULL-VIEW-WORDS"):
        office.register.full_views.begin(record.id, "OTHER", " \u3000 ", clerk)
    for key in ("x", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(CodedError, match="RECORD-UNKNOWN"):
            office.register.full_views.begin(key, "COMPARE", "", clerk)
    technician = office.sign_in("technician")
    for act in (
        lambda: office.register.full_views.look(record.id, technician),
        lambda: office.register.full_views.begin(record.id, "COMPARE", "", technician),
        lambda: office.register.full_views.end(record.id, technician),
    ):
        with pytest.raises(RightsDenied):
            act()
    assert office.register.full_views.look(record.id, clerk).full_until is None
    assert FullView.select().count() == 0
    assert audited("register.shown-in-full") == []


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("id_no", "990000198506120049", "990000********0049"),
        ("id_no_raw", "990000850612004", "*" * 15),
        ("guardian_id", "12", "**"),
        ("mobile", "13800000000", "138****0000"),
        ("guardian_mobile", "1380", "****"),
        ("birth_date", "1985-06-12", "1985-**-**"),
        ("birth_date", "", ""),
        ("road", "测试路", "测试路"),
    ],
)
def test_what_a_mask_leaves(key: str, value: str, shown: str) -> None:
    assert masked_value(key, value) == shown
