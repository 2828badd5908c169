"""What is given away: the registrations that were chosen, masked or in full, each time written down with the hash."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError, RightsDenied
from agent.exchange import exports
from agent.exchange.service import ExchangeService
from agent.exchange.tables_read import sheet_of
from agent.exchange.views import ExportWish
from peewee_models import schema
from peewee_models.audit import AuditEntry
from peewee_models.exchange import Provision

WISH = ExportWish(
    columns=("name", "id_no", "birth_date", "mobile", "ethnic", "address", "registered_at", "state"),
    file_kind="csv",
    receiver="区库",
    purpose="月报",
)
FULL = replace(WISH, is_full=True, full_reason="区库按号码核对")


@pytest.fixture
def exchange(office: Any) -> ExchangeService:
    return ExchangeService(office.register, office.accounts)


@pytest.fixture
def boss(office: Any) -> SignedIn:
    return office.sign_in("supervisor")


@pytest.fixture
def make(office: Any, exchange: ExchangeService, boss: SignedIn) -> Any:
    def made(wish: ExportWish) -> tuple[str, list[list[str]]]:
        key = exchange.exports.make(wish, boss, office.passwords["supervisor"]).id
        return key, list(sheet_of(exchange.exports.file(key, boss).content).rows())

    return made


def only(made: tuple[str, list[list[str]]]) -> dict[str, str]:
    """The one registration in a file, by the heads of its columns."""
    _, (heads, row) = made
    return dict(zip(heads, row, strict=True))


def refusal(exchange: ExchangeService, wish: ExportWish, by: SignedIn, password: str) -> str:
    with pytest.raises(CodedError) as refused:
        exchange.exports.make(wish, by, password)
    return refused.value.code


def test_a_file_is_masked_unless_a_reason_is_given(office: Any, clerk: SignedIn, people: Any, make: Any) -> None:
    office.register_person(clerk, people(), road="测试路", no="8", room="101")
    number = people().id_number
    assert only(make(WISH)) == {
        "姓名": "测试二", "公民身份号码": "990000********" + number[-4:], "出生日期": "1985-**-**",
        "手机": "138****0000",
        "民族": "01 汉族", "住址": "莘庄镇测试路8号101室", "登记时间": "2026-11-23 10:00:00", "状态": "在册",
        "SIMULATED": "SIMULATED",
    }  # fmt: skip
    for kind in ("csv", "xlsx"):
        full = only(make(replace(FULL, file_kind=kind)))
        assert [full[key] for key in ("公民身份号码", "出生日期", "手机")] == [number, "1985-06-12", "13800000000"]


def test_each_file_is_written_down_with_its_hash_and_an_audit_row_without_personal_data(
    office: Any, clerk: SignedIn, people: Any, exchange: ExchangeService, boss: SignedIn, make: Any
) -> None:
    office.register_person(clerk, people())
    key, _ = make(FULL)
    digest = hashlib.sha256(exchange.exports.file(key, boss).content).hexdigest()
    (row,) = Provision.select()
    assert (row.sha256, row.rows, row.receiver, row.purpose, row.is_full) == (digest, 1, "区库", "月报", True)
    assert str(row.user_id) == boss.user_id
    entry = AuditEntry.select().order_by(AuditEntry.seq.desc()).get()
    assert (entry.action, str(entry.subject_id)) == ("exchange.exported", key)
    assert entry.facts == {"rows": 1, "kind": "csv", "full": 1, "sha256": digest}
    (view,) = exchange.exports.listed(boss)
    assert (view.id, view.is_here, view.wish.columns, view.wish.forms) == (key, True, row_columns(), ("RG",))
    for held in (people().id_number, "测试二", "13800000000"):
        assert held not in repr(list(AuditEntry.select().dicts())) + repr(list(Provision.select().dicts()))


def row_columns() -> tuple[str, ...]:
    (row,) = Provision.select()
    return tuple(row.columns)


def test_only_what_was_chosen_is_in_it(office: Any, clerk: SignedIn, people: Any, make: Any) -> None:
    office.register_person(clerk, people(1), committee="一居")
    office.clock.forward(24 * 3600)
    clerk = office.sign_in("clerk")
    office.desk.hand_over(clerk)
    office.register_person(clerk, people(2), committee="二居")
    second = ("supervisor", office.passwords["supervisor"])
    left = {"cancel_kind": "31", "leave_date": "20261120", "evidence": "1", "second_name": "supervisor"}
    third = office.register_person(clerk, people(3), mobile="13800000003")
    office.register.cancel(third.id, left, 1, clerk, second)

    def names(**wish: Any) -> set[str]:
        return {row[1] for row in make(replace(FULL, **wish))[1][1:]}

    assert names() == {"测试二", "测试三"}
    assert names(committee="二居") == {"测试三"}
    assert names(since="20261124") == {"测试三"}
    assert names(until="20261123") == {"测试二"}
    assert names(states=("active", "cancelled")) == {"测试二", "测试三", "测试四"}
    office.register_person(clerk, people(3), mobile="13911111111")
    gone = only(make(replace(FULL, states=("cancelled",))))
    assert (gone["公民身份号码"], gone["手机"], gone["状态"]) == (people(3).id_number, "13800000003", "已注销")


def test_what_is_missing_or_wrong_is_refused_and_nothing_is_written_down(
    office: Any, clerk: SignedIn, people: Any, exchange: ExchangeService, boss: SignedIn, monkeypatch: Any
) -> None:
    own = office.passwords["supervisor"]
    assert refusal(exchange, WISH, boss, own) == "EXPORT-NOBODY"
    office.register_person(clerk, people())
    for code, change in (
        ("EXPORT-RECEIVER", {"receiver": " "}), ("EXPORT-PURPOSE", {"purpose": ""}), ("EXPORT-FORMS", {"forms": ()}),
        ("EXPORT-COLUMNS", {"columns": ("password_hash",)}), ("EXPORT-FULL-REASON", {"is_full": True}),
        ("EXPORT-DAYS", {"since": "gestern"}), ("EXPORT-DAYS", {"since": "20261124", "until": "20261123"}),
    ):  # fmt: skip
        assert refusal(exchange, replace(WISH, **change), boss, own) == code
    assert refusal(exchange, WISH, boss, "not this one") == "ACCOUNT-OWN-PASSWORD"
    monkeypatch.setattr(exports, "MOST_ROWS", 0)
    assert refusal(exchange, WISH, boss, own) == "EXPORT-TOO-MANY"
    with pytest.raises(RightsDenied):
        exchange.exports.make(WISH, clerk, office.passwords["clerk"])
    with pytest.raises(RightsDenied):
        exchange.exports.listed(clerk)
    assert Provision.select().count() == 0


def test_the_older_schema_is_refused_where_something_was_given_away(
    office: Any, clerk: SignedIn, people: Any, make: Any
) -> None:
    office.register_person(clerk, people())
    make(WISH)
    with pytest.raises(ValueError, match="given away"):
        schema.downgrade(office.store, "0023_files_of_the_register")
    assert Provision.select().count() == 1


def test_a_file_is_for_its_own_session_and_goes_after_a_while(
    office: Any, clerk: SignedIn, people: Any, exchange: ExchangeService, boss: SignedIn, make: Any
) -> None:
    office.register_person(clerk, people())
    key, _ = make(WISH)
    with pytest.raises(CodedError, match="EXPORT-GONE"):
        exchange.exports.file(key, office.sign_in("supervisor"))
    office.clock.forward(601)
    exchange.keep_house()
    with pytest.raises(CodedError, match="EXPORT-GONE"):
        exchange.exports.file(key, boss)
    assert [one.is_here for one in exchange.exports.listed(boss)] == [False]


def test_csv_is_utf8_with_its_mark_and_long_numbers_cannot_lose_digits(
    office: Any, clerk: SignedIn, people: Any, exchange: ExchangeService, boss: SignedIn
) -> None:
    office.register_person(clerk, people(), remark="=1+1")
    wish = replace(FULL, columns=("id_no", "remark"))
    made = exchange.exports.make(wish, boss, office.passwords["supervisor"])
    content = exchange.exports.file(made.id, boss).content
    assert content.startswith(b"\xef\xbb\xbf")
    (_, row) = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert row[:2] == ["'" + people().id_number, "'=1+1"]


def test_a_large_register_is_read_part_by_part(
    office: Any, clerk: SignedIn, people: Any, make: Any, monkeypatch: Any
) -> None:
    for number in range(1, 8):
        office.register_person(clerk, people(number))
    monkeypatch.setattr(exports.exchange_queries, "AT_ONCE", 2)
    _, rows = make(replace(FULL, columns=("id_no",)))
    assert sorted(row[0] for row in rows[1:]) == sorted(people(number).id_number for number in range(1, 8))
