"""A file that grows has no name until it is whole: a process that is killed leaves nothing behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent.disk import growing

KILLED = """
import os, signal, sys
from pathlib import Path
from agent.disk import growing
with growing(Path(sys.argv[1])) as file:
    file.write(b"half a page")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_is_killed_leaves_the_older_file_and_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "lease.pdf"
    file.write_bytes(b"older")
    ended = subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"lease.pdf": b"older"}


@pytest.mark.parametrize("has_nameless", [True, False])
def test_a_whole_file_takes_the_place_of_an_older_one_also_where_each_file_needs_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_nameless: bool
) -> None:
    file, opened = tmp_path / "lease.pdf", os.open

    def refusing(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE and not has_nameless:
            raise OSError(errno.EOPNOTSUPP, "no nameless files here")
        return opened(path, flags, mode)

    monkeypatch.setattr(os, "open", refusing)
    file.write_bytes(b"older")
    with growing(file) as part:
        part.write(b"whole")
        assert (file.read_bytes(), len(list(tmp_path.iterdir()))) == (b"older", 1 if has_nameless else 2)
    assert {one.name: (one.read_bytes(), one.stat().st_mode & 0o777) for one in tmp_path.iterdir()} == {
        "lease.pdf": (b"whole", 0o600)
    }
