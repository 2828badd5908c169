"""A clerk who saves one record after the other, told by a process that is to be killed; and what is left of them.

`python saves.py PLACE FIRST MODE` runs the clerk; each thing that the register has acknowledged is one line of JSON.
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.accounts.service import SignedIn
from agent.clock import SystemClock
from agent.register import separation
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from drivers.id_number import check_digit
from peewee_models import register_queries, schema, station
from peewee_models.accounts import User
from peewee_models.approvals import Approval
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.database import SqlCipherStore, create_sqlcipher, open_sqlcipher
from peewee_models.drafts import Draft, DraftField
from peewee_models.outbox import OutboxRow
from peewee_models.register import FieldOrigin, Person, Registration

KEY = bytes(range(32))
MODES = {
    "honest": "as shipped",
    "early": "a record is acknowledged before it is saved",
    "no-sync": "the database never waits for the disk",
}
VALUES = {
    "name": "测试金丝雀", "ethnic": "01", "mobile": "13800000000", "hukou_address": "测试地区测试路1号", "soldier": "0",
    "arrive_city_date": "2020-01-02", "arrive_here_date": "2020-01-03", "reason": "12", "proof_type": "2",
    "place_type": "30", "committee": "测试居委", "no": "12",
    "education": "20", "notice_given": "1",
}  # fmt: skip

NOTE_OF_OURS = "notice_version"  # kept with the record, typed by nobody


def secrets() -> list[str]:
    """What nobody may be able to read on the disk."""
    return [VALUES["name"], VALUES["mobile"]]


def prepare(store: SqlCipherStore) -> None:
    """Make the tables of a practice folder, with a clerk."""
    schema.upgrade(store)
    with store.write():
        station.set_folder_kind("practice")
        User.create(name="clerk", role="clerk", password_hash="", created_at=SystemClock().now())


def turns(mode: str) -> list[str]:
    """The modes of the cuts that follow one another: all are cut at any moment."""
    return [mode]


def create(place: Path) -> None:
    """Make the database."""
    create_sqlcipher(place / "register.db", KEY, prepare)


def values_of(number: int) -> dict[str, str]:
    """A made-up adult, another one for each number."""
    first_17 = f"990000{1950 + number // 10_800 % 50}{number // 900 % 12 + 1:02d}12{number % 900 + 100:03d}"
    return VALUES | {"id_no": first_17 + check_digit(first_17), "road": f"测试路{number}"}


def acts(place: Path, first: int, mode: str) -> Iterator[dict[str, Any]]:
    """Open, type, type, save, again and again; yields what is acknowledged."""
    assert mode in MODES
    store, clock = open_sqlcipher(place / "register.db", KEY), SystemClock()
    if mode == "no-sync":
        store.execute_sql("PRAGMA synchronous=off")
    by = SignedIn(str(uuid.uuid4()), str(User.get(User.name == "clerk").id), "clerk", "clerk", "zh", "")
    settings = StationSettings("310112101", "测试站", "Asia/Shanghai", True)
    register = RegisterService(store, clock, settings, lambda _: None)
    for number in range(first, first + 10_000):
        values = values_of(number)
        draft = register.open_draft(by).id
        yield {"opened": draft}
        names = sorted(values)
        for part in (names[:6], names[6:]):
            typed = {name: values[name] for name in part}
            twice = {"id_no_again": values["id_no"]} if "id_no" in part else {}
            register.type_fields(draft, typed | twice, by)
            yield {"typed": draft, "values": typed}
        if mode == "early":
            yield {"saved": str(uuid.uuid4()), "draft": draft, "values": values}
        yield {"saved": register.save(draft, by).id, "draft": draft, "values": values}


def write(place: Path, first: int, mode: str) -> None:
    """Act, and say what was acknowledged."""
    for act in acts(place, first, mode):
        print(json.dumps(act), flush=True)


@dataclass
class Acknowledged:
    """What the killed processes had said was kept."""

    drafts: dict[str, dict[str, str]] = field(default_factory=dict)
    records: dict[str, dict[str, str]] = field(default_factory=dict)
    saved_drafts: set[str] = field(default_factory=set)

    def hear(self, line: str) -> None:
        """Take one line; one that was cut in the middle was not acknowledged."""
        if not line.endswith("\n"):
            return
        said = json.loads(line)
        if "opened" in said:
            self.drafts[said["opened"]] = {}
        elif "typed" in said:
            self.drafts[said["typed"]] |= said["values"]
        else:
            self.records[said["saved"]] = said["values"]
            self.saved_drafts.add(said["draft"])


def losses(place: Path, known: Acknowledged) -> list[str]:
    """Everything that is lost or half there, in words."""
    store = open_sqlcipher(place / "register.db", KEY)
    with store.read():
        found = _lost_records(known) + _lost_drafts(known) + _halves()
    store.close()
    return found


def inspect(place: Path, heard: list[str]) -> dict[str, Any]:
    """Hold what is left against what was heard."""
    known = Acknowledged()
    for line in heard:
        known.hear(line)
    return {"acknowledged": len(known.records), "drafts": len(known.drafts), "found": losses(place, known)}


def _lost_records(known: Acknowledged) -> list[str]:
    found = []
    for key, values in known.records.items():
        row = register_queries.by_key(uuid.UUID(key))
        if row is None:
            found.append(f"record {key} is gone")
            continue
        held = register_queries.values_of(row)
        found += [f"record {key}: {name}" for name, value in values.items() if held.get(name) != value]
    return found


def _lost_drafts(known: Acknowledged) -> list[str]:
    found = []
    held = {str(row.id) for row in Draft.select()}
    numbers = {row.id_no for row in Person.select()}
    for key, values in known.drafts.items():
        if key in held:
            fields = {row.key: row.value for row in DraftField.select().where(DraftField.draft == uuid.UUID(key))}
            found += [f"draft {key}: {name}" for name, value in values.items() if fields.get(name) != value]
        elif key not in known.saved_drafts and values.get("id_no") not in numbers:
            found.append(f"draft {key} is gone")
    return found


def _halves() -> list[str]:
    found = []
    gap = look_over(AuditEntry._meta.database).bad_seq
    if gap is not None:
        found.append(f"audit row {gap} is missing")
    saved = {str(row.subject_id) for row in AuditEntry.select().where(AuditEntry.action == "register.saved")}
    sent = [str(row.subject_id) for row in OutboxRow.select()]
    records = {str(row.id) for row in Registration.select()}
    if not (saved == records == set(sent) and len(sent) == len(records)):
        found.append(f"{len(records)} records, {len(saved)} audit rows, {len(sent)} outbox rows")
    people = {row.id for row in Person.select()}
    if people != {row.person_id for row in Registration.select()}:
        found.append("a person without a registration")
    for record in Registration.select():
        values = register_queries.values_of(record)
        keys = {row.key for row in FieldOrigin.select().where(FieldOrigin.registration == record.id)}
        if keys != {name for name, value in values.items() if value and name not in {NOTE_OF_OURS, separation.FORM}}:
            found.append(f"record {record.id} lacks origins")
    drafts = {row.id for row in Draft.select()}
    orphans = [row for table in (DraftField, Approval) for row in table.select() if row.draft_id not in drafts]
    return found + [f"orphan of draft {row.draft_id}" for row in orphans]


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
