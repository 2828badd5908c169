"""The simulator's own codec against vectors typed in from the protocol document, never made by any encoder of ours."""

from __future__ import annotations

import pytest

from simulators.card_text import Foreigner2017, Foreigner2023, Permit, Resident, newest_address
from simulators.sam_codec import Answer, BadRequest, Request, RequestDecoder

REQUESTS = {
    "AA AA AA 96 69 00 03 10 FF EC": "reset",
    "AA AA AA 96 69 00 03 11 FF ED": "status",
    "AA AA AA 96 69 00 03 12 FF EE": "sam-id",
    "AA AA AA 96 69 00 03 20 01 22": "find",
    "AA AA AA 96 69 00 03 20 02 21": "select",
    "AA AA AA 96 69 00 03 30 01 32": "read-base",
    "AA AA AA 96 69 00 03 30 02 31": "read-additional",
    "AA AA AA 96 69 00 03 30 03 30": "newest-address",
    "AA AA AA 96 69 00 03 30 05 36": "management-number",
    "AA AA AA 96 69 00 03 30 10 23": "read-fingerprint",
    "AA AA AA 96 69 00 03 60 00 63": "speed",
    "AA AA AA 96 69 00 03 60 04 67": "speed",
    "AA AA AA 96 69 00 04 61 FF 50 CA": "rf-frame",
    "AA AA AA 96 69 00 04 61 FF 58 C2": "rf-frame",
}
STATUS_CHECKS = (
    "10 14   11 15   21 25   23 27   24 20   31 35   32 36   33 37   34 30   37 33   3F 3B   40 44   41 45   47 43"
    "   60 64   66 62   80 84   81 85   90 94   91 95"
)
RESIDENT = Resident(
    "测试甲", "1", "01", "19000101", "测试省测试市测试路1号", "990000190001010016", "测试市公安局", "20200101", "长期"
)
PERMIT = Permit(
    "测试乙",
    "2",
    "19000102",
    "测试省测试市测试路3号",
    "999999999999999999",
    "H00000000",
    "测试市公安局",
    "20200101",
    "20250101",
    "01",
)
FOREIGNER_2017 = Foreigner2017(
    "YANGBEN, ZHENGJIAN",
    "2",
    "XXX990000010101",
    "XXX",
    "证件样本",
    "19000101",
    "20150101",
    "20250101",
    "01",
    "1500",
)
FOREIGNER_2023 = Foreigner2023(
    "证件样本",
    "2",
    "00",
    "19000101",
    "ZHENGJIAN, YANGBEN",
    "999999190001010011",
    "XXX",
    "20230101",
    "20330101",
    "000",
)
RESIDENT_TEXT = bytes.fromhex(
    "4B6DD58B3275" + "2000" * 12 + "3100"
    "3000310031003900300030003000310030003100"
    "4B6DD58B01774B6DD58B025E4B6DD58BEF8D3100F753"
    + "2000"
    * 24
    + "390039003000300030003000310039003000300030003100300031003000300031003600"
    "4B6DD58B025E6C51895B405C" + "2000" * 9 + "32003000320030003000310030003100" + "7F951F67" + "2000" * 6 + "2000" * 18
)
PERMIT_TEXT = bytes.fromhex(
    "4B6DD58B594E" + "2000" * 12 + "3200" + "2000" * 2 + "31003900300030003000310030003200"
    "4B6DD58B01774B6DD58B025E4B6DD58BEF8D3300F753"
    + "2000" * 24
    + "3900" * 18
    + "4B6DD58B025E6C51895B405C"
    + "2000" * 9
    + "32003000320030003000310030003100"
    "32003000320035003000310030003100"
    "480030003000300030003000300030003000"
    "30003100" + "2000" * 3 + "4A00" + "2000" * 3
)
FOREIGNER_2017_TEXT = bytes.fromhex(
    "590041004E004700420045004E002C0020005A00480045004E0047004A0049004100" + "4E00" + "2000" * 42 + "3200"
    "580058005800390039003000300030003000300031003000310030003100580058005800"
    "C18BF64E37682C67" + "2000" * 11 + "32003000310035003000310030003100"
    "32003000320035003000310030003100"
    "31003900300030003000310030003100"
    "30003100"
    "3100350030003000"
    "4900" + "2000" * 3
)
FOREIGNER_2023_TEXT = bytes.fromhex(
    "C18BF64E37682C67" + "2000" * 11 + "3200"
    "30003000"
    "31003900300030003000310030003100"
    "5A00480045004E0047004A00490041004E002C002000590041004E004700420045004E00"
    + "2000" * 17
    + "3900" * 6
    + "310039003000300030003100300031003000300031003100"
    + "2000" * 15
    + "32003000320033003000310030003100"
    "32003000330033003000310030003100" + "2000" * 11 + "580058005800"
    "5900"
    "300030003000"
)


@pytest.mark.parametrize(("wire", "operation"), REQUESTS.items())
def test_every_request_of_the_document_is_understood(wire: str, operation: str) -> None:
    (request,) = RequestDecoder().feed(bytes.fromhex(wire))
    assert isinstance(request, Request)
    assert request.operation == operation
    assert request.wire == bytes.fromhex(wire)


@pytest.mark.parametrize("pair", STATUS_CHECKS.split("   "))
def test_status_answers_have_the_check_byte_of_the_document(pair: str) -> None:
    status, check = bytes.fromhex(pair)
    head = bytes.fromhex("AA AA AA 96 69 00 04 00 00")
    assert Answer(status).frame() == head + bytes([status, check])


@pytest.mark.parametrize(
    ("answer", "wire"),
    [
        (Answer(0x9F, bytes(4)), "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97"),
        (Answer(0x90, bytes(8)), "AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C"),
        (Answer(0x41, card_status=b"\x6a\x82"), "AA AA AA 96 69 00 04 6A 82 41 AD"),
        (
            Answer(0x90, bytes.fromhex("05 00 01 00 A5 3A 34 01 87 D6 12 00 B1 CB 74 00")),
            "AA AA AA 96 69 00 14 00 00 90 05 00 01 00 A5 3A 34 01 87 D6 12 00 B1 CB 74 00 67",
        ),
        (
            Answer(0x90, newest_address("测试省测试市新路2号")),
            "AA AA AA 96 69 00 4A 00 00 90 4B 6D D5 8B 01 77 4B 6D D5 8B 02 5E B0 65 EF 8D 32 00 F7 53"
            + " 20 00" * 25
            + " F1",
        ),
    ],
)
def test_answers_with_data_are_those_of_the_document(answer: Answer, wire: str) -> None:
    assert answer.frame() == bytes.fromhex(wire)


def test_four_newest_addresses_have_the_check_byte_of_the_document() -> None:
    records = b"".join(map(newest_address, ("测试省测试市新路2号", "", "", "")))
    frame = Answer(0x90, records).frame()
    assert (len(frame), frame[:10], frame[-1]) == (291, bytes.fromhex("AA AA AA 96 69 01 1C 00 00 90"), 0x86)


@pytest.mark.parametrize(
    ("holder", "text", "check"),
    [
        (RESIDENT, RESIDENT_TEXT, 0x50),
        (PERMIT, PERMIT_TEXT, 0x98),
        (FOREIGNER_2017, FOREIGNER_2017_TEXT, 0x0C),
        (FOREIGNER_2023, FOREIGNER_2023_TEXT, 0x7A),
    ],
)
def test_the_four_card_texts_are_those_of_the_document(
    holder: Resident | Permit | Foreigner2017 | Foreigner2023, text: bytes, check: int
) -> None:
    assert len(text) == 256
    assert holder.text() == text
    frame = Answer(0x90, bytes.fromhex("01 00 04 00") + text + bytes(1024)).frame()
    assert (len(frame), frame[:14].hex(), frame[-1]) == (1295, "aaaaaa9669050800009001000400", check)


@pytest.mark.parametrize("size", range(1, 11))
def test_requests_are_found_in_any_chunks_and_behind_noise(size: int) -> None:
    wire = bytes.fromhex("00 AA AA") + b"".join(map(bytes.fromhex, REQUESTS)) + bytes.fromhex("AA")
    decoder, found = RequestDecoder(), []
    for start in range(0, len(wire), size):
        found += decoder.feed(wire[start : start + size])
    assert [one.operation for one in found if isinstance(one, Request)] == list(REQUESTS.values())
    assert not decoder.is_inside


@pytest.mark.parametrize(
    ("wire", "status"),
    [("AA AA AA 96 69 00 03 20 01 23", 0x10), ("AA AA AA 96 69 00 02 20 01 23", 0x11), ("AA AA AA 96 69 FF FF", 0x11)],
)
def test_a_damaged_request_is_told_apart_and_the_next_one_is_heard(wire: str, status: int) -> None:
    decoder = RequestDecoder()
    bad, good = decoder.feed(bytes.fromhex(wire) + bytes.fromhex("AA AA AA 96 69 00 03 20 01 22"))
    assert isinstance(bad, BadRequest)
    assert bad.status == status
    assert isinstance(good, Request)


def test_a_request_that_never_ends_is_given_up() -> None:
    decoder = RequestDecoder()
    assert decoder.feed(bytes.fromhex("AA AA AA 96 69 00 03 20")) == []
    assert decoder.is_inside
    assert decoder.give_up().status == 0x11
    assert not decoder.is_inside


def test_a_field_never_runs_into_the_next() -> None:
    with pytest.raises(ValueError, match="15 units"):
        Resident("测" * 16, "1", "01", "19000101", "", "").text()
