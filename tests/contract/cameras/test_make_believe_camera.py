"""libgphoto2's own make-believe camera, the second witness: what it gives is whole or refused, and its card fills up.

It has no live view, copies the one picture that it is given, and its card is full after 26 releases in one process.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from drivers.camera_api import CameraCondition, Setting, SettingName

CAPTURES_A_PROCESS = 26


def jpeg() -> bytes:
    """A picture of nothing in particular."""
    written = io.BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(written, "JPEG")
    return written.getvalue()


Started = Callable[..., Any]


def test_it_opens_and_says_who_it_is(make_believe: Started) -> None:
    camera = make_believe(jpeg())
    ready = camera.until_state()
    assert (ready.state, ready.identity["address"]) == ("ready", "gphoto2:vusb")
    assert {"vendor", "model", "serial"} <= set(ready.identity)
    condition = msgspec.json.decode(camera.until_sign("condition").data, type=CameraCondition)
    assert (condition.battery_percent, condition.has_card) == (50, True)
    assert condition.free_bytes
    assert condition.free_images


def test_what_it_gives_is_the_picture_byte_for_byte(make_believe: Started) -> None:
    content = jpeg()
    taken = make_believe(content).capture()
    assert (taken.content == content, taken.shot.name[-4:]) == (True, ".JPG")


LOOK = """
import sys
from agent.clock import SystemClock
from drivers import camera_gphoto2
from drivers.api import Deadline
clock = SystemClock()
camera = camera_gphoto2.create("gphoto2:vusb", {"folder": sys.argv[1]}, clock)
camera.open(Deadline.after(clock, 20))

def released():
    return camera.capture(Deadline.after(clock, 20))[1]

def can_be_seen(view):
    try:
        return len(bytes(view))
    except ValueError:
        return "gone"

first = released()
print(can_be_seen(first))
camera.settle(Deadline.after(clock, 5))
print(can_be_seen(first))
second, third = released(), released()
print(can_be_seen(second), can_be_seen(third))
camera.close()
print(can_be_seen(third))
"""


def test_the_librarys_own_bytes_are_seen_until_the_driver_goes_on(tmp_path: Path) -> None:
    content = jpeg()
    (tmp_path / "DCIM").mkdir()
    (tmp_path / "DCIM" / "a.jpg").write_bytes(content)
    done = subprocess.run([sys.executable, "-c", LOOK, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(content)), "gone", "gone", str(len(content)), "gone"]


def test_a_picture_that_was_discarded_is_gone_and_discarding_it_again_is_no_error(make_believe: Started) -> None:
    camera = make_believe(jpeg())
    keys = [camera.capture().shot.key for _ in range(3)]
    assert len(set(keys)) == 3
    assert camera.ask("discard", keys=keys).code is None
    assert camera.ask("discard", keys=[*keys, "/store_00010001/DCIM/100NONE/NOTHING.JPG"]).code is None


def test_its_card_is_full_after_26_releases_and_a_fresh_process_finds_room(make_believe: Started) -> None:
    camera = make_believe(jpeg())
    codes = [camera.capture().code for _ in range(CAPTURES_A_PROCESS + 1)]
    assert codes == [None] * CAPTURES_A_PROCESS + ["CAMERA-CARD-FULL"]
    assert camera.capture().code == "CAMERA-CARD-FULL"
    assert camera.renewals == 0, "its session goes on"
    assert camera.ask("set", name="exposure", value="0").code is None


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda whole: whole[: len(whole) // 2], "broken"),
        (lambda whole: whole[:-1], "broken"),
        (lambda whole: b"GIF89a" + whole[6:], "unknown"),
        (lambda whole: whole + bytes(40_000_000), "large"),
    ],
    ids=["half", "without-its-end", "no-jpeg", "too-long"],
)
def test_what_is_no_whole_picture_is_refused(
    make_believe: Started, spoil: Callable[[bytes], bytes], reason: str
) -> None:
    taken = make_believe(spoil(jpeg())).capture()
    assert (taken.code, taken.pages) == ("CAMERA-PICTURE", [])
    assert taken.reply is not None
    assert taken.reply.facts["reason"] == reason


def test_without_live_view_it_says_so_once_and_takes_pictures_all_the_same(make_believe: Started) -> None:
    camera = make_believe(jpeg())
    camera.until_state()
    camera.look(25)
    sign = camera.until(lambda each: getattr(each, "name", "") == "live-view")
    assert sign.code == "CAMERA-NO-LIVE-VIEW"
    assert camera.capture().code is None
    if camera.offers().has_live_view:
        camera.until(lambda each: getattr(each, "name", "") == "offers")
    assert not camera.offers().has_live_view


def test_its_exposure_is_set_and_what_it_does_not_have_is_refused(make_believe: Started) -> None:
    camera = make_believe(jpeg())
    setting = next(each for each in camera.offers().settings if each.name is SettingName.EXPOSURE)
    other = next(choice for choice in setting.choices if choice != setting.value)
    reply = camera.ask("set", name="exposure", value=other)
    assert msgspec.json.decode(reply.data, type=Setting).value == other
    assert camera.ask("set", name="exposure", value="99").code == "CAMERA-SETTING"
    assert camera.ask("set", name="iso", value="100").code == "CAMERA-SETTING"


def test_of_the_librarys_drivers_two_are_loaded_and_none_of_what_only_the_others_need(make_believe: Started) -> None:
    camera = make_believe(jpeg())
    camera.until_state()
    loaded = camera.loaded()
    assert {"ptp2.so", "vusb.so"} <= loaded
    assert not {name for name in loaded if name.startswith(("libcurl", "libssl", "libgd", "canon", "lumix", "disk"))}
    assert not {"usb1.so", "ptpip.so", "serial.so"} & loaded


def test_on_usb_its_own_line_alone_is_loaded_and_no_camera_is_none(worker_at: Started) -> None:
    camera = worker_at("gphoto2:usb")
    told = camera.until_state()
    assert (told.state, told.code) == ("absent", "CAMERA-ABSENT")
    assert {"ptp2.so", "usb1.so"} <= camera.loaded()
    assert not {"ptpip.so", "vusb.so"} & camera.loaded()


def test_what_the_library_keeps_lies_in_the_workers_own_folder(make_believe: Started) -> None:
    camera = make_believe(jpeg())
    camera.until_state()
    (file,) = camera.scratch.rglob("settings")
    assert "autofocus=on" in file.read_text()
    assert camera.ask("set", name="focus", value="Off").code is None
    assert "autofocus=off" in file.read_text()


@pytest.mark.parametrize(("address", "code"), [("gphoto2:vusb", "CAMERA-ADDRESS"), ("gphoto2:usb:", "CAMERA-ADDRESS")])
def test_an_address_that_has_no_meaning_is_told_and_stays_so(worker_at: Started, address: str, code: str) -> None:
    told = worker_at(address).until_state()
    assert (told.state, told.code) == ("faulted", code)
