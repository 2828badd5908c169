"""A scanner that cannot be used says why and what to do, on the command line, in doctor and on the page."""

import http.client
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from drivers.scanner_names import hidden_node

SPEC = importlib.util.spec_from_file_location("clerk_of_troubles", Path(__file__).with_name("clerk.py"))
clerk = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(clerk)

RUN_S = 90
LIMIT_S = 60.0
NOBODY = 65534
COVERED = 'mount --bind /dev/null "$0" && exec "$@"'
SMALL = 'mount -t tmpfs -o size=32k tmpfs "$0" && exec "$@"'
DISK = 'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$@"'
# A /dev of its own with the node of a USB device that is another user's, and a command that may do no more than its own
# user may: without its capabilities root asks for leave like anybody.
NODE = """set -e
mount -t tmpfs tmpfs "$0"
for one in null zero urandom random; do touch "$0/$one"; mount --bind "/dev/$one" "$0/$one"; done
mkdir -p "$0/bus/usb/001" "$0/shm"
chmod 1777 "$0/shm"
touch "$0/bus/usb/001/004"
chmod "$1" "$0/bus/usb/001/004"
chown 65534:65534 "$0/bus/usb/001/004"
mount --rbind "$0" /dev
shift
exec setpriv --bounding-set=-all "$@\""""
FILLER_BYTES = 32 * 1024**2


def apart(script, place, *command):
    """A command in a space of mounts of its own."""
    return ["unshare", "--mount", "sh", "-c", script, str(place), *map(str, command)]


def renhu(*arguments):
    return [sys.executable, "-m", "agent", *map(str, arguments)]


def run(command):
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=RUN_S, check=False, env={**os.environ, "LC_ALL": "en_US.UTF-8"}
    )
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.fixture
def config(tmp_path):
    sane = tmp_path / "sane"
    sane.mkdir()
    (sane / "test.conf").touch()
    file = tmp_path / "renhu.toml"
    file.write_text(
        f'[data]\nfolder = "{tmp_path}/data"\n[devices.scanner]\naddress = "sane:test:0"\nconfiguration = "{sane}"\n'
    )
    return file


def libsane():
    [library] = [path.resolve() for path in Path("/usr/lib").glob("*/libsane.so.1")]
    return library


def test_without_libsane_the_command_and_doctor_say_what_to_install(config, tmp_path):
    library = libsane()
    scan = renhu("scan", "-o", tmp_path / "page.pdf", "--json", "--config", config)
    status, told, said = run(apart(COVERED, library, *scan))
    assert (status, told["error"]["code"]) == (13, "SCANNER-LIBRARY"), said
    assert "apt install libsane1" in said
    _, told, _ = run(apart(COVERED, library, *renhu("doctor", "--json", "--config", config)))
    [found] = [check for check in told["checks"] if check["name"] == "scanner"]
    assert (found["ok"], found["code"]) == (False, "SCANNER-LIBRARY")


def test_doctor_says_that_there_is_no_scanner_and_finds_that_well(config, tmp_path):
    config.write_text(f'[data]\nfolder = "{tmp_path}/data"\n')
    _, told, _ = run(renhu("doctor", "--json", "--config", config))
    [found] = [check for check in told["checks"] if check["name"] == "scanner"]
    assert (found["ok"], found["code"]) == (True, "DOCTOR-SCANNER-NONE")


def test_a_full_disk_ends_the_command_with_12_and_leaves_no_part_of_a_file(config, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    scan = renhu("scan", "-o", small / "page.pdf", "--dpi", "200", "--json", "--config", config)
    status, told, said = run(
        apart(SMALL, small, "sh", "-c", '"$@"; status=$?; ls -A "$0" >&2; exit $status', small, *scan)
    )
    assert (status, told["error"]["code"]) == (12, "SCAN-OUTPUT-FULL"), said
    assert said.splitlines()[-1].startswith("renhu:"), "nothing is listed behind the last word"


@pytest.fixture
def open_folder():
    """A folder that everybody may enter, as /dev/bus/usb is; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_node_that_may_not_be_opened_is_told_from_a_scanner_that_is_not_there(open_folder):
    node = open_folder / "001" / "004"
    node.parent.mkdir()
    node.touch()
    node.chmod(0o600)

    def seen(name, link):
        """What an unprivileged process sees: root may open everything."""
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            try:
                os.setgroups([])
                os.setuid(NOBODY)
                os.write(writing, str(hidden_node(name, open_folder, link)).encode())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            return told.read().decode()

    assert seen("plustek:libusb:001:004", open_folder / "none") == str(node)
    assert seen("plustek:libusb:001:005", node) == "None"
    assert seen(None, node) == str(node)
    assert seen("airscan:e0:Desk", open_folder / "none") == "None"
    node.chmod(0o666)
    assert seen("plustek:libusb:001:004", node) == "None"


def test_a_scanner_whose_node_is_anothers_ends_the_command_with_the_next_step(open_folder):
    devices, output = open_folder / "dev", open_folder / "output"
    devices.mkdir()
    output.mkdir()
    config = open_folder / "renhu.toml"
    config.write_text(f'[data]\nfolder = "{output}"\n')
    scan = ("scan", "-o", output / "page.pdf", "--address", "sane:plustek:libusb:001:004", "--timeout", "30", "--json")
    done = {mode: run(apart(NODE, devices, mode, *renhu(*scan, "--config", config))) for mode in ("600", "666")}
    assert (done["600"][0], done["600"][1]["error"]["code"]) == (6, "SCANNER-PERMISSION")
    assert "60-renhu.rules" in done["600"][2]
    assert "group scanner" in done["600"][2]
    assert (done["666"][0], done["666"][1]["error"]["code"]) == (8, "SCANNER-IO"), (
        "so the backend says where no scanner is"
    )


@contextmanager
def demo_apart(script, place, data):
    """A demo in a space of mounts of its own: its process, and what it has told."""
    process = subprocess.Popen(
        apart(script, place, *renhu("demo", "--port", "0", "--no-open", "--data", data)),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT_S)
        process.stdout.close()
        process.stderr.close()


def test_without_libsane_the_desk_says_what_to_install_and_a_card_still_fills_its_form(tmp_path):
    with demo_apart(COVERED, libsane(), tmp_path / "data") as (_, told):
        person = clerk.Clerk(told["url"], told["sign_ins"][0])
        person.post("/desk/take")
        control(told, "reader", "PUT", "/plate", {"card": "resident-001"})
        until(person, "/desk", lambda page: "两次一致" in page and "scanner-says" in page)
        assert re.search(r'id="name"[^>]* value="测', person.page)
        assert re.search(r'id="scanner-says">.*请技术人员运行 apt install libsane1', person.page)
        assert re.search(r'formaction="/documents/draft/[^"]+/upload', person.page), "files can be added"


def test_a_disk_that_fills_while_pages_come_ends_the_scan_and_not_the_desk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    with demo_apart(DISK, disk, disk / "data") as (process, told):
        person = clerk.Clerk(told["url"], told["sign_ins"][0])
        board = f"/documents/draft/{person.open_draft().rpartition('/')[2]}"
        until(person, board, lambda page: "other-scan" in page and "scanner-says" not in page)
        control(told, "scanner", "PUT", "/feeder", {"papers": ["lease"] * 4})
        control(told, "scanner", "PUT", "/faults/late-page", {"delay_ms": 3000, "skip": 1})
        assert person.post(f"{board}/scan", kind="D04", source="adf", colour="colour", dpi="300")[0] == 303
        until(person, board, lambda page: 'class="sheet"' in page)
        filler = Path(f"/proc/{process.pid}/root{disk}/filler")
        fill(filler)
        assert any("documents: DATABASE-FULL" in line for line in process.stderr)
        person.get(board)
        assert "磁盘已满" in person.page
        filler.unlink()
        until(person, board, lambda page: 'data-state="failed"' in page)
        assert "磁盘已满" in person.page, "the look was audited again, and the scan says how it ended"
        assert 'class="sheet"' in person.page
        assert person.get("/desk")[0] == 200
        control(told, "scanner", "DELETE", "/faults", None)
        control(told, "scanner", "PUT", "/feeder", {"papers": ["lease"]})
        until(person, board, lambda page: "scanner-says" not in page)
        assert person.post(f"{board}/scan", kind="D04", source="adf", colour="grey", dpi="75")[0] == 303
        until(person, board, lambda page: 'data-state="done"' in page)


def fill(filler):
    """Leave no room on the disk."""
    with filler.open("wb", buffering=0) as file:
        try:
            while file.tell() < FILLER_BYTES:
                file.write(bytes(64 * 1024))
        except OSError:
            return
    raise AssertionError("the disk has more room than it should have")


def control(told, device, method, path, body):
    place = urlsplit(told["faults"][device])
    connection = http.client.HTTPConnection(place.netloc, timeout=20)
    connection.request(method, path, json.dumps(body or {}), {"X-Renhu-Control": told["token"]})
    assert connection.getresponse().status == 204
    connection.close()


def until(person, board, condition):
    end_s = time.monotonic() + LIMIT_S
    while True:
        person.get(board)
        if condition(person.page):
            return
        assert time.monotonic() < end_s, "never shown"
        time.sleep(0.05)
