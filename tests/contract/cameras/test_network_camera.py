"""A camera on the network: pairs of files, names that are traps, pictures of somebody else, and a line that breaks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from drivers.camera_api import Shot
from drivers.camera_pictures import jpeg_size_px

Started = Callable[..., Any]
NAMES = ("markup", "control", "format", "path", "absolute", "dots", "newline", "surrogate", "empty")


def empty(simulated: Any, network: Any, *keys: str) -> bool:
    """Whether nothing is left on the camera once these are discarded."""
    assert network.ask("discard", keys=list(keys)).code is None
    left: list[str] = simulated.card()
    return left == []


def broken_off(simulated: Any, network: Any, fault: str, **given: object) -> None:
    """Take a RAW file, and pull the camera out while its JPEG is waited for: the driver knows the file."""
    simulated.set(quality="raw")
    known = len(simulated.asked())

    def is_waited_for() -> bool:
        asked = simulated.asked()[known:][::-1]
        return (
            "capture" in asked and "object-info" in asked[: asked.index("capture")] and asked.index("object-info") > 2
        )

    with ThreadPoolExecutor() as other:
        release = other.submit(network.capture)
        simulated.until(is_waited_for)
        simulated.fault(fault, **given)
        assert release.result().code == "CAMERA-ABSENT"
    assert len(simulated.card()) == 1


def test_of_a_pair_the_jpeg_is_the_picture_and_both_go(simulated: Any, network: Any) -> None:
    simulated.set(quality="raw+jpeg")
    taken = network.capture()
    assert (taken.shot.name[-4:], len(simulated.card())) == (".JPG", 2)
    assert empty(simulated, network, taken.shot.key)


def test_whichever_of_a_pair_comes_first(simulated: Any, network: Any) -> None:
    simulated.set(quality="raw+jpeg")
    simulated.fault("raw-first")
    taken = network.capture()
    assert (taken.shot.name[-4:], taken.shot.companions) == (".JPG", 1)
    assert empty(simulated, network, taken.shot.key)


def test_a_camera_that_makes_raw_files_alone_says_so_and_keeps_none(simulated: Any, network: Any) -> None:
    simulated.set(quality="raw")
    assert network.capture().code == "CAMERA-RAW-ONLY"
    network.ask("discard", keys=[])
    assert simulated.card() == []


def test_of_two_pictures_for_one_release_the_first_is_taken_and_both_go(simulated: Any, network: Any) -> None:
    simulated.fault("two-objects")
    taken = network.capture()
    assert (len(taken.pages), len(simulated.card())) == (1, 2)
    assert empty(simulated, network, taken.shot.key)


def test_what_is_taken_with_the_cameras_own_button_stays_on_its_card(simulated: Any, network: Any) -> None:
    keys: list[str] = []

    def press(message: Any) -> None:
        if type(message).__name__ == "Page":
            keys.append(msgspec.json.decode(message.data, type=Shot).key)
            simulated.control("PUT", "/button")

    assert network.asked("capture", press).code is None
    simulated.until(lambda: len(simulated.card()) == 2)
    others = [name for name in simulated.card() if not keys[0].endswith(name)]
    assert network.ask("discard", keys=keys).code is None
    assert simulated.card() == others
    assert network.capture().shot.name not in others


def test_a_card_that_was_changed_under_it_is_opened_anew(simulated: Any, network: Any) -> None:
    """The library keeps the names of the card, and would add a file of the same name in vain."""
    simulated.fault("hostile-name", text="format")
    network.capture()
    simulated.control("DELETE", "/store")
    simulated.fault("hostile-name", text="format")
    assert network.capture().code == "CAMERA-IO"
    simulated.fault("hostile-name", text="format")
    assert network.capture().code is None
    assert network.renewals == 0


def test_a_picture_that_somebody_else_removed_is_no_trouble(simulated: Any, network: Any) -> None:
    keys = [network.capture().shot.key for _ in range(2)]
    simulated.fault("delete-refused", status=0x2009)  # no such object
    assert network.ask("discard", keys=keys[:1]).code is None
    simulated.control("DELETE", "/store")
    assert empty(simulated, network, *keys)
    assert network.capture().code is None


def test_a_picture_that_says_it_is_too_long_is_not_even_fetched(simulated: Any, network: Any) -> None:
    network.capture()
    fetched = simulated.asked().count("get-object")
    simulated.fault("huge-file")
    assert network.capture().code == "CAMERA-PICTURE"
    assert simulated.asked().count("get-object") == fetched


def test_what_a_broken_off_release_has_left_is_removed_when_the_camera_is_back(simulated: Any, network: Any) -> None:
    broken_off(simulated, network, "unplug")
    simulated.heal()
    network.until_state("ready")
    simulated.until(lambda: simulated.card() == [])


@pytest.mark.parametrize(("serial", "left"), [("same", 0), ("other", 1)])
def test_on_another_camera_nothing_is_removed(simulated: Any, network: Any, serial: str, left: int) -> None:
    broken_off(simulated, network, "return-other-name", serial=serial, replug_after_ms=50_000)
    network.until_state("ready")
    assert network.ask("discard", keys=[]).code is None
    assert len(simulated.card()) == left


def test_another_process_removes_a_pair_by_the_name_of_one_of_them(
    simulated: Any, network: Any, worker_at: Started
) -> None:
    simulated.set(quality="raw+jpeg")
    key = network.capture().shot.key
    network.end()
    other = worker_at(simulated.address)
    other.until_state("ready")
    assert empty(simulated, other, key)


@pytest.mark.parametrize("text", NAMES)
def test_a_name_that_is_a_trap_is_a_name(simulated: Any, network: Any, text: str) -> None:
    simulated.fault("hostile-name", text=text)
    taken = network.capture()
    assert taken.shot.name.isprintable()
    assert taken.shot.key.isascii()
    assert len(taken.shot.name) <= 64
    assert empty(simulated, network, taken.shot.key)


def test_a_name_that_the_library_cuts_amid_a_character_is_no_picture(simulated: Any, network: Any) -> None:
    simulated.fault("hostile-name", text="long")
    assert network.capture().code == "CAMERA-PICTURE"
    assert network.capture().code is None


@pytest.mark.parametrize(
    ("fault", "given", "code"),
    [
        ("out-of-focus", {"when": "release"}, "CAMERA-FOCUS"),
        ("out-of-focus", {"when": "after"}, "CAMERA-FOCUS"),
        ("store-full", {}, "CAMERA-CARD-FULL"),
        ("no-card", {}, "CAMERA-NO-CARD"),
        ("battery-low", {"level": 3}, "CAMERA-BATTERY"),
        ("busy-forever", {}, "CAMERA-BUSY"),
        ("zero-byte", {}, "CAMERA-PICTURE"),
        ("truncated-jpeg", {}, "CAMERA-PICTURE"),
        ("huge-file", {}, "CAMERA-PICTURE"),
        ("bomb", {}, "CAMERA-PICTURE"),
        ("not-a-jpeg", {}, "CAMERA-PICTURE"),
        ("cut-in-data", {}, "CAMERA-CUT"),
        ("unplug", {}, "CAMERA-ABSENT"),
    ],
)
def test_each_trouble_has_its_code_and_leaves_no_picture_behind(
    simulated: Any, network: Any, fault: str, given: dict[str, object], code: str
) -> None:
    network.ask("discard", keys=[network.capture().shot.key])
    simulated.fault(fault, **given)
    assert network.capture().code == code
    simulated.heal()
    if fault == "unplug":
        network.until_state("ready")
    taken = network.capture()
    assert jpeg_size_px(taken.content)
    assert network.renewals == 0, "its library was not interrupted"
    assert empty(simulated, network, taken.shot.key)


def test_a_picture_that_comes_late_is_not_taken_for_the_next_persons(simulated: Any, network: Any) -> None:
    simulated.fault("late-event", delay_ms=100_000)  # 2 s at this simulator's pace
    assert network.capture(limit_s=1.0).code == "CAMERA-TIMEOUT"
    late = simulated.card()
    network.until_state("ready")
    names = [network.capture().shot.name for _ in range(3)]
    assert len(late) == 1
    assert set(late).isdisjoint(names)
    assert len(set(names)) == 3


def test_a_cut_while_the_camera_says_nothing_more_ends_in_a_fresh_process(simulated: Any, network: Any) -> None:
    simulated.fault("hang-in-data")
    taken = network.capture()
    assert taken.code == "CAMERA-CUT"
    assert taken.reply is not None
    key = str(taken.reply.facts["key"])
    simulated.heal()
    network.until_state("ready")
    assert network.renewals == 1
    assert empty(simulated, network, key), "by its key it can be removed afterwards"


def test_the_live_view_moves_ends_when_nobody_looks_and_comes_back_after_a_loss(simulated: Any, network: Any) -> None:
    network.look(25)
    assert len({network.frame() for _ in range(10)}) > 1
    simulated.fault("unplug")
    network.until_state("absent")
    simulated.heal()
    network.until_state("ready")
    assert network.frame()
    network.look(0)
    network.until(lambda _: "end-preview" in simulated.asked())


def test_the_clerk_is_told_why_there_is_no_live_view_and_can_release_all_the_same(simulated: Any, network: Any) -> None:
    simulated.fault("live-view-refused", how="condition")
    network.look(25)
    sign = network.until(lambda each: getattr(each, "name", "") == "live-view")
    assert sign.code
    assert network.capture().code is None
    simulated.heal()
    assert network.frame()


def test_it_focuses_beside_the_live_view_and_says_when_it_could_not(simulated: Any, network: Any) -> None:
    network.look(25)
    network.frame()
    assert network.capture().code is None
    assert "focus" in simulated.asked()
    simulated.fault("out-of-focus")
    assert network.capture().code == "CAMERA-FOCUS"


def test_where_nobody_listens_it_is_absent_and_where_one_refuses_it_is_said(simulated: Any, worker_at: Started) -> None:
    assert worker_at("gphoto2:ptpip:127.0.0.1:1").until_state().code == "CAMERA-ABSENT"
    assert worker_at("gphoto2:ptpip:camera.invalid").until_state().code == "CAMERA-ABSENT"
    simulated.fault("in-use")
    camera = worker_at(simulated.address)
    assert camera.until_state().code == "CAMERA-REJECTED"
    simulated.heal()
    camera.until_state("ready")


def test_its_own_line_alone_is_loaded(network: Any) -> None:
    loaded = network.loaded()
    assert {"ptp2.so", "ptpip.so"} <= loaded
    assert not {"usb1.so", "vusb.so", "serial.so", "disk.so"} & loaded
