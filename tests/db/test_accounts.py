"""Signing in: hashed well, slowed for guessers across restarts, sessions that end, rights that hold, acts audited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import argon2
import pytest

from agent.accounts.service import AccountsPolicy, AccountsService, Right, may
from agent.errors import CodedError
from peewee_models.accounts import EnrolmentCode, Session, SignInTry, User
from peewee_models.audit import AuditEntry


def actions() -> list[str]:
    return [row.action for row in AuditEntry.select().order_by(AuditEntry.seq)]


def wait_s(office: Any, name: str, password: str) -> int:
    with pytest.raises(CodedError, match="ACCOUNT-WAIT") as caught:
        office.accounts.sign_in(name, password)
    return int(caught.value.facts["wait_s"])


def fail(office: Any, name: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(CodedError, match="ACCOUNT-WRONG"):
            office.accounts.sign_in(name, "not this one")


def test_sessions_are_rows_with_the_hash_of_a_token(office: Any) -> None:
    first, second = office.sign_in("clerk"), office.sign_in("clerk")
    assert len({first.token, second.token, first.csrf, second.csrf}) == 4
    assert first.token not in repr(list(Session.select().dicts())) + repr(first)
    found = office.accounts.session(first.token)
    assert (found.session_id, found.name, found.role, found.csrf) == (first.session_id, "clerk", "clerk", first.csrf)
    assert found.token == ""
    assert office.accounts.session("nobody's") is None
    office.accounts.sign_out(first.token)
    office.accounts.sign_out(first.token)
    assert office.accounts.session(first.token) is None
    assert office.accounts.session(second.token) is not None
    assert actions()[-3:] == ["accounts.sign-in", "accounts.sign-in", "accounts.sign-out"]


def test_an_idle_session_ends_and_a_used_one_lives_on(office: Any) -> None:
    idle, used = office.sign_in("clerk"), office.sign_in("supervisor")
    for _ in range(10):
        office.clock.forward(4 * 60)
        assert office.accounts.session(used.token) is not None
    assert office.accounts.session(idle.token) is None
    assert not office.accounts.is_session_alive(idle.session_id)
    assert office.accounts.is_session_alive(used.session_id)


def test_a_page_that_asks_by_itself_keeps_no_session_alive(office: Any) -> None:
    left = office.sign_in("clerk")
    for _ in range(2):
        office.clock.forward(10 * 60)
        assert office.accounts.session(left.token, is_attended=False) is not None
    office.clock.forward(10 * 60)
    assert office.accounts.session(left.token, is_attended=False) is None


def test_an_unused_session_locks_and_only_its_users_password_opens_it(office: Any) -> None:
    by = office.sign_in("clerk")
    office.clock.forward(299)
    assert (office.accounts.lock_left_s(by), office.accounts.session(by.token, is_attended=False).is_locked) == (
        1,
        False,
    )
    office.clock.forward(1)
    for _ in range(2):
        assert office.accounts.session(by.token).is_locked
        assert office.accounts.lock_left_s(by) == 0
    with pytest.raises(CodedError, match="ACCOUNT-OWN-PASSWORD"):
        office.accounts.unlock(by, office.passwords["supervisor"])
    assert office.accounts.session(by.token).is_locked
    office.accounts.unlock(by, office.passwords["clerk"])
    assert not office.accounts.session(by.token).is_locked
    assert actions()[-1] == "accounts.unlocked"


def test_no_session_lives_longer_than_twelve_hours(office: Any) -> None:
    by = office.sign_in("clerk")
    for _ in range(179):
        office.clock.forward(4 * 60)
        assert office.accounts.session(by.token) is not None
    office.clock.forward(4 * 60)
    assert office.accounts.session(by.token) is None


def test_a_user_switched_off_is_out_at_once(office: Any) -> None:
    by = office.sign_in("clerk")
    User.update(is_active=False).where(User.name == "clerk").execute()
    assert office.accounts.session(by.token) is None
    fail(office, "clerk", 1)


def test_guessing_is_slowed_and_never_locked(office: Any) -> None:
    fail(office, "clerk", 5)
    right = office.passwords["clerk"]
    assert wait_s(office, "clerk", right) == 5
    assert wait_s(office, " CLERK ", right) == 5
    office.sign_in("supervisor")
    office.clock.forward(5)
    fail(office, "clerk", 1)
    assert wait_s(office, "clerk", right) == 10
    for _ in range(12):
        office.clock.forward(900)
        fail(office, "clerk", 1)
    assert wait_s(office, "clerk", right) == 900
    office.clock.forward(900)
    assert office.sign_in("clerk").role == "clerk"
    office.clock.forward(1)
    fail(office, "clerk", 5)
    assert wait_s(office, "clerk", right) == 5


def test_the_delay_survives_a_restart(office: Any) -> None:
    fail(office, "clerk", 5)
    office.accounts = AccountsService(office.store, office.clock)
    assert wait_s(office, "clerk", office.passwords["clerk"]) == 5


def test_guessing_many_names_is_slowed_too(office: Any) -> None:
    for number in range(30):
        fail(office, f"somebody{number}", 1)
    assert wait_s(office, "clerk", office.passwords["clerk"]) > 0
    office.clock.forward(61)
    assert office.sign_in("clerk")


def test_failures_keep_neither_name_nor_password(office: Any) -> None:
    fail(office, "my-secret-password", 1)
    rows = repr(list(SignInTry.select().dicts())) + repr(list(AuditEntry.select().dicts()))
    assert "secret" not in rows
    assert actions()[-1] == "accounts.sign-in-failed"


def test_stored_hashes_have_the_required_strength(store: Any, clock: Any) -> None:
    AccountsService(store, clock).create_demo_users()
    for user in User.select():
        parameters = argon2.extract_parameters(user.password_hash)
        assert parameters.type is argon2.Type.ID
        assert parameters.memory_cost >= 46 * 1024


def test_a_weaker_hash_is_renewed_at_sign_in(office: Any) -> None:
    office.accounts = AccountsService(office.store, office.clock)
    office.sign_in("clerk")
    assert argon2.extract_parameters(User.get(User.name == "clerk").password_hash).memory_cost >= 46 * 1024
    assert office.sign_in("clerk")


def test_an_unknown_name_costs_the_same_hash(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    verify = argon2.PasswordHasher.verify

    def noted(hasher: argon2.PasswordHasher, password_hash: str, password: str) -> bool:
        tried.append(password_hash)
        return verify(hasher, password_hash, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", noted)
    fail(office, "nobody", 1)
    fail(office, "clerk", 1)
    assert len(tried) == 2
    assert argon2.extract_parameters(tried[0]) == argon2.extract_parameters(tried[1])


def test_enrolment_makes_one_first_user(store: Any, clock: Any, tmp_path: Path) -> None:
    accounts = AccountsService(store, clock)
    assert not accounts.has_users()
    place = tmp_path / "enrol"
    accounts.offer_enrolment(place)
    accounts.offer_enrolment(place)
    code = place.read_text().strip()
    assert place.stat().st_mode & 0o777 == 0o400
    assert len(code) * 4 >= 112
    assert code not in repr(list(EnrolmentCode.select().dicts()))
    for wrong in ("", code[:-1] + "x"):
        with pytest.raises(CodedError, match="ACCOUNT-ENROLMENT"):
            accounts.enrol(wrong, "first", "a long password")
    with pytest.raises(CodedError, match="ACCOUNT-PASSWORD-LENGTH"):
        accounts.enrol(code, "first", "short")
    by = accounts.enrol(code, "first", "a long password")
    assert accounts.has_users()
    assert accounts.session(by.token) is not None
    with pytest.raises(CodedError, match="ACCOUNT-ENROLMENT"):
        accounts.enrol(code, "second", "a long password")
    assert accounts.sign_in("first", "a long password").role == "supervisor"


def test_an_enrolment_code_grows_old(store: Any, clock: Any) -> None:
    accounts = AccountsService(store, clock)
    code = accounts.issue_enrolment_code()
    clock.forward(30 * 60)
    with pytest.raises(CodedError, match="ACCOUNT-ENROLMENT"):
        accounts.enrol(code, "first", "a long password")


def test_demo_users_have_one_role_each_and_new_passwords(office: Any) -> None:
    again = office.accounts.create_demo_users()
    assert [user["role"] for user in again] == ["clerk", "technician", "supervisor"]
    assert {user["password"] for user in again}.isdisjoint(office.passwords.values())
    fail(office, "clerk", 1)


def test_the_language_is_remembered(office: Any) -> None:
    by = office.sign_in("clerk")
    office.accounts.set_language(by.token, "en")
    assert office.accounts.session(by.token).language == "en"
    assert office.sign_in("clerk").language == "en"
    with pytest.raises(ValueError, match="no page speaks"):
        office.accounts.set_language(by.token, "fr")


def test_rights_are_as_the_table_says(office: Any) -> None:
    expected = {
        "clerk": {Right.DESK, Right.REGISTER_WRITE, Right.REGISTER_READ},
        "supervisor": {Right.REGISTER_READ, Right.USERS, Right.TABLES, Right.EXPORT, Right.IMPORT},
        "technician": {Right.DEVICES},
    }
    for role, rights in expected.items():
        by = office.sign_in(role)
        assert {right for right in Right if may(by, right)} == rights


def test_a_name_is_kept_as_it_is_looked_up(store: Any, clock: Any) -> None:
    accounts = AccountsService(store, clock)
    accounts.enrol(accounts.issue_enrolment_code(), " ｆｉｒｓｔ\u3000", "a long password")
    assert User.get().name == "first"
    for name in ("first", "ｆｉｒｓｔ"):
        assert accounts.sign_in(name, "a long password").name == "first"


def test_a_person_is_signed_in_in_one_place(office: Any) -> None:
    accounts = AccountsService(office.store, office.clock, AccountsPolicy(memory_kib=64, passes=1))
    told: list[str] = []
    accounts.users.on_sessions_ended = told.extend
    first, other = (accounts.sign_in(role, office.passwords[role]) for role in ("clerk", "supervisor"))
    office.clock.forward(1)
    second = accounts.sign_in("clerk", office.passwords["clerk"])
    assert accounts.session(first.token) is None
    assert accounts.session(second.token) is not None
    assert (accounts.has_ended_elsewhere(first.token), accounts.has_ended_elsewhere(second.token)) == (True, False)
    assert accounts.session(other.token) is not None
    assert told == [first.session_id]
    facts = [row.facts for row in AuditEntry.select().where(AuditEntry.action == "accounts.sign-in")]
    assert facts == [{}, {}, {"ended_elsewhere": 1}]
    accounts.sign_out(second.token)
    assert not accounts.has_ended_elsewhere(second.token)
