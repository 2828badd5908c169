"""A command whose output nobody reads any more ends as it would have, without a traceback."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", [["--version"], ["doctor", "--json"], ["doctor"]])
def test_a_closed_pipe_changes_no_exit_code(tmp_path, command):
    (tmp_path / "renhu.toml").write_text(f'[data]\nfolder = "{tmp_path}/data"\n[web]\nprot = 1\n')
    more = ["--config", str(tmp_path / "renhu.toml")] if command[0] == "doctor" else []
    asked = [sys.executable, "-m", "agent", *command, *more]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        unread = subprocess.run(asked, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    finally:
        os.close(writer)
    read = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    assert (unread.returncode, unread.stderr) == (read.returncode, read.stderr)
    assert "Traceback" not in read.stderr
