"""What every ID-card reader must do that can be seen without a hand on it: also the contract of a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from drivers.api import DeviceAbsent, DeviceError
from drivers.sam_commands import SPEEDS_BAUD

if TYPE_CHECKING:
    from conftest import Device


def test_it_says_who_it_is_and_the_same_each_time(device: Device) -> None:
    identity = device.reader.open(device.deadline())
    assert len(identity.sam_id.split("-")) == 4
    assert identity.description
    assert identity.speed_baud in {None, *SPEEDS_BAUD}
    assert device.reader.open(device.deadline()) == identity


def test_its_self_test_is_good_and_its_line_clean(device: Device) -> None:
    before = device.reader.statistics()
    found = device.reader.self_test(device.deadline())
    assert found.status == "90"
    assert found.identity == device.reader.open(device.deadline())
    after = device.reader.statistics()
    assert after.frames > before.frames
    assert after.bad_checks == before.bad_checks


def test_it_answers_after_a_reset(device: Device) -> None:
    device.reader.reset(device.deadline())
    assert device.reader.self_test(device.deadline()).status == "90"


def test_closed_it_answers_nothing_and_opened_again_it_does(device: Device) -> None:
    device.reader.close()
    device.reader.close()
    assert device.reader.fileno() is None
    with pytest.raises(DeviceAbsent):
        device.reader.find(device.deadline())
    device.reader.open(device.deadline())
    assert device.reader.self_test(device.deadline()).status == "90"


def test_a_deadline_that_has_passed_is_an_error_and_harms_nothing(device: Device) -> None:
    with pytest.raises(DeviceError):
        device.reader.self_test(device.deadline(0.0))
    assert device.reader.self_test(device.deadline()).status == "90"


def test_what_it_cannot_do_is_said_before_it_is_asked(device: Device) -> None:
    with pytest.raises(ValueError, match="speeds"):
        device.reader.set_speed(1200, device.deadline())
    with pytest.raises(ValueError, match="24 to 255"):
        device.reader.set_largest_rf_frame(300, device.deadline())


def test_a_card_on_the_plate_is_read_twice_alike_and_is_seen_to_lie_there(device: Device) -> None:
    card = device.reader.read_card(device.deadline())
    if card is None:
        pytest.skip("no card on the plate, or it was read before: lift it, lay it down, and run this again")
    assert card.readings == 1
    again = device.reader.read_again(card, device.deadline())
    assert again == msgspec.structs.replace(card, readings=again.readings)
    assert device.reader.is_card_resting(device.deadline())
    assert device.reader.read_card(device.deadline()) is None
