"""Which ports an address means: by identity, never by luck; and what udev shows of a plugged adapter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from drivers import serial_identity
from drivers.reader_address import KNOWN_ADAPTERS, SerialAddress
from drivers.serial_identity import SerialPortInfo

READER = SerialPortInfo("/dev/ttyUSB0", "/dev/serial/by-id/usb-1a86", "1a86:7523", "", "CH340 ttyUSB0")
TWIN = SerialPortInfo("/dev/ttyUSB1", "/dev/ttyUSB1", "1a86:7523", "B2", "CH340 B2 ttyUSB1")
STRANGER = SerialPortInfo("/dev/ttyUSB2", "/dev/ttyUSB2", "2341:0043", "F1", "till ttyUSB2")
BUILT_IN = SerialPortInfo("/dev/ttyS0", "/dev/ttyS0", "", "", "ttyS0")
PORTS = (READER, TWIN, STRANGER, BUILT_IN)

ADAPTER = """P: /devices/pci0000:00/0000:00:14.0/usb1/1-2
N: bus/usb/001/004
E: DEVNAME=/dev/bus/usb/001/004
E: DEVTYPE=usb_device
E: SUBSYSTEM=usb
A: idVendor=1a86
A: idProduct=7523
A: serial=S77
A: product=USB2.0-Serial

P: /devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0
E: DEVTYPE=usb_interface
E: SUBSYSTEM=usb

P: /devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/ttyUSB0
E: SUBSYSTEM=usb-serial

P: /devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/ttyUSB0/tty/ttyUSB0
N: ttyUSB0
S: serial/by-id/usb-1a86_USB2.0-Serial_S77-if00-port0
S: serial/by-path/pci-0-usb-0:2:1.0-port0
E: DEVNAME=/dev/ttyUSB0
E: DEVLINKS=/dev/serial/by-path/pci-0-usb-0:2:1.0-port0 /dev/serial/by-id/usb-1a86_USB2.0-Serial_S77-if00-port0
E: SUBSYSTEM=tty

P: /devices/pci0000:00/0000:00:14.0/usb1/1-3
N: bus/usb/001/005
E: DEVNAME=/dev/bus/usb/001/005
E: DEVTYPE=usb_device
E: SUBSYSTEM=usb
A: idVendor=0400
A: idProduct=c35a
A: serial=R9
A: product=ID reader
"""


def paths(address: SerialAddress, configured: tuple[str, ...] = (), adapters: tuple[str, ...] = ()) -> list[str]:
    return [path for path, _ in serial_identity.ports_meant_by(address, PORTS, configured, adapters)]


def test_path_is_taken_as_it_stands() -> None:
    assert serial_identity.ports_meant_by(SerialAddress(path="/dev/ttyUSB2"), PORTS, (), ()) == [
        ("/dev/ttyUSB2", "till ttyUSB2")
    ]
    assert paths(SerialAddress(path="/dev/renhu/reader")) == ["/dev/renhu/reader"]


def test_identity_of_the_adapter() -> None:
    assert paths(SerialAddress(vid_pid="1a86:7523")) == ["/dev/ttyUSB0", "/dev/ttyUSB1"]
    assert paths(SerialAddress(vid_pid="1a86:7523", serial="B2")) == ["/dev/ttyUSB1"]
    assert paths(SerialAddress(vid_pid="1a86:7523", serial="XX")) == []


def test_auto_never_touches_a_stranger() -> None:
    assert paths(SerialAddress()) == []
    assert paths(SerialAddress(), adapters=("1A86:7523",)) == ["/dev/ttyUSB0", "/dev/ttyUSB1"]
    assert paths(SerialAddress(), adapters=KNOWN_ADAPTERS) == ["/dev/ttyUSB0", "/dev/ttyUSB1"]


def test_auto_tries_configured_ports_first_and_each_port_once(tmp_path: Path) -> None:
    (tmp_path / "reader").touch()
    (tmp_path / "link").symlink_to(tmp_path / "reader")
    configured = (str(tmp_path / "missing"), str(tmp_path / "link"), str(tmp_path / "reader"))
    assert paths(SerialAddress(), configured, ("1a86:7523",)) == [
        str(tmp_path / "link"),
        "/dev/ttyUSB0",
        "/dev/ttyUSB1",
    ]


@given(st.lists(st.sampled_from(["", "A1", "B2"]), min_size=1, max_size=6))
def test_equal_adapters_are_told_apart_by_their_sockets(serials: list[str]) -> None:
    ports = []
    for number, serial in enumerate(serials):
        by_id = f"/dev/serial/by-id/usb-1a86_USB2.0-Serial{serial}-if00-port0"
        links = ("/dev/renhu/reader", by_id, f"/dev/serial/by-path/pci-0-usb-0:{number}:1.0-port0")
        path = f"/dev/ttyUSB{number}"
        ports.append(SerialPortInfo(path, path, "1a86:7523", serial, path, links=links))
    told = serial_identity.told_apart(ports)
    assert len({port.stable_path for port in told}) == len({port.place for port in told}) == len(ports)
    if len(ports) > 1:
        for port in told:
            is_own = serials.count(port.serial) == 1
            assert port.stable_path.startswith("/dev/serial/by-id/" if is_own else "/dev/serial/by-path/")
    # A link that several ask for means each of them: who answers decides, not where it points today.
    meant = serial_identity.ports_meant_by(SerialAddress(path="/dev/renhu/reader"), told, (), ())
    assert [path for path, _ in meant] == ([port.path for port in told] if len(told) > 1 else ["/dev/renhu/reader"])


def test_plugged_devices_are_described_by_udev(tmp_path: Path) -> None:
    (tmp_path / "adapter.umockdev").write_text(ADAPTER)
    script = (
        "import json\n"
        "from dataclasses import asdict\n"
        "import msgspec\n"
        "from drivers import reader_sam, serial_identity\n"
        "print(json.dumps([[asdict(port) for port in serial_identity.list_ports()],"
        " msgspec.to_builtins(reader_sam.create('serial:auto', {}, None).candidates())]))"
    )
    command = ["umockdev-run", "--device", str(tmp_path / "adapter.umockdev"), "--", sys.executable, "-c", script]
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    ports, candidates = json.loads(done.stdout)
    by_id = "/dev/serial/by-id/usb-1a86_USB2.0-Serial_S77-if00-port0"
    assert ports == [
        {
            "path": "/dev/ttyUSB0",
            "stable_path": by_id,
            "vid_pid": "1a86:7523",
            "serial": "S77",
            "description": "USB2.0-Serial S77 1a86:7523 ttyUSB0",
            "place": "/dev/serial/by-path/pci-0-usb-0:2:1.0-port0 1a86:7523 S77",
            "links": [by_id, "/dev/serial/by-path/pci-0-usb-0:2:1.0-port0"],
        }
    ]
    assert candidates == [
        {"address": "usb:0400:c35a:R9", "description": "ID reader R9 0400:c35a"},
        {"address": f"serial:{by_id}", "description": "USB2.0-Serial S77 1a86:7523 ttyUSB0"},
    ]
