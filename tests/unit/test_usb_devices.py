"""What the system tells of USB devices without opening one, and which program has one open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from drivers.usb_holder import holder_of
from drivers.usb_plate import UsbPlate, usb_devices


def device(folder: Path, name: str, files: dict[str, str], interfaces: dict[str, tuple[str, str]]) -> None:
    """A device in a made-up sysfs; an interface has a class and, where it is taken, a driver."""
    entry = folder / name
    entry.mkdir()
    for file, text in files.items():
        (entry / file).write_text(text)
    for number, (kind, driver) in interfaces.items():
        part = entry / f"{name}:{number}"
        part.mkdir()
        (part / "bInterfaceClass").write_text(f"{kind}\n")
        if driver:
            (part / "driver").symlink_to(f"../../../bus/usb/drivers/{driver}")


def test_cameras_are_told_from_other_devices_by_the_class_of_their_interfaces(tmp_path: Path) -> None:
    camera = {"busnum": "1\n", "devnum": "4\n", "serial": "A1\n", "manufacturer": "NIKON\n", "product": "D7100\x07\n"}
    device(tmp_path, "1-1", camera | {"idVendor": "04b0\n", "idProduct": "0430\n"}, {"1.0": ("06", "usbfs")})
    device(tmp_path, "1-2", {"busnum": "1\n", "devnum": "5\n"}, {"1.0": ("03", "usbhid"), "1.1": ("06", "")})
    device(tmp_path, "1-3", {"busnum": "1\n", "devnum": "6\n"}, {"1.0": ("08", "usb-storage")})
    device(tmp_path, "broken", {"busnum": "x"}, {})
    found = {each.device: each for each in usb_devices(tmp_path)}
    assert [(number, each.is_camera, each.kernel_driver) for number, each in found.items()] == [
        (4, True, "usbfs"), (5, True, ""), (6, False, ""),
    ]  # fmt: skip
    assert found[4].plate == UsbPlate("NIKON", "D7100", "A1", "04b0:0430")
    assert found[4].node == Path("/dev/bus/usb/001/004")


def test_without_usb_there_are_none(tmp_path: Path) -> None:
    assert list(usb_devices(tmp_path / "none")) == []


def process(folder: Path, number: int, comm: str, cmdline: str, *opened: str) -> None:
    (folder / str(number) / "fd").mkdir(parents=True)
    (folder / str(number) / "comm").write_text(comm + "\n")
    (folder / str(number) / "cmdline").write_text(cmdline)
    for descriptor, path in enumerate(opened):
        (folder / str(number) / "fd" / str(descriptor)).symlink_to(path)


NODE = Path("/dev/bus/usb/001/004")


def test_the_program_that_has_the_node_open_is_named_in_full(tmp_path: Path) -> None:
    process(tmp_path, 11, "systemd-logind", "/lib/systemd/systemd-logind\0", "/dev/bus/usb/001/005")
    volume_monitor = "/usr/libexec/gvfs-gphoto2-volume-monitor\0"
    process(tmp_path, 12, "gvfs-gphoto2-vo", volume_monitor, "/dev/null", str(NODE))
    assert holder_of(NODE, tmp_path) == "gvfs-gphoto2-volume-monitor"


def test_a_script_is_called_as_the_kernel_calls_it(tmp_path: Path) -> None:
    process(tmp_path, 12, "tether", "/usr/bin/python3\0/usr/bin/tether\0", str(NODE))
    assert holder_of(NODE, tmp_path) == "tether"


def test_nobody_is_named_who_is_ourselves_or_hidden(tmp_path: Path) -> None:
    process(tmp_path, 12, "python3", "python3\0", str(NODE))
    (tmp_path / "self").symlink_to("12")
    (tmp_path / "13").mkdir()
    assert holder_of(NODE, tmp_path) == ""
    assert holder_of(NODE, tmp_path / "none") == ""


def test_a_real_process_is_found(tmp_path: Path) -> None:
    file = tmp_path / "node"
    file.touch()
    holds = "import sys; held = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holds, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdout.readline()
        assert holder_of(file).startswith("python")
        other.stdin.close()
    assert holder_of(file) == ""
