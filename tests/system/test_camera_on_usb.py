"""Cameras on USB as libusb and libgphoto2 see them (umockdev): which is taken, which is not, and who holds it.

The devices are made up to their descriptors; what a camera there would answer, the table of errors is proved with.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LIMIT_S = 60
PROBE = """
import json, sys
from agent.clock import SystemClock
from drivers import camera_gphoto2
from drivers.api import CodedError, Deadline

clock = SystemClock("Asia/Shanghai")
camera = camera_gphoto2.create(sys.argv[1], {}, clock)
try:
    camera.open(Deadline.after(clock, 10.0))
    told = {"code": None}
except CodedError as error:
    told = {"code": error.code, "facts": error.facts}
taken = camera._usb
told |= {"taken": taken and taken.path, "candidates": [each.address for each in camera.candidates()]}
print(json.dumps(told))
"""
CLAIMED = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <stdarg.h>
#include <sys/ioctl.h>

int ioctl(int descriptor, unsigned long request, ...) {
    va_list given;
    va_start(given, request);
    void *argument = va_arg(given, void *);
    va_end(given);
    if (request == USBDEVFS_CLAIMINTERFACE) {
        errno = EBUSY;
        return -1;
    }
    int (*next)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
    return next(descriptor, request, argument);
}
"""


def usb_device(number: int, serial: str, interface: bytes) -> str:
    """A device of one interface, down to the descriptors that libusb reads."""
    product = bytes([18, 1, 0, 2, 0, 0, 0, 64, 0xB0, 0x04, 0x30, 0x04, 0, 1, 1, 2, 3, 1])
    ends = bytes([7, 5, 0x81, 2, 0, 2, 0, 7, 5, 0x02, 2, 0, 2, 0, 7, 5, 0x83, 3, 8, 0, 9])
    parts = bytes([9, 4, 0, 0, 3, *interface, 0]) + ends
    described = (product + bytes([9, 2, 9 + len(parts), 0, 1, 1, 0, 0xC0, 1]) + parts).hex().upper()
    port = f"/devices/pci0000:00/0000:00:14.0/usb1/1-{number}"
    node = f"bus/usb/001/{number:03}"
    kind = "".join(
        f"A: bInterface{name}={value:02x}\n" for name, value in zip(("Class", "SubClass"), interface[:2], strict=True)
    )
    return (
        f"P: {port}\nN: {node}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DEVNAME=/dev/{node}\nE: BUSNUM=001\n"
        f"E: DEVNUM={number:03}\nE: MAJOR=189\nE: MINOR={number - 1}\nA: idVendor=04b0\nA: idProduct=0430\n"
        f"A: serial={serial}\nA: manufacturer=NIKON\nA: product=NIKON DSC D7100\nA: busnum=1\nA: devnum={number}\n"
        f"A: dev=189:{number - 1}\nA: bConfigurationValue=1\nA: bDeviceClass=00\nA: speed=480\n"
        f"H: descriptors={described}\n\n"
        f"P: {port}/1-{number}:1.0\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nA: bInterfaceNumber=00\n{kind}\n"
    )


STILL_IMAGE, HID = bytes([6, 1, 1]), bytes([3, 1, 1])
Opened = Callable[..., dict[str, Any]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Open an address among made-up devices; gives what came of it."""

    def run(address: str, *devices: str, hidden: str = "", preload: str = "") -> dict[str, Any]:
        """`hidden` is a node that may not be opened: without its capabilities root asks for leave like anybody."""
        described = tmp_path / "usb.umockdev"
        described.write_text("".join(devices), "utf-8")
        within = f'[ -z "{hidden}" ] || chmod 0 "$UMOCKDEV_DIR{hidden}"; LD_PRELOAD="{preload}:$LD_PRELOAD" '
        within += 'exec setpriv --bounding-set=-all "$@"'
        done = subprocess.run(
            ["umockdev-run", "-d", described, "--", "sh", "-c", within, "sh", sys.executable, "-c", PROBE, address],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told

    return run


ONE, OTHER = usb_device(4, "A1", STILL_IMAGE), usb_device(5, "B2", STILL_IMAGE)
BOTH = "gphoto2:usb:A1, gphoto2:usb:B2"


def test_of_several_cameras_none_is_taken_and_all_can_be_chosen(opened: Opened) -> None:
    told = opened("gphoto2:usb", ONE, OTHER)
    assert (told["code"], told["facts"], told["taken"]) == ("CAMERA-SEVERAL", {"count": 2, "addresses": BOTH}, None)
    assert told["candidates"] == BOTH.split(", ")


@pytest.mark.parametrize(("serial", "path"), [("A1", "usb:001,004"), ("B2", "usb:001,005")])
def test_a_serial_number_takes_that_camera(opened: Opened, serial: str, path: str) -> None:
    assert opened(f"gphoto2:usb:{serial}", ONE, OTHER)["taken"] == path


def test_the_only_camera_beside_other_devices_is_taken(opened: Opened) -> None:
    told = opened("gphoto2:usb", usb_device(3, "KEYBOARD", HID), OTHER)
    assert (told["taken"], told["candidates"]) == ("usb:001,005", ["gphoto2:usb:B2"])


def test_a_camera_that_is_not_plugged_in_is_absent_whoever_else_is(opened: Opened) -> None:
    told = opened("gphoto2:usb:C3", ONE, OTHER)
    assert (told["code"], told["taken"]) == ("CAMERA-ABSENT", None)


def test_a_node_that_may_not_be_opened_is_said_to_be_so(opened: Opened) -> None:
    told = opened("gphoto2:usb", ONE, hidden="/dev/bus/usb/001/004")
    assert (told["code"], told["facts"]) == ("CAMERA-PERMISSION", {"status": "/dev/bus/usb/001/004"})


def test_a_camera_that_another_program_holds_is_claimed(opened: Opened, tmp_path: Path) -> None:
    source, library = tmp_path / "claimed.c", tmp_path / "claimed.so"
    source.write_text(CLAIMED)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    told = opened("gphoto2:usb", ONE, preload=str(library))
    assert (told["code"], told["facts"]) == ("CAMERA-CLAIMED", {"node": "/dev/bus/usb/001/004"})
