"""The simulated reader's process from outside: its line of JSON, its control port, and how it ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
START = (sys.executable, "-m", "simulators", "reader", "--speed-factor", "20")
ENDS_WITHIN_S = 30


@dataclass
class Running:
    """A simulator's process and the line it printed."""

    process: subprocess.Popen[str]
    line: dict[str, str]

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """One request; the answer's status and its JSON (bytes when it is a picture)."""
        where = urlsplit(self.line["faults"])
        port = http.client.HTTPConnection(str(where.hostname), where.port, timeout=10)
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        port.request(method, path, data, {"X-Renhu-Control": self.line["token"]} | headers)
        answer = port.getresponse()
        content = answer.read()
        port.close()
        is_json = answer.headers.get("Content-Type") == "application/json"
        return answer.status, json.loads(content) if is_json else content


def start(*more: str, stdin: int = subprocess.DEVNULL) -> Running:
    process = subprocess.Popen([*START, *more], stdin=stdin, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    return Running(process, json.loads(process.stdout.readline()))


def end(running: Running) -> int:
    """Wait for the end; a process that does not come to it is ended, and that is told."""
    assert running.process.stdout is not None
    try:
        code = running.process.wait(ENDS_WITHIN_S)
        assert running.process.stdout.read() == ""
        return code
    finally:
        running.process.kill()
        running.process.wait()
        running.process.stdout.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    running = start("--wire", "usb-pair")
    yield running
    running.process.terminate()
    assert end(running) == 0


@pytest.fixture
def reader(shared: Running) -> Running:
    shared.ask("DELETE", "/faults")
    shared.ask("DELETE", "/plate")
    return shared


def test_the_line_says_where_everything_is(reader: Running) -> None:
    assert set(reader.line) == {"address", "faults", "token"}
    assert reader.line["address"].startswith("usb:0400:c35a?backend=simulators.usb_backend&at=127.0.0.1:")
    assert reader.line["faults"].startswith("http://127.0.0.1:")


def test_the_port_tells_what_it_can_do(reader: Running) -> None:
    status, about = reader.ask("GET", "/")
    assert (status, about["kind"], about["address"]) == (200, "reader", reader.line["address"])
    assert {"find", "select", "read-base", "newest-address"} <= set(about["operations"])
    fault = next(one for one in about["faults"] if one["name"] == "silent")
    assert fault["parameters"] == {"count": None, "skip": 0, "percent": 100, "command": None, "seed": 1}
    assert fault["limits"]["count"] == {"optional": True, "minimum": 1, "maximum": 1_000_000}
    assert fault["active"] is False


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "example.org"}, 400),
        ({"X-Renhu-Control": "wrong"}, 403),
        ({"X-Renhu-Control": ""}, 403),
    ],
)
def test_strangers_are_refused(reader: Running, headers: dict[str, str], status: int) -> None:
    assert reader.ask("PUT", "/faults/silent", {}, **headers)[0] == status
    assert not next(one for one in reader.ask("GET", "/")[1]["faults"] if one["name"] == "silent")["active"]


def test_cards_are_laid_and_lifted(reader: Running) -> None:
    status, body = reader.ask("GET", "/cards")
    assert status == 200
    first = next(card for card in body["cards"] if card["id"] == "resident-001")
    assert (first["kind"], first["name"], first["group"]) == ("resident", "测试甲子", "start")
    assert reader.ask("PUT", "/plate", {"card": "lone-surrogate"}) == (204, b"")
    assert reader.ask("GET", "/plate") == (200, {"card": "lone-surrogate"})
    assert reader.ask("DELETE", "/plate") == (204, b"")
    assert reader.ask("GET", "/plate") == (200, {"card": None})


def test_what_was_written_on_a_card_can_be_asked_for(reader: Running) -> None:
    status, facts = reader.ask("GET", "/card?card=two-addresses")
    assert status == 200
    assert facts["newest_addresses"] == ["测试省测试市新路1号", "测试省测试市新路2号"]
    status, picture = reader.ask("GET", "/picture?card=resident-001")
    assert (status, picture[:4]) == (200, b"\x89PNG")
    assert reader.ask("GET", "/picture?card=photo-blank")[0] == 404


def test_faults_are_switched_on_and_off(reader: Running) -> None:
    def active() -> dict[str, Any]:
        return {one["name"]: one["values"] for one in reader.ask("GET", "/")[1]["faults"] if one["active"]}

    assert reader.ask("PUT", "/faults/bit-flips", {"count": 3, "flips": 2}) == (204, b"")
    assert reader.ask("PUT", "/faults/echo") == (204, b"")
    assert active()["bit-flips"]["left"] == 3
    assert reader.ask("DELETE", "/faults/echo") == (204, b"")
    assert set(active()) == {"bit-flips"}
    assert reader.ask("DELETE", "/faults") == (204, b"")
    assert active() == {}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "key"),
    [
        ("PUT", "/faults/no-such", {}, 404, "faults"),
        ("GET", "/nowhere", None, 404, "places"),
        ("GET", "/faults/silent", None, 405, "allowed"),
        ("POST", "/plate", {"card": "resident-001"}, 405, "allowed"),
        ("PUT", "/", {}, 405, "allowed"),
        ("PUT", "/faults/silent", {"count": 0}, 422, "error"),
        ("PUT", "/faults/silent", {"colour": 1}, 422, "error"),
        ("PUT", "/faults/silent", [], 422, "error"),
        ("PUT", "/faults/silent", b"{", 422, "error"),
        ("PUT", "/faults/silent", b"\xff", 422, "error"),
        ("PUT", "/faults/wrong-baud", {}, 422, "error"),
        ("PUT", "/faults/second-opener", {}, 422, "error"),
        ("PUT", "/faults/card-swapped-before-read", {"card": "nobody"}, 422, "cards"),
        ("PUT", "/plate", {"card": "nobody"}, 422, "cards"),
        ("PUT", "/plate", {"card": 1}, 422, "error"),
        ("PUT", "/plate", {}, 422, "error"),
        ("PUT", "/plate", b"[" * 60_000, 422, "error"),
        ("GET", "/card?card=nobody", None, 422, "cards"),
        ("PUT", "/plate", b" " * 70_000, 413, "error"),
    ],
)
def test_wrong_requests_are_told_what_is_right(
    reader: Running, method: str, path: str, body: object, status: int, key: str
) -> None:
    got, answer = reader.ask(method, path, body)
    assert got == status
    assert key in answer
    assert "error" in answer


def test_it_ends_at_the_end_of_stdin_if_told_so() -> None:
    running = start("--until-eof", stdin=subprocess.PIPE)
    assert running.process.stdin is not None
    running.process.stdin.close()
    assert end(running) == 0


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_told_and_leaves_nothing_behind(word: signal.Signals, tmp_path: Path) -> None:
    link = tmp_path / "reader"
    running = start("--link", str(link))
    assert running.line["address"] == f"serial:{link}"
    assert link.is_symlink()
    running.process.send_signal(word)
    assert end(running) == 0
    assert list(tmp_path.iterdir()) == []


def test_it_ends_with_its_parent() -> None:
    script = f"import subprocess, sys; subprocess.Popen({list(START)!r}); sys.stdin.read()"
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    with parent:
        try:
            assert "address" in json.loads(parent.stdout.readline())
        finally:
            parent.kill()
        assert parent.stdout.read() == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["printer"],
        ["camera", "--device-port", "65536"],
        ["scanner", "--device-port", "-1"],
        ["reader", "--wire", "wifi"],
        ["reader", "--baud", "300"],
        ["reader", "--speed-factor", "0"],
    ],
)
def test_wrong_use_is_exit_2(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "simulators", *arguments], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")


def test_idle_it_does_nothing(shared: Running) -> None:
    def switches() -> int:
        lines = [path.read_text() for path in Path(f"/proc/{shared.process.pid}/task").glob("*/status")]
        return sum(int(line.rsplit(":", 1)[1]) for text in lines for line in text.splitlines() if "_switches" in line)

    before = switches()
    time.sleep(0.5)
    assert switches() - before <= 5


def test_a_start_that_fails_leaves_nothing_behind(shared: Running, tmp_path: Path) -> None:
    port = str(urlsplit(shared.line["faults"]).port)
    for more in (["--port", port], ["--link", str(tmp_path / "missing" / "reader")]):
        done = subprocess.run(
            [*START, *more], cwd=ROOT, capture_output=True, check=False, env=os.environ | {"TMPDIR": str(tmp_path)}
        )
        assert (done.returncode, done.stdout) == (3, b""), done.stderr
        assert done.stderr.startswith(b"cannot start: ")
        assert list(tmp_path.iterdir()) == []
