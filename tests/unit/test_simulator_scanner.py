"""The simulated scanner from outside: what its eSCL documents say, how jobs and pages go, its control port."""

from __future__ import annotations

import http.client
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
ENDS_WITHIN_S = 20
NAMESPACES = {
    "scan": "http://schemas.hp.com/imaging/escl/2011/05/03",
    "pwg": "http://www.pwg.org/schemas/2010/12/sm",
}
Answer = tuple[int, bytes, dict[str, str]]


@dataclass
class Running:
    """A simulator's process and the line it printed."""

    process: subprocess.Popen[str]
    line: dict[str, str]

    def control(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """One request to the control port."""
        data = None if body is None else json.dumps(body).encode()
        status, content, told = ask(
            self.line["faults"], method, path, data, {"X-Renhu-Control": self.line["token"]} | headers
        )
        return status, json.loads(content) if told.get("Content-Type") == "application/json" else content

    def escl(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request to the scanner."""
        return ask(self.base, method, f"/eSCL/{path}", body, headers)

    @property
    def base(self) -> str:
        """The scanner's own address."""
        return str(self.control("GET", "/")[1]["address"]).partition("00000001:")[2]

    def begin(self, **settings: object) -> Answer:
        """Ask for a job."""
        return self.escl("POST", "ScanJobs", scan_settings(**settings))

    def job(self, **settings: object) -> str:
        """Begin a job; where it is."""
        status, _, headers = self.begin(**settings)
        assert status == 201
        return urlsplit(headers["Location"]).path.removeprefix("/eSCL/")

    def state(self) -> tuple[str, str]:
        """The scanner's state and the feeder's."""
        tree = parsed(self.escl("GET", "ScannerStatus")[1])
        return str(tree.findtext("pwg:State", None, NAMESPACES)), str(tree.findtext("scan:AdfState", None, NAMESPACES))


def parsed(document: bytes) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 (our own simulator wrote it)


def ask(base: str, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    where = urlsplit(base)
    port = http.client.HTTPConnection(str(where.hostname), where.port, timeout=ENDS_WITHIN_S)
    try:
        port.request(method, path, body, headers)
        answer = port.getresponse()
        return answer.status, answer.read(), dict(answer.headers)
    finally:
        port.close()


def scan_settings(
    source: str = "Platen",
    *,
    duplex: bool = False,
    mode: str = "Grayscale8",
    dpi: int = 75,
    region: tuple[int, int, int, int] = (0, 0, 2480, 3508),
) -> bytes:
    left, top, width, height = region
    return (
        f'<scan:ScanSettings xmlns:scan="{NAMESPACES["scan"]}" xmlns:pwg="{NAMESPACES["pwg"]}"><pwg:ScanRegions>'
        f"<pwg:ScanRegion><pwg:XOffset>{left}</pwg:XOffset><pwg:YOffset>{top}</pwg:YOffset><pwg:Width>{width}</pwg:Width>"
        f"<pwg:Height>{height}</pwg:Height></pwg:ScanRegion></pwg:ScanRegions><pwg:InputSource>{source}</pwg:InputSource>"
        f"<scan:ColorMode>{mode}</scan:ColorMode><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>"
        f"<scan:XResolution>{dpi}</scan:XResolution><scan:YResolution>{dpi}</scan:YResolution>"
        f"<scan:Duplex>{str(duplex).lower()}</scan:Duplex></scan:ScanSettings>"
    ).encode()


def picture(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


def becomes(wanted: Callable[[], bool]) -> bool:
    end_s = time.monotonic() + ENDS_WITHIN_S
    while not wanted():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-m", "simulators", "scanner", "--speed-factor", "100"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    yield Running(process, json.loads(process.stdout.readline()))
    process.terminate()
    assert process.wait(ENDS_WITHIN_S) == 0
    assert process.stdout.read() == ""
    process.stdout.close()


@pytest.fixture
def scanner(shared: Running) -> Running:
    for method, path, body in (
        ("DELETE", "/faults", None),
        ("DELETE", "/feeder", None),
        ("DELETE", "/platen", None),
        ("PUT", "/lid", {"open": False}),
    ):
        assert shared.control(method, path, body)[0] == 204
    while shared.state()[0] != "Idle":
        last = parsed(shared.escl("GET", "ScannerStatus")[1])
        uri = str(last.findtext(".//pwg:JobUri", None, NAMESPACES))
        shared.escl("DELETE", uri.removeprefix("/eSCL/"))
    return shared


def test_the_line_says_where_everything_is(shared: Running) -> None:
    assert set(shared.line) == {"address", "faults", "token"}
    assert shared.line["address"].startswith("sane:airscan:escl:RENHU-SIM-00000001:http://127.0.0.1:")
    assert shared.line["address"].endswith("/eSCL/")


def test_the_capabilities_say_what_it_can_do(scanner: Running) -> None:
    tree = parsed(scanner.escl("GET", "ScannerCapabilities")[1])
    assert tree.findtext("pwg:SerialNumber", None, NAMESPACES) == "RENHU-SIM-00000001"
    uuid = str(tree.findtext("scan:UUID", None, NAMESPACES)).replace("-", "")
    assert bytes.fromhex(uuid)[:9] == b"RENHU-SIM"
    for source in ("Platen/scan:PlatenInputCaps", "Adf/scan:AdfSimplexInputCaps", "Adf/scan:AdfDuplexInputCaps"):
        caps = tree.find(f"scan:{source}", NAMESPACES)
        assert caps is not None
        dpi = [int(str(one.text)) for one in caps.iter(f"{{{NAMESPACES['scan']}}}XResolution")]
        modes = [one.text for one in caps.iter(f"{{{NAMESPACES['scan']}}}ColorMode")]
        assert (dpi, modes) == ([75, 100, 150, 200, 300, 600], ["RGB24", "Grayscale8", "BlackAndWhite1"])


def test_a_page_of_the_glass(scanner: Running) -> None:
    scanner.control("PUT", "/platen", {"paper": "lease"})
    for mode, kind in (("RGB24", "RGB"), ("Grayscale8", "L"), ("BlackAndWhite1", "L")):
        job = scanner.job(mode=mode, dpi=150, region=(300, 600, 1200, 900))
        status, body, headers = scanner.escl("GET", f"{job}/NextDocument")
        assert (status, headers["Content-Type"]) == (200, "image/jpeg")
        page = picture(body)
        assert (page.size, page.mode, page.info["comment"]) == ((600, 450), kind, b"RENHU-SIM SIMULATED")
        assert scanner.escl("GET", f"{job}/NextDocument")[0] == 404
        assert scanner.state()[0] == "Idle"


def test_the_feeder_gives_both_sides_of_each_sheet_and_ends(scanner: Running) -> None:
    assert scanner.state() == ("Idle", "ScannerAdfEmpty")
    assert scanner.begin(source="Feeder")[0] == 409
    scanner.control("PUT", "/feeder", {"papers": ["lease", "blank"]})
    assert scanner.state() == ("Idle", "ScannerAdfLoaded")
    job = scanner.job(source="Feeder", duplex=True)
    pages = [scanner.escl("GET", f"{job}/NextDocument") for _ in range(5)]
    assert [status for status, *_ in pages] == [200, 200, 200, 200, 404]
    dark = [sum(picture(body).histogram()[:120]) for _, body, _ in pages[:4]]
    assert min(dark[:2]) > 0
    assert dark[2:] == [0, 0]
    assert dark[0] != dark[1]
    assert scanner.state() == ("Idle", "ScannerAdfEmpty")


def test_one_side_only_when_no_other_is_asked_for(scanner: Running) -> None:
    scanner.control("PUT", "/feeder", {"papers": ["lease", "lease"]})
    job = scanner.job(source="Feeder")
    assert [scanner.escl("GET", f"{job}/NextDocument")[0] for _ in range(3)] == [200, 200, 404]


def test_one_job_at_a_time_and_a_cancelled_one_is_over(scanner: Running) -> None:
    scanner.control("PUT", "/feeder", {"papers": ["lease", "lease"]})
    job = scanner.job(source="Feeder")
    assert scanner.escl("GET", f"{job}/NextDocument")[0] == 200
    assert scanner.state()[0] == "Processing"
    assert scanner.begin()[0] == 503
    assert scanner.escl("DELETE", job)[0] == 200
    assert scanner.escl("GET", f"{job}/NextDocument")[0] == 404
    assert scanner.control("GET", "/feeder")[1]["feeder"] == ["lease"]
    assert scanner.begin()[0] == 201


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (b"", 400),
        (b"<not", 400),
        (scan_settings().replace(b">75<", b">x<"), 400),
        (scan_settings(dpi=123), 409),
        (scan_settings(mode="RGB48"), 409),
        (scan_settings(region=(0, 0, 2551, 100)), 409),
        (scan_settings(region=(-1, 0, 100, 100)), 409),
        (scan_settings(region=(0, 0, 100, 0)), 409),
        (b" " * 70_000, 413),
    ],
)
def test_settings_that_it_does_not_offer_are_refused(scanner: Running, document: bytes, status: int) -> None:
    assert scanner.escl("POST", "ScanJobs", document)[0] == status
    assert scanner.state()[0] == "Idle"


def test_strangers_and_strange_places(scanner: Running) -> None:
    assert scanner.escl("GET", "ScannerStatus", Host="example.org")[0] == 400
    assert scanner.control("GET", "/", Host="example.org")[0] == 400
    assert scanner.control("PUT", "/lid", {"open": True}, **{"X-Renhu-Control": "wrong"})[0] == 403
    for method, path in (("GET", "Nothing"), ("PUT", "ScannerStatus"), ("GET", "ScanJobs/999/NextDocument")):
        assert scanner.escl(method, path)[0] == 404


def test_the_open_cover_stops_the_feeder_only(scanner: Running) -> None:
    scanner.control("PUT", "/feeder", {"papers": ["lease"]})
    assert scanner.control("PUT", "/lid", {"open": True}) == (204, b"")
    assert scanner.state() == ("Idle", "ScannerAdfDoorOpen")
    assert scanner.begin(source="Feeder")[0] == 409
    job = scanner.job()
    assert picture(scanner.escl("GET", f"{job}/NextDocument")[1]).getpixel((300, 400)) < 60  # type: ignore[operator]
    scanner.control("PUT", "/lid", {"open": False})
    assert scanner.begin(source="Feeder")[0] == 201


def test_papers_are_listed_and_shown(scanner: Running) -> None:
    papers = {one["id"]: one for one in scanner.control("GET", "/papers")[1]["papers"]}
    card = papers["id-card-family-a-1"]
    assert (card["name"], card["sides"], card["group"]) == ("居民身份证 测试父甲", 2, "card")
    front, back = (
        scanner.control("GET", f"/paper?paper=id-card-family-a-1&side={side}")[1] for side in ("front", "back")
    )
    assert front[:4] == back[:4] == b"\x89PNG"
    assert front != back
    scanner.control("PUT", "/platen", {"paper": "id-card-family-a-1", "side": "back"})
    about = scanner.control("GET", "/")[1]
    assert (about["kind"], about["platen"], about["lid_open"]) == ("scanner", "id-card-family-a-1", False)
    assert {"capabilities", "create-job", "next-document"} <= set(about["operations"])


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/feeder", {"papers": ["nothing"]}, 422),
        ("PUT", "/feeder", {"papers": "lease"}, 422),
        ("PUT", "/feeder", {"papers": ["lease"] * 101}, 422),
        ("PUT", "/feeder", {"papers": [["lease"]]}, 422),
        ("PUT", "/platen", {}, 422),
        ("PUT", "/platen", {"paper": "lease", "side": "edge"}, 422),
        ("PUT", "/lid", {"open": 1}, 422),
        ("GET", "/paper?paper=nothing", None, 422),
        ("GET", "/paper?paper=lease&side=3", None, 422),
        ("POST", "/feeder", {"papers": []}, 405),
        ("PUT", "/faults/nothing", {}, 404),
        ("PUT", "/faults/jam", {"page": 0}, 422),
        ("PUT", "/faults/cut", {"tenth": 10}, 422),
        ("PUT", "/faults/hostile-name", {"text": "other"}, 422),
    ],
)
def test_bad_wishes_are_refused(scanner: Running, method: str, path: str, body: object, status: int) -> None:
    assert scanner.control(method, path, body)[0] == status


def test_the_log_says_what_was_asked_and_never_what_was_in_it(scanner: Running) -> None:
    scanner.control("PUT", "/platen", {"paper": "lease"})
    scanner.escl("GET", f"{scanner.job()}/NextDocument")
    assert becomes(lambda: scanner.control("GET", "/log")[1][-1]["command"] == "next-document")
    entry = scanner.control("GET", "/log")[1][-1]
    assert set(entry) == {"t_s", "end_s", "command", "status", "bytes"}
    assert (entry["status"], entry["bytes"] > 1000) == (200, True)
