"""The simulated camera from outside: the line that it prints, its control port, and how it ends."""

from __future__ import annotations

import http.client
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from simulators.camera_fault_table import FAULTS, OPERATIONS
from simulators.camera_looks import LOOKS
from simulators.camera_sitters import sitters

if TYPE_CHECKING:
    from conftest import Client, Connect

ROOT = Path(__file__).parents[3]
ENDS_WITHIN_S = 20
HEADER = "X-Renhu-Control"


@dataclass
class Running:
    """A simulator's process and the line that it printed."""

    process: subprocess.Popen[str]
    line: dict[str, str]

    @property
    def port(self) -> int:
        """The camera's own port."""
        return int(self.line["address"].rpartition(":")[2])

    def control(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """One request to the control port."""
        where = urlsplit(self.line["faults"])
        port = http.client.HTTPConnection(str(where.hostname), where.port, timeout=ENDS_WITHIN_S)
        try:
            data = None if body is None else json.dumps(body)
            port.request(method, path, data, {HEADER: self.line["token"]} | headers)
            answer = port.getresponse()
            content = answer.read()
            is_json = answer.headers.get("Content-Type") == "application/json"
            return answer.status, json.loads(content) if is_json else content
        finally:
            port.close()


def started(*arguments: str, module: tuple[str, ...] = ("simulators", "camera")) -> Running:
    process = subprocess.Popen(
        [sys.executable, "-m", *module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    return Running(process, json.loads(process.stdout.readline()))


def ended(running: Running) -> str:
    """End it; what it printed besides its line."""
    running.process.terminate()
    assert running.process.wait(ENDS_WITHIN_S) == 0
    assert running.process.stdout is not None
    more = running.process.stdout.read()
    running.process.stdout.close()
    return more


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    running = started("--speed-factor", "100")
    yield running
    assert ended(running) == ""


@pytest.fixture
def camera(shared: Running) -> Running:
    for method, path, body in (
        ("DELETE", "/faults", None),
        ("DELETE", "/store", None),
        ("PUT", "/sitter", {"person": "resident-001"}),
        ("PUT", "/camera", {"size": "1000x750", "quality": "jpeg", "battery": 80, "turned": False}),
    ):
        assert shared.control(method, path, body) == (204, b"")
    return shared


@pytest.fixture
def client(camera: Running, connect: Connect) -> Client:
    return connect(camera.port).open()


def opened(data: bytes, kind: str = "JPEG") -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=[kind])
    image.load()
    return image


def test_the_line_says_where_everything_is(shared: Running) -> None:
    assert set(shared.line) == {"address", "faults", "token"}
    assert shared.line["address"].startswith("gphoto2:ptpip:127.0.0.1:")


def test_it_tells_what_it_is_and_all_its_faults(camera: Running) -> None:
    told = camera.control("GET", "/")[1]
    assert (told["kind"], told["address"]) == ("camera", camera.line["address"])
    assert (told["person"], told["look"], told["plugged"]) == ("resident-001", "good", True)
    assert (told["size"], told["quality"], told["battery"], told["turned"]) == ("1000x750", "jpeg", 80, False)
    assert told["operations"] == list(OPERATIONS)
    faults = {fault["name"]: fault for fault in told["faults"]}
    assert set(faults) == set(FAULTS)
    assert told["groups"][0]["name"] == "start"
    assert faults["out-of-focus"]["about"]["zh"].startswith("没有对上焦")
    assert faults["capture-refused"]["limits"]["status"]["hexadecimal"] is True
    assert not any(fault["active"] for fault in faults.values())


def test_people_and_looks_are_listed(camera: Running) -> None:
    told = camera.control("GET", "/sitters")[1]
    assert [one["id"] for one in told["sitters"]] == list(sitters(1))
    assert {"id": "family-a-2", "name": "样例母甲", "sex": "2", "age": 42} in told["sitters"]
    assert {one["name"] for one in told["looks"]} == set(LOOKS)
    groups = [group["name"] for group in told["groups"]]
    assert {one["group"] for one in told["looks"]} == set(groups)
    assert told["looks"][0]["about"] == {
        "zh": "坐得端正，背景洁白，应当合格。",
        "en": "Sits straight before a white wall: should be accepted.",
    }


def test_somebody_sits_down_and_leaves(camera: Running, client: Client) -> None:
    assert camera.control("PUT", "/sitter", {"person": "visitor-003", "look": "tilted"})[0] == 204
    assert camera.control("GET", "/sitter")[1] == {"person": "visitor-003", "look": "tilted"}
    picture = client.picture()
    assert camera.control("DELETE", "/sitter")[0] == 204
    assert camera.control("GET", "/sitter")[1] == {"person": None, "look": "good"}
    assert len(client.picture()) < 0.8 * len(picture)


@pytest.mark.parametrize(
    "body",
    [{}, {"person": "nobody"}, {"person": 3}, {"person": "resident-001", "look": "pretty"}, {"look": "good"}, {"x": 1}],
)
def test_nobody_else_can_sit_down(camera: Running, body: dict[str, object]) -> None:
    assert camera.control("PUT", "/sitter", body)[0] == 422
    assert camera.control("GET", "/sitter")[1] == {"person": "resident-001", "look": "good"}


def test_people_are_shown_before_they_are_chosen(camera: Running) -> None:
    good, dark = (camera.control("GET", f"/picture?person=resident-002&look={look}")[1] for look in ("good", "dark"))
    assert opened(good, "PNG").size == (400, 300)
    assert good != dark
    assert camera.control("GET", "/picture?person=nobody")[0] == 422


def test_the_camera_is_set(camera: Running, client: Client) -> None:
    assert camera.control("PUT", "/camera", {"size": "2000x1500", "battery": 33})[0] == 204
    assert camera.control("GET", "/camera")[1] == {
        "size": "2000x1500",
        "quality": "jpeg",
        "battery": 33,
        "turned": False,
    }
    assert opened(client.picture()).size == (2000, 1500)
    assert client.ask(0x1015, 0x5001).data == b"\x21"
    assert camera.control("PUT", "/camera", {"quality": "raw+jpeg", "turned": True})[0] == 204
    assert camera.control("GET", "/camera")[1]["turned"] is True
    assert len(client.shoot()) == 2
    names = [one["name"] for one in camera.control("GET", "/store")[1]["pictures"]]
    assert [name[-4:] for name in names] == [".JPG", ".NEF"]
    assert camera.control("DELETE", "/store")[0] == 204
    assert camera.control("GET", "/store")[1]["pictures"] == []


def test_all_but_the_faults_is_as_at_the_start(camera: Running, client: Client) -> None:
    camera.control("PUT", "/sitter", {"person": "visitor-003", "look": "tilted"})
    camera.control("PUT", "/camera", {"battery": 33, "turned": True})
    client.shoot()
    camera.control("PUT", "/faults/no-card", {})
    assert camera.control("DELETE", "/camera")[0] == 204
    told = camera.control("GET", "/")[1]
    assert (told["person"], told["look"]) == ("resident-001", "good")
    assert (told["size"], told["quality"], told["battery"], told["turned"]) == ("4000x3000", "jpeg-fine", 80, False)
    assert [fault["name"] for fault in told["faults"] if fault["active"]] == ["no-card"]
    assert camera.control("GET", "/store")[1]["pictures"] == []


def test_it_tells_what_it_can_be_set_to(camera: Running) -> None:
    choices = camera.control("GET", "/")[1]["choices"]
    assert choices.keys() == {"size", "quality"}
    for name, offered in choices.items():
        assert [camera.control("PUT", "/camera", {name: one})[0] for one in offered] == [204] * len(offered)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"size": "1x1"},
        {"size": 5},
        {"quality": "best"},
        {"battery": 101},
        {"battery": True},
        {"battery": "80"},
        {"turned": 1},
        {"x": 1},
        {"size": "2000x1500", "battery": -1},
    ],
)
def test_it_is_not_set_to_what_it_cannot_be(camera: Running, body: dict[str, object]) -> None:
    assert camera.control("PUT", "/camera", body)[0] == 422
    assert camera.control("GET", "/camera")[1]["size"] == "1000x750"


def test_faults_are_switched_and_refused(camera: Running, client: Client) -> None:
    assert camera.control("PUT", "/faults/capture-refused", {"status": "A001", "count": 1})[0] == 204
    assert client.ask(0x9207, 0xFFFFFFFF, 0).code == 0xA001
    assert camera.control("PUT", "/faults/cut-in-data", {"tenth": 10})[0] == 422
    assert camera.control("PUT", "/faults/jam", {})[0] == 404


def test_requests_are_noted(camera: Running, client: Client) -> None:
    client.picture()
    log = camera.control("GET", "/log")[1]
    assert {"capture", "ready", "events", "get-object", "delete"} <= {one["command"] for one in log}
    fetched = [one for one in log if one["command"] == "get-object"][-1]
    assert fetched["status"] == 0x2001
    assert fetched["bytes"] > 50_000
    assert fetched["end_s"] >= fetched["t_s"]


def test_strangers_are_kept_out(camera: Running) -> None:
    assert camera.control("GET", "/", Host="example.org")[0] == 400
    assert camera.control("DELETE", "/store", **{HEADER: "wrong"})[0] == 403


def test_another_seed_is_another_camera_with_other_people(connect: Connect) -> None:
    running = started("--seed", "7", "--speed-factor", "100")
    try:
        client = connect(running.port)
        assert "RENHU-SIM-00000007".encode("utf-16-le") in client.ask(0x1001).data
        assert client.guid == b"RENHU-SIM0000007"
        told = running.control("GET", "/sitters")[1]["sitters"]
        assert [one["id"] for one in told] == list(sitters(1))
        assert [one["age"] for one in told] != [one.age for one in sitters(1).values()]
    finally:
        assert ended(running) == ""


def test_its_port_can_be_chosen(connect: Connect) -> None:
    first = started()
    ended(first)
    second = started("--device-port", str(first.port))
    try:
        assert second.line["address"] == first.line["address"]
        assert connect(second.port).open().ask(0x1004).code == 0x2001
    finally:
        ended(second)


def test_the_station_has_a_command_for_it(connect: Connect) -> None:
    running = started("simulate", "camera", "--seed", "3", module=("agent",))
    try:
        assert connect(running.port).guid == b"RENHU-SIM0000003"
    finally:
        assert ended(running) == ""
