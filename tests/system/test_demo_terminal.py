"""What a demo says in its terminal: in both languages, a warning only where something is wrong, and how it ended."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ENDS_WITHIN_S = 30
HAN = re.compile(r"[㐀-鿿]")


@pytest.mark.parametrize(
    ("locale", "word", "is_kept"), [("zh_CN.UTF-8", signal.SIGINT, False), ("en_US.UTF-8", signal.SIGTERM, True)]
)
def test_a_demo_says_how_it_began_and_how_it_ended(tmp_path, locale, word, is_kept):
    kept = ["--data", str(tmp_path / "data")] if is_kept else []
    process = subprocess.Popen(
        [sys.executable, "-m", "agent", "demo", "--port", "0", "--no-open", *kept], text=True,
        env=os.environ | {"LC_ALL": locale}, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        told = json.loads(process.stdout.readline())
        first, said = [], []
        while len(said) < 2:
            line = process.stderr.readline()
            (said if told["url"] in line else first).append(line)
        os.killpg(process.pid, word)  # as a terminal does: everybody in the group hears it
        rest = process.communicate(timeout=ENDS_WITHIN_S)[1].splitlines()
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert len([line for line in first if "schema" in line or "migrat" in line]) == 1, first
    assert [line for line in first if not line.startswith("INFO")] == []
    assert [bool(HAN.search(line)) for line in said] == [not is_kept, is_kept]
    ends = [line for line in rest if not line.startswith("INFO")]
    assert len(ends) == 2, rest
    assert [bool(HAN.search(line)) for line in ends] == [not is_kept, is_kept]
    assert all((told["data"] in line) is is_kept for line in ends)
    assert Path(told["data"]).exists() is is_kept
