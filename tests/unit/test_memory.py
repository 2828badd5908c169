"""Freed memory goes back to the system, and stays in the process without our asking for that."""

import gc
import subprocess
import sys

import pytest

from agent.memory import LARGE_BYTES, loading, room

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


TOUCHED = """
import sys, psutil
from agent.memory import room
before = psutil.Process().memory_info().rss
pages = room(30 << 20, is_touched=sys.argv[1] == "touched")
print((psutil.Process().memory_info().rss - before) >> 20)
"""


@pytest.mark.parametrize(("mode", "is_there"), [("touched", True), ("left alone", False)])
def test_room_takes_no_memory_before_it_is_touched(mode, is_there):
    done = subprocess.run([sys.executable, "-c", TOUCHED, mode], capture_output=True, text=True, check=True)
    assert (int(done.stdout) > 20) is is_there


@pytest.mark.parametrize("size_bytes", [0, 1, LARGE_BYTES - 1, LARGE_BYTES, LARGE_BYTES + 4097])
def test_room_is_as_large_as_asked_and_can_be_written(size_bytes):
    for pages in (room(size_bytes), room(size_bytes, is_touched=True)):
        pages[:] = b"x" * size_bytes
        assert bytes(pages) == b"x" * size_bytes


KEPT = """
import sys, psutil
from agent import memory
if sys.argv[1] == "asked":
    memory.keep_large_blocks()
else:
    memory.give_back_large_blocks()
before = psutil.Process().memory_info().rss
blocks = [bytearray(b"x") * (5 << 20) for _ in range(6)]
blocks.clear()
print((psutil.Process().memory_info().rss - before) >> 20)
"""


@pytest.mark.parametrize(("mode", "is_kept"), [("asked", True), ("given back", False)])
def test_one_piece_of_work_uses_its_blocks_again(mode, is_kept):
    done = subprocess.run([sys.executable, "-c", KEPT, mode], capture_output=True, text=True, check=True)
    assert (int(done.stdout) > 20) is is_kept
