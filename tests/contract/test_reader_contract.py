"""What every ID-card reader must do, whatever its wire."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from drivers.api import DeviceAbsent, DeviceError, DeviceRefused, DeviceTimeout, IdCard, LinkError, NeedsOperator

if TYPE_CHECKING:
    from conftest import Desk

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
GARBLES = ("flip", "burst", "lost", "doubled", "inserted", "cut")
CARD_FAULTS = ("card-swapped-before-read", "card-swapped-before-address", "card-pulled")


def shown(value: object) -> object:
    """A fact of the simulated card as a card may show it: pairs joined, the unstorable replaced, no trailing blanks."""
    if not isinstance(value, str):
        return value
    joined = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return UNSTORABLE.sub("\ufffd", joined.rstrip(" \0")) or None


def content(card: IdCard) -> tuple[bytes, bytes, tuple[str, ...]]:
    return card.text_raw, card.photo_wlt, card.newest_addresses


def two_cards(desk: Desk) -> tuple[str, str]:
    """One card without newest addresses and one with: their records differ in every part."""
    has_addresses = {bool(desk.simulator.facts(each)["newest_addresses"]): each for each in desk.simulator.card_ids}
    return has_addresses[False], has_addresses[True]


def find_twice(desk: Desk) -> None:
    """The answer of a reader that is pulled out afterwards may still arrive."""
    desk.reader.find(desk.deadline())
    desk.reader.find(desk.deadline())


def test_identity(desk: Desk) -> None:
    identity = desk.reader.open(desk.deadline())
    assert identity.sam_id.startswith("99.99-")
    assert identity.address.startswith(desk.simulator.address)
    assert identity.speed_baud == (115200 if desk.simulator.wire == "pty" else None)
    assert identity.description


def test_empty_plate(desk: Desk) -> None:
    assert not desk.reader.find(desk.deadline())
    assert desk.reader.read_card(desk.deadline()) is None
    assert not desk.reader.is_card_resting(desk.deadline())


def test_every_card_of_the_stack_is_read_as_it_was_written(desk: Desk) -> None:
    kinds = set()
    for card_id in desk.simulator.card_ids:
        card = desk.lay_and_read(card_id)
        facts = desk.simulator.facts(card_id)
        kinds.add(card.kind)
        for field in ("kind", "name", "name_latin", "sex", "id_number", "address", "nationality", "pass_number"):
            assert getattr(card, field) == shown(facts[field]), (card_id, field)
        assert list(card.newest_addresses) == [shown(address) for address in facts["newest_addresses"]]
        assert card.sam_id is not None
    assert len(kinds) == 4


def test_life_of_a_card(desk: Desk) -> None:
    first, other = desk.simulator.card_ids[:2]
    desk.simulator.lay(first)
    assert desk.reader.find(desk.deadline())
    card = desk.reader.read_card(desk.deadline())
    assert card is not None
    assert card.readings == 1
    again = desk.reader.read_again(card, desk.deadline())
    assert again == msgspec.structs.replace(card, readings=2)
    assert not desk.reader.find(desk.deadline())
    assert desk.reader.read_card(desk.deadline()) is None
    desk.lay_and_read(first)
    assert desk.reader.is_card_resting(desk.deadline())
    desk.simulator.lift()
    assert not desk.reader.is_card_resting(desk.deadline())
    assert not desk.reader.find(desk.deadline())
    assert content(desk.lay_and_read(other)) != content(card)
    assert content(desk.lay_and_read(first)) == content(card)


def test_the_beginning_of_a_reading_is_told_with_the_first_answer_and_never_without_a_card(desk: Desk) -> None:
    told: list[int] = []

    def on_found() -> None:
        told.append(desk.reader.statistics().frames)

    desk.simulator.lift()
    assert desk.reader.read_card(desk.deadline(), on_found) is None
    assert told == []
    desk.simulator.lay(desk.simulator.card_ids[0])
    before = desk.reader.statistics().frames
    assert desk.reader.read_card(desk.deadline(), on_found) is not None
    assert told == [before + 1]
    assert desk.reader.statistics().frames > before + 1


def test_diagnostics(desk: Desk) -> None:
    assert desk.reader.self_test(desk.deadline()).management_number_bytes is None
    desk.lay_and_read(desk.simulator.card_ids[0])
    found = desk.reader.self_test(desk.deadline())
    assert (found.status, found.management_number_bytes) == ("90", 28)
    assert found.identity.sam_id.startswith("99.99-")
    assert found.statistics.frames > 5


def test_reset_and_rf_frame(desk: Desk) -> None:
    desk.reader.reset(desk.deadline())
    desk.reader.set_largest_rf_frame(80, desk.deadline())
    with pytest.raises(ValueError, match="24 to 255"):
        desk.reader.set_largest_rf_frame(300, desk.deadline())
    desk.lay_and_read(desk.simulator.card_ids[0])


def test_speed(desk: Desk) -> None:
    with pytest.raises(ValueError, match="speeds"):
        desk.reader.set_speed(1200, desk.deadline())
    if desk.simulator.wire != "pty":
        with pytest.raises(DeviceRefused):
            desk.reader.set_speed(9600, desk.deadline())
        return
    for speed_baud in (9600, 19200, 38400, 57600, 115200):
        desk.reader.set_speed(speed_baud, desk.deadline())
        assert desk.reader.self_test(desk.deadline()).identity.speed_baud == speed_baud


def test_speed_is_detected_after_the_module_changed_it(desk: Desk) -> None:
    if desk.simulator.wire != "pty":
        assert desk.reader.open(desk.deadline()).speed_baud is None
        return
    for speed_baud in (9600, 57600):
        desk.simulator.fault("wrong-baud", baud=speed_baud)
        assert not desk.reader.find(desk.deadline())
        assert desk.reader.open(desk.deadline()).speed_baud == speed_baud


@pytest.mark.parametrize(
    ("fault", "parameters"),
    [
        ("dribble", {"piece_bytes": 7}),
        ("split", {"count": None}),
        ("merge", {"count": None, "stray": "before"}),
        ("merge", {"count": None, "stray": "after"}),
        ("noise-before", {"count": None}),
        ("preamble-in-photo", {}),
        ("duplicate-answer", {"count": None}),
        ("echo", {}),
        ("fingerprint-answer", {}),
        ("slow-plate", {}),
        ("bad-check", {}),
        ("bad-length", {}),
        ("bad-length", {"command": "read-base"}),
        ("bad-check", {"command": "select"}),
        ("bit-flips", {"flips": 1}),
        ("bit-flips", {"kind": "cut", "command": "read-base"}),
        ("reset-during-read", {}),
        ("late-answer", {"command": "find"}),
        ("silent", {"count": 1}),
        ("status", {"status": "24", "command": "read-base"}),
        ("status", {"status": "33", "command": "read-base"}),
        ("status", {"status": "41", "command": "read-base"}),
        ("status", {"status": "81", "command": "select"}),
        ("status", {"status": "10", "command": "find"}),
        ("status", {"status": "21", "command": "newest-address", "count": None}),
    ],
    ids=str,
)
def test_reading_gets_over_it(desk: Desk, fault: str, parameters: dict[str, object]) -> None:
    card_id = next(each for each in desk.simulator.card_ids if not desk.simulator.facts(each)["newest_addresses"])
    desk.simulator.fault(fault, **parameters)
    desk.simulator.lay(card_id)
    card = desk.reader.read_card(desk.deadline())
    assert card is not None
    assert card.id_number == desk.simulator.facts(card_id)["id_number"]
    assert desk.reader.read_again(card, desk.deadline()).readings == 2


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("23", "READER-REFUSED"),
        ("55", "READER-REFUSED"),
        ("31", "READER-CARD-REJECTED"),
        ("32", "READER-CARD-REJECTED"),
        ("33", "READER-CARD-REJECTED"),
        ("40", "READER-CARD-REJECTED"),
        ("41", "READER-CARD-REJECTED"),
        ("60", "READER-SELF-TEST"),
        ("66", "READER-NOT-AUTHORISED"),
        ("10", "READER-LINE"),
    ],
)
def test_refusal_that_lasts(desk: Desk, status: str, code: str) -> None:
    desk.simulator.fault("status", status=status, command="read-base", count=None)
    desk.simulator.lay(desk.simulator.card_ids[0])
    with pytest.raises(DeviceError) as error:
        desk.reader.read_card(desk.deadline())
    assert error.value.code == code
    desk.simulator.settle()
    desk.lay_and_read(desk.simulator.card_ids[0])


def test_text_of_a_wrong_length_is_never_a_card(desk: Desk) -> None:
    desk.simulator.fault("text-length")
    desk.simulator.lay(desk.simulator.card_ids[0])
    with pytest.raises(LinkError) as error:
        desk.reader.read_card(desk.deadline())
    assert (error.value.code, error.value.facts["reason"]) == ("READER-LINE", "length")


def test_silence_ends_by_the_deadline(desk: Desk) -> None:
    desk.simulator.fault("silent")
    deadline = desk.deadline(2.0)
    with pytest.raises(DeviceTimeout) as error:
        desk.reader.find(deadline)
    assert error.value.code == "READER-SILENT"
    desk.simulator.settle()
    assert not desk.reader.find(desk.deadline())


def test_babble_ends_by_the_deadline(desk: Desk) -> None:
    desk.simulator.fault("babble")
    with pytest.raises(LinkError) as error:
        desk.reader.find(desk.deadline(2.0))
    assert error.value.code == "READER-LINE"
    desk.simulator.settle()
    assert not desk.reader.find(desk.deadline())


@pytest.mark.parametrize("fault", ["unplug-before", "unplug-mid-frame", "unplug-after"])
def test_unplug_and_return(desk: Desk, fault: str) -> None:
    desk.simulator.lay(desk.simulator.card_ids[0])
    desk.simulator.fault(fault, command="find")
    with pytest.raises(DeviceAbsent) as error:
        find_twice(desk)
    assert error.value.code == "READER-ABSENT"
    with pytest.raises(DeviceAbsent) as error:
        desk.reader.open(desk.deadline())
    assert error.value.code == "READER-ABSENT", "it was there: nobody has mistyped its address"
    desk.simulator.ask("DELETE", "/faults")
    assert desk.reader.read_card(desk.deadline()) is not None


def test_card_pulled_while_it_is_read(desk: Desk) -> None:
    desk.simulator.fault("card-pulled", command="read-base")
    desk.simulator.lay(desk.simulator.card_ids[0])
    with pytest.raises(NeedsOperator) as error:
        desk.reader.read_card(desk.deadline())
    assert error.value.code == "READER-CARD-GONE"
    assert desk.reader.read_card(desk.deadline()) is None


@pytest.mark.parametrize("command", ["read-base", "newest-address"])
def test_card_pulled_during_the_second_reading(desk: Desk, command: str) -> None:
    card = desk.lay_and_read(desk.simulator.card_ids[0])
    desk.simulator.fault("card-pulled", command=command)
    with pytest.raises(NeedsOperator) as error:
        desk.reader.read_again(card, desk.deadline())
    assert error.value.code == "READER-CARD-GONE"


@pytest.mark.parametrize("fault", ["card-swapped-before-read", "card-swapped-before-address"])
@pytest.mark.parametrize("noticed", ["no", "yes"])
def test_card_swapped_between_the_readings(desk: Desk, fault: str, noticed: str) -> None:
    first, other = two_cards(desk)
    card = desk.lay_and_read(first)
    desk.simulator.fault(fault, card=other, noticed=noticed)
    with pytest.raises(LinkError) as error:
        desk.reader.read_again(card, desk.deadline())
    assert error.value.code == "READER-CHANGED"
    assert content(desk.lay_and_read(other)) != content(card)


@pytest.mark.parametrize("fault", ["card-swapped-before-read", "card-swapped-before-address"])
def test_card_swapped_in_the_first_reading_is_read_as_one_card(desk: Desk, fault: str) -> None:
    first, other = two_cards(desk)
    true = content(desk.lay_and_read(other))
    desk.simulator.lift()
    desk.simulator.fault(fault, card=other, noticed="yes")
    assert content(desk.lay_and_read(first)) == true


def test_module_that_refuses_to_repeat_gives_a_single_reading(desk: Desk) -> None:
    card = desk.lay_and_read(desk.simulator.card_ids[0])
    desk.simulator.fault("status", status="21", command="read-base", count=None)
    assert desk.reader.read_again(card, desk.deadline()) == card


def test_module_that_lost_the_card_wants_it_laid_again(desk: Desk) -> None:
    card = desk.lay_and_read(desk.simulator.card_ids[0])
    desk.simulator.fault("status", status="41", command="read-base", count=1)
    with pytest.raises(NeedsOperator) as error:
        desk.reader.read_again(card, desk.deadline())
    assert error.value.code == "READER-RELAY"


def garbling_drill(desk: Desk, count: int, seed: int) -> tuple[int, int]:
    """Read `count` times under garbling, cuts and swaps; every verified card must be a true one.

    Returns: how many were verified, and how many first readings were wrong (which only the second one caught).
    """
    chance = random.Random(seed)
    card_ids = desk.simulator.card_ids[:6]
    # A swap brings any other card.
    true = {content(desk.lay_and_read(card_id)) for card_id in desk.simulator.card_ids}
    verified = wrong_at_first = 0
    for _ in range(count):
        desk.simulator.settle()
        desk.simulator.lay(chance.choice(card_ids))
        kind = chance.choice((*GARBLES, *("flip",) * len(GARBLES)))
        garble = {"kind": kind, "flips": chance.choice((1, 2, 2, 2, 4, 8)), "seed": chance.randrange(2**31)}
        desk.simulator.fault("bit-flips", count=None, percent=chance.choice((10, 30, 60)), **garble)
        if chance.random() < 0.3:
            swap = {"skip": chance.randrange(2)} if chance.random() < 0.5 else {}
            desk.simulator.fault(chance.choice(CARD_FAULTS), **swap)
        try:
            card = desk.reader.read_card(desk.deadline(5.0))
            if card is None:
                continue
            wrong_at_first += content(card) not in true
            card = desk.reader.read_again(card, desk.deadline(5.0))
        except DeviceError:
            continue
        if card.readings == 2:
            verified += 1
            assert content(card) in true
    return verified, wrong_at_first


def test_no_wrong_card_is_ever_verified(desk: Desk) -> None:
    """A few readings of the driver alone; the way on to the record, with more of them, is a property test."""
    verified, _ = garbling_drill(desk, 8, 3)
    assert verified > 0


@pytest.mark.drill
@pytest.mark.timeout(3600)
def test_no_wrong_card_is_ever_verified_in_a_thousand(desk: Desk) -> None:
    verified, wrong_at_first = garbling_drill(desk, 350, 5)
    assert verified > 0
    assert wrong_at_first > 0, "the negative control: without a second reading, wrong cards pass"
