"""What a page says of the live view where it has no script to look again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from agent.devices.state import DeviceState
from agent.devices.status import DeviceStatus
from agent.devices.wire import Sign
from agent.messages.service import text

READY = DeviceStatus("camera", "camera_gphoto2", "gphoto2:usb", DeviceState.READY, None, {}, None, {}, {}, True, ())


@pytest.fixture
def draft(house: Any) -> Iterator[tuple[Any, str]]:
    """A clerk at a form, and the form's key."""
    browser = house.clerk_at_a_form()
    browser.get("/desk")
    yield browser, browser.action("keep").split("/")[3]
    browser.get("/desk")
    browser.post(browser.action("discard"), {"discard_reason": "MISTAKE"})


def test_a_live_view_that_does_not_come_says_why_without_a_script_too(
    draft: Any, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, key = draft
    photos = house.station.photos
    monkeypatch.setattr(photos._camera, "status", lambda: READY)
    photos.live.next(0, 0)
    photos.live.put(Sign("live-view", code="CAMERA-BUSY"))
    said = text("CAMERA-BUSY", "zh")
    for place in ("/desk", f"/photos/draft/{key}"):
        browser.get(place)
        assert said in browser.page.split('id="live-says"')[1].split("</p>")[0]
        assert 'id="take-photo"' in browser.page
