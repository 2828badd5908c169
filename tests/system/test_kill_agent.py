"""`kill -9` of the whole agent while a clerk saves: what was acknowledged is there, what was not is whole or absent."""

import importlib.util
import json
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

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
        self.process.wait(15)
        self.process.stdout.close()


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
    except OSError:
        return


@pytest.mark.parametrize(("kills", "longest_s"), [(4, 1.5), pytest.param(60, 2.0, marks=pytest.mark.drill)])
def test_no_acknowledged_record_or_draft_is_lost(demo_folder, kills, longest_s):
    chance = random.Random(5)
    serials = iter(range(1, 20_000))
    saved, kept = {}, {}
    for _ in range(kills):
        person = demo_folder.start()
        worker = threading.Thread(target=save_until_killed, args=(person, serials, saved, kept))
        worker.start()
        worker.join(chance.uniform(0.2, longest_s))
        demo_folder.kill()
        worker.join(30)
    person = demo_folder.start()
    assert saved, "nothing was saved: the test shows nothing"
    for serial, place in saved.items():
        assert person.get(place)[0] == 200, f"record {serial} is lost"
        assert clerk.adult(serial)["mobile"] in person.page
        assert clerk.adult(serial)["name"] in person.page
    for serial, draft in kept.items():
        if person.post(f"{draft}/resume")[0] == 303:
            person.get("/desk")
            assert clerk.adult(serial)["mobile"] in person.page, f"draft {serial} lost what was kept"
        else:
            person.post("/register/search", q=clerk.id_number(serial))
            assert clerk.adult(serial)["name"] in person.page, f"draft {serial} is neither there nor saved"
