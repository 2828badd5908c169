"""A camera's worker over its wire: the picture first, what fails and comes back, and who gets a fresh process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from agent.devices.wire import Cancel, Frame, Look, Page, Ports, Pulse, Reply, Sign, State
from drivers import camera_errors
from drivers.camera_api import CameraCondition, Setting, Shot
from drivers.camera_meanings import said_by_library

FOR_EVER_S = 3600.0
SILENT = said_by_library(-10)
BROKEN = said_by_library(-7)
Started = Callable[..., tuple[Any, Any]]


def names(agent: Any) -> list[str]:
    """What was heard, by kind; pulses are left out."""
    return [type(each).__name__ for each in agent.heard if not isinstance(each, Pulse)]


def before(agent: Any) -> str:
    """The name of the sign that came before what was heard last; pulses are left out."""
    sign: Sign = [each for each in agent.heard if not isinstance(each, Pulse)][-2]
    return sign.name


def test_a_camera_that_opens_tells_what_it_offers_and_then_that_it_is_ready(started: Started) -> None:
    _, agent = started()
    ready = agent.next(State)
    assert (ready.state, ready.identity["serial"]) == ("ready", "A1")
    assert names(agent) == ["Sign", "State"]
    assert agent.heard[0].name == "offers" or agent.heard[1].name == "offers"
    condition = agent.until(lambda each: isinstance(each, Sign) and each.name == "condition")
    assert msgspec.json.decode(condition.data, type=CameraCondition).battery_percent == 80


def test_how_it_is_is_told_when_it_changes(started: Started) -> None:
    camera, agent = started(condition_s=0.01)
    agent.until(lambda each: isinstance(each, Sign) and each.name == "condition")
    agent.until(lambda _: camera.asked.count("condition") > 5)
    agent.next(Pulse)
    assert sum(isinstance(each, Sign) and each.name == "condition" for each in agent.heard) == 1
    camera.state = CameraCondition(battery_percent=5)
    changed = agent.until(lambda each: isinstance(each, Sign) and each.name == "condition")
    assert msgspec.json.decode(changed.data, type=CameraCondition).battery_percent == 5


def test_the_picture_comes_before_the_camera_is_heard_out(started: Started) -> None:
    camera, agent = started()
    agent.next(State)
    reply = agent.answer(1, "capture")
    assert reply.code is None
    page = next(each for each in agent.heard if isinstance(each, Page))
    assert (page.number, bytes(page.body)) == (1, b"picture")
    assert msgspec.json.decode(page.data, type=Shot).key == "/store/DSC_1.JPG"
    assert names(agent).index("Page") < names(agent).index("Reply")
    assert camera.asked.index("capture") < camera.asked.index("settle")


def test_a_picture_that_is_here_counts_though_the_line_breaks_behind_it(started: Started) -> None:
    camera, agent = started()
    camera.fails["settle"] = [BROKEN]
    reply = agent.answer(1, "capture")
    assert (reply.code, reply.is_last) == (None, False)
    assert any(isinstance(each, Page) for each in agent.heard)
    assert agent.answer(2, "capture").code is None
    assert camera.asked.count("open") == 2


def test_after_a_refusal_the_camera_is_heard_out_and_not_opened_again(started: Started) -> None:
    camera, agent = started()
    camera.fails["capture"] = [said_by_library(-1, ["Out of Focus (0xa002)"])]
    reply = agent.answer(1, "capture")
    assert (reply.code, reply.actor, reply.retry, reply.is_last) == ("CAMERA-FOCUS", "clerk", "after_action", False)
    assert agent.answer(2, "capture").code is None
    assert (camera.asked.count("open"), camera.asked.count("settle")) == (1, 2)


def test_pictures_are_removed_settings_made_and_other_wishes_refused(started: Started) -> None:
    camera, agent = started()
    assert agent.answer(1, "discard", keys=["/a", "/b"]).code is None
    assert camera.discarded == ["/a", "/b"]
    assert msgspec.json.decode(agent.answer(2, "set", name="iso", value="100").data, type=Setting).value == "100"
    for number, (operation, arguments) in enumerate([("dance", {}), ("set", {"name": "x"}), ("discard", {})], 3):
        assert agent.answer(number, operation, **arguments).code == "CAMERA-SETTING"


def test_behind_a_setting_that_was_not_there_the_offers_are_told_anew(started: Started) -> None:
    camera, agent = started()
    agent.next(State)
    camera.fails["set"] = [camera_errors.setting("iso", "9")]
    assert agent.answer(1, "set", name="iso", value="9").code == "CAMERA-SETTING"
    agent.until(lambda each: isinstance(each, Sign) and each.name == "offers")


def test_a_library_that_waited_in_vain_is_never_called_again(started: Started) -> None:
    camera, agent = started()
    agent.next(State)
    camera.fails["capture"] = [camera_errors.cut(SILENT, "/k")]
    reply = agent.answer(1, "capture")
    assert (reply.code, reply.is_last) == ("CAMERA-CUT", True)
    assert before(agent) == "removed"
    asked = list(camera.asked)
    agent.next(Pulse)
    agent.next(Pulse)
    assert camera.asked == asked
    assert "close" not in asked


def test_a_release_that_takes_too_long_is_answered_for_and_asks_for_a_fresh_process(started: Started) -> None:
    camera, agent = started()
    agent.next(State)
    camera.hold.clear()
    agent.ask(1, "capture", limit_s=0.2)
    reply = agent.next(Reply)
    assert (reply.code, reply.is_last, reply.facts) == ("CAMERA-TIMEOUT", True, {"deadline_s": 0.2})
    camera.hold.set()
    agent.next(Pulse)
    agent.next(Pulse)
    assert not [each for each in agent.heard if isinstance(each, Page)], "nobody waits for it any more"


def test_a_release_that_was_called_off_leaves_nothing_on_the_camera(started: Started) -> None:
    camera, agent = started()
    agent.next(State)
    camera.hold.clear()
    agent.ask(1, "capture")
    agent.wire.send(Cancel(1))
    agent.until(lambda _: agent.has_heard_cancel)
    camera.hold.set()
    reply = agent.next(Reply)
    assert (reply.code, camera.discarded) == ("CAMERA-CALLED-OFF", ["/store/DSC_1.JPG"])
    assert not [each for each in agent.heard if isinstance(each, Page)]


def test_a_line_that_broke_is_mended_without_a_word_where_that_succeeds(started: Started) -> None:
    camera, agent = started(condition_s=0.01)
    agent.next(State)
    camera.fails["condition"] = [BROKEN]
    agent.until(lambda _: camera.asked.count("open") == 2)
    agent.next(Pulse)
    assert [each.state for each in agent.heard if isinstance(each, State)] == ["ready"]


def test_who_waits_for_a_camera_that_has_gone_is_told_so_and_not_how_its_line_broke(started: Started) -> None:
    camera, agent = started()
    agent.next(State)
    camera.fails |= {"capture": [BROKEN], "open": [camera_errors.absent("x")]}
    assert agent.answer(1, "capture").code == "CAMERA-ABSENT"
    assert agent.next(State).state == "ready"


def test_a_camera_that_has_gone_is_told_once_and_comes_back_by_itself(started: Started) -> None:
    camera, agent = started(condition_s=0.01)
    agent.next(State)
    camera.fails |= {"condition": [BROKEN], "open": [camera_errors.absent("x")] * 5}
    lost = agent.next(State)
    assert (lost.state, lost.code) == ("absent", "CAMERA-ABSENT")
    assert before(agent) == "removed", "what it showed is forgotten first"
    assert agent.next(State).state == "ready"
    assert camera.asked.count("open") == 7
    assert "reset" not in camera.asked


def test_one_that_does_not_answer_on_its_line_is_reset_and_then_gets_a_fresh_process(started: Started) -> None:
    camera, agent = started(fails={"open": [SILENT] * 9}, renew_after=3)
    told = agent.until(lambda each: isinstance(each, State) and each.is_last)
    assert (told.state, told.code) == ("faulted", "CAMERA-ASLEEP")
    calls = [call for call in camera.asked if call not in {"close", "candidates"}]
    assert calls == ["open", "reset", "open", "reset", "open"]
    agent.next(Pulse)
    assert camera.asked[-1] != "open", "no call more"


def test_a_fresh_process_does_not_ask_for_the_next_one_at_once(started: Started) -> None:
    camera, agent = started(fails={"open": [SILENT] * 9}, renewals=1, renew_after=3, renew_every=7)
    agent.until(lambda each: isinstance(each, State) and each.is_last)
    assert camera.asked.count("open") == 7


def test_what_only_a_person_can_mend_is_neither_reset_nor_renewed(started: Started) -> None:
    camera, agent = started(fails={"open": [camera_errors.several(["a", "b"])] * 5}, renew_after=3)
    assert agent.next(State).code == "CAMERA-SEVERAL"
    assert agent.next(State).state == "ready"
    assert "reset" not in camera.asked


def test_silence_beside_a_live_view_asks_for_a_fresh_process_with_the_reason(started: Started) -> None:
    camera, agent = started()
    agent.next(State)
    camera.fails["preview"] = [SILENT]
    agent.wire.send(Look(100))
    told = agent.until(lambda each: isinstance(each, State) and each.is_last)
    assert (told.code, before(agent)) == ("CAMERA-ASLEEP", "removed")
    assert not [each for each in agent.heard if isinstance(each, Frame)]


def test_the_cameras_of_the_system_are_listed_at_once_only_where_there_is_none(started: Started) -> None:
    camera, agent = started(list_s=FOR_EVER_S)
    agent.next(State)
    agent.answer(1, "capture")
    assert "candidates" not in camera.asked
    _, absent = started(fails={"open": [camera_errors.absent("x")] * 10_000})
    assert absent.next(Ports).candidates[0].address == "gphoto2:usb:A1"
