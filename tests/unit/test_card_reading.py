"""Reading a card from modules that behave as the simulator does not: old ones, forgetful ones, ones that mix cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from drivers import sam_commands
from drivers.api import CodedError, Deadline
from drivers.card_reading import CardReading, Reading
from drivers.sam_commands import Command
from drivers.sam_frame import Frame

OK, FOUND, NONE, NO_CARD, WRONG, DENIED, LOST = 0x90, 0x9F, 0x91, 0x80, 0x21, 0x23, 0x41


def text_of(number: str, address: str = "测试路1号") -> bytes:
    fields = ("测试甲".ljust(15), "1", "01", "19000101", address.ljust(35), number, "测试市公安局".ljust(15))
    return "".join((*fields, "20200101", "长期".ljust(8), " " * 18)).encode("utf-16-le")


def base_of(text: bytes, photo: bytes = bytes(1024)) -> bytes:
    return b"\x01\x00\x04\x00" + text + photo


ALPHA = base_of(text_of("990000190001010016"))
ALPHA_MOVED = base_of(text_of("990000190001010016", "测试路2号"))
BETA = base_of(text_of("990000190001010024"))
NEW_ADDRESS = "测试新路3号".ljust(35).encode("utf-16-le")
GARBLED = base_of(text_of("990000190001010016"), b"\x01" + bytes(1023))


@dataclass
class SystemlessClock:
    """A deadline here is only handed through."""

    time_s: float = 0.0

    def monotonic(self) -> float:
        return self.time_s


class FakeSession:
    """Answers each command from its own list; the last answer of a list is repeated."""

    def __init__(self, **answers: list[int | tuple[int, bytes]]) -> None:
        self.answers = {name: list(given) for name, given in answers.items()}
        self.asked: list[str] = []
        self.upsets = 0

    def exchange(self, command: Command, deadline: Deadline, data: bytes = b"") -> Frame:
        assert deadline is not None
        assert data == b""
        name = NAMES[command]
        self.asked.append(name)
        answers = self.answers[name]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        status, body = answer if isinstance(answer, tuple) else (answer, b"")
        return Frame(bytes((0, 0, status)) + body)

    def reset(self, deadline: Deadline) -> None:
        assert deadline is not None
        self.asked.append("reset")
        self.upsets += 1

    def recovering(self, work: Callable[[], Reading | None], deadline: Deadline) -> Reading | None:
        assert deadline is not None
        return work()


NAMES = {
    sam_commands.FIND: "find",
    sam_commands.SELECT: "select",
    sam_commands.READ_BASE: "base",
    sam_commands.READ_NEWEST_ADDRESS: "address",
}
DEADLINE = Deadline.after(SystemlessClock(), 10)  # type: ignore[arg-type]
CARD = {"find": [FOUND, NO_CARD], "select": [(OK, bytes(8))], "base": [(OK, ALPHA)], "address": [NONE]}


def reading_from(**changes: list[int | tuple[int, bytes]]) -> tuple[FakeSession, CardReading]:
    session = FakeSession(**(CARD | changes))  # type: ignore[arg-type]
    return session, CardReading(session)  # type: ignore[arg-type]


def read(cards: CardReading) -> Reading:
    reading = cards.read(DEADLINE)
    assert reading is not None
    return reading


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(CodedError) as error:
        work()
    return error.value.code


def test_order_of_the_commands() -> None:
    session, cards = reading_from()
    read(cards)
    assert session.asked == ["find", "select", "base", "address"]
    session.asked.clear()
    first = Reading(ALPHA[4:260], ALPHA[260:], ())
    assert cards.read_again(first, DEADLINE) == first
    assert session.asked == ["base", "address"]


@pytest.mark.parametrize("status", [WRONG, DENIED])
def test_module_without_newest_address_is_asked_once(status: int) -> None:
    session, cards = reading_from(address=[status])
    first = read(cards)
    assert first.address_records == ()
    assert session.asked == ["find", "select", "base", "address", "base"]
    session.asked.clear()
    assert cards.read_again(first, DEADLINE) == first
    assert cards.is_resting(DEADLINE)
    assert "address" not in session.asked


def test_another_module_is_asked_anew() -> None:
    session, cards = reading_from(address=[WRONG])
    read(cards)
    cards.forget_module()
    session.asked.clear()
    cards.is_resting(DEADLINE)
    assert session.asked == ["address"]


def test_lost_card_is_not_taken_for_a_missing_command() -> None:
    # 21h to 30 03 because the card was swapped: the repeated base record is not the same, so all is read anew.
    session, cards = reading_from(
        find=[FOUND], address=[WRONG, (OK, NEW_ADDRESS)], base=[(OK, ALPHA), LOST, (OK, BETA)]
    )
    assert read(cards) == Reading(BETA[4:260], BETA[260:], (NEW_ADDRESS,))
    assert session.asked.count("find") == 2


def test_module_that_knew_newest_addresses_never_forgets_that_it_does() -> None:
    # Else a lost card's 21h would verify a reading from which the newest address is missing.
    _, cards = reading_from(address=[(OK, NEW_ADDRESS), WRONG])
    first = read(cards)
    assert code_of(lambda: cards.read_again(first, DEADLINE)) == "READER-RELAY"


def test_base_of_one_card_is_never_given_with_the_address_of_another() -> None:
    session, cards = reading_from(address=[(OK, NEW_ADDRESS)], base=[(OK, ALPHA), (OK, BETA)])
    assert read(cards) == Reading(BETA[4:260], BETA[260:], (NEW_ADDRESS,))
    assert session.asked == ["find", "select", "base", "address", "base", "address", "base"]


def test_cards_that_keep_changing_are_no_reading() -> None:
    answers: list[int | tuple[int, bytes]] = [(OK, ALPHA), (OK, BETA)] * 5
    _, cards = reading_from(address=[(OK, NEW_ADDRESS)], base=answers)
    assert code_of(lambda: cards.read(DEADLINE)) == "READER-CHANGED"


def test_module_that_cannot_confirm_the_address_is_believed_and_gives_a_single_reading() -> None:
    _, cards = reading_from(address=[(OK, NEW_ADDRESS)], base=[(OK, ALPHA), WRONG])
    first = read(cards)
    assert first == Reading(ALPHA[4:260], ALPHA[260:], (NEW_ADDRESS,))
    assert cards.read_again(first, DEADLINE) is None


def test_other_card_in_the_second_reading() -> None:
    _, cards = reading_from(base=[(OK, ALPHA), (OK, BETA)])
    first = read(cards)
    assert code_of(lambda: cards.read_again(first, DEADLINE)) == "READER-CHANGED"


def test_first_reading_that_was_garbled_is_put_right_by_two_equal_ones() -> None:
    _, cards = reading_from(base=[(OK, GARBLED), (OK, ALPHA)])
    first = read(cards)
    assert cards.read_again(first, DEADLINE) == Reading(ALPHA[4:260], ALPHA[260:], ())


def test_two_cards_of_one_person_are_verified_as_the_later_one() -> None:
    _, cards = reading_from(base=[(OK, ALPHA), (OK, ALPHA_MOVED)])
    first = read(cards)
    assert cards.read_again(first, DEADLINE) == Reading(ALPHA_MOVED[4:260], ALPHA_MOVED[260:], ())


def test_readings_that_are_never_equal() -> None:
    answers: list[int | tuple[int, bytes]] = [(OK, ALPHA), (OK, GARBLED)] * 5
    _, cards = reading_from(base=answers)
    first = read(cards)
    assert code_of(lambda: cards.read_again(first, DEADLINE)) == "READER-CHANGED"


@pytest.mark.parametrize("status", [WRONG, DENIED])
def test_module_that_refuses_to_repeat(status: int) -> None:
    _, cards = reading_from(base=[(OK, ALPHA), status])
    assert cards.read_again(read(cards), DEADLINE) is None


def test_module_that_stops_repeating_after_an_unequal_reading_verifies_nothing() -> None:
    _, cards = reading_from(base=[(OK, ALPHA), (OK, GARBLED), WRONG])
    first = read(cards)
    assert code_of(lambda: cards.read_again(first, DEADLINE)) == "READER-CHANGED"


def test_card_that_must_be_found_again_for_the_second_reading() -> None:
    session, cards = reading_from(find=[FOUND], base=[(OK, ALPHA), LOST, (OK, ALPHA)])
    first = read(cards)
    session.asked.clear()
    assert cards.read_again(first, DEADLINE) == first
    assert session.asked == ["base", "find", "select", "base", "address"]


def test_module_that_was_reset_does_not_know_whether_the_card_lies_there() -> None:
    session, cards = reading_from(base=[0x24], address=[LOST])
    assert code_of(lambda: cards.read(DEADLINE)) == "READER-RELAY"
    assert session.asked.count("reset") == 1


def test_failed_verification_is_repeated_then_refused() -> None:
    session, cards = reading_from(base=[0x33])
    assert code_of(lambda: cards.read(DEADLINE)) == "READER-CARD-REJECTED"
    assert session.asked.count("base") == 3


def test_find_that_is_out_of_order_resets_once() -> None:
    session, cards = reading_from(find=[WRONG, FOUND])
    assert cards.find(DEADLINE)
    assert session.asked == ["find", "reset", "find"]
    session, cards = reading_from(find=[WRONG])
    assert code_of(lambda: cards.find(DEADLINE)) == "READER-REFUSED"


def test_card_of_an_unknown_kind() -> None:
    text = bytearray(text_of("990000190001010016"))
    text[248:250] = "K".encode("utf-16-le")
    session, cards = reading_from(base=[(OK, base_of(bytes(text)))])
    with pytest.raises(CodedError) as error:
        cards.read(DEADLINE)
    assert (error.value.code, error.value.facts["status"]) == ("READER-CARD-REJECTED", "40")
    assert session.asked.count("base") == 3
