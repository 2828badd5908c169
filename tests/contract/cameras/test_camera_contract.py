"""What holds for every camera: libgphoto2's make-believe one, and ours on the network."""

from __future__ import annotations

from typing import Any

import msgspec

from drivers.camera_api import CameraCondition, Setting
from drivers.camera_pictures import is_frame, jpeg_size_px


def test_it_says_who_it_is_and_how_it_is(camera: Any) -> None:
    (ready,) = camera.states
    assert all(ready.identity[name] for name in ("address", "vendor", "model", "serial"))
    condition = msgspec.json.decode(camera.until_sign("condition").data, type=CameraCondition)
    assert condition.has_card
    assert condition.battery_percent in range(101)
    assert condition.free_bytes


def test_each_release_gives_a_whole_picture_of_its_own(camera: Any) -> None:
    taken = [camera.capture() for _ in range(3)]
    assert all(jpeg_size_px(each.content) for each in taken)
    assert len({each.shot.key for each in taken}) == 3
    assert all(each.shot.name.isprintable() and len(each.pages) == 1 for each in taken)


def test_a_picture_that_was_discarded_is_gone_and_discarding_it_again_is_no_error(camera: Any) -> None:
    keys = [camera.capture().shot.key for _ in range(2)]
    assert camera.ask("discard", keys=keys).code is None
    assert camera.ask("discard", keys=[*keys, "/store_00010001/DCIM/100NONE/NOTHING.JPG"]).code is None


def test_every_setting_that_it_offers_can_be_made_and_no_other(camera: Any) -> None:
    settings = camera.offers().settings
    assert settings
    for setting in settings:
        for choice in {setting.choices[0], setting.choices[-1], setting.value}:
            reply = camera.ask("set", name=setting.name.value, value=choice)
            assert reply.code is None, (setting, choice)
            assert msgspec.json.decode(reply.data, type=Setting).value == choice
        assert camera.ask("set", name=setting.name.value, value="no such value").code == "CAMERA-SETTING"


def test_its_live_view_comes_in_whole_frames_or_it_has_none(camera: Any) -> None:
    camera.look(25)
    seen = camera.until(
        lambda each: type(each).__name__ == "Frame" or (getattr(each, "name", "") == "live-view" and each.code)
    )
    if type(seen).__name__ == "Frame":
        assert is_frame(bytes(seen.body))
        assert is_frame(camera.frame())
    else:
        assert seen.code == "CAMERA-NO-LIVE-VIEW"
    assert camera.capture().code is None


def test_what_it_does_not_know_it_refuses_and_goes_on(camera: Any) -> None:
    assert camera.ask("dance").code == "CAMERA-SETTING"
    assert camera.ask("discard", keys="all").code == "CAMERA-SETTING"
    assert camera.capture().code is None
    assert (camera.renewals, len(camera.states)) == (0, 1)


def test_a_reset_opens_it_again_and_tells_whether_there_was_anything_to_reset(camera: Any) -> None:
    reply = camera.ask("reset")
    assert (reply.code, bytes(reply.data)) == (None, b"false")
    assert camera.capture().code is None
