"""The udev rules, judged by udevd's own engine over made-up devices (umockdev): who gets which link, group and mode."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.reader_address import KNOWN_ADAPTERS

UNITS = Path(__file__).parents[2] / "systemd"
PORT = "/devices/pci0000:00/0000:00:14.0/usb1/1-2"
TTY = f"{PORT}/1-2:1.0/{{name}}/tty/{{name}}"

# A private mount namespace: our rules and an account database with our group, seen by udevadm alone.
# libgphoto2's rules are no part of a station.
STAGE = """
set -e
cp /etc/passwd /etc/group {scratch}
grep -q '^renhu:' {scratch}/group || echo 'renhu:x:4242:' >> {scratch}/group
mount --bind {scratch}/group /etc/group
mount -t tmpfs none /run
mkdir -p /run/udev/rules.d {scratch}/rules
cp {rules} {extra} {scratch}/rules/
touch {scratch}/rules/60-libgphoto2-6.rules
mount --bind {scratch}/rules /etc/udev/rules.d
umockdev-run -d {scratch}/device.umockdev -- udevadm test --action=add /sys{path}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rules made of one device."""

    links: frozenset[str]
    properties: dict[str, str]
    is_ours: bool
    complaints: tuple[str, ...]


def usb_device(vendor: str, product: str, serial: str) -> str:
    return (
        f"P: {PORT}\nN: bus/usb/001/005\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: MAJOR=189\nE: MINOR=4\n"
        f"A: idVendor={vendor}\nA: idProduct={product}\nA: serial={serial}\nA: busnum=1\nA: devnum=5\nA: dev=189:4\n\n"
    )


def adapter(vendor: str, product: str, serial: str, name: str = "ttyUSB0") -> tuple[str, str]:
    """A USB-serial adapter as the kernel shows it: device, interface, port."""
    path = TTY.format(name=name)
    interface = (
        f"P: {PORT}/1-2:1.0\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n"
        "A: bInterfaceNumber=00\nA: bInterfaceClass=ff\nA: bInterfaceSubClass=01\n\n"
    )
    port = f"P: {path}\nN: {name}\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/{name}\nE: MAJOR=188\nE: MINOR=0\nA: dev=188:0\n\n"
    return usb_device(vendor, product, serial) + interface + port, path


def simulate(scratch: Path, description: str, path: str, extra: str) -> str:
    """Let udevd's engine run all rules of the machine, `extra` and ours over one device, and give all that it says."""
    (scratch / "device.umockdev").write_text(description, "utf-8")
    earlier = scratch / "60-aaa.rules"
    earlier.write_text(extra, "utf-8")
    quoted = {"scratch": scratch, "rules": UNITS / "60-renhu.rules", "extra": earlier, "path": path}
    script = STAGE.format(**{name: shlex.quote(str(value)) for name, value in quoted.items()})
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def judge(scratch: Path, description: str, path: str, extra: str = "") -> Seen:
    """What the rules make of one device."""
    output = simulate(scratch, description, path, extra)
    assert "60-renhu.rules" in output, output
    properties = dict(re.findall(r"(?m)^([A-Za-z_]+)=(.*)$", output))
    return Seen(
        links=frozenset(link for link in properties.get("DEVLINKS", "").split() if link.startswith("/dev/renhu/")),
        properties=properties,
        is_ours=bool(re.search(r"60-renhu\.rules:\d+ GROUP 4242", output))
        and bool(re.search(r"60-renhu\.rules:\d+ MODE 0660", output)),
        complaints=tuple(
            line
            for line in output.splitlines()
            if re.search(r"60-renhu\.rules:\d+ (?!GROUP|MODE|LINK|ATTR|OPTIONS)", line)
        ),
    )


@pytest.mark.parametrize("vid_pid", KNOWN_ADAPTERS)
def test_a_listed_adapter_is_the_reader(tmp_path: Path, vid_pid: str) -> None:
    seen = judge(tmp_path, *adapter(*vid_pid.split(":"), serial="0001"))
    assert (seen.links, seen.is_ours, seen.complaints) == ({"/dev/renhu/reader"}, True, ())
    assert seen.properties["ID_MM_DEVICE_IGNORE"] == "1"


def test_the_rules_list_the_adapters_that_the_agent_tries_and_no_other() -> None:
    rules = (UNITS / "60-renhu.rules").read_text("utf-8")
    pairs = re.findall(r'ATTRS\{idVendor\}=="(\w+)", ATTRS\{idProduct\}=="(\w+)"', rules)
    assert {f"{vendor}:{product}" for vendor, product in pairs} == set(KNOWN_ADAPTERS)


def test_a_modem_shaped_adapter_is_the_reader_too(tmp_path: Path) -> None:
    assert judge(tmp_path, *adapter("1a86", "7523", "0001", name="ttyACM0")).links == {"/dev/renhu/reader"}


@pytest.mark.parametrize("vid_pid", ["2341:0043", "1a86:7522", "0403:ea60", "05c6:9091"])
def test_a_strangers_adapter_is_left_alone(tmp_path: Path, vid_pid: str) -> None:
    seen = judge(tmp_path, *adapter(*vid_pid.split(":"), serial="0001"))
    assert (seen.links, seen.is_ours, seen.complaints) == (frozenset(), False, ())
    assert "ID_MM_DEVICE_IGNORE" not in seen.properties


def test_the_adapters_usb_device_itself_is_left_alone(tmp_path: Path) -> None:
    seen = judge(tmp_path, usb_device("1a86", "7523", "0001"), PORT)
    assert (seen.links, seen.is_ours) == (frozenset(), False)


def test_a_usb_reader_is_the_reader(tmp_path: Path) -> None:
    seen = judge(tmp_path, usb_device("0400", "c35a", "SYN-1"), PORT)
    assert (seen.links, seen.is_ours, seen.complaints) == ({"/dev/renhu/reader"}, True, ())


@pytest.mark.parametrize(
    ("known", "link"),
    [
        ('ENV{libsane_matched}="yes"', "scanner"),
        ('ENV{ID_GPHOTO2}="1"', "camera"),
        ('ENV{ID_USB_INTERFACES}=":060101:080650:"', "camera"),
    ],
)
def test_what_the_libraries_know_as_scanner_or_camera_has_its_link(tmp_path: Path, known: str, link: str) -> None:
    seen = judge(tmp_path, usb_device("f055", "0439", "N1"), PORT, extra=f'SUBSYSTEM=="usb", {known}\n')
    assert (seen.links, seen.is_ours) == ({f"/dev/renhu/{link}"}, True)


def test_other_usb_devices_are_left_alone(tmp_path: Path) -> None:
    seen = judge(tmp_path, usb_device("04f2", "b6d9", "K1"), PORT)
    assert (seen.links, seen.is_ours) == (frozenset(), False)


def test_the_engine_complains_of_a_broken_rule(tmp_path: Path) -> None:
    description, path = adapter("2341", "0043", "0001")
    assert "GRUOP" in simulate(tmp_path, description, path, extra='SUBSYSTEM=="tty", GRUOP="renhu"\n')


ASK_THE_DRIVER = """
import json
from drivers.reader_address import SerialAddress
from drivers.serial_identity import list_ports, ports_meant_by
def meant(**address):
    wanted = SerialAddress(**{"path": None, "vid_pid": None, "serial": None, "speed_baud": None, **address})
    return [path for path, _ in ports_meant_by(wanted, ports, (), ("1a86:7523",))]
ports = list_ports()
print(json.dumps({
    "ports": [[port.path, port.vid_pid, port.serial] for port in ports],
    "auto": meant(),
    "by serial number": meant(vid_pid="1a86:7523", serial="B2"),
    "by a stranger's number": meant(vid_pid="1a86:7523", serial="C3"),
}))
"""


def test_the_driver_finds_ports_by_identity_whatever_their_numbers(tmp_path: Path) -> None:
    """Two listed adapters and a stranger's: the serial number picks one, auto leaves the stranger's alone."""
    described = ""
    for bus_port, name, vendor, product, serial in (
        ("1-1", "ttyUSB0", "1a86", "7523", "A1"),
        ("1-2", "ttyUSB7", "1a86", "7523", "B2"),
        ("1-3", "ttyUSB1", "2341", "0043", "C3"),
    ):
        description, _ = adapter(vendor, product, serial, name)
        described += description.replace("1-2", bus_port).replace("N: bus/usb/001/005\n", "")
    (tmp_path / "device.umockdev").write_text(described, "utf-8")
    seen = subprocess.run(
        ["umockdev-run", "-d", str(tmp_path / "device.umockdev"), "--", sys.executable, "-c", ASK_THE_DRIVER],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert seen.returncode == 0, seen.stderr
    told = json.loads(seen.stdout)
    assert told["ports"] == [
        ["/dev/ttyUSB0", "1a86:7523", "A1"],
        ["/dev/ttyUSB1", "2341:0043", "C3"],
        ["/dev/ttyUSB7", "1a86:7523", "B2"],
    ]
    assert told["auto"] == ["/dev/ttyUSB0", "/dev/ttyUSB7"]
    assert told["by serial number"] == ["/dev/ttyUSB7"]
    assert told["by a stranger's number"] == []
