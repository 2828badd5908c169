"""A registration is cancelled by one and approved by another, all of it or nothing; undone it is as it was before."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register import outgoing
from agent.register.errors import Problems
from peewee_models import audit, register_queries
from peewee_models.audit import AuditEntry
from peewee_models.cancellations import Cancellation, CancellationForm
from peewee_models.corrections import Correction
from peewee_models.outbox import OutboxRow
from peewee_models.register import Change, Registration

LEFT = {
    "cancel_kind": "31", "leave_date": "20261120", "leave_to": "测试外地", "evidence": "3 9",
    "visits": "20261121 1830", "cancel_remark": "房东来电", "second_name": "supervisor",
}  # fmt: skip
WHY = "其实没有离开"


@pytest.fixture
def second(office: Any) -> tuple[str, str]:
    return "supervisor", office.passwords["supervisor"]


@pytest.fixture
def record(office: Any, clerk: SignedIn, people: Any) -> Any:
    return office.register_person(clerk, people())


def trail(after: int) -> list[str]:
    return [row.action for row in AuditEntry.select().where(AuditEntry.seq > after).order_by(AuditEntry.seq)]


def test_a_cancelled_record_says_why_since_when_and_by_whom(
    office: Any, clerk: SignedIn, record: Any, second: tuple[str, str]
) -> None:
    last = AuditEntry.select().count()
    office.register.keep_cancellation(record.id, LEFT, 1, clerk)
    office.register.cancel(record.id, LEFT, 1, clerk, second)
    assert trail(last) == ["register.cancellation-begun", "register.cancelled"]
    assert "测试" not in repr([row.facts for row in AuditEntry.select().where(AuditEntry.seq > last)])
    shown = office.register.record(record.id, clerk)
    assert (shown.version, shown.is_cancelled, shown.can_restore) == (2, True, True)
    line = shown.cancellation
    assert line is not None
    assert (line.kind, line.leave_date, line.leave_to, line.evidence) == ("31", "2026-11-20", "测试外地", ("3", "9"))
    assert line.visits == (datetime(2026, 11, 21, 10, 30, tzinfo=UTC),)
    assert (line.entered_by, line.approved_by, line.targets) == ("clerk", "supervisor", ("DISTRICT", "SPS"))
    (change,) = shown.history
    assert (change.field, change.old, change.new, change.reason) == ("state", "active", "cancelled", "房东来电")
    assert change.cancellation == line
    assert [(row.kind, row.version, row.body["state"]) for row in OutboxRow.select().order_by(OutboxRow.seq)] == [
        ("registration.saved", 1, "active"),
        ("registration.cancelled", 2, "cancelled"),
    ]
    assert CancellationForm.select().count() == 0
    (entry,) = office.register.find(record.fields["id_no"].value, clerk)
    assert (entry.id, entry.is_cancelled) == (record.id, True)


def test_undone_it_is_active_again_and_nothing_of_it_is_lost(
    office: Any, clerk: SignedIn, record: Any, second: tuple[str, str]
) -> None:
    office.register.cancel(record.id, LEFT, 1, clerk, second)
    last = AuditEntry.select().count()
    office.register.restore(record.id, WHY, clerk, second)
    assert trail(last) == ["register.restored"]
    shown = office.register.record(record.id, clerk)
    assert (shown.version, shown.is_cancelled, shown.cancellation, shown.can_restore) == (3, False, None, False)
    assert shown.fields == record.fields
    undone, done = shown.history
    assert (undone.is_restored, done.is_restored, undone.reason) == (True, False, WHY)
    assert undone.cancellation == done.cancellation
    assert undone.cancellation is not None
    assert (undone.cancellation.undone_by, undone.cancellation.undone_approved_by) == ("clerk", "supervisor")
    row = Cancellation.get()
    assert (row.undone_version, row.undo_reason, row.person_values) == (3, WHY, {})
    sent = OutboxRow.select().order_by(OutboxRow.seq.desc()).get()
    assert (sent.kind, sent.version, sent.body["state"]) == ("registration.restored", 3, "active")
    office.register.cancel(record.id, LEFT | {"cancel_kind": "32"}, 3, clerk, second)
    shown = office.register.record(record.id, clerk)
    assert [shown.version, shown.cancellation.kind, len(shown.history)] == [4, "32", 3]


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"evidence": "9"}, "CANCEL-COMPARISON-ALONE", "evidence"),
        ({"evidence": "8"}, "CANCEL-VISITS-FEW", "visits"),
        ({"leave_date": "20251231"}, "CANCEL-BEFORE-ARRIVAL", "leave_date"),
        ({"cancel_kind": ""}, "FIELD-MISSING", "cancel_kind"),
    ],
)
def test_what_is_wrong_is_told_before_anybodys_password_is_tried(
    office: Any, clerk: SignedIn, record: Any, changes: dict[str, str], code: str, place: str
) -> None:
    tries = AuditEntry.select().count()
    with pytest.raises(Problems) as refused:
        office.register.cancel(record.id, LEFT | changes, 1, clerk, ("supervisor", "wrong"))
    assert [(one.code, one.field) for one in refused.value.problems] == [(code, place)]
    assert (AuditEntry.select().count(), Registration.get().state) == (tries, "active")


def test_nobody_approves_what_they_entered_and_a_technician_nothing(
    office: Any, clerk: SignedIn, record: Any, second: tuple[str, str]
) -> None:
    wrong = {
        "ACCOUNT-SAME-PERSON": ("clerk", office.passwords["clerk"]),
        "RIGHTS-DENIED": ("technician", office.passwords["technician"]),
        "ACCOUNT-WRONG": ("supervisor", "not this one"),
    }
    for code, who in wrong.items():
        with pytest.raises(CodedError, match=code):
            office.register.cancel(record.id, LEFT, 1, clerk, who)
    with pytest.raises(Problems) as refused:
        office.register.cancel(record.id, LEFT, 1, clerk, ("", ""))
    assert [one.field for one in refused.value.problems] == ["second_name", "second_password"]
    assert (Cancellation.select().count(), Registration.get().version) == (0, 1)
    office.register.cancel(record.id, LEFT, 1, clerk, second)
    for code, who in wrong.items():
        with pytest.raises(CodedError, match=code):
            office.register.restore(record.id, WHY, clerk, who)
    for code, reason, who in (("REASON-MISSING", " ", second), ("SECOND-PERSON-MISSING", WHY, ("", ""))):
        with pytest.raises(CodedError, match=code):
            office.register.restore(record.id, reason, clerk, who)
    assert Registration.get().state == "cancelled"


def test_only_a_clerk_cancels_and_undoes(office: Any, record: Any, second: tuple[str, str]) -> None:
    for role in ("supervisor", "technician"):
        by = office.sign_in(role)
        for act in (
            lambda by: office.register.cancellation(record.id, by),
            lambda by: office.register.keep_cancellation(record.id, LEFT, 1, by),
            lambda by: office.register.give_up_cancellation(record.id, by),
            lambda by: office.register.cancel(record.id, LEFT, 1, by, second),
            lambda by: office.register.restore(record.id, WHY, by, second),
        ):
            with pytest.raises(CodedError, match="RIGHTS-DENIED"):
                act(by)


def test_a_cancelled_record_is_not_corrected_and_what_was_typed_waits(
    office: Any, clerk: SignedIn, record: Any, second: tuple[str, str]
) -> None:
    office.register.keep_correction(record.id, {"mobile": "13911111111"}, 1, clerk, "本人来电")
    office.register.cancel(record.id, LEFT, 1, clerk, second)
    office.register.keep_correction(record.id, {"mobile": "13922222222"}, 1, clerk, "本人来电")
    for act in (
        lambda: office.register.correction(record.id, clerk),
        lambda: office.register.edit(record.id, {"mobile": "13922222222"}, 2, clerk, "本人来电"),
        lambda: office.register.cancellation(record.id, clerk),
        lambda: office.register.cancel(record.id, LEFT | {"cancel_kind": "33"}, 2, clerk, second),
    ):
        with pytest.raises(CodedError, match="RECORD-CANCELLED"):
            act()
    assert (Registration.get().version, Correction.get().typed) == (2, {"mobile": "13922222222"})
    office.register.restore(record.id, WHY, clerk, second)
    view = office.register.correction(record.id, clerk)
    assert (view.fields["mobile"].value, view.meanwhile) == ("13922222222", {})
    assert office.register.edit(record.id, {"mobile": "13922222222"}, 3, clerk, "本人来电").version == 4


def test_the_same_form_sent_twice_cancels_once_and_asks_for_no_second_approval(
    office: Any, clerk: SignedIn, record: Any, second: tuple[str, str]
) -> None:
    office.register.cancel(record.id, LEFT, 1, clerk, second)
    office.register.cancel(record.id, LEFT, 1, clerk, ("supervisor", "forgotten"))
    assert (Cancellation.select().count(), Registration.get().version) == (1, 2)
    office.register.restore(record.id, WHY, clerk, second)
    office.register.restore(record.id, WHY, clerk, ("supervisor", "forgotten"))
    with pytest.raises(CodedError, match="RECORD-NOT-CANCELLED"):
        office.register.restore(record.id, "别的理由", clerk, second)
    assert (OutboxRow.select().count(), Registration.get().version) == (3, 3)


def test_what_is_typed_is_kept_and_given_up(office: Any, clerk: SignedIn, record: Any) -> None:
    office.register.keep_cancellation(record.id, {"leave_date": "昨天", "evidence": "8"}, 1, clerk)
    view = office.register.cancellation(record.id, clerk)
    assert (view.fields["leave_date"].value, view.evidence, view.kept_at) == ("昨天", ("8",), office.clock.now())
    assert [one.code for one in view.problems] == ["CANCEL-DATE", "CANCEL-VISITS-FEW"]
    assert office.register.has_kept_cancellation(record.id, clerk)
    office.register.edit(record.id, {"mobile": "13911111111"}, 1, clerk, "本人来电")
    assert office.register.cancellation(record.id, clerk).is_changed
    office.register.give_up_cancellation(record.id, clerk)
    assert not office.register.has_kept_cancellation(record.id, clerk)
    office.register.keep_cancellation(record.id, {"leave_date": " "}, 1, clerk)
    assert CancellationForm.select().count() == 0


def test_the_record_that_was_corrected_meanwhile_is_looked_at_first(
    office: Any, clerk: SignedIn, record: Any, second: tuple[str, str]
) -> None:
    office.register.edit(record.id, {"mobile": "13911111111"}, 1, clerk, "本人来电")
    with pytest.raises(CodedError, match="RECORD-CHANGED"):
        office.register.cancel(record.id, LEFT, 1, clerk, second)
    office.register.cancel(record.id, LEFT, 2, clerk, second)
    assert Registration.get().version == 3


def test_of_a_cancellation_and_a_correction_at_once_one_wins(
    office: Any, clerk: SignedIn, record: Any, second: tuple[str, str]
) -> None:
    answers: list[str] = []

    def attempt(act: Any) -> None:
        try:
            act()
            answers.append("done")
        except CodedError as error:
            answers.append(error.code)
        office.store.close()

    acts = [
        lambda: office.register.cancel(record.id, LEFT, 1, clerk, second),
        lambda: office.register.edit(record.id, {"mobile": "13911111111"}, 1, clerk, "本人来电"),
    ]
    threads = [threading.Thread(target=attempt, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in (["RECORD-CANCELLED", "done"], ["RECORD-CHANGED", "done"])
    row = register_queries.by_key(uuid.UUID(record.id))
    assert (row.version, Change.select().count(), OutboxRow.select().count()) == (2, 1, 2)
    assert OutboxRow.select().order_by(OutboxRow.seq.desc()).get().body == outgoing.body(row)


@pytest.mark.parametrize("step", ["cancel", "restore"])
@pytest.mark.parametrize("broken", ["audit", "outbox"])
def test_all_of_it_is_written_or_nothing(
    office: Any,
    clerk: SignedIn,
    record: Any,
    second: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    broken: str,
) -> None:
    acts = {
        "cancel": lambda: office.register.cancel(record.id, LEFT, 1, clerk, second),
        "restore": lambda: office.register.restore(record.id, WHY, clerk, second),
    }
    if step == "restore":
        acts["cancel"]()
    tables = (Registration, Change, Cancellation, OutboxRow, AuditEntry)
    before = [list(table.select().order_by(table._meta.primary_key).dicts()) for table in tables]

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no more")

    with monkeypatch.context() as patch:
        patch.setattr(*((audit, "append") if broken == "audit" else (outgoing, "send")), fail)
        with pytest.raises(RuntimeError):
            acts[step]()
    assert [list(table.select().order_by(table._meta.primary_key).dicts()) for table in tables] == before
    acts[step]()
    assert Registration.get().state == {"cancel": "cancelled", "restore": "active"}[step]


def test_who_comes_back_as_the_head_of_a_household_that_has_another_is_no_head_any_more(
    office: Any, clerk: SignedIn, record: Any, people: Any, second: tuple[str, str]
) -> None:
    office.desk.open_draft(clerk, record.id)
    other = office.register_person(clerk, people(3))
    office.register.cancel(record.id, LEFT, 1, clerk, second)
    office.register.edit(other.id, {"relation_to_head": "02"}, 1, clerk, "原户主离开")
    office.register.restore(record.id, WHY, clerk, second)
    heads = [row.relation_to_head for row in Registration.select().order_by(Registration.form_no)]
    assert heads == ["", "02"]
    told = {line.field: (line.old, line.new) for line in office.register.record(record.id, clerk).history}
    assert told["relation_to_head"] == ("02", "")
    assert OutboxRow.select().order_by(OutboxRow.seq.desc()).get().body["relation_to_head"] == ""
