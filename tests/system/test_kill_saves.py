"""Kill the saving process at random moments: nothing that was acknowledged is lost, and nothing is there by half."""

import importlib.util
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from peewee_models.audit import AuditEntry
from peewee_models.database import open_sqlcipher
from peewee_models.outbox import OutboxRow

CLERK = Path(__file__).with_name("saves.py")
SPEC = importlib.util.spec_from_file_location("saves", CLERK)
saves = importlib.util.module_from_spec(SPEC)
sys.modules["saves"] = saves
SPEC.loader.exec_module(saves)


@pytest.fixture
def place(tmp_path):
    saves.create(tmp_path)
    return tmp_path


def run_and_kill(place, first, lines, after_s, known, mode):
    """Let the clerk act until so many lines were heard, and kill it a little later: so it acts on slow machines too."""
    command = [sys.executable, str(CLERK), str(place), str(first), mode]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for _ in range(lines):
        known.hear(process.stdout.readline())
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    for line in process.stdout:
        known.hear(line)
    process.stdout.close()


def drill(place, kills, seed, mode="honest"):
    chance = random.Random(seed)
    known = saves.Acknowledged()
    found = []
    for number in range(kills):
        run_and_kill(place, number * 300, chance.randint(1, 16), chance.uniform(0.0, 0.03), known, mode)
        found = saves.losses(place, known)
        if found:
            break
    return known, found


def test_killed_saves_lose_nothing(place):
    known, found = drill(place, kills=15, seed=2)
    assert found == []
    assert len(known.records) > 15


@pytest.mark.drill
@pytest.mark.timeout(900)
def test_killed_saves_lose_nothing_in_200_kills(place):
    known, found = drill(place, kills=200, seed=3)
    assert found == []
    assert len(known.records) > 200


def test_the_drill_sees_an_early_acknowledgement(place):
    _, found = drill(place, kills=25, seed=4, mode="early")
    assert any(line.startswith("record ") for line in found)


def test_the_drill_sees_halves(place):
    known = saves.Acknowledged()
    run_and_kill(place, 0, 8, 0.0, known, "honest")
    store = open_sqlcipher(place / "register.db", saves.KEY)
    AuditEntry.delete().where(AuditEntry.seq == 2).execute()
    OutboxRow.delete().execute()
    store.close()
    found = saves.losses(place, known)
    assert "audit row 2 is missing" in found
    assert any("outbox" in line for line in found)
