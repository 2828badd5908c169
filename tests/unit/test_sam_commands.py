"""Commands, their answers, and which answer is legal to which command."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from drivers import sam_answers, sam_commands, sam_status
from drivers.sam_commands import COMMANDS, Command
from drivers.sam_frame import Decoder, Frame

GOLDEN = tomllib.loads((Path(__file__).parent.parent / "golden" / "sam_v.toml").read_text())
STATUS_WORDS = [int(status, 16) for status in GOLDEN["status_answers"]]


def decoded(wire: bytes) -> Frame:
    (frame,) = Decoder().feed(wire)
    assert isinstance(frame, Frame)
    return frame


def answer(name: str) -> Frame:
    return decoded(bytes.fromhex(GOLDEN["answers"][name]))


def status_answer(status: int) -> Frame:
    return Frame(bytes((0, 0, status)))


def text_of(kind: str) -> bytes:
    rows = (row.partition("×") for row in GOLDEN["texts"][kind])
    return b"".join(bytes.fromhex(group) * int(count or 1) for group, _, count in rows)


def addresses(count: int) -> Frame:
    record = bytes.fromhex(GOLDEN["answers"]["address_record"]) + b"\x20\x00" * 25
    if count == 1:
        head, check = GOLDEN["answers"]["address_head"], GOLDEN["answers"]["address_check"]
    else:
        head, check = GOLDEN["answers"]["four_addresses_head"], GOLDEN["answers"]["four_addresses_check"]
    return decoded(bytes.fromhex(head) + record + b"\x20\x00" * 35 * (count - 1) + bytes.fromhex(check))


def base_answer() -> Frame:
    head, check = GOLDEN["answers"]["base_head"], GOLDEN["base_checks"]["resident"]
    return decoded(bytes.fromhex(head) + text_of("resident") + bytes(1024) + bytes.fromhex(check))


@pytest.mark.parametrize("code", GOLDEN["requests"])
def test_request_is_the_documents(code: str) -> None:
    (command,) = (command for command in COMMANDS if str(command) == code)
    assert sam_commands.request(command) == bytes.fromhex(GOLDEN["requests"][code])


@pytest.mark.parametrize("size", GOLDEN["requests_rf_frame"])
def test_largest_rf_frame(size: str) -> None:
    wire = sam_commands.request(sam_commands.SET_LARGEST_RF_FRAME, sam_commands.largest_rf_frame(int(size)))
    assert wire == bytes.fromhex(GOLDEN["requests_rf_frame"][size])


@pytest.mark.parametrize("size", [23, 256])
def test_rf_frame_out_of_range(size: int) -> None:
    with pytest.raises(ValueError, match="24 to 255"):
        sam_commands.largest_rf_frame(size)


def test_every_command_of_the_document_is_known_once() -> None:
    known = [str(command) for command in COMMANDS]
    assert sorted(known) == sorted([*GOLDEN["requests"], *GOLDEN["requests_never_sent"], "61 FF"])


@pytest.mark.parametrize("code", GOLDEN["requests_never_sent"])
def test_fingerprints_are_never_asked_for(code: str) -> None:
    (command,) = (command for command in COMMANDS if str(command) == code)
    with pytest.raises(ValueError, match="never sent"):
        sam_commands.request(command)


def test_request_with_data_that_the_command_does_not_carry() -> None:
    with pytest.raises(ValueError, match="data bytes"):
        sam_commands.request(sam_commands.FIND, b"\0")


def test_every_status_word_of_the_document_is_known() -> None:
    assert set(sam_status.STATUS_WORDS) == {*STATUS_WORDS, 0x9F}


def test_unknown_status_is_a_refusal() -> None:
    assert sam_status.reaction_to(0x55) is sam_status.Reaction.REFUSE


@pytest.mark.parametrize(
    ("command", "frame"),
    [
        (sam_commands.FIND, answer("find")),
        (sam_commands.FIND, answer("find_without_data")),
        (sam_commands.SELECT, answer("select")),
        (sam_commands.SAM_ID, answer("sam_id")),
        (sam_commands.READ_MANAGEMENT_NUMBER, answer("management_number")),
        (sam_commands.READ_BASE, base_answer()),
        (sam_commands.READ_NEWEST_ADDRESS, addresses(1)),
        (sam_commands.READ_NEWEST_ADDRESS, addresses(4)),
        (sam_commands.READ_NEWEST_ADDRESS, status_answer(0x91)),
        (sam_commands.RESET, status_answer(0x90)),
        (sam_commands.STATUS, status_answer(0x90)),
        (sam_commands.SET_SPEED[9600], status_answer(0x90)),
        (sam_commands.SET_LARGEST_RF_FRAME, status_answer(0x90)),
        (sam_commands.READ_BASE, answer("with_card_status")),
    ],
)
def test_legal_answer(command: Command, frame: Frame) -> None:
    assert sam_commands.is_legal_answer(command, frame)


GOOD_ANSWERS = {
    "find": answer("find"),
    "select": answer("select"),
    "sam_id": answer("sam_id"),
    "management": answer("management_number"),
    "base": base_answer(),
    "address": addresses(1),
    "four addresses": addresses(4),
    "none": status_answer(0x91),
    "done": status_answer(0x90),
}
LEGAL = {
    "10 FF": {"done"},
    "11 FF": {"done"},
    "12 FF": {"sam_id"},
    "20 01": {"find"},
    "20 02": {"select"},
    "30 01": {"base"},
    "30 02": {"address", "four addresses", "none"},
    "30 03": {"address", "four addresses", "none"},
    "30 05": {"management"},
    "30 10": {"base"},
    "61 FF": {"done"},
} | {f"60 0{code}": {"done"} for code in range(5)}


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_good_answer_of_another_command_is_a_stray(command: Command) -> None:
    legal = {name for name, frame in GOOD_ANSWERS.items() if sam_commands.is_legal_answer(command, frame)}
    assert legal == LEGAL[str(command)]


@pytest.mark.parametrize("status", [word for word in STATUS_WORDS if word not in {0x90, 0x91}])
def test_bad_status_is_legal_where_a_card_is_asked(status: int) -> None:
    assert sam_commands.is_legal_answer(sam_commands.READ_BASE, status_answer(status))
    is_about_card = sam_status.STATUS_WORDS[status].is_about_card
    assert sam_commands.is_legal_answer(sam_commands.SAM_ID, status_answer(status)) is not is_about_card


def test_unknown_status_is_legal_without_data_only() -> None:
    assert sam_commands.is_legal_answer(sam_commands.FIND, status_answer(0x55))
    assert not sam_commands.is_legal_answer(sam_commands.FIND, Frame(b"\0\0\x55\0"))


def test_sam_id_is_shown_as_everybody_prints_it() -> None:
    assert sam_answers.format_sam_id(answer("sam_id").data) == "05.01-20200101-0001234567-0007654321"


def test_management_number_is_split() -> None:
    number = sam_answers.split_management_number(answer("management_number").data)
    assert (number.iin, number.sn, number.dn) == (bytes(range(4)), bytes(range(4, 12)), bytes(range(12, 28)))


def test_address_records() -> None:
    records = sam_answers.split_addresses(addresses(4).data)
    assert [record.decode("utf-16-le").rstrip() for record in records] == ["测试省测试市新路2号", "", "", ""]


def test_base_is_split_by_its_embedded_lengths() -> None:
    base = sam_answers.split_base(base_answer().data)
    assert base is not None
    assert (base.text, base.photo) == (text_of("resident"), bytes(1024))


@pytest.mark.parametrize("size", GOLDEN["fingerprint"])
def test_fingerprint_that_came_is_dropped(size: str) -> None:
    vector = GOLDEN["fingerprint"][size]
    wire = (
        bytes.fromhex(vector["head"]) + text_of("resident") + bytes(1024 + int(size)) + bytes.fromhex(vector["check"])
    )
    assert len(wire) == vector["total"]
    frame = decoded(wire)
    assert sam_commands.is_legal_answer(sam_commands.READ_BASE, frame)
    base = sam_answers.split_base(frame.data)
    assert base is not None
    assert (base.text, base.photo) == (text_of("resident"), bytes(1024))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01\x00",
        b"\x01\x00\x04\x00",
        b"\x00\xfe\x04\x00" + bytes(254 + 1024),
        b"\x01\x02\x04\x00" + bytes(258 + 1024),
        b"\x01\x00\x04\x00" + bytes(256 + 1023),
        b"\x01\x00\x04\x00" + bytes(256 + 1025),
        b"\x01\x00\x04\x00\x02\x00" + bytes(256 + 1024),
    ],
    ids=["empty", "half head", "no body", "text 254", "text 258", "short", "long", "fingerprint missing"],
)
def test_base_that_contradicts_its_lengths(data: bytes) -> None:
    assert sam_answers.split_base(data) is None
