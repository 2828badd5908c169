"""The camera: from the release to the picture that is kept, the live view, what is made of a picture, and recall.

Releases are those of libgphoto2's own make-believe camera, which gives a picture of 9 MB at once: ours through page,
agent and worker; beside them `gphoto2 --capture-image-and-download`, which writes its file without waiting for the
disk, and a bare durable write of the same bytes.  The live view is the simulated camera's, over PTP/IP.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
from bench_idle import free_port
from PIL import Image
from table import Row, percentile

from agent.clock import SystemClock
from agent.documents.pictures import Pictures
from agent.photos.making import made
from agent.photos.standard import GA_461
from agent.simulator_process import SimulatorProcess
from simulators.camera_looks import Light
from simulators.camera_studio import Exposed, Studio

HERE = Path(__file__).parent
Clerk = runpy.run_path(str(HERE.with_name("system") / "clerk.py"))["Clerk"]
ROUNDS, RELEASES = 3, 12
"""The make-believe camera has room for 26 pictures in the life of a process."""
PICTURE_BYTES = 9_000_000
TO_BYTES_MS, BEYOND_WRITE_MS, FASTER = 25.0, 15.0, 2.5
LIVE_S, SETTLE_S = 12.0, 6.0
FRAMES_PER_S, LIVE_SHARE = 25.0, 0.25
STILL_PX, STILL_MS, STILLS = (4000, 3000), 150.0, 20
SEE_OTHER = 303
SITTERS_PX, MISSED = (2000, 1500), 0.01


def rows() -> list[Row]:
    """Measure the camera."""
    folder = Path(tempfile.mkdtemp(prefix="renhu-bench-"))
    try:
        return [*_release_rows(folder), *_live_rows(folder), *_photo_rows()]
    finally:
        shutil.rmtree(folder)


def _picture() -> bytes:
    """A JPEG of 9 MB: grain, which no coding makes smaller."""
    grain = Image.effect_noise(STILL_PX, 80).convert("RGB")
    made = io.BytesIO()
    grain.save(made, "JPEG", quality=90)
    content = made.getvalue()
    if len(content) < PICTURE_BYTES:
        msg = f"the picture has {len(content)} bytes only"
        raise RuntimeError(msg)
    return content


@contextmanager
def _station(folder: Path, address: str, pictures: str = "") -> Iterator[tuple[Any, str, subprocess.Popen[str]]]:
    """A station with a camera that is ready: a clerk, the address of the open form's photos, the process."""
    command = [sys.executable, str(HERE / "camera_station.py"), tempfile.mkdtemp(dir=folder), str(free_port())]
    process = subprocess.Popen(
        [*command, address, pictures],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        clerk = Clerk(told["url"], next(who for who in told["sign_ins"] if who["role"] == "clerk"))
        photos = "/photos/draft/" + clerk.open_draft().rpartition("/")[2]
        while 'id="take-photo"' not in clerk.page:
            time.sleep(0.05)
            clerk.get(photos)
        yield clerk, photos, process
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.communicate()


def _release_rows(folder: Path) -> list[Row]:
    content = _picture()
    pictures = folder / "vusb"
    (pictures / "DCIM").mkdir(parents=True)
    (pictures / "DCIM" / "a.jpg").write_bytes(content)
    to_bytes, stored, bare, tool = [], [], [], []
    for _ in range(ROUNDS):
        with _station(folder, "gphoto2:vusb", str(pictures)) as (clerk, photos, process):
            assert process.stdout is not None
            for turn in range(RELEASES):
                status, place = clerk.post(f"{photos}/take")
                if status != SEE_OTHER:
                    msg = f"the release was refused: {status} {place}"
                    raise RuntimeError(msg)
                asked_s, here_s, kept_s = json.loads(process.stdout.readline())
                bare_s = _durable_write(folder, content)
                tool_s = _gphoto2(folder, pictures)
                if turn:  # the first starts the pictures process
                    to_bytes.append((here_s - asked_s) * 1000)
                    stored.append((kept_s - asked_s) * 1000)
                    bare.append(bare_s * 1000)
                    tool.append(tool_s * 1000)
    samples = {"to bytes": to_bytes, "stored": stored, "bare write": bare, "gphoto2": tool}
    keeping = [kept - here for kept, here in zip(stored, to_bytes, strict=True)]
    beyond = percentile(keeping, 0.5) - percentile(bare, 0.5)
    return [
        Row("release to bytes in the agent, 9 MB, p50 [ms]", percentile(to_bytes, 0.5), None, "", TO_BYTES_MS, samples),
        Row("keeping 9 MB beyond a bare durable write, p50 [ms]", beyond, None, "", BEYOND_WRITE_MS, samples),
        _beside("release to kept for good, 9 MB, p50 [ms]", stored, tool),
    ]


def _beside(name: str, ours: list[float], tool: list[float]) -> Row:
    peer = percentile(tool, 0.5)
    return Row(name, percentile(ours, 0.5), peer, "gphoto2, which waits for no disk", peer / FASTER)


def _durable_write(folder: Path, content: bytes) -> float:
    """Write, wait for the disk, give the name, wait for the folder's disk; the seconds that it took."""
    begun_s = time.monotonic()
    part, whole = folder / "part", folder / "whole"
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(whole)
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    return time.monotonic() - begun_s


def _gphoto2(folder: Path, pictures: Path) -> float:
    """The seconds of one release by the command line tool, into a file."""
    spec = find_spec("gphoto2")
    assert spec is not None
    assert spec.origin is not None
    parts = Path(spec.origin).parent / "libgphoto2"
    ours = {"VCAMERADIR": str(pictures), "IOLIBS": str(parts / "vusb"), "HOME": str(folder)}
    file = folder / "tool.jpg"
    file.unlink(missing_ok=True)
    begun_s = time.monotonic()
    subprocess.run(
        ["gphoto2", "--capture-image-and-download", "--force-overwrite", "--filename", str(file)],
        env={**os.environ, **ours}, check=True, stdin=subprocess.DEVNULL, capture_output=True,
    )  # fmt: skip
    took_s = time.monotonic() - begun_s
    if file.stat().st_size < PICTURE_BYTES:
        raise RuntimeError("gphoto2 has brought another picture")
    return took_s


class _Looker(threading.Thread):
    """Reads the live view as a browser does, and counts its frames."""

    def __init__(self, clerk: Any) -> None:
        super().__init__(name="looker", daemon=True)
        self._clerk = clerk
        self.frames = 0
        self.is_over = False

    def run(self) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in self._clerk.cookies.items())
        connection = http.client.HTTPConnection(self._clerk.host, self._clerk.port, timeout=20)
        connection.request("GET", "/photos/live", headers={"Sec-Fetch-Site": "same-origin", "Cookie": cookies})
        answer = connection.getresponse()
        while not self.is_over:
            line = answer.readline()
            if not line.startswith(b"Content-Length:"):
                continue
            answer.readline()
            answer.read(int(line.partition(b":")[2]))
            self.frames += 1
        connection.close()


def _live_rows(folder: Path) -> list[Row]:
    simulator = SimulatorProcess.start("camera")
    try:
        with _station(folder, simulator.address) as (clerk, _, process):
            looker = _Looker(clerk)
            looker.start()
            time.sleep(SETTLE_S)
            parts = _agent_and_worker(process.pid)
            frames, used_s, begun_s = looker.frames, _used_s(parts), time.monotonic()
            while time.monotonic() - begun_s < LIVE_S:
                clerk.get("/photos/glance")
                time.sleep(0.5)
            lasted_s = time.monotonic() - begun_s
            rate, share = (looker.frames - frames) / lasted_s, (_used_s(parts) - used_s) / lasted_s
            looker.is_over = True
            looker.join()
    finally:
        simulator.stop()
    return [
        Row("live view, seconds for 25 frames", FRAMES_PER_S / rate, None, "", 1.04),
        Row("live view, processor of agent and worker [cores]", share, None, "", LIVE_SHARE),
    ]


def _agent_and_worker(pid: int) -> list[psutil.Process]:
    agent = psutil.Process(pid)
    workers = [child for child in agent.children() if "agent.devices.worker" in child.cmdline()]
    return [agent, *workers]


def _used_s(parts: list[psutil.Process]) -> float:
    return sum(sum(part.cpu_times()[:2]) for part in parts)


def _photo_rows() -> list[Row]:
    """The time for a 12-megapixel picture, and how many of the drawn people are found."""
    studio, pictures = Studio(1), Pictures(SystemClock())
    times, missed = [], 0
    try:
        for number, person in enumerate(studio.sitters):
            studio.seat(person)
            is_timed = number < STILLS
            size = STILL_PX if is_timed else SITTERS_PX
            still = studio.still(1, Exposed(size, Light()), 90)
            begun_s = time.monotonic()
            seen, _ = made(pictures, still, GA_461)
            missed += not seen.heads
            if is_timed:
                times.append((time.monotonic() - begun_s) * 1000)
    finally:
        pictures.end()
    share = missed / len(studio.sitters)
    return [
        Row("framing and checks of 12 megapixels, p50 [ms]", percentile(times[1:], 0.5), None, "", STILL_MS,
            {"times": times}),
        Row(f"faces missed of {len(studio.sitters)} drawn people [share]", share, None, "", MISSED),
    ]  # fmt: skip
