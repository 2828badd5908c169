"""A temporary folder goes with its agent or, where that was killed, with the next start; a live one's stays."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.devices import scratch
from agent.devices.scratch import Scratch

HOLDS_ONE = """
import sys
from agent.devices.scratch import Scratch
print(Scratch.make("worker").path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def other() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another agent, which holds a folder with something in it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS_ONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert process.stdin is not None
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    (folder / "renhu-snmp-x").mkdir()
    (folder / "renhu-snmp-x" / "file").write_text("x")
    yield process, folder
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_what_a_live_agent_holds_stays_and_what_a_killed_one_has_left_goes(
    other: tuple[subprocess.Popen[str], Path],
) -> None:
    process, folder = other
    own = Scratch.make("worker")
    assert scratch.sweep() == 0
    assert folder.is_dir()
    process.kill()
    process.wait()
    assert scratch.sweep() == 1
    assert not folder.exists()
    assert Path(own.path).is_dir()
    own.remove()
    assert not Path(own.path).exists()


def test_other_names_other_kinds_and_what_links_lead_to_stay(
    base: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "kept").write_text("x")
    (base / "renhu-scratch-worker-link").symlink_to(elsewhere)
    (base / "renhu-worker-old").mkdir()
    (base / "renhu-scratch-file").write_text("x")
    assert scratch.sweep() == 0
    assert sorted(one.name for one in base.iterdir()) == [
        "renhu-scratch-file", "renhu-scratch-worker-link", "renhu-worker-old",
    ]  # fmt: skip
    assert (elsewhere / "kept").exists()


def test_a_folder_that_is_swept_before_it_is_held_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, taken = scratch._lock, []

    def late(path: str) -> int | None:
        if not taken:
            taken.append(path)
            monkeypatch.setattr(scratch, "_lock", lock)
            assert scratch.sweep() == 1
        return lock(path)

    monkeypatch.setattr(scratch, "_lock", late)
    made = Scratch.make("worker")
    assert made.path != taken[0]
    assert Path(made.path).is_dir()
    made.remove()


def test_who_has_it_no_more_is_told_by_the_lock_alone(base: Path) -> None:
    made = Scratch.make("photo")
    assert (scratch.sweep(), Path(made.path).is_dir()) == (0, True)
    os.close(made._held)
    assert (scratch.sweep(), Path(made.path).exists()) == (1, False)
