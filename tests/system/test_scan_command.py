"""`renhu scan` and `renhu doctor` with SANE's own pattern scanner, as a technician types them."""

from __future__ import annotations

import http.client
import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import pytest

from agent.documents.picture_process import MEMORY_BYTES

RUN_S = 60
Renhu = Callable[..., "subprocess.CompletedProcess[str]"]


def command(config: Path, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "agent", *map(str, arguments), "--config", str(config)]


def in_english() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "en_US.UTF-8"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A station with the pattern scanner; `pattern.conf` lines are added by `behave`."""
    tmp_path.joinpath("sane").mkdir()
    behave(tmp_path)
    file = tmp_path / "renhu.toml"
    file.write_text(
        f"""
        [data]
        folder = "{tmp_path}"
        [devices.scanner]
        driver = "scanner_sane"
        address = "sane:test:0"
        configuration = "{tmp_path / "sane"}"
        """
    )
    return file


def behave(folder: Path, **lines: object) -> None:
    told = "".join(f"{name.replace('_', '-')} {value}\n" for name, value in lines.items())
    folder.joinpath("sane", "test.conf").write_text(told)


@pytest.fixture
def renhu(config: Path) -> Renhu:
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(config, *arguments), capture_output=True, text=True, timeout=RUN_S, check=False, env=in_english()
        )

    return run


def pages_of(file: Path) -> int:
    with pikepdf.open(io.BytesIO(file.read_bytes())) as made:
        assert made.open_metadata().pdfa_status == "1B"
        return len(made.pages)


def test_the_feeder_becomes_one_pdf(renhu: Renhu, tmp_path: Path) -> None:
    file = tmp_path / "lease.pdf"
    done = renhu("scan", "-o", file, "--source", "adf", "--dpi", "75", "--mode", "grey", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "file": str(file),
        "pages": 10,
        "bytes": file.stat().st_size,
        "limit_reached": False,
    }
    assert pages_of(file) == 10
    assert file.stat().st_mode & 0o777 == 0o600
    assert "Page 10 scanned" in done.stderr
    assert [one.name for one in tmp_path.glob(".*")] == []


def test_where_no_pdf_can_be_made_the_pages_stay_as_files(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "lease.pdf"
    scan = ("scan", "-o", file, "--source", "adf", "--dpi", "75", "--mode", "grey", "--json")
    # Less memory than the process for pictures asks for, which then does not start.
    done = subprocess.run(
        ["prlimit", f"--as={MEMORY_BYTES - 1}", *command(config, *scan)],
        capture_output=True, text=True, timeout=RUN_S, check=False, env=in_english(),
    )  # fmt: skip
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (9, "SCAN-PAGES-KEPT"), done.stderr
    assert f"kept in {tmp_path / 'lease-pages'}, each as a file of its own, pages: 10" in done.stderr
    assert len(list((tmp_path / "lease-pages").glob("*.jpg"))) == 10
    assert [one.name for one in (*tmp_path.glob(".*"), *tmp_path.glob("*.pdf"))] == []


@pytest.fixture
def simulated() -> Iterator[dict[str, str]]:
    """A simulated scanner that is quick."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simulators", "scanner", "--speed-factor", "100"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())
    process.terminate()
    process.communicate(timeout=RUN_S)


def fill(scanner: dict[str, str], papers: list[str]) -> None:
    place = urlsplit(scanner["faults"])
    connection = http.client.HTTPConnection(place.netloc, timeout=RUN_S)
    connection.request("PUT", "/feeder", json.dumps({"papers": papers}), {"X-Renhu-Control": scanner["token"]})
    assert connection.getresponse().status == 204
    connection.close()


def test_a_scan_that_its_limit_ended_says_so_and_what_to_do(
    renhu: Renhu, tmp_path: Path, simulated: dict[str, str]
) -> None:
    fill(simulated, ["blank"] * 26)
    feeder = ("--address", simulated["address"], "--source", "adf", "--duplex", "--dpi", "75", "--mode", "lineart")
    file = tmp_path / "lease.pdf"
    done = renhu("scan", "-o", file, *feeder, "--json")
    assert (done.returncode, json.loads(done.stdout)["limit_reached"], pages_of(file)) == (0, True, 50), done.stderr
    assert "scan them into another file" in done.stderr
    assert done.stderr.count("This page seems to be blank.") == 50


def test_the_glass_is_the_default_and_line_art_stays_line_art(renhu: Renhu, tmp_path: Path) -> None:
    file = tmp_path / "page.pdf"
    done = renhu("scan", "-o", file, "--dpi", "75", "--mode", "lineart", "--size", "100x50.8")
    assert done.returncode == 0, done.stderr
    assert f"Saved {file}, pages: 1" in done.stderr
    assert pages_of(file) == 1
    with pikepdf.open(file) as made:
        assert [round(float(side) / 72 * 25.4) for side in made.pages[0].mediabox[2:]] == [100, 51]
        ((_, image),) = made.pages[0].get_images().items()
        assert "/CCITTFaxDecode" in str(image.get("/Filter"))


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("--dpi", "99999"), 2, "SCANNER-SETTING"),
        (("--dpi", "1200", "--size", "max"), 2, "SCANNER-TOO-LARGE"),
        (("--size", "A5"), 2, "SCAN-SIZE"),
        (("--address", "sane:nowhere:0"), 6, "SCANNER-ABSENT"),
        (("--address", "serial:auto"), 2, "SCANNER-ADDRESS"),
    ],
)
def test_what_cannot_be_scanned_says_why_and_leaves_no_file(
    renhu: Renhu, tmp_path: Path, arguments: tuple[str, ...], status: int, code: str
) -> None:
    file = tmp_path / "page.pdf"
    done = renhu("scan", "-o", file, "--json", *arguments)
    assert done.returncode == status, done.stderr
    assert json.loads(done.stdout)["error"]["code"] == code
    assert not file.exists()


def test_both_sides_from_the_glass_and_a_folder_that_is_not_there_are_refused_before_anything_moves(
    renhu: Renhu, tmp_path: Path
) -> None:
    for sides in (("--source", "flatbed", "--duplex"), ("--duplex", "--source", "flatbed")):
        assert renhu("scan", "-o", tmp_path / "page.pdf", *sides).returncode == 2
    done = renhu("scan", "-o", tmp_path / "none" / "page.pdf", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (2, "SCAN-OUTPUT")
    assert "Page 1" not in done.stderr


def test_a_station_without_a_scanner_says_so(renhu: Renhu, config: Path, tmp_path: Path) -> None:
    config.write_text(f'[data]\nfolder = "{tmp_path}"\n')
    done = renhu("scan", "-o", tmp_path / "page.pdf", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (6, "SCANNER-NOT-CONFIGURED")


def test_ctrl_c_keeps_the_pages_that_have_come(config: Path, tmp_path: Path) -> None:
    # A suite that a shell has put into the background ignores Ctrl-C, and so would all that it starts.
    # More than half a second a page: the signal comes long before the last one, however slow the machine is.
    behave(tmp_path, read_limit="true", read_limit_size=2048, read_delay="true", read_delay_duration=40_000)
    file = tmp_path / "lease.pdf"
    process = subprocess.Popen(
        ["env", "--default-signal=INT", *command(config, "scan", "-o", file, "--source", "adf", "--dpi", "75")],
        stderr=subprocess.PIPE, text=True, env=in_english(),
    )  # fmt: skip
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "Page 2 scanned" in line:
            process.send_signal(signal.SIGINT)
            break
    said += process.stderr.readlines()
    process.stderr.close()
    assert process.wait(RUN_S) == 4, said
    assert "SCAN-CALLED-OFF" in said[-1]
    assert 2 <= pages_of(file) < 10
    assert f"pages: {pages_of(file)}" in "".join(said)


def test_a_person_at_a_terminal_sees_a_bar(config: Path, tmp_path: Path) -> None:
    behave(tmp_path, read_limit="true", read_limit_size=2048, read_delay="true", read_delay_duration=1000)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(config, "scan", "-o", tmp_path / "page.pdf", "--dpi", "75"), stderr=theirs, env=in_english()
    )
    os.close(theirs)
    seen = b""
    end_s = time.monotonic() + RUN_S
    while time.monotonic() < end_s:
        try:
            seen += os.read(ours, 4096)
        except OSError:
            break
    os.close(ours)
    assert process.wait(RUN_S) == 0, seen
    assert "█".encode() in seen
    assert b"Page 1" in seen


def test_doctor_says_how_the_scanner_is(renhu: Renhu, config: Path) -> None:
    (found,) = [check for check in json.loads(renhu("doctor", "--json").stdout)["checks"] if check["name"] == "scanner"]
    assert (found["ok"], found["code"]) == (True, "DOCTOR-SCANNER")
    assert "test:0" in found["text"]
    config.write_text(config.read_text().replace("sane:test:0", "sane:nowhere:0"))
    (found,) = [check for check in json.loads(renhu("doctor", "--json").stdout)["checks"] if check["name"] == "scanner"]
    assert (found["ok"], found["code"]) == (False, "SCANNER-ABSENT")


@contextmanager
def simulate_command() -> Iterator[dict[str, str]]:
    """`renhu simulate scanner`: one line says where it is, and a stop ends it as it should."""
    command_line = [sys.executable, "-m", "agent", "simulate", "scanner"]
    process = subprocess.Popen(command_line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert set(told) == {"address", "faults", "token"}
        yield told
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=RUN_S)
    assert (process.returncode, *said) == (0, "", "")


def test_what_a_simulated_scanner_gives_is_stamped_and_what_a_real_one_gives_is_not(
    renhu: Renhu, config: Path, tmp_path: Path
) -> None:
    made, real = tmp_path / "made.pdf", tmp_path / "real.pdf"
    with simulate_command() as told:
        done = renhu("scan", "-o", made, "--address", told["address"], "--dpi", "75")
    assert done.returncode == 0, done.stderr
    assert renhu("scan", "-o", real, "--dpi", "75").returncode == 0
    for file, stamps in ((made, 1), (real, 0)):
        with pikepdf.open(io.BytesIO(file.read_bytes())) as pdf:
            assert sum("/ImageMask" in drawn for drawn in pdf.pages[0].Resources.XObject.values()) == stamps
