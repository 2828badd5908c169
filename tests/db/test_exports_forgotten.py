"""What was given to whom is kept for three years, whatever the clock says, then deleted; the audit keeps the fact."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.accounts.trail import Trail
from agent.exchange import forgetting
from agent.exchange.service import ExchangeService
from agent.exchange.views import ExportWish
from agent.register import in_force, rules
from peewee_models import provision_queries
from peewee_models.audit import AuditEntry
from peewee_models.exchange import Provision
from peewee_models.export_requests import ExportRequest
from peewee_models.outbox import OutboxRow

WISH = ExportWish(columns=("name",), file_kind="csv", receiver="测试接收单位", purpose="测试用途")
YEAR_S = 365 * 86_400


@dataclass
class Archive:
    """A station that has given something away, and how many days it has been at work."""

    office: Any
    exchange: ExchangeService
    worked: int = 5

    def keep_house(self) -> None:
        self.office.clock.forward(forgetting.LOOK_EVERY_S + 1)
        self.exchange.keep_house()

    def rows(self) -> tuple[int, int]:
        return Provision.select().count(), ExportRequest.select().count()

    def deleted(self) -> list[tuple[str, str]]:
        rows = AuditEntry.select().where(AuditEntry.action == "exchange.provision-deleted")
        return [(row.subject_kind, str(row.subject_id)) for row in rows.order_by(AuditEntry.seq)]


@pytest.fixture
def archive(office: Any, clerk: SignedIn, people: Any) -> Archive:
    """One file that was given away, and one request that waits."""
    office.register_person(clerk, people())
    made = Archive(office, None)
    made.exchange = ExchangeService(office.register, office.accounts, lambda: made.worked)
    boss, own = office.sign_in("supervisor"), office.passwords["supervisor"]
    assert not made.exchange.exports.make(WISH, boss, own).is_asked
    made.exchange.requests.ask(WISH, boss)
    made.keep_house()
    return made


def test_it_goes_after_three_years_of_the_clock_and_of_work(archive: Archive) -> None:
    (provision,), (request,) = Provision.select(), ExportRequest.select()
    assert (provision.since_day, request.since_day) == (5, 5)
    archive.worked += forgetting.KEPT_DAYS
    archive.office.clock.forward(3 * YEAR_S - 86_400)
    archive.keep_house()
    assert archive.rows() == (1, 1), "a day is missing by the clock"
    archive.office.clock.forward(4 * 86_400)
    archive.keep_house()
    assert archive.rows() == (1, 1), "a day of work is missing"
    archive.worked += 1
    archive.keep_house()
    assert archive.rows() == (0, 0)
    assert archive.deleted() == [("provision", str(provision.id)), ("export", str(request.id))]
    told = OutboxRow.select(OutboxRow.kind, OutboxRow.subject_id).where(OutboxRow.kind.endswith(".deleted")).tuples()
    assert sorted(told) == [("export.deleted", request.id), ("provision.deleted", provision.id)]
    left = AuditEntry.get(AuditEntry.action == "exchange.exported")
    assert (left.facts["rows"], left.facts["sha256"]) == (1, provision.sha256)
    boss = archive.office.sign_in("supervisor")
    assert Trail(archive.office.store, archive.office.clock).look(boss).code == "", "the audit rows hang together still"


def test_a_clock_that_jumps_deletes_nothing(archive: Archive) -> None:
    archive.office.clock.forward(20 * YEAR_S)
    archive.keep_house()
    assert archive.rows() == (1, 1)
    archive.office.clock.forward(-20 * YEAR_S)
    archive.worked += 3 * forgetting.KEPT_DAYS
    again = ExchangeService(archive.office.register, archive.office.accounts, lambda: archive.worked)
    again.keep_house()
    assert archive.rows() == (1, 1)
    archive.office.clock.forward(20 * YEAR_S)
    ExchangeService(archive.office.register, archive.office.accounts, lambda: archive.worked).keep_house()
    assert archive.rows() == (0, 0), "both at last"


def test_a_request_goes_with_the_file_that_came_of_it(archive: Archive, monkeypatch: Any) -> None:
    office = archive.office
    own = rules.shipped().with_values({"export_alone_most": [rules.Value(0, date(2020, 1, 1), "RENHU", "")]})
    held = in_force.InForce(parameters=own)
    monkeypatch.setattr(in_force, "now", lambda: held)
    boss, password = office.sign_in("supervisor"), office.passwords["supervisor"]
    _, code = office.accounts.users.add("second", "supervisor", boss, password)
    office.accounts.enrol(code.text, "second", "a long enough phrase")
    office.clock.forward(8 * 86_400)  # who was just added is not another person yet
    boss, second = office.sign_in("supervisor"), office.accounts.sign_in("second", "a long enough phrase")
    key = archive.exchange.requests.ask(replace(WISH, purpose="另一用途"), boss)
    archive.exchange.requests.agree(key, second, "a long enough phrase")
    provision = archive.exchange.exports.make_agreed(key, boss, password)
    archive.keep_house()
    archive.worked += forgetting.KEPT_DAYS + 1
    office.clock.forward(3 * YEAR_S + 4 * 86_400)
    archive.keep_house()
    assert archive.rows() == (0, 0)
    assert {("export", key), ("provision", provision)} <= set(archive.deleted())


def test_many_go_part_by_part_without_an_hour_between(archive: Archive, monkeypatch: Any) -> None:
    monkeypatch.setattr(provision_queries, "AT_ONCE", 1)
    (row,) = Provision.select()
    for _ in range(2):
        Provision.create(**{**row.__data__, "id": uuid.uuid4()})
    archive.worked += forgetting.KEPT_DAYS + 1
    archive.office.clock.forward(3 * YEAR_S + 4 * 86_400)
    archive.keep_house()
    assert archive.rows() == (2, 0)
    for _ in range(3):
        archive.exchange.keep_house()
    assert archive.rows() == (0, 0)
