"""Cut the power of a disk while somebody writes on it.  Run as root, in a mount namespace of its own, by the drill.

    unshare --mount --propagation private python power_cut.py drive WORK FOLDER CYCLES SEED MODE

WORK is the module beside this one that writes: `saves`, `stored_pages` or `page_steps`.  Its writer works on an ext4 in
a file; it is stopped, and the file as it then stands is what a power cut would leave: everything in the kernel's cache
is lost, what reached the block device stays.  The mounted disk itself is what `kill -9` leaves.  It does not reorder or
tear the device's writes.  One line of JSON for each cycle.
Source: security requirements 7.2.
"""

from __future__ import annotations

import base64
import filecmp
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

IMAGE_BYTES = 64 * 1024 * 1024
COPY_S = 60.0


def forms(secret: str | bytes) -> list[bytes]:
    """A secret in every form in which it could lie on a disk."""
    if isinstance(secret, bytes):
        return [secret, secret.hex().encode()]
    text = secret.encode()
    encoded = [base64.b64encode(bytes(shift) + text)[4 if shift else 0 : -4] for shift in range(3)]
    return [text, secret.encode("utf-16-le"), secret.encode("gbk"), text.hex().encode(), *encoded]


def run(*command: object) -> None:
    """Run a tool; its words are shown when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr}{done.stdout}")


def drive(work: ModuleType, folder: Path, cycles: int, seed: int, mode: str) -> None:
    """Cut the power again and again, each time on a disk that is new but for a database."""
    chance = random.Random(seed)
    template, disk, cut, place = (folder / name for name in ("template", "disk", "cut", "mounted"))
    place.mkdir()
    with template.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", template)
    run("mount", "-o", "loop", template, place)
    work.create(place)
    run("umount", place)
    marks = [form for secret in work.secrets() for form in forms(secret)]
    modes = work.turns(mode)
    for number in range(cycles):
        run("cp", "--sparse=always", template, disk)
        run("mount", "-o", "loop,commit=30", disk, place)
        heard = interrupted_writer(work, disk, cut, chance.uniform(0.1, 0.5), modes[number % len(modes)])
        killed = work.inspect(place, heard)["found"]
        run("umount", place)
        raw = cut.read_bytes()
        readable = [mark.hex() for mark in marks if mark in raw]
        subprocess.run(["e2fsck", "-fy", str(cut)], capture_output=True, check=False)
        run("mount", "-o", "loop", cut, place)
        print(json.dumps(work.inspect(place, heard) | {"readable": readable, "killed": killed}), flush=True)
        run("umount", place)


def interrupted_writer(work: ModuleType, disk: Path, cut: Path, after_s: float, mode: str) -> list[str]:
    """Let a writer work for a moment, stop it, keep the disk as it stands; give the lines that it said."""
    command = [sys.executable, __file__, "write", work.__name__, str(disk.with_name("mounted")), mode]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    try:
        heard = writer.stdout.readline()
        assert heard, "the writer said nothing"
        time.sleep(after_s)
        writer.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, writer.pid, os.WSTOPPED)
        os.set_blocking(writer.stdout.fileno(), False)
        heard += writer.stdout.read() or b""
        copy_settled(disk, cut)
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    return heard.decode().splitlines(keepends=True)


def copy_settled(disk: Path, cut: Path) -> None:
    """Copy the disk until two copies are equal: the kernel may still be writing, which only makes it better."""
    second = cut.with_suffix(".second")
    until = time.monotonic() + COPY_S
    shutil.copyfile(disk, cut)
    while time.monotonic() < until:
        shutil.copyfile(disk, second)
        if filecmp.cmp(cut, second, shallow=False):
            return
        second.replace(cut)
    sys.exit("the disk does not come to rest")


if __name__ == "__main__":
    act, name, where, *rest = sys.argv[1:]
    chosen = importlib.import_module(name)
    if act == "drive":
        drive(chosen, Path(where), int(rest[0]), int(rest[1]), rest[2])
    else:
        chosen.write(Path(where), 0, rest[0])
