"""A clerk who registers, cancels, undoes, registers anew, in a process that is to be killed; and what is left of it.

`python cancelling.py PLACE FIRST MODE` runs the clerk; what the register has acknowledged is a line of JSON each.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent.accounts.service import AccountsPolicy, AccountsService
from agent.clock import SystemClock
from agent.register import outgoing
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from peewee_models import register_queries
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.cancellations import Cancellation
from peewee_models.database import open_sqlcipher
from peewee_models.outbox import OutboxRow
from peewee_models.register import Change, Registration

SPEC = importlib.util.spec_from_file_location("saves_of_cancelling", Path(__file__).with_name("saves.py"))
saves = importlib.util.module_from_spec(SPEC)
sys.modules["saves_of_cancelling"] = saves
SPEC.loader.exec_module(saves)

ACTS = ("register.saved", "register.cancelled", "register.restored")
LEFT = {"cancel_kind": "31", "leave_date": "2020-03", "evidence": "3", "second_name": "supervisor"}


def acts(place: Path, first: int, mode: str) -> Iterator[dict[str, Any]]:
    """One person after another: registered, cancelled, restored, cancelled, registered anew."""
    store, clock = open_sqlcipher(place / "register.db", saves.KEY), SystemClock()
    accounts = AccountsService(store, clock, AccountsPolicy(memory_kib=64, passes=1))
    passwords = {user["role"]: user["password"] for user in accounts.create_demo_users()}
    by, second = accounts.sign_in("clerk", passwords["clerk"]), ("supervisor", passwords["supervisor"])
    settings = StationSettings("310112101", "测试站", "Asia/Shanghai", True)
    register = RegisterService(store, clock, settings, lambda _: None, accounts=accounts)

    def save(number: int) -> str:
        values = saves.values_of(number)
        draft = register.open_draft(by).id
        register.type_fields(draft, values | {"id_no_again": values["id_no"]}, by)
        return register.save(draft, by).id

    for number in range(first, first + 10_000):
        record = save(number)
        yield {"record": record, "version": 1}
        for version in (1, 2, 3):
            if mode == "early":
                yield {"record": record, "version": version + 1}
            if version == 2:
                register.restore(record, "没有离开", by, second)
            else:
                register.cancel(record, LEFT, version, by, second)
            yield {"record": record, "version": version + 1}
        yield {"record": save(number), "version": 1}


def losses(place: Path, heard: dict[str, int]) -> list[str]:
    """Everything that is lost or half there, in words; `heard` is the last acknowledged version of each record."""
    store = open_sqlcipher(place / "register.db", saves.KEY)
    with store.read():
        rows = [register_queries.by_key(row.id) for row in Registration.select()]
        versions = {str(row.id): row.version for row in rows}
        found = [f"record {key} lost a version" for key, known in heard.items() if versions.get(key, 0) < known]
        for row in rows:
            found += [f"record {row.id}: {what}" for what in _halves(row)]
        active = [row.person_id for row in rows if row.state == "active"]
        if len(active) != len(set(active)):
            found.append("a person with two active registrations")
        if look_over(AuditEntry._meta.database).bad_seq is not None:
            found.append("the audit has a gap")
    store.close()
    return found


def _halves(row: Any) -> Iterator[str]:
    sent = list(OutboxRow.select().where(OutboxRow.subject_id == row.id).order_by(OutboxRow.seq))
    if [one.version for one in sent] != list(range(1, row.version + 1)) or sent[-1].body != outgoing.body(row):
        yield "the outbox tells another story"
    noted = AuditEntry.select().where((AuditEntry.subject_id == row.id) & AuditEntry.action.in_(ACTS))
    if noted.count() != row.version:
        yield "the audit counts otherwise"
    if Change.select().where(Change.registration == row.id).count() != row.version - 1:
        yield "the history counts otherwise"
    standing = (Cancellation.registration == row.id) & Cancellation.undone_at.is_null()
    if Cancellation.select().where(standing).count() != (row.state == "cancelled"):
        yield "state and cancellation differ"


if __name__ == "__main__":
    for act in acts(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]):
        print(json.dumps(act), flush=True)
