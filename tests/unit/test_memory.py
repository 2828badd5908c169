"""Freed memory goes back to the system, and stays in the process without our asking for that."""

import gc
import subprocess
import sys

import pytest

from agent.memory import loading

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


AMONG_OTHERS = """
import sys, psutil
from agent.memory import give_back_what_is_free
blocks = [bytearray(b"x") * 2000 for _ in range(20000)]
pin = bytearray(b"x") * 2000
blocks.clear()
before = psutil.Process().memory_info().rss
if sys.argv[1] == "asked":
    give_back_what_is_free()
print((before - psutil.Process().memory_info().rss) >> 20)
"""


@pytest.mark.parametrize(("mode", "is_given"), [("asked", True), ("left alone", False)])
def test_what_is_free_among_what_is_in_use_goes_back(mode, is_given):
    done = subprocess.run([sys.executable, "-c", AMONG_OTHERS, mode], capture_output=True, text=True, check=True)
    assert (int(done.stdout) > 10) is is_given


def test_garbage_is_looked_for_again_behind_loading():
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
