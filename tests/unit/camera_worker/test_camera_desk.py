"""The camera as the agent uses it: one wish at a time, the picture as soon as it is here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from agent.clock import SystemClock
from agent.devices import camera_desk
from agent.devices.camera_desk import LEAST_S, LEFTOVER_LIMIT_S, CameraDesk
from agent.devices.state import DeviceState
from agent.devices.wire import Frame, Page, Sign, raw
from drivers.api import Actor, CodedError, DeviceError, Retry
from drivers.camera_api import CameraCondition, CameraOffers, Setting, SettingName, Shot

LIMIT_S = 20.0
SHOT = Shot("/store/DSC_1.JPG", "DSC_1.JPG")


class Devices:
    """What a desk needs of the supervisor; a test ends its requests."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.answers: list[Future[bytes]] = []
        self.limits_s: list[float] = []
        self.looks: list[int] = []
        self.is_coming = False
        self.state = DeviceState.READY
        self.came = threading.Condition()

    def request(self, role: str, operation: str, arguments: dict[str, object], limit_s: float) -> Future[bytes]:
        assert role == "camera"
        with self.came:
            self.asked.append((operation, arguments))
            self.limits_s.append(limit_s)
            self.answers.append(Future())
            self.came.notify_all()
            return self.answers[-1]

    def look(self, _role: str, frames_per_s: int) -> None:
        self.looks.append(frames_per_s)

    def statuses(self) -> dict[str, Any]:
        return {"camera": SimpleNamespace(is_coming=self.is_coming, is_usable=self.state is DeviceState.READY)}

    def until(self, count: int) -> Future[bytes]:
        """Wait until so many wishes were passed on; gives the answer to the last one."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.answers) >= count, LIMIT_S)
        return self.answers[count - 1]


class Wish(threading.Thread):
    """A wish of somebody else, and how it ended."""

    def __init__(self, wish: Any) -> None:
        super().__init__()
        self._wish = wish
        self.result: Any = None
        self.start()

    def run(self) -> None:
        try:
            self.result = self._wish()
        except CodedError as error:
            self.result = error.code

    def end(self) -> Any:
        self.join(LIMIT_S)
        assert not self.is_alive()
        return self.result


@pytest.fixture
def devices() -> Iterator[Devices]:
    devices = Devices()
    yield devices
    for answer in devices.answers:
        if not answer.done():
            answer.set_result(b"null")


@pytest.fixture
def desk(devices: Devices) -> CameraDesk:
    return CameraDesk(devices, SystemClock("Asia/Shanghai"))  # type: ignore[arg-type]


def page(content: bytes = b"picture") -> Page:
    return Page(1, raw(SHOT), len(content), bytearray(content))


def test_a_picture_is_given_before_the_camera_is_done_with_it(devices: Devices, desk: CameraDesk) -> None:
    wish = Wish(desk.capture)
    answer = devices.until(1)
    desk.put(page())
    taken = wish.end()
    assert (taken.shot, bytes(taken.content), answer.done()) == (SHOT, b"picture", False)
    assert devices.asked == [("capture", {})]


def test_the_next_wish_waits_until_the_camera_is_done(devices: Devices, desk: CameraDesk) -> None:
    wish = Wish(desk.capture)
    first = devices.until(1)
    desk.put(page())
    wish.end()
    other = Wish(lambda: desk.discard(["/store/DSC_1.JPG"]))
    assert len(devices.asked) == 1
    first.set_result(b"null")
    devices.until(2).set_result(b"null")
    assert other.end() is None
    assert devices.asked[1] == ("discard", {"keys": ["/store/DSC_1.JPG"]})


def test_what_the_camera_says_no_to_ends_the_wish(devices: Devices, desk: CameraDesk) -> None:
    wish = Wish(desk.capture)
    devices.until(1).set_exception(DeviceError("CAMERA-FOCUS", Actor.CLERK, Retry.AFTER_ACTION))
    assert wish.end() == "CAMERA-FOCUS"
    second = Wish(desk.capture)
    devices.until(2)
    desk.put(page())
    assert second.end().shot == SHOT


def test_a_worker_that_delivers_nothing_or_nonsense_is_not_believed(devices: Devices, desk: CameraDesk) -> None:
    wish = Wish(desk.capture)
    devices.until(1).set_result(b"null")
    assert wish.end() == "CAMERA-IO"
    wish = Wish(desk.capture)
    devices.until(2)
    desk.put(Page(1, raw({"no": "shot"}), 1, bytearray(b"x")))
    assert wish.end() == "CAMERA-IO"
    devices.answers[1].set_result(b"null")
    wish = Wish(lambda: desk.set(SettingName.ISO, "100"))
    devices.until(3).set_result(b'"nonsense"')
    assert wish.end() == "CAMERA-IO"


def test_a_second_clerk_is_told_that_the_camera_is_in_service(
    devices: Devices, desk: CameraDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_desk, "COMING_LIMIT_S", 0.05)
    first = Wish(desk.capture)
    devices.until(1)
    assert Wish(desk.capture).end() == "CAMERA-IN-SERVICE"
    desk.put(page())
    assert first.end().shot == SHOT


def test_a_camera_that_is_being_started_is_waited_for(devices: Devices, desk: CameraDesk) -> None:
    devices.is_coming = True
    wish = Wish(lambda: desk.set(SettingName.ISO, "100"))
    threading.Event().wait(0.1)
    assert devices.asked == []
    devices.is_coming = False
    devices.until(1).set_result(raw(Setting(SettingName.ISO, "100")))
    assert wish.end() == Setting(SettingName.ISO, "100")


def test_a_picture_of_an_earlier_wish_is_nobodys(devices: Devices, desk: CameraDesk) -> None:
    desk.put(page(b"somebody else"))
    wish = Wish(desk.capture)
    devices.until(1)
    desk.put(page(b"this one"))
    assert bytes(wish.end().content) == b"this one"


def test_what_the_camera_tells_is_known_until_it_goes(desk: CameraDesk) -> None:
    assert not desk.offers().has_live_view
    desk.put(Sign("offers", raw(CameraOffers(has_live_view=True))))
    desk.put(Sign("condition", raw(CameraCondition(battery_percent=7))))
    desk.put(Sign("condition", raw("nonsense")))
    assert desk.offers().has_live_view
    assert desk.condition() == CameraCondition(battery_percent=7)
    desk.put(Sign("removed"))
    assert desk.condition() is None


def test_frames_go_to_those_who_look(devices: Devices, desk: CameraDesk) -> None:
    desk.live.next(0, 0.0)
    desk.put(Frame(1, 4, bytearray(b"face")))
    seen = desk.live.next(0, 0.0)
    assert seen is not None
    assert (seen.content, devices.looks) == (b"face", [25])
    desk.put(Sign("live-view", code="CAMERA-BATTERY"))
    assert desk.live.trouble is not None
    desk.put(Sign("removed"))
    assert (desk.live.next(0, 0.0), desk.live.trouble) == (None, None), "nobody's face outlasts the camera"


def test_nothing_is_asked_for_pictures_that_are_not_on_the_camera(devices: Devices, desk: CameraDesk) -> None:
    desk.discard([""])
    assert devices.asked == []


def test_how_an_absent_camera_is_nobody_knows(devices: Devices, desk: CameraDesk) -> None:
    desk.put(Sign("condition", raw(CameraCondition(80))))
    assert desk.condition() == CameraCondition(80)
    devices.state = DeviceState.ABSENT
    assert desk.condition() is None


@pytest.mark.parametrize("news", [Sign("offers", raw(CameraOffers(has_live_view=True))), Sign("removed")])
def test_what_could_not_be_removed_stays_where_the_camera_was_opened_anew(
    devices: Devices, desk: CameraDesk, news: Sign
) -> None:
    wish = Wish(lambda: desk.discard([SHOT.key]))
    devices.until(1).set_exception(DeviceError("CAMERA-CUT", Actor.CLERK, Retry.NOW))
    assert wish.end() == "CAMERA-CUT"
    desk.put(news)
    Wish(desk.capture)
    devices.until(2)
    assert [operation for operation, _ in devices.asked] == ["discard", "capture"], "its card may be another one"
    devices.until(2).set_exception(DeviceError("CAMERA-FOCUS", Actor.CLERK, Retry.NOW))


def test_a_command_can_wait_until_a_failed_release_is_over(devices: Devices, desk: CameraDesk) -> None:
    wish = Wish(desk.wait_until_settled)
    devices.until(1).set_result(b"null")
    assert wish.end() is None
    assert devices.asked == [("discard", {"keys": []})]


def test_what_was_waited_for_before_a_release_is_of_its_time(devices: Devices, desk: CameraDesk) -> None:
    devices.is_coming = True
    wish = Wish(lambda: desk.capture(limit_s=3.0))
    threading.Event().wait(0.5)
    devices.is_coming = False
    devices.until(1).set_exception(DeviceError("CAMERA-FOCUS", Actor.CLERK, Retry.NOW))
    assert wish.end() == "CAMERA-FOCUS"
    assert devices.limits_s[0] <= 2.5
    devices.is_coming = True
    wish = Wish(lambda: desk.capture(limit_s=0.1))
    devices.until(2).set_exception(DeviceError("CAMERA-ABSENT", Actor.CLERK, Retry.NOW))
    assert wish.end() == "CAMERA-ABSENT"
    assert devices.limits_s[1] == LEAST_S


def test_a_picture_that_cannot_be_removed_does_not_hold_up_the_next_one(devices: Devices, desk: CameraDesk) -> None:
    wish = Wish(lambda: desk.discard([SHOT.key]))
    devices.until(1).set_exception(DeviceError("CAMERA-BUSY", Actor.CLERK, Retry.NOW))
    assert wish.end() == "CAMERA-BUSY"
    wish = Wish(desk.capture)
    devices.until(2).set_exception(DeviceError("CAMERA-TIMEOUT", Actor.CLERK, Retry.NOW))
    devices.until(3)
    desk.put(page())
    assert wish.end().shot == SHOT
    assert [operation for operation, _ in devices.asked] == ["discard", "discard", "capture"]
    assert devices.limits_s[1] == pytest.approx(LEFTOVER_LIMIT_S, abs=0.1)


def test_waiting_until_it_has_settled_ends_as_it_is_told_to(devices: Devices, desk: CameraDesk) -> None:
    wish = Wish(lambda: desk.wait_until_settled(2.0))
    devices.until(1).set_result(b"null")
    assert wish.end() is None
    assert devices.limits_s[0] == pytest.approx(2.0, abs=0.5)
