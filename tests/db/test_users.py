"""The users of a station: added with a code, switched off and on by a supervisor only, each act in one audit row."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agent.accounts.service import AccountsPolicy, AccountsService, SignedIn
from agent.control_handlers import handlers
from agent.errors import CodedError, RightsDenied
from peewee_models.accounts import EnrolmentCode, Session, User
from peewee_models.audit import AuditEntry

NEW = "a long new password"


@pytest.fixture
def boss(office: Any) -> SignedIn:
    return office.sign_in("supervisor")


@pytest.fixture
def ended(office: Any) -> list[str]:
    told: list[str] = []
    office.accounts.users.on_sessions_ended = told.extend
    return told


def added(office: Any, boss: SignedIn, name: str = "测试员", role: str = "clerk") -> tuple[Any, str]:
    user, code = office.accounts.users.add(name, role, boss, office.passwords["supervisor"])
    return user, code.text


def rows_since(seq: int) -> list[AuditEntry]:
    return list(AuditEntry.select().where(AuditEntry.seq > seq).order_by(AuditEntry.seq))


def last_seq() -> int:
    return int(AuditEntry.select().order_by(AuditEntry.seq.desc()).get().seq)


def enrolment_fails(office: Any, code: str, name: str = "测试员") -> None:
    with pytest.raises(CodedError, match="ACCOUNT-ENROLMENT"):
        office.accounts.enrol(code, name, NEW)


def test_a_person_is_added_sets_a_password_and_works(office: Any, boss: SignedIn) -> None:
    before = last_seq()
    user, code = added(office, boss)
    assert (user.name, user.role, user.state, user.last_sign_in_at) == ("测试员", "clerk", "invited", None)
    assert len(code.replace("-", "")) == 16
    assert code not in repr(list(EnrolmentCode.select().dicts()))
    with pytest.raises(CodedError, match="ACCOUNT-WRONG"):
        office.accounts.sign_in("测试员", "")
    opened = office.accounts.enrol(code.lower().replace("-", " "), "测试员", NEW)
    assert opened.role == "clerk"
    assert office.accounts.session(opened.token) is not None
    assert office.accounts.sign_in("测试员", NEW).user_id == user.id
    shown = office.accounts.users.one(user.id, boss)
    assert (shown.state, shown.last_sign_in_at, shown.code_until) == ("active", office.clock.now(), None)
    enrolment_fails(office, code)
    made = rows_since(before)
    assert [row.action for row in made][:5] == [
        "accounts.user-made", "accounts.sign-in-failed", "accounts.enrol", "accounts.sign-in", "accounts.sign-in",
    ]  # fmt: skip
    assert (str(made[0].user_id), str(made[0].subject_id), made[0].facts) == (boss.user_id, user.id, {"role": "clerk"})
    stored = repr([row.__data__ for row in made])
    assert not any(secret in stored for secret in (code, NEW, "测试员"))


def test_a_code_dies_of_wrong_tries_and_of_age(office: Any, boss: SignedIn) -> None:
    _, code = added(office, boss)
    for _ in range(5):
        enrolment_fails(office, "0000-0000-0000-0000")
        office.clock.forward(1000)
    enrolment_fails(office, code)
    shown = next(user for user in office.accounts.users.all(boss) if user.name == "测试员")
    assert shown.state == "code-dead"
    office.clock.forward(1000)
    _, second = office.accounts.users.new_code(shown.id, boss, office.passwords["supervisor"])
    office.clock.forward(24 * 3600)
    enrolment_fails(office, second.text)
    office.clock.forward(1000)
    third = office.accounts.users.new_code(shown.id, boss, office.passwords["supervisor"])[1]
    enrolment_fails(office, second.text)
    office.clock.forward(1000)
    assert office.accounts.enrol(third.text, "测试员", NEW).role == "clerk"


def test_wrong_codes_are_slowed_like_wrong_passwords(office: Any, boss: SignedIn) -> None:
    _, code = added(office, boss)
    for _ in range(5):
        enrolment_fails(office, "wrong")
    with pytest.raises(CodedError, match="ACCOUNT-WAIT"):
        office.accounts.enrol(code, "测试员", NEW)


def test_a_code_opens_only_its_own_user(office: Any, boss: SignedIn) -> None:
    _, code = added(office, boss)
    added(office, boss, "样例员", "technician")
    for name in ("样例员", "supervisor", "nobody"):
        enrolment_fails(office, code, name)
    assert office.accounts.enrol(code, "测试员", NEW).role == "clerk"


def test_a_forgotten_password_is_replaced_and_old_sessions_end(office: Any, boss: SignedIn, ended: list[str]) -> None:
    clerk = office.sign_in("clerk")
    before = last_seq()
    user, code = office.accounts.users.new_code(clerk.user_id, boss, office.passwords["supervisor"])
    assert (user.state, user.code_until is not None) == ("active", True)
    assert [(row.action, str(row.subject_id)) for row in rows_since(before)] == [
        ("accounts.code-issued", clerk.user_id)
    ]
    assert office.sign_in("clerk")
    opened = office.accounts.enrol(code.text, "clerk", NEW)
    assert office.accounts.session(clerk.token) is None
    assert clerk.session_id in ended
    assert office.accounts.session(opened.token) is not None
    with pytest.raises(CodedError, match="ACCOUNT-WRONG"):
        office.sign_in("clerk")


def test_switching_off_ends_sessions_and_codes_at_once_and_deletes_nothing(
    office: Any, boss: SignedIn, ended: list[str]
) -> None:
    first, second = office.sign_in("clerk"), office.sign_in("clerk")
    users, own = office.accounts.users, office.passwords["supervisor"]
    _, code = users.new_code(first.user_id, boss, own)
    before = last_seq()
    users.disable(first.user_id, boss, own)
    users.disable(first.user_id, boss, own)
    assert sorted(ended) == sorted([first.session_id, second.session_id])
    assert not Session.select().where(Session.user == uuid.UUID(first.user_id)).exists()
    assert office.accounts.session(first.token) is None
    assert User.get(User.name == "clerk").password_hash
    assert users.one(first.user_id, boss).state == "disabled"
    for name, secret in (("clerk", office.passwords["clerk"]), ("clerk", NEW)):
        with pytest.raises(CodedError, match="ACCOUNT-WRONG"):
            office.accounts.sign_in(name, secret)
    with pytest.raises(CodedError, match="ACCOUNT-WRONG"):
        office.accounts.second_person(boss, "clerk", office.passwords["clerk"])
    enrolment_fails(office, code.text, "clerk")
    with pytest.raises(CodedError, match="USER-DISABLED"):
        users.new_code(first.user_id, boss, own)
    users.enable(first.user_id, boss, own)
    users.enable(first.user_id, boss, own)
    assert office.accounts.session(first.token) is None
    assert office.sign_in("clerk").user_id == first.user_id
    enrolment_fails(office, code.text, "clerk")
    acts = [(row.action, str(row.user_id), str(row.subject_id)) for row in rows_since(before)]
    for act in ("accounts.user-disabled", "accounts.user-enabled"):
        assert acts.count((act, boss.user_id, first.user_id)) == 1


def test_the_last_supervisor_who_can_sign_in_stays(office: Any, boss: SignedIn) -> None:
    users, own = office.accounts.users, office.passwords["supervisor"]
    assert users.one(boss.user_id, boss).is_last_supervisor
    _, code = added(office, boss, "测试主管", "supervisor")
    with pytest.raises(CodedError, match="USER-LAST-SUPERVISOR"):
        users.disable(boss.user_id, boss, own)
    other = office.accounts.enrol(code, "测试主管", NEW)
    assert not users.one(boss.user_id, boss).is_last_supervisor
    users.disable(boss.user_id, other, NEW)
    assert office.accounts.session(boss.token) is None
    with pytest.raises(CodedError, match="USER-LAST-SUPERVISOR"):
        users.disable(other.user_id, other, NEW)


@pytest.mark.parametrize("role", ["clerk", "technician"])
def test_nobody_else_may(office: Any, boss: SignedIn, role: str) -> None:
    by = office.sign_in(role)
    users, own = office.accounts.users, office.passwords[role]
    before = last_seq()
    for act in (
        lambda: users.all(by),
        lambda: users.one(boss.user_id, by),
        lambda: users.add("测试员", "clerk", by, own),
        lambda: users.new_code(boss.user_id, by, own),
        lambda: users.disable(boss.user_id, by, own),
        lambda: users.enable(boss.user_id, by, own),
    ):
        with pytest.raises(RightsDenied):
            act()
    assert rows_since(before) == []


def test_every_act_wants_the_supervisors_own_password(office: Any, boss: SignedIn) -> None:
    clerk = office.sign_in("clerk")
    users, wrong = office.accounts.users, office.passwords["clerk"]
    for act in (
        lambda: users.add("测试员", "clerk", boss, wrong),
        lambda: users.new_code(clerk.user_id, boss, wrong),
        lambda: users.disable(clerk.user_id, boss, wrong),
        lambda: users.enable(clerk.user_id, boss, wrong),
    ):
        with pytest.raises(CodedError, match="ACCOUNT-OWN-PASSWORD"):
            act()
    assert User.select().count() == 3
    assert not EnrolmentCode.select().exists()
    assert office.accounts.session(clerk.token) is not None


@pytest.mark.parametrize("name", ["", "  ", "x" * 51, "a\x00b", "a\u202eb", "a\nb"])
def test_a_name_that_will_not_do_is_refused(office: Any, boss: SignedIn, name: str) -> None:
    with pytest.raises(CodedError, match="ACCOUNT-NAME"):
        added(office, boss, name)


@pytest.mark.parametrize("name", ["clerk", " CLERK ", "ｃｌｅｒｋ"])
def test_two_people_never_share_a_name(office: Any, boss: SignedIn, name: str) -> None:
    with pytest.raises(CodedError, match="ACCOUNT-NAME-TAKEN"):
        added(office, boss, name)


def test_an_unknown_role_or_user_is_refused(office: Any, boss: SignedIn) -> None:
    users, own = office.accounts.users, office.passwords["supervisor"]
    with pytest.raises(CodedError, match="ACCOUNT-ROLE"):
        added(office, boss, "测试员", "auditor")
    for user_id in ("x", str(uuid.uuid4())):
        for act in (users.new_code, users.disable, users.enable):
            with pytest.raises(CodedError, match="USER-UNKNOWN"):
                act(user_id, boss, own)
        with pytest.raises(CodedError, match="USER-UNKNOWN"):
            users.one(user_id, boss)


def test_ones_own_password_is_changed_with_the_old_one(office: Any, ended: list[str]) -> None:
    by, elsewhere = office.sign_in("clerk"), office.sign_in("clerk")
    with pytest.raises(CodedError, match="ACCOUNT-OWN-PASSWORD"):
        office.accounts.change_password(by, "not this one", NEW)
    with pytest.raises(CodedError, match="ACCOUNT-PASSWORD-LENGTH"):
        office.accounts.change_password(by, office.passwords["clerk"], "short")
    before = last_seq()
    changed = office.accounts.change_password(by, office.passwords["clerk"], NEW)
    assert [(row.action, row.facts) for row in rows_since(before)] == [("accounts.password-changed", {})]
    assert (changed.session_id, ended) == (by.session_id, [elsewhere.session_id])
    for old in (by, elsewhere):
        assert office.accounts.session(old.token) is None
    assert office.accounts.session(changed.token).session_id == by.session_id
    assert office.accounts.sign_in("clerk", NEW)
    with pytest.raises(CodedError, match="ACCOUNT-WRONG"):
        office.sign_in("clerk")


def test_the_first_users_code_dies_of_wrong_tries_too(store: Any, clock: Any) -> None:
    accounts = AccountsService(store, clock, AccountsPolicy(memory_kib=64, passes=1))
    code = accounts.issue_enrolment_code()
    for number in range(5):
        with pytest.raises(CodedError, match="ACCOUNT-ENROLMENT"):
            accounts.enrol("wrong", f"first{number}", NEW)
    with pytest.raises(CodedError, match="ACCOUNT-ENROLMENT"):
        accounts.enrol(code, "first", NEW)
    assert accounts.enrol(accounts.issue_enrolment_code(), "first", NEW).role == "supervisor"


def test_root_gives_a_supervisor_a_way_back_and_the_audit_says_that_it_was_root(office: Any, boss: SignedIn) -> None:
    seq = last_seq()
    code = office.accounts.users.rescue(" Supervisor ", 0)
    (row,) = rows_since(seq)
    assert (row.action, row.user_id, row.facts) == ("accounts.code-issued", None, {"root_uid": 0})
    office.accounts.sign_in("supervisor", office.passwords["supervisor"])
    assert office.accounts.enrol(code.text, "supervisor", NEW).name == "supervisor"
    with pytest.raises(CodedError, match="ACCOUNT-WRONG"):
        office.accounts.sign_in("supervisor", office.passwords["supervisor"])


@pytest.mark.parametrize("name", ["clerk", "technician", "nobody", ""])
def test_root_gives_nobody_else_a_code(office: Any, name: str) -> None:
    with pytest.raises(CodedError, match="USER-NO-SUPERVISOR"):
        office.accounts.users.rescue(name, 0)
    assert EnrolmentCode.select().count() == 0


def test_a_member_of_the_group_is_not_root(office: Any) -> None:
    with pytest.raises(CodedError, match="CONTROL-ROOT"):
        handlers(None, office.accounts, None, None)["enrol"]({"name": "supervisor"}, 65534)
    assert EnrolmentCode.select().count() == 0
