"""Large blocks go back to the system when they are freed, and stay in the process without our asking for that."""

import subprocess
import sys

import pytest

PROGRAM = """
import gc, sys, psutil
from agent.memory import give_back_large_blocks
if sys.argv[1] == "asked":
    give_back_large_blocks()
large = bytearray(b"x") * (30 << 20)
del large
before = psutil.Process().memory_info().rss
blocks, pins = [], []
for _ in range(10):
    blocks.append(bytearray(b"x") * (5 << 20))
    pins.append(bytearray(2000))
blocks.clear()
gc.collect()
print((psutil.Process().memory_info().rss - before) >> 20)
"""


@pytest.mark.parametrize(("mode", "is_kept"), [("asked", False), ("left alone", True)])
def test_freed_blocks_go_back(mode, is_kept):
    done = subprocess.run([sys.executable, "-c", PROGRAM, mode], capture_output=True, text=True, check=True)
    assert (int(done.stdout) > 20) is is_kept
