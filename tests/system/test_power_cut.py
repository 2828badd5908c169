"""The power goes while pages are stored: every acknowledged page is there and whole, no row lacks its file, and no
byte of a page can be read on the disk.  Each weakening that the drill is there to catch must be seen by it.

Needs root for loop devices and mounts; without them these tests fail: nothing else would notice a lost sync.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DRILL = Path(__file__).with_name("power_cut.py")
LIMIT_S = 60


def cut_power(folder, cycles, seed, mode):
    """Run the drill; one dictionary for each cut."""
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, str(DRILL), "drive"]
    done = subprocess.run(
        [*command, str(folder), str(cycles), str(seed), mode],
        capture_output=True, text=True, check=False, timeout=LIMIT_S * (cycles + 2),
    )  # fmt: skip
    assert done.returncode == 0, f"the drill could not run (it needs root, loop devices and ext4): {done.stderr}"
    cuts = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(cuts) == cycles
    return cuts


def is_whole(cut):
    return (cut["lost"], cut["bad"], cut["strays"], cut["is_audit_whole"], cut["readable"]) == (0, {}, 0, True, [])


@pytest.mark.parametrize(
    ("cycles", "seed"),
    [(4, 1), pytest.param(100, 2, marks=[pytest.mark.drill, pytest.mark.timeout(3600)])],
)
def test_no_acknowledged_page_is_lost_and_none_is_readable(tmp_path, cycles, seed):
    cuts = cut_power(tmp_path, cycles, seed, "honest")
    assert [cut for cut in cuts if not is_whole(cut)] == []
    assert sum(cut["acknowledged"] for cut in cuts) > cycles


def test_a_file_that_is_not_synced_before_its_name_is_lost(tmp_path):
    (cut,) = cut_power(tmp_path, 1, 3, "no-file-sync")
    assert cut["bad"]
    assert cut["lost"] > 0


def test_a_page_that_is_not_encrypted_is_found_on_the_disk(tmp_path):
    (cut,) = cut_power(tmp_path, 1, 4, "plain")
    assert cut["readable"]


@pytest.mark.drill
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mode", ["no-file-sync", "normal", "early", "plain"])
def test_the_drill_sees_every_weakening(tmp_path, mode):
    cuts = cut_power(tmp_path, 10, 5, mode)
    seen = [cut for cut in cuts if not is_whole(cut)]
    assert len(seen) >= (1 if mode == "normal" else 10)
