"""Kill the saving process at random moments: nothing that was acknowledged is lost, and nothing is there by half."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from peewee_models import audit, register_queries
from peewee_models.audit import AuditEntry
from peewee_models.database import open_sqlcipher
from peewee_models.drafts import Approval, Draft, DraftField
from peewee_models.outbox import OutboxRow
from peewee_models.register import FieldOrigin, Person, Registration

CHILD = """
import json, sys, uuid
from pathlib import Path
from agent.accounts.service import SignedIn
from agent.clock import SystemClock
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from drivers.id_number import check_digit
from peewee_models.accounts import User
from peewee_models.database import open_sqlcipher

path, key, first = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), int(sys.argv[3])
acknowledges_early = sys.argv[4] == "early"
store, clock = open_sqlcipher(path, key), SystemClock()
user = User.get_or_none(User.name == "clerk") or User.create(
    name="clerk", role="clerk", password_hash="", created_at=clock.now()
)
by = SignedIn(str(uuid.uuid4()), str(user.id), "clerk", "clerk", "zh", "")
station = StationSettings("310112101", "测试站", "Asia/Shanghai", True)
register = RegisterService(store, clock, station, lambda event: None)

def say(**facts):
    sys.stdout.write(json.dumps(facts) + "\\n")
    sys.stdout.flush()

for number in range(first, first + 10000):
    seventeen = f"99000019{50 + number // 9000 % 50:02d}0612{number % 900 + 100:03d}"
    identity = seventeen[:10] + f"{number // 900 % 12 + 1:02d}" + seventeen[12:]
    values = {
        "name": "测试一", "ethnic": "01", "id_no": identity + check_digit(identity), "mobile": "13800000000",
        "hukou_address": "测试地区测试路1号", "soldier": "0", "arrive_city_date": "2020-01-02",
        "arrive_here_date": "2020-01-03", "reason": "12", "proof_type": "2", "road": f"测试路{number}",
        "education": "20", "notice_given": "1",
    }
    draft = register.open_draft(by)
    say(opened=draft.id)
    names = sorted(values)
    for part in (names[:6], names[6:]):
        twice = {"id_no_again": values["id_no"]} if "id_no" in part else {}
        draft = register.type_fields(draft.id, {name: values[name] for name in part} | twice, by)
        say(typed=draft.id, values={name: values[name] for name in part})
    if acknowledges_early:
        say(saved=str(uuid.uuid4()), draft=draft.id, values=values)
    record = register.save(draft.id, by)
    say(saved=record.id, draft=draft.id, values=values)
"""


@dataclass
class Acknowledged:
    """What the killed processes had said was kept."""

    drafts: dict[str, dict[str, str]] = field(default_factory=dict)
    records: dict[str, dict[str, str]] = field(default_factory=dict)
    saved_drafts: set[str] = field(default_factory=set)

    def hear(self, line: str) -> None:
        said = json.loads(line)
        if "opened" in said:
            self.drafts[said["opened"]] = {}
        elif "typed" in said:
            self.drafts[said["typed"]] |= said["values"]
        else:
            self.records[said["saved"]] = said["values"]
            self.saved_drafts.add(said["draft"])


def run_and_kill(path: Path, key: bytes, first: int, after_s: float, known: Acknowledged, mode: str) -> None:
    command = [sys.executable, "-c", CHILD, str(path), key.hex(), str(first), mode]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    known.hear(process.stdout.readline())
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    for line in process.stdout:
        if line.endswith("\n"):
            known.hear(line)
    process.stdout.close()


def losses(path: Path, key: bytes, known: Acknowledged) -> list[str]:
    """Everything that is lost or half there, in words."""
    store = open_sqlcipher(path, key)
    found: list[str] = []
    with store.read():
        found += _lost_records(known) + _lost_drafts(known) + _halves()
    store.close()
    return found


def _lost_records(known: Acknowledged) -> list[str]:
    found = []
    for key, values in known.records.items():
        row = register_queries.by_key(uuid.UUID(key))
        held = {} if row is None else register_queries.values_of(row)
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
    gap = audit.find_gap()
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
        if keys != {name for name, value in values.items() if value}:
            found.append(f"record {record.id} lacks origins")
    drafts = {row.id for row in Draft.select()}
    orphans = [row for table in (DraftField, Approval) for row in table.select() if row.draft_id not in drafts]
    return found + [f"orphan of draft {row.draft_id}" for row in orphans]


def drill(path: Path, key: bytes, kills: int, seed: int, mode: str = "honest") -> tuple[Acknowledged, list[str]]:
    chance = random.Random(seed)
    known = Acknowledged()
    found: list[str] = []
    for number in range(kills):
        run_and_kill(path, key, number * 300, chance.uniform(0.0, 0.15), known, mode)
        found = losses(path, key, known)
        if found:
            break
    return known, found


def test_killed_saves_lose_nothing(database_file: Path, key: bytes) -> None:
    known, found = drill(database_file, key, kills=25, seed=2)
    assert found == []
    assert len(known.records) > 25


@pytest.mark.drill
@pytest.mark.timeout(900)
def test_killed_saves_lose_nothing_in_200_kills(database_file: Path, key: bytes) -> None:
    known, found = drill(database_file, key, kills=200, seed=3)
    assert found == []
    assert len(known.records) > 200


def test_the_drill_sees_an_early_acknowledgement(database_file: Path, key: bytes) -> None:
    _, found = drill(database_file, key, kills=3, seed=4, mode="early")
    assert any(line.startswith("record ") for line in found)


def test_the_drill_sees_halves(database_file: Path, key: bytes) -> None:
    known: Any = Acknowledged()
    run_and_kill(database_file, key, 0, 0.15, known, "honest")
    store = open_sqlcipher(database_file, key)
    AuditEntry.delete().where(AuditEntry.seq == 2).execute()
    OutboxRow.delete().execute()
    store.close()
    found = losses(database_file, key, known)
    assert "audit row 2 is missing" in found
    assert any("outbox" in line for line in found)
