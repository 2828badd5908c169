"""`kill -9` of the whole agent while a clerk saves: what was acknowledged is there, what was not is whole or absent."""

import http.client
import importlib.util
import json
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agent.folder import DATABASE
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.database import open_sqlcipher
from peewee_models.drafts import Draft, DraftField
from peewee_models.outbox import OutboxRow
from peewee_models.register import Registration

SPEC = importlib.util.spec_from_file_location("clerk", Path(__file__).with_name("clerk.py"))
clerk = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(clerk)


class Demo:
    """A demo on a folder that stays, killed and started again."""

    def __init__(self, folder):
        self.folder = folder
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "agent", "demo", "--port", "0", "--no-open", "--data", str(self.folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        told = json.loads(self.process.stdout.readline())
        return clerk.Clerk(told["url"], told["sign_ins"][0])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def end(self):
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self.process.communicate()


@pytest.fixture
def demo_folder(tmp_path):
    demo = Demo(tmp_path / "data")
    yield demo
    if demo.process.poll() is None:
        demo.process.terminate()
        demo.end()


def save_until_killed(person, serials, saved, kept):
    """Register one person after another, noting what was acknowledged, until the agent is gone."""
    try:
        for serial in serials:
            draft = person.open_draft()
            fields = clerk.adult(serial)
            status, _ = person.post(f"{draft}/keep", **fields)
            if status == 303:
                kept[serial] = draft
            status, place = person.post(f"{draft}/save", then="stay")
            if status == 303 and place.startswith("/register/"):
                saved[serial] = place
                kept.pop(serial, None)
    except (OSError, http.client.HTTPException):
        return


def is_found(person, serial):
    """Whether the register knows this person by number."""
    status, _ = person.post("/register/search", query=clerk.id_number(serial))
    return status == 200 and clerk.adult(serial)["name"] in person.page


def halves(folder):
    """Everything that is half there, in words: each record has one audit row and one outbox row, and none has more."""
    store = open_sqlcipher(folder / DATABASE, (folder / "practice.key").read_bytes())
    try:
        with store.read():
            records = sorted(str(row.id) for row in Registration.select())
            sent = sorted(str(row.subject_id) for row in OutboxRow.select())
            noted = AuditEntry.select().where(AuditEntry.action == "register.saved")
            noted = sorted(str(row.subject_id) for row in noted)
            gap = look_over(store).bad_seq
            drafts = {row.id for row in Draft.select()}
            orphans = [row for row in DraftField.select() if row.draft_id not in drafts]
    finally:
        store.close()
    found = [] if records == sent == noted else [f"{len(records)} records, {len(sent)} to send, {len(noted)} noted"]
    return found + ([f"audit row {gap} is missing"] if gap else []) + (["a field of no draft"] if orphans else [])


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("kills", "saves", "longest_s"), [(4, 1, 1.5), pytest.param(60, 200, 2.0, marks=pytest.mark.drill)]
)
def test_no_acknowledged_record_or_draft_is_lost(demo_folder, kills, saves, longest_s):
    chance = random.Random(5)
    serials = iter(range(1, 20_000))
    saved, kept = {}, {}
    killed = 0
    while killed < kills or len(saved) < saves:
        person = demo_folder.start()
        worker = threading.Thread(target=save_until_killed, args=(person, serials, saved, kept))
        worker.start()
        worker.join(chance.uniform(0.2, longest_s))
        demo_folder.kill()
        worker.join(30)
        killed += 1
        assert halves(demo_folder.folder) == []
    person = demo_folder.start()
    for serial, place in saved.items():
        assert person.get(place)[0] == 200, f"record {serial} is lost"
        assert clerk.adult(serial)["mobile"] in person.page
        assert clerk.adult(serial)["name"] in person.page
        assert is_found(person, serial), f"record {serial} is not found"
    for serial, draft in kept.items():
        if person.post(f"{draft}/resume")[0] == 303:
            person.get("/desk")
            assert clerk.adult(serial)["mobile"] in person.page, f"draft {serial} lost what was kept"
        else:
            assert is_found(person, serial), f"draft {serial} is neither there nor saved"
