"""`renhu scan` beside a running agent: it borrows the scanner, leaves a trace and no page, and yields to clerks."""

import http.client
import importlib.util
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import pytest

SPEC = importlib.util.spec_from_file_location("clerk_of_loans", Path(__file__).with_name("clerk.py"))
clerk = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(clerk)

LIMIT_S = 60.0


@pytest.fixture
def beside(demo, tmp_path):
    """What the demo told, the command of `renhu` for its folder, and a hand on its scanner."""
    told, _ = demo
    config = tmp_path / "renhu.toml"
    config.write_text(f'[data]\nfolder = "{told["data"]}"\n')

    def command(*arguments):
        words = ["env", "--default-signal=INT", sys.executable, "-m", "agent", *map(str, arguments)]
        return {
            "args": [*words, "--config", str(config)],
            "stdin": subprocess.DEVNULL, "text": True, "env": {**os.environ, "LC_ALL": "en_US.UTF-8"},
        }  # fmt: skip

    def scanner(method, path, body=None):
        place = urlsplit(told["faults"]["scanner"])
        connection = http.client.HTTPConnection(place.netloc, timeout=20)
        connection.request(method, path, json.dumps(body or {}), {"X-Renhu-Control": told["token"]})
        assert connection.getresponse().status == 204
        connection.close()

    return told, command, scanner


def pages_of(file):
    """How many pages there are, each stamped as practice's."""
    with pikepdf.open(io.BytesIO(file.read_bytes())) as made:
        for page in made.pages:
            assert sum("/ImageMask" in drawn for drawn in page.Resources.XObject.values()) == 1
        return len(made.pages)


def run(command):
    return subprocess.run(**command, capture_output=True, timeout=LIMIT_S, check=False)


def until_ready(person, told):
    """The demo answers before its scanner does."""
    end_s = time.monotonic() + LIMIT_S
    while True:
        person.get("/devices")
        if re.search(r'id="device-scanner"[^>]*data-state="ready"', person.page):
            return
        assert time.monotonic() < end_s, told
        time.sleep(0.05)


def test_the_agents_scanner_is_lent_and_nothing_of_the_scan_stays_behind(beside, tmp_path):
    told, command, scanner = beside
    until_ready(clerk.Clerk(told["url"], next(one for one in told["sign_ins"] if one["role"] == "technician")), told)
    scanner("PUT", "/feeder", {"papers": ["lease", "employer-letter"]})
    file = tmp_path / "lease.pdf"
    done = run(command("scan", "-o", file, "--source", "adf", "--duplex", "--dpi", "75", "--mode", "grey", "--json"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pages"] == 4
    assert pages_of(file) == 4
    assert done.stderr.partition("Page 4 scanned\n")[2] == "This page seems to be blank.\n"
    media = Path(told["data"]) / "media"
    assert [one for one in media.rglob("*") if one.is_file()] == []
    empty = run(command("scan", "-o", file, "--source", "adf", "--json"))
    assert (empty.returncode, json.loads(empty.stdout)["error"]["code"]) == (4, "SCANNER-EMPTY")


def test_a_clerks_scan_goes_before_and_is_named(beside, tmp_path):
    told, command, scanner = beside
    person = clerk.Clerk(told["url"], told["sign_ins"][0])
    board = f"/documents/draft/{person.open_draft().rpartition('/')[2]}"
    scanner("PUT", "/feeder", {"papers": ["lease"] * 3})
    scanner("PUT", "/faults/slow-page", {"delay_ms": 60_000, "count": 1})
    end_s = time.monotonic() + LIMIT_S
    while "scanner-says" in person.page or person.get(board)[0] != 200 or "other-scan" not in person.page:
        assert time.monotonic() < end_s
    assert person.post(f"{board}/scan", kind="D04", source="adf", colour="grey", dpi="75")[0] == 303
    done = run(command("scan", "-o", tmp_path / "page.pdf", "--json"))
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"]) == (7, "SCANNER-HELD-BY")
    assert told["sign_ins"][0]["name"] in error["text"]
    assert "D04" in error["text"]
    assert not (tmp_path / "page.pdf").exists()


def test_ctrl_c_keeps_what_has_come_and_frees_the_scanner(beside, tmp_path):
    told, command, scanner = beside
    technician = clerk.Clerk(told["url"], next(one for one in told["sign_ins"] if one["role"] == "technician"))
    until_ready(technician, told)
    scanner("PUT", "/feeder", {"papers": ["lease"] * 9})
    scanner("PUT", "/faults/slow-page", {"delay_ms": 60_000, "skip": 2})
    file = tmp_path / "lease.pdf"
    process = subprocess.Popen(**command("scan", "-o", file, "--source", "adf", "--dpi", "75"), stderr=subprocess.PIPE)
    said = []
    for line in process.stderr:
        said.append(line)
        if "Page 2 scanned" in line:
            process.send_signal(signal.SIGINT)
            break
    said += process.stderr.readlines()
    process.stderr.close()
    assert process.wait(LIMIT_S) == 4, said
    assert pages_of(file) == 2
    scanner("DELETE", "/faults")
    end_s = time.monotonic() + LIMIT_S
    while True:
        scanner("PUT", "/feeder", {"papers": ["lease"]})
        again = run(command("scan", "-o", file, "--source", "adf", "--dpi", "75", "--json"))
        if again.returncode not in {4, 7}:  # empty when the sheet under way was still drawn in
            break
        assert time.monotonic() < end_s
    assert (again.returncode, pages_of(file)) == (0, 1), again.stderr
