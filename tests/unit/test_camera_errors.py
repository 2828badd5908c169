"""What libgphoto2's numbers, the camera's answers and the library's words mean: one table, asked in order.

There is no USB on a test machine: what a camera there would answer is proved here, from the numbers.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from agent.errors import Exit, exit_of
from agent.messages.service import codes
from drivers import camera_errors
from drivers.api import Actor, DeviceAbsent, DeviceBusy, DeviceRefused, DeviceTimeout, LinkError, NeedsOperator, Retry
from drivers.camera_errors import is_of_line
from drivers.camera_meanings import BY_NUMBER, BY_RESPONSE, BY_WORDS, LINE_BY_WORDS, said_by_library

NUMBERS = (
    "import gphoto2, json; print(json.dumps([getattr(gphoto2, n) for n in dir(gphoto2) if n.startswith('GP_ERROR')]))"
)


def failed(name: str, response: int) -> str:
    """A line of libgphoto2's log for a call that the camera refused."""
    return f"'ret' failed: '{name}' (0x{response:04x})"


def test_every_number_of_the_library_has_a_meaning() -> None:
    done = subprocess.run([sys.executable, "-c", NUMBERS], capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == set(BY_NUMBER)


@pytest.mark.parametrize(
    ("number", "kind", "code", "actor", "retry"),
    [
        (-1, DeviceRefused, "CAMERA-REFUSED", Actor.CLERK, Retry.NOW),
        (-4, object, "CAMERA-LIBRARY", Actor.TECHNICIAN, Retry.AFTER_ACTION),
        *((number, object, "CAMERA-PORT", Actor.TECHNICIAN, Retry.AFTER_ACTION) for number in (-5, -20, -21, -70)),
        (-6, DeviceRefused, "CAMERA-UNSUPPORTED", Actor.TECHNICIAN, Retry.NEVER),
        (-7, LinkError, "CAMERA-IO", Actor.CLERK, Retry.NOW),
        (-10, DeviceTimeout, "CAMERA-ASLEEP", Actor.CLERK, Retry.AFTER_ACTION),
        (-34, LinkError, "CAMERA-IO", Actor.CLERK, Retry.NOW),
        (-52, DeviceAbsent, "CAMERA-ABSENT", Actor.CLERK, Retry.AFTER_ACTION),
        (-53, DeviceBusy, "CAMERA-CLAIMED", Actor.TECHNICIAN, Retry.AFTER_ACTION),
        (-60, DeviceBusy, "CAMERA-CLAIMED", Actor.TECHNICIAN, Retry.AFTER_ACTION),
        (-103, LinkError, "CAMERA-IO", Actor.CLERK, Retry.NOW),
        (-110, DeviceBusy, "CAMERA-BUSY", Actor.CLERK, Retry.NOW),
        (-113, NeedsOperator, "CAMERA-DEFECT", Actor.TECHNICIAN, Retry.AFTER_ACTION),
        (-115, NeedsOperator, "CAMERA-CARD-FULL", Actor.CLERK, Retry.AFTER_ACTION),
        (-999, DeviceRefused, "CAMERA-REFUSED", Actor.CLERK, Retry.NOW),
    ],
)
def test_a_number_alone_says_so_much(number: int, kind: type, code: str, actor: Actor, retry: Retry) -> None:
    error = said_by_library(number)
    assert isinstance(error, kind)
    assert (error.code, error.actor, error.retry) == (code, actor, retry)


@pytest.mark.parametrize(
    ("name", "response", "code"),
    [
        ("PTP General Error", 0x2002, "CAMERA-REFUSED"),
        ("PTP Session Not Open", 0x2003, "CAMERA-IO"),
        ("PTP Operation Not Supported", 0x2005, "CAMERA-UNSUPPORTED"),
        ("PTP Store Full", 0x200C, "CAMERA-CARD-FULL"),
        ("PTP Store Read Only", 0x200E, "CAMERA-CARD"),
        ("PTP Store Not Available", 0x2013, "CAMERA-NO-CARD"),
        ("PTP Device Busy", 0x2019, "CAMERA-BUSY"),
        ("PTP Self Test Failed", 0x2011, "CAMERA-DEFECT"),
        ("Out of Focus", 0xA002, "CAMERA-FOCUS"),
        ("Hardware Error", 0xA001, "CAMERA-DEFECT"),
        ("Unknown Command", 0xA001, "CAMERA-REFUSED"),
        ("Invalid Status", 0xA004, "CAMERA-STATE"),
        ("Mirror Up Sequence", 0xA009, "CAMERA-STATE"),
        ("Store Error", 0xA021, "CAMERA-CARD"),
        ("Store Unformatted", 0xA022, "CAMERA-CARD"),
        ("Low Battery", 0xA101, "CAMERA-BATTERY"),
        ("Authentication Failed", 0xA101, "CAMERA-REFUSED"),
        ("Lens Cover Closed", 0xA006, "CAMERA-LENS"),
        ("Whitebalance Reset Error", 0xA006, "CAMERA-REFUSED"),
    ],
)
def test_a_camera_that_says_no_says_why(name: str, response: int, code: str) -> None:
    error = said_by_library(-1, [failed(name, response), name, "'camera->functions->capture (camera)' failed: -1"])
    assert error.code == code
    assert error.facts["status"] == f"0x{response:04X}"


@pytest.mark.parametrize(
    ("number", "words", "code"),
    [
        (-1, "Liveview cannot start: Battery exhausted", "CAMERA-BATTERY"),
        (-1, "Liveview cannot start: Temperature too high", "CAMERA-DEFECT"),
        (-1, "Liveview cannot start: Card protected", "CAMERA-CARD"),
        (-1, "Liveview cannot start: Exposure Program Mode is not P/A/S/M", "CAMERA-STATE"),
        (-1, "Liveview cannot start: Minimum aperture warning", "CAMERA-LENS"),
        (-1, "Recording destination card, but no card or card protected", "CAMERA-NO-CARD"),
        (-1, "Canon EOS Capture failed to release: Perhaps no focus?", "CAMERA-FOCUS"),
        (-3, "Canon EOS Capture failed to release: Perhaps no more memory on card?", "CAMERA-CARD-FULL"),
        (-3, "Camera memorycard ran full during capture.", "CAMERA-CARD-FULL"),
        (-3, "Malloc failed", "CAMERA-REFUSED"),
        (-6, "Sorry, your Nikon camera does not support LiveView mode", "CAMERA-NO-LIVE-VIEW"),
        (-6, "Sorry, your camera does not support generic capture", "CAMERA-UNSUPPORTED"),
        (-1, "Sorry, your Nikon camera does not seem to return a JPEG image in LiveView mode", "CAMERA-FRAME"),
        (-1, "bad type returned 5", "CAMERA-REJECTED"),
        (-1, "Unexpected ptp response, ptp code 2019", "CAMERA-BUSY"),
        (-1, "Nikon enable liveview failed (0x2019: PTP Device Busy)", "CAMERA-BUSY"),
    ],
)
def test_where_the_number_says_little_the_words_do(number: int, words: str, code: str) -> None:
    assert said_by_library(number, [words]).code == code


@pytest.mark.parametrize(
    ("number", "lines", "code", "reason"),
    [
        (
            -1,
            ["End of stream after reading 0 bytes of ptpipheader", "PTP General Error (0x2002)"],
            "CAMERA-IO",
            "closed",
        ),
        (-7, ["End of stream after reading 0 bytes of ptpipheader"], "CAMERA-IO", "closed"),
        (-1, ["returned data is too much, expected 5, got 9"], "CAMERA-IO", "garbled"),
        (-2, ["'ptp_generic_getdevicepropdesc' failed: PTP I/O Error (0x02ff)"], "CAMERA-IO", "io"),
        (-2, ["'ptp_generic_getdevicepropdesc' failed: PTP Timeout (0x02fa)"], "CAMERA-ASLEEP", "timeout"),
        (-10, ["Out of Focus (0xa002)", "'ret' failed: 'PTP Timeout' (0x02fa)"], "CAMERA-ASLEEP", "timeout"),
    ],
)
def test_a_broken_line_goes_before_all_that_was_said_on_it(
    number: int, lines: list[str], code: str, reason: str
) -> None:
    error = said_by_library(number, lines)
    assert (error.code, error.facts["reason"]) == (code, reason)
    assert is_of_line(error)


def test_the_last_answer_counts() -> None:
    assert (
        said_by_library(-1, [failed("PTP Store Full", 0x200C), failed("Out of Focus", 0xA002)]).code == "CAMERA-FOCUS"
    )


def test_a_sentence_behind_an_answer_is_what_is_shown_unless_it_repeats_it() -> None:
    refused = [failed("Not in Liveview", 0xA00B), "Liveview cannot start: Temperature too high", "'preview' failed: -1"]
    assert said_by_library(-1, refused).facts["status"] == "Liveview cannot start: Temperature too high"
    assert said_by_library(-1, [failed("PTP Store Full", 0x200C), "PTP Store Full"]).facts["status"] == "0x200C"


def test_what_nobody_knows_is_kept_as_it_came_and_can_be_shown() -> None:
    assert said_by_library(-1, ["first", "la\x1b[31mst\n"]).facts["status"] == "la[31mst"
    assert said_by_library(-1, [failed("Unknown", 0xA7FF)]).facts["status"] == "0xA7FF"
    assert len(str(said_by_library(-1, ["x" * 5000]).facts["status"])) <= 64


def test_after_a_refusal_the_session_goes_on_and_a_bad_picture_is_none_of_the_lines_business() -> None:
    assert not is_of_line(said_by_library(-1, [failed("Out of Focus", 0xA002)]))
    assert not is_of_line(said_by_library(-53))
    assert not is_of_line(camera_errors.bad_picture("empty", 0))
    assert not is_of_line(camera_errors.bad_frame())
    assert is_of_line(camera_errors.cut(said_by_library(-7), "/k"))
    assert is_of_line(camera_errors.absent("gphoto2:usb"))


def test_every_code_has_words_and_an_exit_code() -> None:
    meanings = [*BY_NUMBER.values(), *BY_RESPONSE.values(), *(meaning for _, meaning in (*BY_WORDS, *LINE_BY_WORDS))]
    told = {meaning("") for meaning in meanings} | {
        camera_errors.address_not_understood("x"), camera_errors.library_missing("x"), camera_errors.several(["x"]),
        camera_errors.denied("x"), camera_errors.claimed("x", ""), camera_errors.setting("x", "y"),
        camera_errors.bad_picture("x", 0), camera_errors.raw_only(), camera_errors.cut(said_by_library(-7), "/k"),
        camera_errors.late(1.0), camera_errors.called_off(),
    }  # fmt: skip
    found = {error.code for error in told}
    assert found <= codes()
    assert {code for code in found if exit_of(code) is Exit.OUR_BUG} == set()
