"""An agent that was killed leaves its workers' folders; the next start sweeps them, and no other agent's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

RUN = "import sys; from agent.__main__ import main; sys.exit(main())"
PATIENCE_S = 60.0


class Demo:
    """A demo whose temporary folders are where a test can see them."""

    def __init__(self, data: Path, base: Path) -> None:
        self._command = [sys.executable, "-c", RUN, "demo", "--port", "0", "--no-open", "--data", str(data)]
        self._base = base
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> set[Path]:
        """Start it; gives the folders of its workers, three devices' and no fewer."""
        before = set(folders(self._base))
        self.process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"TMPDIR": str(self._base)},
        )  # fmt: skip
        assert self.process.stdout is not None
        json.loads(self.process.stdout.readline())
        end_s = time.monotonic() + PATIENCE_S
        while len(made := set(folders(self._base)) - before) < 3:
            assert time.monotonic() < end_s, made
            time.sleep(0.05)
        return made

    def end(self, how: signal.Signals) -> None:
        """End it so."""
        if self.process is not None and self.process.stdout is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE_S)
            self.process.stdout.close()
            self.process = None


def folders(base: Path) -> list[Path]:
    return [*base.glob("renhu-scratch-worker-*")]


@pytest.fixture
def demos(tmp_path: Path) -> Iterator[tuple[Demo, Demo, Path]]:
    """Two stations on one machine."""
    base = tmp_path / "tmp"
    base.mkdir()
    one, other = Demo(tmp_path / "one", base), Demo(tmp_path / "other", base)
    yield one, other, base
    for each in (one, other):
        each.end(signal.SIGKILL)


def test_what_a_killed_agent_has_left_goes_at_the_next_start(demos: tuple[Demo, Demo, Path]) -> None:
    one, other, base = demos
    alive, left = other.start(), one.start()
    one.end(signal.SIGKILL)
    assert left <= set(folders(base))
    anew = one.start()
    now = set(folders(base))
    assert not left & now
    assert alive <= now
    assert anew <= now
    one.end(signal.SIGTERM)
    other.end(signal.SIGTERM)
    assert folders(base) == []
