"""`renhu photo`: a picture into a file, alone or beside a running agent; only one that is kept leaves the camera."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agent.simulator_process import SimulatorProcess

LIMIT_S = 90
PACE = 50
SHORT_S = 4.0
ASKED_AGAIN = {"ready", "events"}
"""What is asked of a camera until it has what is wanted: on a slow day more often."""
STATION = """
import sys
from pathlib import Path
from agent.assembly import start
from agent.config import load
from agent.folder import FolderKind
from agent.notify import Notifier
from agent.stop_signal import StopSignal

stop = StopSignal()
running = start(load(Path(sys.argv[1])), FolderKind.PRACTICE, Notifier({}))
print(running.url, flush=True)
stop.wait()
running.stop()
"""


class Camera:
    """A simulated camera and its control port."""

    def __init__(self) -> None:
        self.process = SimulatorProcess.start("camera", "--speed-factor", str(PACE))
        self.address = self.process.address

    def fault(self, name: str, **given: object) -> None:
        self.process.call("PUT", f"/faults/{name}", given)

    def set(self, **settings: object) -> None:
        self.process.call("PUT", "/camera", settings)

    def card(self) -> list[str]:
        return [one["name"] for one in json.loads(self.process.call("GET", "/store"))["pictures"]]

    def settle(self) -> None:
        self.process.call("DELETE", "/faults")
        self.process.call("DELETE", "/store")
        self.set(quality="jpeg")


@pytest.fixture(scope="module")
def simulator() -> Iterator[Camera]:
    camera = Camera()
    yield camera
    camera.process.stop()


@pytest.fixture
def camera(simulator: Camera) -> Iterator[Camera]:
    simulator.settle()
    yield simulator
    simulator.settle()


Photo = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def config(tmp_path: Path, camera: Camera) -> Path:
    file = tmp_path / "renhu.toml"
    file.write_text(
        f'[data]\nfolder = "{tmp_path / "data"}"\n[web]\nport = 0\n[devices.reader]\naddress = "serial:/dev/ttyS99"\n'
        f'[devices.camera]\naddress = "{camera.address}"\n'
    )
    return file


@pytest.fixture
def photo(config: Path) -> Photo:
    """Run `renhu photo`; gives the exit code, the JSON and what people were told."""

    def run(*arguments: object) -> tuple[int, dict[str, Any], str]:
        words = [sys.executable, "-m", "agent", "photo", *map(str, arguments), "--json", "--config", str(config)]
        done = subprocess.run(
            words,
            env={**os.environ, "LC_ALL": "en_US.UTF-8"},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        told = json.loads(done.stdout) if done.stdout else {}
        return done.returncode, told, done.stderr

    return run


@pytest.fixture
def station(config: Path) -> Iterator[subprocess.Popen[str]]:
    """A practice station that has the camera."""
    words = [sys.executable, "-c", STATION, str(config)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://")
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT_S) == 0


def size_px(file: Path) -> tuple[int, int]:
    with Image.open(io.BytesIO(file.read_bytes()), formats=["JPEG"]) as picture:
        return picture.size


def code_of(told: dict[str, Any]) -> str:
    code: str = told["error"]["code"]
    return code


def test_the_picture_as_the_camera_gave_it_is_in_the_file_and_no_longer_on_the_camera(
    camera: Camera, photo: Photo, tmp_path: Path
) -> None:
    file = tmp_path / "photo.jpg"
    code, told, words = photo("-o", file, "--raw")
    assert (code, told["file"], told["bytes"], told["practice"]) == (0, str(file), file.stat().st_size, True)
    assert size_px(file)[0] > 1000
    assert "for practice" in words
    assert (file.stat().st_mode & 0o777, camera.card()) == (0o600, [])


def test_without_more_it_is_an_id_photo(photo: Photo, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    code, told, _ = photo("-o", file)
    assert (code, size_px(file)) == (9 if told["flaws"] else 0, (358, 441))


@pytest.mark.parametrize(
    ("fault", "given", "exit_code", "code"),
    [
        ("store-full", {}, 5, "CAMERA-CARD-FULL"),
        ("out-of-focus", {}, 5, "CAMERA-FOCUS"),
        ("unplug", {}, 6, "CAMERA-ABSENT"),
        ("in-use", {}, 6, "CAMERA-REJECTED"),
        ("asleep", {}, 6, "CAMERA-ASLEEP"),
        ("busy-forever", {}, 7, "CAMERA-BUSY"),
        ("cut-in-data", {}, 8, "CAMERA-CUT"),
        ("truncated-jpeg", {}, 9, "CAMERA-PICTURE"),
    ],
)
def test_each_end_has_its_exit_code_and_writes_nothing(
    camera: Camera, photo: Photo, tmp_path: Path, fault: str, given: dict[str, object], exit_code: int, code: str
) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"an older one")
    camera.fault(fault, **given)
    ended, told, words = photo("-o", file, "--raw")
    assert (ended, code_of(told)) == (exit_code, code), words
    assert f"[{code}]" in words
    assert file.read_bytes() == b"an older one"


def test_a_camera_that_does_not_deliver_in_the_given_time_ends_with_4(
    camera: Camera, photo: Photo, tmp_path: Path
) -> None:
    camera.fault("lost-event", which="both")
    ended, told, _ = photo("-o", tmp_path / "photo.jpg", "--timeout", "2")
    assert (ended, code_of(told)) == (4, "CAMERA-TIMEOUT")


def test_opening_the_camera_and_taking_the_picture_have_one_time_together(
    camera: Camera, photo: Photo, tmp_path: Path
) -> None:
    """All answers together take a fifth more than there is, those of either less; asking on and on is not counted."""
    known = len(json.loads(camera.process.call("GET", "/log")))
    assert photo("-o", tmp_path / "p.jpg", "--raw")[0] == 0
    asked = [entry["command"] for entry in json.loads(camera.process.call("GET", "/log"))[known:]]
    count = sum(command not in ASKED_AGAIN for command in asked[: asked.index("get-object")])
    camera.fault("slow-answers", delay_ms=round(1.2 * SHORT_S / count * 1000 * PACE))
    ended, told, _ = photo("-o", tmp_path / "q.jpg", "--raw", "--timeout", SHORT_S)
    assert (ended, code_of(told)) in {(4, "CAMERA-TIMEOUT"), (4, "CAMERA-HUNG")}


def test_what_is_asked_wrongly_ends_with_2_before_the_shutter_moves(
    camera: Camera, photo: Photo, tmp_path: Path
) -> None:
    assert photo("-o", tmp_path / "none" / "photo.jpg")[0] == 2
    assert code_of(photo("-o", tmp_path, "--raw")[1]) == "PHOTO-OUTPUT"
    assert code_of(photo("-o", tmp_path / "p.jpg", "--address", "gphoto2:vusb")[1]) == "CAMERA-ADDRESS"
    assert photo("-o", tmp_path / "p.jpg", "--timeout", "0.5")[0] == 2
    assert camera.card() == []


def test_a_station_without_a_camera_says_so_and_one_is_named_on_the_line(
    camera: Camera, photo: Photo, config: Path, tmp_path: Path
) -> None:
    config.write_text(config.read_text().partition("[devices.camera]")[0])
    ended, told, _ = photo("-o", tmp_path / "p.jpg", "--raw")
    assert (ended, code_of(told)) == (6, "CAMERA-NOT-CONFIGURED")
    assert photo("-o", tmp_path / "p.jpg", "--raw", "--address", camera.address)[0] == 0


def test_a_picture_that_could_not_be_written_stays_on_the_camera(
    camera: Camera, photo: Photo, config: Path, tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    filled = 'mount -t tmpfs -o size=64k tmpfs "$0" && exec "$@"'
    file, more = str(small / "p.jpg"), ["--raw", "--json", "--config", str(config)]
    words = [sys.executable, "-m", "agent", "photo", "-o", file, *more]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", filled, str(small), *words],
        capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    assert (done.returncode, code_of(json.loads(done.stdout))) == (12, "PHOTO-OUTPUT-FULL")
    assert len(camera.card()) == 1


def test_a_picture_that_cannot_be_removed_is_kept_and_that_is_told(
    camera: Camera, photo: Photo, tmp_path: Path
) -> None:
    camera.fault("delete-refused")
    file = tmp_path / "photo.jpg"
    ended, _, words = photo("-o", file, "--raw")
    assert (ended, size_px(file)[0] > 1000) == (0, True)
    assert "could not be removed from the camera" in words


def test_beside_a_running_agent_its_camera_is_borrowed(
    camera: Camera, photo: Photo, station: subprocess.Popen[str], tmp_path: Path
) -> None:
    file = tmp_path / "photo.jpg"
    end_s = time.monotonic() + LIMIT_S
    while True:
        ended, told, words = photo("-o", file, "--raw")
        if ended == 0 or time.monotonic() > end_s:
            break
    assert (ended, told["practice"], camera.card()) == (0, True, []), words
    camera.fault("truncated-jpeg")
    ended, told, _ = photo("-o", file, "--raw")
    assert (ended, code_of(told)) == (9, "CAMERA-PICTURE")
    assert size_px(file)[0] > 1000, "the older one"
    named = photo("-o", file, "--raw", "--address", camera.address)
    assert named[0] == 0, "the same camera by its name is borrowed too"


def test_the_agent_that_cannot_remove_a_picture_says_so_after_it_is_kept(
    camera: Camera, photo: Photo, station: subprocess.Popen[str], tmp_path: Path
) -> None:
    camera.fault("delete-refused")
    ended, _, words = photo("-o", tmp_path / "photo.jpg", "--raw")
    assert ended == 0
    assert "could not be removed from the camera" in words
    assert len(camera.card()) == 1
    assert photo("-o", tmp_path / "photo.jpg", "--raw")[0] == 0
    assert camera.card() == [], "before the next release it was tried again"
