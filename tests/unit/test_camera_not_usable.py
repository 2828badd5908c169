"""No camera, held, not permitted, several, its library missing: each is said with the next step, in both languages."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

from agent.clock import SystemClock
from agent.messages.service import text
from drivers import camera_errors, camera_gphoto2
from drivers.api import CodedError, Deadline
from drivers.camera_meanings import said_by_library

STEPS = [
    (camera_errors.absent("gphoto2:usb"), "打开相机，检查数据线和电源", "Switch it on, check its cable and power"),
    (said_by_library(-52), "打开相机，检查数据线和电源", "Switch it on, check its cable and power"),
    (said_by_library(-53), "请关闭那个程序", "Close it"),
    (said_by_library(-60), "请关闭那个程序", "Close it"),
    (camera_errors.claimed("/dev/bus/usb/001/004", "gvfsd-gphoto2"), "占用（gvfsd-gphoto2）", "(gvfsd-gphoto2)"),
    (camera_errors.claimed("/dev/bus/usb/001/004", ""), "gio mount -s gphoto2", "gio mount -s gphoto2"),
    (camera_errors.denied("/dev/bus/usb/001/004"), "安装 60-renhu.rules", "installs 60-renhu.rules"),
    (camera_errors.several(["gphoto2:usb:A1"]), 'address = "gphoto2:usb:序列号"', 'address = "gphoto2:usb:SERIAL"'),
    (camera_errors.several(["gphoto2:usb:A1", "gphoto2:usb:B2"]), "gphoto2:usb:B2", "gphoto2:usb:B2"),
    (camera_errors.library_missing("gphoto2"), "运行 make setup", "runs make setup"),
    (said_by_library(-4), "运行 make setup", "runs make setup"),
    (said_by_library(-5), "核对 [devices.camera] 的 address", "checks address under [devices.camera]"),
    (said_by_library(-20), "核对 [devices.camera] 的 address", "checks address under [devices.camera]"),
    (said_by_library(-1, ["bad type returned 5"]), "允许连接", "allow the connection"),
    (said_by_library(-10), "半按一下快门", "Press its shutter half-way"),
]


@pytest.mark.parametrize(("error", "zh", "en"), STEPS, ids=[f"{n}-{error.code}" for n, (error, *_) in enumerate(STEPS)])
def test_what_is_in_the_way_is_said_with_the_next_step(error: CodedError, zh: str, en: str) -> None:
    told = {"zh": text(error.code, "zh", **error.facts), "en": text(error.code, "en", **error.facts)}
    assert (zh in told["zh"], en in told["en"]) == (True, True), told
    assert "–" not in told["zh"] + told["en"] or "address" not in error.facts


def without(parts: Path | None) -> ModuleType | None:
    """A python-gphoto2 that is not there, or one whose libraries are not."""
    if parts is None:
        return None
    module = ModuleType("gphoto2")
    module.__file__ = str(parts / "__init__.py")
    return module


@pytest.mark.parametrize("is_there", [False, True], ids=["not there", "without its libraries"])
def test_a_library_that_cannot_be_loaded_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    monkeypatch.setitem(sys.modules, "gphoto2", without(tmp_path if is_there else None))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    clock = SystemClock("Asia/Shanghai")
    camera = camera_gphoto2.create("gphoto2:usb", {}, clock)
    with pytest.raises(CodedError, match="CAMERA-LIBRARY") as caught:
        camera.open(Deadline.after(clock, 10.0))
    assert ("libgphoto2_port" if is_there else "gphoto2") in str(caught.value.facts["module"])


def test_one_that_is_away_is_looked_for_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """libgphoto2 keeps some memory of each attempt in vain, and a camera may be off all night."""
    asked: list[str] = []

    def session(*_: object) -> None:
        asked.append("library")
        raise said_by_library(-7)

    monkeypatch.setattr(camera_gphoto2, "Session", session)
    clock = SystemClock("Asia/Shanghai")
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    camera = camera_gphoto2.create(f"gphoto2:ptpip:127.0.0.1:{port}", {}, clock)
    for _ in range(3):
        with pytest.raises(CodedError, match="CAMERA-ABSENT"):
            camera.open(Deadline.after(clock, 10.0))
    assert asked == ["library"]
    with socket.create_server(("127.0.0.1", port)), pytest.raises(CodedError, match="CAMERA-IO"):
        camera.open(Deadline.after(clock, 10.0))
    assert asked == ["library"] * 2, "there it is again"
