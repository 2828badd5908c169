"""The simulated module without a wire: the order of its commands, the life of a card, the faults of its contents."""

from __future__ import annotations

import pytest

from simulators.fault import Value
from simulators.fault_board import FaultBoard
from simulators.fault_table import FAULTS
from simulators.people import stack
from simulators.plate import Plate
from simulators.sam_codec import Answer, Request, RequestDecoder, pack
from simulators.sam_module import SamModule, Timings

FIND, SELECT, READ, ADDRESS, NUMBER = "2001", "2002", "3001", "3003", "3005"
CARDS = stack(1)


class Bench:
    """A module, its plate and its faults."""

    def __init__(self) -> None:
        self.plate, self.faults = Plate(), FaultBoard(FAULTS)
        self.module = SamModule(self.plate, CARDS, self.faults, 42, Timings())

    def lay(self, card_id: str) -> None:
        self.plate.lay(CARDS[card_id])

    def fault(self, name: str, **values: Value) -> None:
        self.faults.switch_on(name, FAULTS[name].check(dict(values)))

    def ask(self, body: str) -> Answer | None:
        return self.module.execute(request(body))

    def statuses(self, *bodies: str) -> list[int | None]:
        answers = [self.ask(body) for body in bodies]
        return [answer.status if answer else None for answer in answers]

    def data(self, body: str) -> bytes:
        answer = self.ask(body)
        assert answer is not None
        return answer.data


def request(body: str) -> Request:
    (one,) = RequestDecoder().feed(pack(bytes.fromhex(body)))
    assert isinstance(one, Request)
    return one


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_commands_out_of_order_are_wrong(bench: Bench) -> None:
    bench.lay("resident-001")
    assert bench.statuses(READ, SELECT, ADDRESS, NUMBER) == [0x21] * 4


def test_a_card_is_found_selected_and_read(bench: Bench) -> None:
    bench.lay("two-addresses")
    assert bench.statuses(FIND, SELECT, READ, ADDRESS, NUMBER) == [0x9F, 0x90, 0x90, 0x90, 0x90]
    card = CARDS["two-addresses"]
    assert bench.data(READ) == bytes.fromhex("01000400") + card.text + card.picture
    assert bench.data(ADDRESS) == card.newest


def test_no_newest_address_is_91(bench: Bench) -> None:
    bench.lay("resident-001")
    assert bench.statuses(FIND, SELECT, ADDRESS) == [0x9F, 0x90, 0x91]


def test_a_card_that_was_read_is_found_again_only_after_it_was_lifted(bench: Bench) -> None:
    bench.lay("resident-001")
    assert bench.statuses(FIND, FIND, SELECT, READ) == [0x9F, 0x9F, 0x90, 0x90]
    assert bench.statuses(FIND, ADDRESS, "10FF", FIND) == [0x80, 0x91, 0x90, 0x80]
    bench.lay("resident-001")
    assert bench.statuses(FIND) == [0x9F]


def test_30_03_tells_whether_the_selected_card_still_lies_there(bench: Bench) -> None:
    bench.lay("resident-001")
    bench.statuses(FIND, SELECT, READ)
    bench.plate.lift()
    assert bench.statuses(ADDRESS, ADDRESS, FIND) == [0x41, 0x21, 0x80]


def test_a_card_taken_between_find_and_select_cannot_be_selected(bench: Bench) -> None:
    bench.lay("resident-001")
    bench.statuses(FIND)
    bench.plate.lift()
    assert bench.statuses(SELECT, SELECT) == [0x81, 0x21]


def test_the_empty_plate_has_no_card(bench: Bench) -> None:
    assert bench.statuses(FIND) == [0x80]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("11FF", 0x90),
        ("12FF", 0x90),
        ("6004", 0x90),
        ("6005", 0x21),
        ("61FF50", 0x90),
        ("61FF17", 0x21),
        ("61FF", 0x11),
        ("12FF00", 0x11),
        ("3010", 0x21),
        ("7777", 0x21),
    ],
)
def test_commands_without_a_card(bench: Bench, body: str, status: int) -> None:
    assert bench.statuses(body) == [status]


def test_the_module_number_is_no_real_ones(bench: Bench) -> None:
    assert (
        bench.data("12FF").hex()
        == "63006300" + (20260101).to_bytes(4, "little").hex() + "2a000000" + bench.data("12FF").hex()[24:]
    )


def test_every_status_word_can_be_said(bench: Bench) -> None:
    for status in range(256):
        bench.fault("status", status=status, card_status="6A82")
        assert bench.ask("11FF") == Answer(status, card_status=b"\x6a\x82")
    assert bench.statuses("11FF") == [0x90]


def test_after_a_failed_authentication_the_card_is_not_found_again(bench: Bench) -> None:
    bench.lay("resident-001")
    bench.statuses(FIND)
    bench.fault("status", status="32", command="select")
    assert bench.statuses(SELECT, FIND) == [0x32, 0x80]


def test_a_module_in_disorder_refuses_everything(bench: Bench) -> None:
    bench.fault("not-authorised")
    assert bench.statuses("11FF", FIND) == [0x66, 0x66]
    bench.fault("self-test-failed")
    assert bench.statuses("11FF", FIND) == [0x60, 0x60]


def test_a_reset_during_the_reading_forgets_the_card_but_not_that_it_was_unread(bench: Bench) -> None:
    bench.lay("resident-001")
    bench.fault("reset-during-read")
    assert bench.statuses(FIND, SELECT, READ, READ, FIND) == [0x9F, 0x90, None, 0x21, 0x9F]


def test_a_card_pulled_during_the_reading(bench: Bench) -> None:
    bench.lay("resident-001")
    bench.fault("card-pulled")
    assert bench.statuses(FIND, SELECT, READ, FIND) == [0x9F, 0x90, 0x41, 0x80]


@pytest.mark.parametrize(
    ("name", "command"), [("card-swapped-before-read", READ), ("card-swapped-before-address", ADDRESS)]
)
def test_a_swap_that_the_module_notices(bench: Bench, name: str, command: str) -> None:
    bench.lay("two-addresses")
    bench.fault(name, card="one-address", noticed="yes")
    assert bench.statuses(FIND, SELECT, command, FIND) == [0x9F, 0x90, 0x41, 0x9F]
    assert bench.plate.lying is not None
    assert bench.plate.lying.card.id == "one-address"


def test_a_swap_that_the_module_does_not_notice(bench: Bench) -> None:
    bench.lay("two-addresses")
    bench.statuses(FIND, SELECT)
    bench.fault("card-swapped-before-read", card="four-addresses", skip=1)
    assert bench.data(READ)[4:260] == CARDS["two-addresses"].text
    assert bench.data(READ)[4:260] == CARDS["four-addresses"].text
    assert bench.data(ADDRESS) == CARDS["four-addresses"].newest


def test_without_a_named_card_the_next_of_the_stack_is_laid(bench: Bench) -> None:
    bench.lay("resident-001")
    bench.statuses(FIND, SELECT)
    bench.fault("card-swapped-before-address")
    bench.ask(ADDRESS)
    assert bench.data(READ)[4:260] == CARDS["resident-002"].text


def test_contents_of_other_shapes(bench: Bench) -> None:
    bench.lay("resident-001")
    bench.statuses(FIND, SELECT)
    bench.fault("text-length", text_bytes=250, count=1)
    assert bench.data(READ)[:4] == bytes.fromhex("00FA0400")
    bench.fault("fingerprint-answer", fingerprint_bytes=512)
    assert bench.data(READ)[:6] == bytes.fromhex("010004000200")
    assert len(bench.data("3010")) == 6 + 256 + 1024 + 512
    bench.faults.switch_off("fingerprint-answer")
    bench.fault("preamble-in-photo")
    assert Answer(0x90).frame() in bench.data(READ)[260:]


def test_work_takes_the_time_of_a_real_module_and_faults_add_to_it(bench: Bench) -> None:
    bench.lay("resident-001")
    assert bench.module.work_s(request(FIND)) == 0.020
    bench.statuses(FIND, SELECT)
    assert all(0.130 <= bench.module.work_s(request(READ)) <= 0.240 for _ in range(100))
    fast = Timings().faster(20)
    assert (fast.find_s, *fast.read_s) == pytest.approx((0.001, 0.0065, 0.012))
    bench.fault("slow-plate", delay_ms=500)
    bench.fault("late-answer", delay_ms=1000)
    assert bench.module.extra_s(request(FIND)) == 1.5
    assert bench.module.extra_s(request("11FF")) == 0.0
