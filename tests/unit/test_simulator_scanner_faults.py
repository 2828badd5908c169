"""Every fault of the simulated scanner does to its eSCL what its name says, and is over when it is switched off."""

from __future__ import annotations

import http.client
import io
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, UnidentifiedImageError

from simulators.fault import Value
from simulators.fault_board import FaultBoard
from simulators.jpeg_spoilt import bomb
from simulators.scanner_escl import MODEL, OTHER_MODEL, SimulatedScanner
from simulators.scanner_escl_xml import read_settings
from simulators.scanner_fault_table import CAPABILITY_FAULTS, FAULTS, HANGS, HOSTILE_NAMES

SOURCE = (
    '<s xmlns="x"><InputSource>{}</InputSource><Width>2480</Width><Height>3508</Height><XResolution>75</XResolution>'
    "<YResolution>75</YResolution><ColorMode>RGB24</ColorMode></s>"
)
SIZE = (620, 877)
PWG = "{http://www.pwg.org/schemas/2010/12/sm}"
LIMIT_S = 20
Answer = tuple[int, bytes]


@pytest.fixture(scope="module")
def shared() -> Iterator[SimulatedScanner]:
    made = SimulatedScanner(1, 100.0)
    yield made
    made.stop()


@pytest.fixture
def scanner(shared: SimulatedScanner) -> SimulatedScanner:
    shared.switch_all_off()
    shared.bed.stop()
    shared.bed.fill([shared.papers["lease"]] * 4)
    shared.bed.lay(shared.papers["lease"])
    return shared


def on(scanner: SimulatedScanner, name: str, **given: Value) -> None:
    scanner.switch_on(name, FAULTS[name].check(dict(given)))


def parsed(document: bytes) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 (our own simulator wrote it)


def ask(scanner: SimulatedScanner, method: str, path: str, body: str | None = None) -> Answer:
    port = http.client.HTTPConnection("127.0.0.1", scanner.port_number, timeout=LIMIT_S)
    try:
        port.request(method, f"/eSCL/{path}", body)
        answer = port.getresponse()
        content = answer.read()
        return answer.status, content
    finally:
        port.close()


def begin(scanner: SimulatedScanner, source: str = "Platen") -> int:
    return ask(scanner, "POST", "ScanJobs", SOURCE.format(source))[0]


def longest_s(scanner: SimulatedScanner, known: int) -> float:
    """The longest of the requests after the first `known`; the server notes one only when its answer has gone."""
    new = scanner.log.entries()[known:]
    return max((float(str(one["end_s"])) - float(str(one["t_s"])) for one in new), default=0.0)


def next_page(scanner: SimulatedScanner) -> Answer:
    told = scanner.bed.told()[2]
    assert told is not None
    return ask(scanner, "GET", f"ScanJobs/{told[0]}/NextDocument")


def page(scanner: SimulatedScanner) -> bytes:
    assert begin(scanner) == 201
    status, body = next_page(scanner)
    assert status == 200
    return body


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


def states(scanner: SimulatedScanner) -> tuple[str | None, str | None]:
    tree = parsed(ask(scanner, "GET", "ScannerStatus")[1])
    return tree.findtext(f"{PWG}State"), tree.findtext("{http://schemas.hp.com/imaging/escl/2011/05/03}AdfState")


def test_there_are_enough_of_them_and_each_allows_its_own_defaults() -> None:
    assert len(FAULTS) >= 25
    assert all(fault.check({}) is not None for fault in FAULTS.values())


@pytest.mark.parametrize("name", FAULTS)
def test_the_next_page_is_whole_once_a_fault_is_switched_off(scanner: SimulatedScanner, name: str) -> None:
    on(scanner, name)
    scanner.switch_off(name)
    assert opened(page(scanner)).size == SIZE
    assert name not in scanner.faults.active()


@pytest.mark.parametrize(
    ("name", "state"),
    [("jam", "ScannerAdfJam"), ("cover-open", "ScannerAdfDoorOpen"), ("double-feed", "ScannerAdfMultipickDetected")],
)
def test_something_is_in_the_way_at_the_page_named(scanner: SimulatedScanner, name: str, state: str) -> None:
    on(scanner, name, page=2)
    assert begin(scanner, "Feeder") == 201
    assert [next_page(scanner)[0], next_page(scanner)[0]] == [200, 409]
    assert states(scanner) == ("Idle", state)
    assert begin(scanner, "Feeder") == 409
    scanner.bed.fill([scanner.papers["lease"]])
    assert states(scanner)[1] == "ScannerAdfLoaded"
    assert begin(scanner, "Feeder") == 201


def test_the_end_of_one_page_does_not_end_the_next(scanner: SimulatedScanner) -> None:
    job = scanner.bed.begin(read_settings(SOURCE.format("Feeder").encode()))
    scanner.bed.next_page(job.number)
    scanner.bed.sent(job)
    scanner.bed.next_page(job.number)
    scanner.bed.left(job, 1)
    assert (job.state, job.is_sending) == ("Processing", True)
    scanner.bed.left(job, 2)
    assert (job.state, job.is_sending) == ("Aborted", False)


def test_faults_of_the_state(scanner: SimulatedScanner) -> None:
    on(scanner, "feeder-empty")
    assert (states(scanner)[1], begin(scanner, "Feeder")) == ("ScannerAdfEmpty", 409)
    on(scanner, "busy")
    assert (states(scanner)[0], begin(scanner)) == ("Processing", 503)
    on(scanner, "stopped")
    assert (states(scanner)[0], begin(scanner)) == ("Stopped", 503)


def test_refusals(scanner: SimulatedScanner) -> None:
    on(scanner, "job-refused", status=401)
    assert [begin(scanner), begin(scanner)] == [401, 401]
    scanner.switch_off("job-refused")
    on(scanner, "never-ready")
    assert begin(scanner) == 201
    assert {next_page(scanner)[0] for _ in range(5)} == {503}
    on(scanner, "page-refused")
    scanner.switch_off("never-ready")
    assert next_page(scanner)[0] == 500
    for name, status in (("unavailable", 503), ("access-denied", 401)):
        scanner.switch_all_off()
        on(scanner, name)
        assert {ask(scanner, "GET", path)[0] for path in ("ScannerStatus", "ScannerCapabilities")} == {status}


def test_a_page_is_lost(scanner: SimulatedScanner) -> None:
    on(scanner, "page-lost", skip=1)
    assert begin(scanner, "Feeder") == 201
    assert [next_page(scanner)[0] for _ in range(2)] == [200, 404]
    assert states(scanner) == ("Idle", "ScannerAdfLoaded")


def test_pages_of_another_shape(scanner: SimulatedScanner) -> None:
    shapes = {
        "wrong-size": (310, 438),
        "fewer-lines": (620, 438),
        "more-lines": (620, 1315),
        "grey-tail": SIZE,
        "other-mode": SIZE,
    }
    seen = {}
    for name, size in shapes.items():
        on(scanner, name)
        seen[name] = opened(page(scanner))
        assert seen[name].size == size
    assert seen["other-mode"].mode == "L"
    lowest = seen["grey-tail"].convert("L").crop((0, 640, 620, 870)).getextrema()
    assert max(abs(int(level) - 128) for level in lowest) <= 3  # type: ignore[arg-type]


def test_other_files_than_a_whole_jpeg(scanner: SimulatedScanner) -> None:
    whole = page(scanner)
    on(scanner, "html-page")
    assert page(scanner).startswith(b"<!DOCTYPE html>")
    on(scanner, "empty-page")
    assert page(scanner) == b""
    on(scanner, "png-page")
    assert opened(page(scanner)).format == "PNG"
    on(scanner, "truncated-jpeg")
    assert page(scanner) == whole[: len(whole) // 2]
    on(scanner, "bad-jpeg")
    bad = page(scanner)
    assert len(bad) == len(whole)
    assert bad != whole
    assert page(scanner) == whole


def test_a_bomb_is_small_and_says_that_it_is_huge(scanner: SimulatedScanner) -> None:
    on(scanner, "bomb")
    body = page(scanner)
    assert len(body) < 2000
    with pytest.raises((Image.DecompressionBombError, UnidentifiedImageError)):
        Image.open(io.BytesIO(body))
    assert bomb(b"no jpeg at all", 20_000) == b"no jpeg at all"


@pytest.mark.parametrize("tenth", range(10))
def test_the_connection_is_cut_at_each_tenth(scanner: SimulatedScanner, tenth: int) -> None:
    whole = len(page(scanner))
    on(scanner, "cut", tenth=tenth)
    with pytest.raises(http.client.IncompleteRead) as cut:
        page(scanner)
    assert len(cut.value.partial) == whole * tenth // 10


def test_bytes_and_length_do_not_agree(scanner: SimulatedScanner) -> None:
    whole = page(scanner)
    on(scanner, "fewer-bytes", missing_bytes=7)
    with pytest.raises(http.client.IncompleteRead) as cut:
        page(scanner)
    assert cut.value.partial == whole[:-7]
    on(scanner, "more-bytes")
    assert page(scanner) == whole


def test_resets(scanner: SimulatedScanner) -> None:
    on(scanner, "reset")
    with pytest.raises(ConnectionResetError):
        begin(scanner)
    on(scanner, "cut", how="reset")
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        page(scanner)
    assert opened(page(scanner)).size == SIZE


@pytest.mark.parametrize("name", HANGS)
def test_a_hang_lasts_until_it_is_switched_off(scanner: SimulatedScanner, name: str) -> None:
    assert begin(scanner) == 201
    told = scanner.bed.told()[2]
    assert told is not None
    job = f"ScanJobs/{told[0]}"
    wishes = {
        "hang-in-open": ("GET", "ScannerCapabilities", None),
        "hang-in-start": ("POST", "ScanJobs", SOURCE.format("Platen")),
        "hang-in-read": ("GET", f"{job}/NextDocument", None),
        "hang-in-status": ("GET", "ScannerStatus", None),
        "hang-in-cancel": ("DELETE", job, None),
    }
    on(scanner, name)
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(ask, scanner, *wishes[name])
        while name in scanner.faults.active():
            assert not waiting.done()
        scanner.switch_off(name)
        with pytest.raises(ConnectionError):
            waiting.result(LIMIT_S)


def test_times_of_faults_pass_before_the_answer(scanner: SimulatedScanner) -> None:
    for name in ("slow-page", "late-page", "slow-answers"):
        known = len(scanner.log.entries())
        on(scanner, name, delay_ms=2000)
        assert opened(page(scanner)).size == SIZE
        scanner.switch_off(name)
        deadline_s = time.monotonic() + LIMIT_S
        while longest_s(scanner, known) < 0.019:
            assert time.monotonic() < deadline_s, name


def test_a_job_without_its_place_and_a_status_without_sense(scanner: SimulatedScanner) -> None:
    on(scanner, "no-location")
    port = http.client.HTTPConnection("127.0.0.1", scanner.port_number, timeout=LIMIT_S)
    port.request("POST", "/eSCL/ScanJobs", SOURCE.format("Platen"))
    answer = port.getresponse()
    assert (answer.status, answer.headers["Location"]) == (201, None)
    port.close()
    on(scanner, "status-garbage")
    with pytest.raises(ET.ParseError):
        states(scanner)


@pytest.mark.parametrize("what", CAPABILITY_FAULTS)
def test_wrong_capabilities_are_wrong(scanner: SimulatedScanner, what: str) -> None:
    right = ask(scanner, "GET", "ScannerCapabilities")[1]
    on(scanner, "wrong-capabilities", what=what)
    wrong = ask(scanner, "GET", "ScannerCapabilities")[1]
    assert wrong != right
    if what in {"not-xml", "empty"}:
        with pytest.raises(ET.ParseError):
            parsed(wrong)
    else:
        parsed(wrong)


@pytest.mark.parametrize("text", HOSTILE_NAMES)
def test_hostile_names_stay_text(scanner: SimulatedScanner, text: str) -> None:
    on(scanner, "hostile-name", text=text)
    tree = parsed(ask(scanner, "GET", "ScannerCapabilities")[1])
    assert (tree.findtext(f"{PWG}MakeAndModel") or "") == HOSTILE_NAMES[text]
    assert not [element for element in tree.iter() if element.tag.endswith("script")]


def test_unplugged_is_gone_until_it_is_switched_off(scanner: SimulatedScanner) -> None:
    on(scanner, "unplug")
    assert not scanner.is_plugged
    with pytest.raises(ConnectionRefusedError):
        begin(scanner)
    scanner.switch_off("unplug")
    assert opened(page(scanner)).size == SIZE


def test_unplugged_in_the_middle(scanner: SimulatedScanner) -> None:
    on(scanner, "unplug", command="next-document", replug_after_ms=1)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        page(scanner)
    for _ in range(LIMIT_S * 100):
        if scanner.is_plugged:
            break
        threading.Event().wait(0.01)
    assert opened(page(scanner)).size == SIZE
    assert scanner.faults.active() == {}


@pytest.mark.parametrize("serial", ["same", "other"])
def test_it_comes_back_under_another_name_at_the_same_address(scanner: SimulatedScanner, serial: str) -> None:
    before, address = scanner.nameplate(), scanner.address
    assert before.model == MODEL
    on(scanner, "return-other-name", serial=serial)
    for _ in range(LIMIT_S * 100):
        if scanner.is_plugged:
            break
        threading.Event().wait(0.01)
    after = scanner.nameplate()
    assert after.model == OTHER_MODEL
    assert (after.serial == before.serial, scanner.address) == (serial == "same", address)
    assert opened(page(scanner)).size == SIZE
    scanner.switch_all_off()
    assert (scanner.nameplate(), scanner.address) == (before, address)


def test_a_board_knows_only_its_own_faults() -> None:
    assert "jam" in FaultBoard(FAULTS).table
    assert "babble" not in FaultBoard(FAULTS).table
