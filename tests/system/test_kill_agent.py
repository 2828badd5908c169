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


# The weakening that must turn the drill red: what was typed is acknowledged, but written a minute later only.
WRITTEN_LATER = """
import threading
from agent.register.service import RegisterService
keep = RegisterService.type_fields
def keep_later(self, draft_id, values, by):
    later = threading.Timer(60, keep, (self, draft_id, values, by))
    later.daemon = True
    later.start()
RegisterService.type_fields = keep_later
"""
RUN = "import sys; from agent.__main__ import main; sys.exit(main())"


class Demo:
    """A demo on a folder that stays, killed and started again; `weakening` is done to the agent before its start."""

    def __init__(self, folder, weakening=""):
        self.folder = folder
        self.weakening = weakening
        self.process = None

    def start(self):
        place = ["--port", "0", "--no-open", "--data", str(self.folder)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.weakening + RUN, "demo", *place],
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
def demo_folder(request, tmp_path):
    demo = Demo(tmp_path / "data", getattr(request, "param", ""))
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


def drill(demo, kills, saves, longest_s):
    """Kill the agent again and again while a clerk saves; everything that is lost or half there, in words."""
    chance = random.Random(5)
    serials = iter(range(1, 20_000))
    saved, kept = {}, {}
    killed = 0
    found = []
    while killed < kills or len(saved) < saves:
        person = demo.start()
        worker = threading.Thread(target=save_until_killed, args=(person, serials, saved, kept))
        worker.start()
        worker.join(chance.uniform(0.2, longest_s))
        demo.kill()
        worker.join(30)
        killed += 1
        found += halves(demo.folder)
    return found + losses(demo.start(), saved, kept)


def losses(person, saved, kept):
    """Every acknowledged record and draft that is not there as it was."""
    found = []
    for serial, place in saved.items():
        adult = clerk.adult(serial)
        person.post(f"{place}/full", reason="COMPARE")
        is_there = person.get(place)[0] == 200 and adult["mobile"] in person.page and adult["name"] in person.page
        if not is_there or not is_found(person, serial):
            found.append(f"record {serial} is lost")
    for serial, draft in kept.items():
        is_there = person.post(f"{draft}/resume")[0] == 303
        if is_there:
            person.get("/desk")
            is_there = clerk.adult(serial)["mobile"] in person.page
        if not (is_there or is_found(person, serial)):
            found.append(f"draft {serial} lost what was kept")
    return found


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("kills", "saves", "longest_s"), [(4, 1, 1.5), pytest.param(60, 200, 2.0, marks=pytest.mark.drill)]
)
def test_no_acknowledged_record_or_draft_is_lost(demo_folder, kills, saves, longest_s):
    assert drill(demo_folder, kills, saves, longest_s) == []


@pytest.mark.drill
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("demo_folder", [WRITTEN_LATER], indirect=True, ids=["written-later"])
def test_the_drill_sees_what_is_acknowledged_before_it_is_kept(demo_folder):
    found = drill(demo_folder, 3, 0, 5.0)
    assert any("lost what was kept" in line for line in found)
