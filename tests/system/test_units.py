"""The files that install the station: unit, account, folders, example configuration; judged by systemd itself."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

from agent import config
from agent.documents import picture_process
from agent.errors import Exit

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"
UNIT = UNITS / "renhu.service"
SOCKET = UNITS / "renhu.socket"


def run(*command: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=60, check=False, env=env
    )


def settings(unit: Path = UNIT, wanted: str = "[Service]") -> dict[str, list[str]]:
    """The values of a section in order; a key may stand several times."""
    values: dict[str, list[str]] = {}
    section = ""
    for line in unit.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif section == wanted and "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            values.setdefault(key, []).append(value)
    return values


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    """The unit as shipped, with the one path replaced that exists only after an installation."""
    command = tmp_path / "renhu"
    command.write_text("#!/bin/sh\n", encoding="utf-8")
    command.chmod(0o755)
    unit = tmp_path / "renhu.service"
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/renhu/venv/bin/renhu", str(command)), "utf-8")
    return unit


def test_systemd_verifies_the_unit_without_a_word(rendered: Path) -> None:
    seen = run("systemd-analyze", "verify", "--man=no", rendered)
    ours = [line for line in seen.stderr.splitlines() if "renhu" in line]
    assert (seen.returncode, ours) == (0, [])


def test_systemd_verifies_the_socket_beside_the_unit_and_notices_a_misspelt_setting(rendered: Path) -> None:
    socket = rendered.with_name("renhu.socket")
    text = SOCKET.read_text("utf-8")
    socket.write_text(text, "utf-8")
    seen = run("systemd-analyze", "verify", "--man=no", socket, rendered)
    assert (seen.returncode, [line for line in seen.stderr.splitlines() if "renhu" in line]) == (0, [])
    socket.write_text(text.replace("FlushPending=", "FlushPendings="), "utf-8")
    assert "FlushPendings" in run("systemd-analyze", "verify", "--man=no", socket, rendered).stderr


def test_the_socket_is_the_one_loopback_address_that_the_service_would_bind_itself() -> None:
    held = settings(SOCKET, "[Socket]")
    default = config.parse({}, "renhu.toml")
    assert held["ListenStream"] == [f"{default.host}:{default.port}"]
    assert (held["IPAddressDeny"], held["IPAddressAllow"]) == (["any"], ["localhost"])
    assert "Accept" not in held, "the service takes one listening socket"


def test_verify_notices_a_misspelt_setting(rendered: Path) -> None:
    rendered.write_text(rendered.read_text("utf-8").replace("WatchdogSec=", "WatchdogSecs="), "utf-8")
    assert "WatchdogSecs" in run("systemd-analyze", "verify", "--man=no", rendered).stderr


def test_the_exposure_is_within_the_threshold() -> None:
    seen = run("systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", UNIT)
    assert seen.returncode == 0, seen.stdout[-500:]


def test_the_threshold_notices_a_lost_hardening(tmp_path: Path) -> None:
    bare = tmp_path / "renhu.service"
    text = UNIT.read_text("utf-8")
    bare.write_text(text.replace("CapabilityBoundingSet=\n", "").replace("ProtectSystem=strict\n", ""), "utf-8")
    assert run("systemd-analyze", "security", "--offline=true", "--threshold=15", bare).returncode != 0


def test_the_unit_speaks_the_contract() -> None:
    service = settings()
    assert service["Type"] == ["notify"]
    assert service["NotifyAccess"] == ["main"]
    assert service["WatchdogSec"] == ["30"]
    assert service["ExecStart"] == ["/opt/renhu/venv/bin/renhu run --config /etc/renhu/renhu.toml"]
    assert (service["User"], service["Group"]) == (["renhu"], ["renhu"])
    assert (service["StateDirectory"], service["StateDirectoryMode"]) == (["renhu"], ["0700"])
    assert service["RuntimeDirectory"] == ["renhu"]
    assert service["LoadCredentialEncrypted"] == ["renhu.key", "renhu-media.key"], "a path makes a missing key fatal"


def test_what_a_restart_cannot_cure_is_not_restarted() -> None:
    hopeless = [Exit.CONFIGURATION, Exit.IN_USE, Exit.LOCKED, Exit.DAMAGED, Exit.TOO_OLD]
    assert settings()["RestartPreventExitStatus"] == [" ".join(str(int(code)) for code in hopeless)]
    assert settings()["Restart"] == ["on-failure"]


def test_what_one_process_may_take_leaves_room_for_the_others_and_its_end_is_not_that_of_the_service() -> None:
    (most,) = settings()["MemoryMax"]
    assert int(most.removesuffix("M")) * 1024**2 >= picture_process.MEMORY_BYTES + 1_000_000_000
    assert settings()["OOMPolicy"] == ["continue"]


def test_ctypes_and_pyusb_work_without_writable_code() -> None:
    """`MemoryDenyWriteExecute=` must not cost us the USB reader: pyusb calls libusb through ctypes, with callbacks."""
    program = (
        "import ctypes, mmap\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "assert libc.prctl(65, 1, 0, 0, 0) == 0, 'PR_SET_MDWE'\n"
        "try:\n"
        "    mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)\n"
        "    raise SystemExit('writable code was given')\n"
        "except PermissionError:\n"
        "    pass\n"
        "import usb.core, usb.backend.libusb1\n"
        "assert usb.backend.libusb1.get_backend() is not None\n"
        "compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda a, b: 0)\n"
        "libc.qsort((ctypes.c_int * 3)(3, 1, 2), 3, 4, compare)\n"
    )
    seen = run(sys.executable, "-c", program)
    if "PR_SET_MDWE" in seen.stderr:
        pytest.skip("this kernel is older than PR_SET_MDWE (6.3)")
    assert seen.returncode == 0, seen.stderr


INSTALLED = """
set -e
cp /etc/passwd /etc/group /etc/nsswitch.conf {scratch}
mount -t tmpfs none /etc
cp {scratch}/* /etc
systemd-sysusers {units}/renhu.sysusers
mkdir -m 700 /etc/renhu
echo '[web]' > /etc/renhu/renhu.toml
systemd-tmpfiles --create {units}/renhu.tmpfiles
systemd-tmpfiles --create {units}/renhu.tmpfiles
{then}
"""


def in_installed_root(then: str) -> subprocess.CompletedProcess[str]:
    """Run shell lines where /etc is a private one in which account and folders were made, twice as a reboot does."""
    with tempfile.TemporaryDirectory() as scratch:
        return run("unshare", "--mount", "sh", "-c", INSTALLED.format(units=UNITS, scratch=scratch, then=then))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes accounts; the other checks of this file still run")
def test_account_and_folders_are_made() -> None:
    stat = "stat -c '%n %U %G %a' /etc/renhu /etc/renhu/renhu.toml /etc/renhu/renhu.key"
    seen = in_installed_root(
        f"getent passwd renhu; touch /etc/renhu/renhu.key; systemd-tmpfiles --create {UNITS}/renhu.tmpfiles; {stat}"
    )
    assert seen.returncode == 0, seen.stderr
    account, *modes = seen.stdout.splitlines()
    assert account.split(":")[5] == "/var/lib/renhu"
    assert account.split(":")[6].endswith("nologin")
    assert modes == [
        "/etc/renhu root renhu 1770",
        "/etc/renhu/renhu.toml root renhu 640",
        "/etc/renhu/renhu.key renhu renhu 400",
    ], "the group's rwx of the folder is the mask of its access list"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as the service's account")
@pytest.mark.parametrize(
    ("attempt", "is_allowed"),
    [
        ("cat /etc/renhu/renhu.toml", True),
        ("echo key > /etc/renhu/renhu.key", True),
        ("echo >> /etc/renhu/renhu.toml", False),
        ("rm -f /etc/renhu/renhu.toml", False),
        ("touch /etc/renhu/other && mv -f /etc/renhu/other /etc/renhu/renhu.toml", False),
    ],
)
def test_the_service_may_make_its_key_but_not_change_the_configuration(attempt: str, is_allowed: bool) -> None:
    seen = in_installed_root(f"setpriv --reuid renhu --regid renhu --clear-groups sh -c {shlex.quote(attempt)}")
    assert (seen.returncode == 0) is is_allowed, seen.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as a member of the group")
def test_a_member_of_the_group_cannot_plant_a_key() -> None:
    plant = "'cat /etc/renhu/renhu.toml; echo > /etc/renhu/renhu.key'"
    seen = in_installed_root(f"setpriv --reuid 4242 --regid renhu --clear-groups sh -c {plant}")
    assert seen.stdout == "[web]\n"
    assert "Permission denied" in seen.stderr


def test_sysusers_dry_run_names_the_account(tmp_path: Path) -> None:
    seen = run("systemd-sysusers", "--dry-run", f"--root={tmp_path}", UNITS / "renhu.sysusers")
    assert seen.returncode == 0, seen.stderr
    assert "renhu" in seen.stdout + seen.stderr


def uncommented_example() -> dict[str, Any]:
    text = (UNITS / "renhu.toml").read_text("utf-8")
    return tomllib.loads(re.sub(r"(?m)^#(\[|[a-z_]+ = )", r"\1", text))


def flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The leaves of a TOML document by dotted name."""
    leaves: dict[str, Any] = {}
    for name, value in table.items():
        leaves |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return leaves


def test_the_example_configuration_shows_every_key_that_the_agent_knows() -> None:
    assert set(flat(uncommented_example())) == set(config.KEYS)
    config.parse(uncommented_example(), "renhu.toml")


def test_the_example_configuration_as_shipped_changes_nothing() -> None:
    shipped = tomllib.loads((UNITS / "renhu.toml").read_text("utf-8"))
    assert config.parse(shipped, "renhu.toml") == config.parse({}, "renhu.toml")


def test_what_the_example_calls_a_default_is_one() -> None:
    stated_otherwise = {
        "data.key",
        "data.media_key",
        "devices.reader.photo.library",
        "devices.reader.photo.symbol",
        "devices.reader.photo.flag",
        "devices.scanner.configuration",
        "devices.scanner.vendor",
        "devices.scanner.model",
        "devices.scanner.serial",
    }
    for key, value in flat(uncommented_example()).items():
        if key not in stated_otherwise:
            assert value == config.KEYS[key].default, key


def test_unit_files_name_no_place_of_a_developer() -> None:
    for file in UNITS.iterdir():
        assert not re.search(r"/(work|root|tmp/w)/", file.read_text("utf-8")), file
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string(UNIT.read_text("utf-8"))
    assert parser.sections() == ["Unit", "Service", "Install"]
