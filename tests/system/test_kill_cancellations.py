"""Kill the process that cancels and undoes at random moments: what was acknowledged is there, and nothing by half."""

from __future__ import annotations

import importlib.util
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from peewee_models.database import open_sqlcipher
from peewee_models.outbox import OutboxRow

CLERK = Path(__file__).with_name("cancelling.py")
SPEC = importlib.util.spec_from_file_location("cancelling", CLERK)
cancelling = importlib.util.module_from_spec(SPEC)
sys.modules["cancelling"] = cancelling
SPEC.loader.exec_module(cancelling)


@pytest.fixture
def place(tmp_path):
    cancelling.saves.create(tmp_path)
    return tmp_path


def hear(line, heard):
    """Take one line; one that was cut in the middle was not acknowledged."""
    if line.endswith("\n"):
        said = json.loads(line)
        heard[said["record"]] = max(said["version"], heard.get(said["record"], 0))


def drill(place, kills, seed, mode="honest"):
    """Let the clerk act until so many lines were heard, kill it a little later, and look at what is left."""
    chance, heard = random.Random(seed), {}
    for number in range(kills):
        command = [sys.executable, str(CLERK), str(place), str(number * 300), mode]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for _ in range(chance.randint(1, 8)):
            hear(process.stdout.readline(), heard)
        time.sleep(chance.uniform(0.0, 0.03))
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        for line in process.stdout:
            hear(line, heard)
        process.stdout.close()
        found = cancelling.losses(place, heard)
        if found:
            return heard, found
    return heard, []


def test_killed_cancellations_lose_nothing(place):
    heard, found = drill(place, kills=10, seed=2)
    assert found == []
    assert len(heard) > 10
    assert max(heard.values()) == 4


@pytest.mark.drill
@pytest.mark.timeout(900)
def test_killed_cancellations_lose_nothing_in_150_kills(place):
    heard, found = drill(place, kills=150, seed=3)
    assert found == []
    assert len(heard) > 150


def test_the_drill_sees_an_early_acknowledgement(place):
    _, found = drill(place, kills=25, seed=4, mode="early")
    assert any("lost a version" in line for line in found)


def test_the_drill_sees_halves(place):
    heard, found = drill(place, kills=1, seed=5)
    assert found == []
    store = open_sqlcipher(place / "register.db", cancelling.saves.KEY)
    OutboxRow.delete().execute()
    store.close()
    assert any("outbox" in line for line in cancelling.losses(place, heard))
