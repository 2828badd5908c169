"""The power goes while records are saved and pages stored: what was acknowledged is there and whole, nothing is half
there, and no byte of it can be read on the disk.  Each weakening that the drill is there to catch must be seen by it.

Needs root for loop devices and mounts; without them these tests fail: nothing else would notice a lost sync.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DRILL = Path(__file__).with_name("power_cut.py")
LIMIT_S = 60
STEPS = 7
OTHER_ACTS = ["file", "anew", "right"]


def cut_power(work, folder, cycles, seed, mode):
    """Run the drill; one dictionary for each cut."""
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, str(DRILL), "drive", work]
    done = subprocess.run(
        [*command, str(folder), str(cycles), str(seed), mode],
        capture_output=True, text=True, check=False, timeout=LIMIT_S * (cycles + 2),
    )  # fmt: skip
    assert done.returncode == 0, f"the drill could not run (it needs root, loop devices and ext4): {done.stderr}"
    cuts = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(cuts) == cycles
    return cuts


def is_whole(cut):
    return (cut["found"], cut["killed"], cut["readable"]) == ([], [], [])


@pytest.mark.parametrize("work", ["saves", "stored_pages"])
@pytest.mark.parametrize(
    ("cycles", "seed"),
    [(3, 1), pytest.param(100, 2, marks=[pytest.mark.drill, pytest.mark.timeout(3600)])],
)
def test_nothing_acknowledged_is_lost_and_nothing_is_readable(tmp_path, work, cycles, seed):
    cuts = cut_power(work, tmp_path, cycles, seed, "honest")
    assert [cut for cut in cuts if not is_whole(cut)] == []
    assert sum(cut["acknowledged"] for cut in cuts) >= cycles // 3  # a busy machine acknowledges little between cuts


@pytest.mark.parametrize(
    ("act", "cycles"), [("page", STEPS), *(pytest.param(act, STEPS, marks=pytest.mark.drill) for act in OTHER_ACTS)]
)
@pytest.mark.timeout(600)
def test_between_every_two_steps_a_page_is_there_whole_or_not_at_all(tmp_path, act, cycles):
    cuts = cut_power("page_steps", tmp_path, cycles, 6, act)
    assert len({cut["step"] for cut in cuts}) == cycles
    assert [cut for cut in cuts if not is_whole(cut)] == []
    assert sum(cut["acknowledged"] for cut in cuts) == 1


@pytest.mark.drill
@pytest.mark.parametrize(
    ("weakened", "where"),
    [
        ("page@committed@no-file-sync", "found"), ("file@committed@no-file-sync", "found"),
        ("right@committed@no-file-sync", "found"), ("page@committed@early", "killed"),
        ("anew@committed@early", "found"), ("page@synced@plain", "readable"), ("file@synced@plain", "readable"),
    ],
)  # fmt: skip
def test_a_cut_at_a_step_sees_every_weakening(tmp_path, weakened, where):
    (cut,) = cut_power("page_steps", tmp_path, 1, 7, weakened)
    assert cut[where]


@pytest.mark.parametrize(
    ("work", "mode", "found"),
    [
        ("stored_pages", "no-file-sync", "is bad"),
        ("saves", "no-sync", "is gone"),
    ],
)
def test_what_is_not_synced_is_lost(tmp_path, work, mode, found):
    (cut,) = cut_power(work, tmp_path, 1, 3, mode)
    assert any(found in line for line in cut["found"])


def test_a_page_that_is_not_encrypted_is_found_on_the_disk(tmp_path):
    (cut,) = cut_power("stored_pages", tmp_path, 1, 4, "plain")
    assert cut["readable"]


@pytest.mark.drill
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("work", "mode"),
    [
        ("stored_pages", "no-file-sync"), ("stored_pages", "normal"), ("stored_pages", "early"),
        ("stored_pages", "plain"), ("saves", "no-sync"), ("saves", "early"),
    ],
)  # fmt: skip
def test_the_drill_sees_every_weakening(tmp_path, work, mode):
    cuts = cut_power(work, tmp_path, 10, 5, mode)
    seen = [cut for cut in cuts if not is_whole(cut)]
    # What is said too early is true a moment later: a cut may come then.  What `normal` leaves out shows rarely.
    assert len(seen) >= {"normal": 1, "early": 5}.get(mode, 10)
