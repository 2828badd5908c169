"""Which serial ports there are, and which of them a configured address means: by link, by USB identity, never by luck.

Opening a port toggles its control lines and may disturb a stranger's device, so `serial:auto` means only the ports that
the configuration names and adapters on its VID:PID list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.reader_address import SerialAddress

if TYPE_CHECKING:
    import pyudev

_BY_PATH = "/dev/serial/by-path/"
_STABLE_FOLDERS = ("/dev/renhu/", "/dev/serial/by-id/", _BY_PATH)


@dataclass(frozen=True, slots=True)
class SerialPortInfo:
    """A serial port that the system knows.

    Attributes:
        path: the device file, whose name may change at the next plugging.
        stable_path: a link that keeps its name, else `path`.
        vid_pid: `vvvv:pppp` of its USB adapter, or empty.
        serial: the adapter's serial number, or empty.
        description: vendor, model and serial number, for people.
        place: the socket it is plugged into and the adapter in it, which no other port shares.
        links: all links that udev was asked to make to it, in the order of preference.  Equal adapters without a serial
            number ask for the same link by identity, which then points at any of them.
    """

    path: str
    stable_path: str
    vid_pid: str
    serial: str
    description: str
    place: str = ""
    links: tuple[str, ...] = ()


def list_ports() -> list[SerialPortInfo]:
    """All serial ports with hardware behind them."""
    import pyudev  # noqa: PLC0415 - loads libudev, which only the worker may

    devices = pyudev.Context().list_devices(subsystem="tty")
    ports = (_port_info(device) for device in devices if device.device_node and device.parent is not None)
    return sorted(told_apart([port for port in ports if port is not None]), key=lambda port: port.path)


def told_apart(ports: list[SerialPortInfo]) -> list[SerialPortInfo]:
    """The same ports, each with a stable path that no other one shares, and the place that it names."""
    claims = Counter(link for port in ports for link in port.links)
    found = []
    for port in ports:
        own = [link for link in port.links if claims[link] == 1]
        socket = next((link for link in own if link.startswith(_BY_PATH)), own[0] if own else port.path)
        place = " ".join(filter(None, (socket, port.vid_pid, port.serial)))
        found.append(replace(port, stable_path=own[0] if own else port.path, place=place))
    return found


def ports_meant_by(
    address: SerialAddress,
    ports: Iterable[SerialPortInfo],
    configured_paths: tuple[str, ...],
    adapters: tuple[str, ...],
) -> list[tuple[str, str]]:
    """Path and description of each port that may be opened for `address`, in the order to try them.

    Args:
        address: what the configuration says.
        ports: what `list_ports` found.
        configured_paths: ports named for `serial:auto`.
        adapters: `vvvv:pppp` of the adapters that `serial:auto` may try.
    """
    known = list(ports)
    if address.path is not None:
        claiming = [(port.path, port.description) for port in known if address.path in port.links]
        if len(claiming) > 1:
            return claiming
        return [(address.path, _description(address.path, known))]
    if address.vid_pid is not None:
        return [
            (port.path, port.description)
            for port in known
            if port.vid_pid == address.vid_pid and address.serial in {None, port.serial}
        ]
    wanted = {vid_pid.lower() for vid_pid in adapters}
    tried: dict[Path, tuple[str, str]] = {}
    for path in configured_paths:
        if Path(path).exists():
            tried.setdefault(Path(path).resolve(), (path, _description(path, known)))
    for port in known:
        if port.vid_pid in wanted:
            tried.setdefault(Path(port.path).resolve(), (port.path, port.description))
    return list(tried.values())


def place_of(path: str, ports: Iterable[SerialPortInfo]) -> str:
    """The name of the place behind `path`; the path itself where the system knows no port there."""
    target = Path(path).resolve()
    return next((port.place for port in ports if port.place and Path(port.path).resolve() == target), path)


def _description(path: str, ports: list[SerialPortInfo]) -> str:
    target = Path(path).resolve()
    return next((port.description for port in ports if Path(port.path).resolve() == target), str(target))


def _port_info(device: pyudev.Device) -> SerialPortInfo | None:
    """Describe one tty; None for the memory-only terminals and for built-in ports without a chip."""
    path = str(device.device_node)
    adapter = device.find_parent("usb", "usb_device")
    if adapter is None and (device.attributes.get("type") or b"0") == b"0":
        return None
    vid_pid = serial = ""
    words: list[str] = []
    if adapter is not None:
        vid_pid = f"{_attribute(adapter, 'idVendor')}:{_attribute(adapter, 'idProduct')}".lower()
        serial = _attribute(adapter, "serial")
        words = [_attribute(adapter, "manufacturer"), _attribute(adapter, "product"), serial, vid_pid]
    description = " ".join((*filter(None, words), Path(path).name))
    named = sorted(str(device.properties.get("DEVLINKS", "")).split())
    links = tuple(link for folder in _STABLE_FOLDERS for link in named if link.startswith(folder))
    return SerialPortInfo(path, path, vid_pid, serial, description, links=links)


def _attribute(device: pyudev.Device, name: str) -> str:
    value: bytes = device.attributes.get(name) or b""
    return value.decode("utf-8", "replace").strip()
