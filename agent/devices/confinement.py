"""What a device's worker may touch of the file system and the network: its role's part, and nothing of the station.

Everything that is not named here is out of reach: the data folder, the keys, `/etc/renhu`, homes, `/proc`, the folders
of other programs.  A device that comes back is another node of the same name, so the folder of nodes is allowed as a
whole; which nodes of it the service may open is decided by their groups and by the unit's `DeviceAllow=`.
"""

from __future__ import annotations

import importlib.util
import re
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from drivers import camera_names
from drivers.api import CodedError
from drivers.landlock import (
    BIND_TCP,
    CONNECT_TCP,
    EXECUTE,
    IOCTL_DEVICE,
    MAKE_DIR,
    MAKE_REG,
    MAKE_SYM,
    READ,
    READ_FILE,
    REMOVE_DIR,
    REMOVE_FILE,
    TRUNCATE,
    WRITE_FILE,
    Allowance,
    ConfinementMissing,
    Libc,
    restrict,
)

OWN_PACKAGES: Final = ("agent", "drivers")
_SCRATCH: Final = READ | WRITE_FILE | TRUNCATE | MAKE_REG | MAKE_DIR | REMOVE_FILE | REMOVE_DIR
_NODES: Final = READ | WRITE_FILE | IOCTL_DEVICE
_EVERY_ROLE: Final = (
    ("/usr", READ),
    ("/lib", READ),
    ("/lib64", READ),
    ("/etc/ld.so.cache", READ_FILE),
    ("/etc/localtime", READ_FILE),
    ("/etc/udev", READ),
    ("/run/udev", READ),
    ("/sys", READ),
    ("/dev", _NODES),
    # Python finds libudev and libusb by asking it.
    ("/usr/sbin/ldconfig", EXECUTE | READ_FILE),
)
# Makers install their backends, and programs that these start, below /usr/lib and /opt; none of them is a shell.
_SCANNER: Final = (
    ("/usr/lib", READ | EXECUTE),
    ("/opt", READ | EXECUTE),
    ("/etc/opt", READ),
    ("/etc/sane.d", READ),
    ("/etc/hosts", READ_FILE),
    ("/etc/host.conf", READ_FILE),
    ("/etc/nsswitch.conf", READ_FILE),
    ("/etc/resolv.conf", READ_FILE),
    ("/etc/services", READ_FILE),
    ("/etc/ssl", READ),
)
# On USB a camera needs its node alone; one on the network a name, perhaps, and the one port of its address.  libgphoto2
# is shown links to the drivers that it may load.
_CAMERA: Final = (
    ("/etc/hosts", READ_FILE),
    ("/etc/host.conf", READ_FILE),
    ("/etc/nsswitch.conf", READ_FILE),
    ("/etc/resolv.conf", READ_FILE),
)
_OF_ROLE: Final = {"scanner": _SCANNER, "camera": _CAMERA}
_PORT: Final = re.compile(r"[?&]at=[^&]*:([0-9]{1,5})(?:&|$)")


def confine(role: str, module: str, address: str, settings: dict[str, object]) -> tuple[str, ...]:
    """Give up, for good, what a worker of this role has no use for; with a kernel without Landlock nothing.

    Args:
        role: "reader", "scanner" or "camera".
        module: the driver's; one from outside keeps its own package.
        address: a simulator's, on USB, names a module and a port that it needs; a network camera's the port.
        settings: `configuration` is a scanner's own folder of SANE files, `folder` that of a make-believe camera.

    Returns: the layers in force, as `drivers.landlock.restrict`; none where the kernel has no Landlock.
    """
    try:
        return restrict(Libc(), allowance(role, module, address, settings))
    except ConfinementMissing:
        return ()


def allowance(role: str, module: str, address: str, settings: dict[str, object]) -> Allowance:
    """What a worker keeps; arguments as `confine`."""
    named = _EVERY_ROLE + _OF_ROLE.get(role, ())
    paths = [(Path(path), rights) for path, rights in named]
    paths += [(path, READ) for path in code_paths(module, address)]
    paths.append((Path(tempfile.gettempdir()), _SCRATCH | (MAKE_SYM if role == "camera" else 0)))
    paths += [(Path(str(folder)), READ) for name in ("configuration", "folder") if (folder := settings.get(name))]
    if role == "scanner":
        return Allowance(tuple(paths), refused_tcp=BIND_TCP)
    port = _camera_port(address, settings) if role == "camera" else _reader_port(address)
    return Allowance(tuple(paths), BIND_TCP | CONNECT_TCP, () if port is None else (port,))


def _reader_port(address: str) -> int | None:
    port = _PORT.search(address)
    return None if port is None else int(port[1])


def _camera_port(address: str, settings: dict[str, object]) -> int | None:
    try:
        wanted = camera_names.parse(address, settings)
    except CodedError:
        return None
    return wanted.port if wanted.line is camera_names.Line.NETWORK else None


def code_paths(module: str = "agent", address: str = "") -> Iterator[Path]:
    """Where the program lies: Python, what is installed beside it, our packages, a driver from outside."""
    for name in ("stdlib", "platstdlib", "purelib", "platlib"):
        yield Path(sysconfig.get_path(name))
    backend = re.search(r"[?&]backend=([A-Za-z_]\w*)", address)
    for name in {*OWN_PACKAGES, module.partition(".")[0], *([] if backend is None else [backend[1]])}:
        found = importlib.util.find_spec(name)
        if found is not None and found.submodule_search_locations:
            yield from map(Path, found.submodule_search_locations)
        elif found is not None and found.origin is not None:
            yield Path(found.origin)
