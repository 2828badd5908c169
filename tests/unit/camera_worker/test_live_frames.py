"""Frames of the live view: as many as are looked at, none that queue, none when nobody looks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from agent.clock import SystemClock
from agent.devices.hearing import LibraryHung
from agent.devices.live_view import LINGER_S, LiveView, SeenFrame
from agent.devices.wire import Frame, Look, Pulse, Sign, State
from drivers import camera_errors
from drivers.camera_meanings import said_by_library

FRAMES_PER_S = 200
LIMIT_S = 20.0
Started = Callable[..., tuple[Any, Any]]


def is_live_sign(message: object) -> bool:
    return isinstance(message, Sign) and message.name == "live-view"


def test_frames_come_while_somebody_looks_and_the_live_view_ends_when_nobody_does(started: Started) -> None:
    camera, agent = started()
    agent.next(State)
    assert "preview" not in camera.asked
    agent.wire.send(Look(FRAMES_PER_S))
    numbers = [agent.next(Frame).number for _ in range(5)]
    assert numbers == sorted(set(numbers))
    agent.wire.send(Look(0))
    agent.until(lambda _: "end_preview" in camera.asked)
    frames = camera.asked.count("preview")
    agent.next(Pulse)
    agent.next(Pulse)
    assert camera.asked.count("preview") == frames
    assert camera.asked.count("end_preview") == 1


def test_a_frame_that_the_agent_has_not_taken_holds_the_next_ones_back_and_they_are_dropped(started: Started) -> None:
    camera, agent = started(pulse_s=3600.0)
    agent.until(lambda _: len(agent.heard) == 4)  # offers, ready, its condition, one pulse: nothing more is to come
    agent.wire.send(Look(FRAMES_PER_S))
    threading.Event().wait(0.5)  # many frames would be due
    assert camera.asked.count("preview") == 1, "nothing is asked of the camera while the first one is not taken"
    first, second = agent.next(Frame), agent.next(Frame)
    assert first.number == 1
    assert second.number > 2, "those between were dropped"


def test_a_bad_frame_is_passed_over_in_silence(started: Started) -> None:
    camera, agent = started(bad_frames=6)
    agent.next(State)
    passing = [camera_errors.bad_frame(), camera_errors.busy(), said_by_library(-1)]
    camera.fails["preview"] = [*passing, *passing[:2]]
    agent.wire.send(Look(FRAMES_PER_S))
    agent.next(Frame)
    assert not list(filter(is_live_sign, agent.heard))


def test_a_camera_that_is_slow_to_say_no_is_told_of_before_it_has_said_so_often(started: Started) -> None:
    camera, agent = started(bad_frames=1000, bad_frames_s=0.1, look_again_s=0.01)
    agent.next(State)
    camera.fails["preview"] = [camera_errors.busy()] * 40
    agent.wire.send(Look(FRAMES_PER_S))
    assert agent.until(is_live_sign).code == "CAMERA-BUSY"
    assert 1 < camera.asked.count("preview") < 40
    agent.next(Frame)


def test_what_does_not_pass_is_told_at_once(started: Started) -> None:
    camera, agent = started(look_again_s=0.01)
    agent.next(State)
    camera.fails["preview"] = [camera_errors.exhausted(3)]
    agent.wire.send(Look(FRAMES_PER_S))
    assert agent.until(is_live_sign).code == "CAMERA-BATTERY"
    agent.next(Frame)


def test_many_bad_frames_are_told_and_the_live_view_is_begun_anew(started: Started) -> None:
    camera, agent = started(bad_frames=3, look_again_s=0.01)
    agent.next(State)
    camera.fails["preview"] = [camera_errors.bad_frame()] * 6
    agent.wire.send(Look(FRAMES_PER_S))
    told = [agent.until(is_live_sign).code for _ in range(3)]
    assert told == ["CAMERA-FRAME", "CAMERA-FRAME", None], "again each time, for nobody may look any more"
    assert camera.asked.count("end_preview") == 2
    agent.next(Frame)


def test_a_trouble_is_over_when_the_camera_was_opened_anew_and_when_nobody_looks(started: Started) -> None:
    camera, agent = started(look_again_s=0.05)
    agent.next(State)
    camera.fails["preview"] = [camera_errors.exhausted(3), said_by_library(-7)]
    agent.wire.send(Look(FRAMES_PER_S))
    assert agent.until(is_live_sign).code == "CAMERA-BATTERY"
    agent.next(Frame)
    camera.fails["preview"] = [camera_errors.exhausted(3)]
    assert agent.until(is_live_sign).code == "CAMERA-BATTERY"
    agent.wire.send(Look(0))
    agent.until(lambda _: camera.asked[-1] == "end_preview")
    agent.next(Pulse)
    agent.wire.send(Look(FRAMES_PER_S))
    agent.next(Frame)
    assert sum(map(is_live_sign, agent.heard)) == 2, "nobody is told of the end of what was over before"


def test_a_live_view_that_never_answers_is_the_end_of_its_process(started: Started) -> None:
    camera, agent = started(frame_limit_s=0.2)
    agent.next(State)
    camera.hangs_in = "preview"
    camera.hold.clear()
    agent.wire.send(Look(FRAMES_PER_S))
    agent.until(lambda _: "preview" in camera.asked)
    assert agent.until_ended() is LibraryHung


def test_a_camera_without_live_view_says_so_and_can_be_released_all_the_same(started: Started) -> None:
    camera, agent = started(condition_s=0.01)
    agent.next(State)
    camera.fails["preview"] = [camera_errors.no_live_view()] * 1000
    agent.wire.send(Look(FRAMES_PER_S))
    assert agent.until(is_live_sign).code == "CAMERA-NO-LIVE-VIEW"
    camera.has_live_view = False
    agent.until(lambda each: isinstance(each, Sign) and each.name == "offers" and b"false" in bytes(each.data))
    assert agent.answer(1, "capture").code is None


def test_the_live_view_comes_back_by_itself_when_the_camera_does(started: Started) -> None:
    camera, agent = started()
    agent.next(State)
    agent.wire.send(Look(FRAMES_PER_S))
    agent.next(Frame)
    camera.fails |= {"open": [camera_errors.absent("x")] * 3, "preview": [said_by_library(-7)]}
    assert agent.next(State).code == "CAMERA-ABSENT"
    assert agent.next(State).state == "ready"
    agent.next(Frame)


class Looked:
    """A live view, and what the camera was told of it."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.now_s = 100.0
        self.view = LiveView(self.told.append, self)  # type: ignore[arg-type]

    def monotonic(self) -> float:
        return self.now_s

    def frame(self, content: bytes) -> None:
        self.view.put(Frame(1, len(content), bytearray(content)))


@pytest.fixture
def looked() -> Looked:
    return Looked()


def test_the_first_look_asks_for_frames_and_the_newest_one_is_given(looked: Looked) -> None:
    assert looked.view.next(0, 0.0) is None
    assert looked.told == [25]
    looked.frame(b"one")
    looked.frame(b"two")
    seen = looked.view.next(0, 0.0)
    assert seen is not None
    assert seen.content == b"two"
    assert looked.view.next(seen.number, 0.0) is None, "it was seen"
    looked.frame(b"three")
    newer = looked.view.next(seen.number, 0.0)
    assert newer is not None
    assert (newer.content, newer.number > seen.number, looked.told) == (b"three", True, [25])


def test_when_nobody_has_asked_for_a_while_no_more_frames_are_wanted_and_none_is_kept(looked: Looked) -> None:
    looked.view.next(0, 0.0)
    looked.frame(b"face")
    looked.now_s += LINGER_S + 0.1
    looked.frame(b"face again")
    assert looked.told == [25, 0]
    assert looked.view.next(0, 0.0) is None, "nobody's face stays where nobody looks"
    assert looked.told == [25, 0, 25]


def test_all_who_look_get_the_same_frame(looked: Looked) -> None:
    view = LiveView(looked.told.append, SystemClock("Asia/Shanghai"))
    seen: list[bytes] = []

    def look() -> None:
        frame = view.next(0, 10 * LIMIT_S)
        seen.append(b"" if frame is None else frame.content)

    lookers = [threading.Thread(target=look, daemon=True) for _ in range(3)]
    for looker in lookers:
        looker.start()
    while not looked.told:
        threading.Event().wait(0.001)
    view.put(Frame(1, 4, bytearray(b"face")))
    for looker in lookers:
        looker.join(LIMIT_S)
    assert seen == [b"face"] * 3


def test_why_no_frames_come_is_known_until_they_do(looked: Looked) -> None:
    looked.view.next(0, 0.0)
    looked.view.put(Sign("live-view", code="CAMERA-BATTERY", facts={"status": "x"}))
    trouble = looked.view.trouble
    assert trouble is not None
    assert (trouble.code, trouble.facts) == ("CAMERA-BATTERY", {"status": "x"})
    looked.view.put(Sign("live-view"))
    assert looked.view.trouble is None
    looked.view.put(Sign("live-view", code="CAMERA-FRAME"))
    looked.frame(b"of a worker that knows nothing of it")
    assert looked.view.trouble is None


def test_what_was_wrong_for_others_is_not_said_to_who_begins_to_look(looked: Looked) -> None:
    looked.view.next(0, 0.0)
    looked.view.put(Sign("live-view", code="CAMERA-BATTERY"))
    looked.now_s += LINGER_S + 0.1
    looked.view.put(Sign("live-view", code="CAMERA-BATTERY"))
    assert (looked.told, looked.view.trouble) == ([25, 0], None), "nobody looks though no frames come"
    looked.view.next(0, 0.0)
    looked.view.put(Sign("live-view", code="CAMERA-BATTERY"))
    looked.now_s += LINGER_S + 0.1
    looked.frame(b"nobody sees it")
    assert looked.view.trouble is None
    assert looked.view.next(0, 0.0) is None


def test_who_waits_for_a_frame_looks_however_long_that_takes(looked: Looked) -> None:
    seen: list[SeenFrame | None] = []
    looker = threading.Thread(target=lambda: seen.append(looked.view.next(0, LIMIT_S)))
    looker.start()
    while not looked.told:
        threading.Event().wait(0.001)
    looked.now_s += LINGER_S + 0.1
    looked.frame(b"at last")
    looker.join(LIMIT_S)
    assert [frame and frame.content for frame in seen] == [b"at last"]
    assert looked.told == [25]


def test_the_last_frame_and_the_trouble_go_with_the_camera(looked: Looked) -> None:
    looked.view.next(0, 0.0)
    looked.frame(b"face")
    looked.view.forget()
    assert looked.view.next(0, 0.0) is None
    looked.view.put(Sign("live-view", code="CAMERA-FRAME"))
    looked.view.forget()
    assert looked.view.trouble is None
    looked.frame(b"another")
    seen = looked.view.next(0, 0.0)
    assert seen is not None
    assert (seen.content, looked.told) == (b"another", [25]), "who looks need not say so again"
