"""Which serial ports there are, found in sysfs and by their stable links, without opening any.

Opening a port toggles its lines and may disturb somebody's device: a technician chooses, the agent only shows.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

BY_ID = Path("/dev/serial/by-id")
CLASS_TTY = Path("/sys/class/tty")


class Candidate(msgspec.Struct, frozen=True):
    """A port that a technician may choose.

    Attributes:
        address: what to put into the configuration.
        description: what the system says of it: product, serial number, path.
        is_chosen: whether it is in use already.
    """

    address: str
    description: str
    is_chosen: bool


def serial_candidates(chosen: str, by_id: Path = BY_ID, class_tty: Path = CLASS_TTY) -> list[Candidate]:
    """List the USB serial ports (USB adapters and ACM devices), each by its most stable name."""
    links = {link.resolve(): link for link in sorted(by_id.iterdir())} if by_id.is_dir() else {}
    found = []
    for entry in sorted(class_tty.glob("tty*")) if class_tty.is_dir() else []:
        if not (entry / "device").exists() or not entry.name.startswith(("ttyUSB", "ttyACM")):
            continue
        node = Path("/dev") / entry.name
        name = links.get(node.resolve(), node)
        address = f"serial:{name}"
        found.append(Candidate(address, _description(entry), chosen.partition("?")[0] == address))
    return found


def _description(entry: Path) -> str:
    """Collect what the USB device above the port says of itself."""
    for parent in (entry / "device").resolve().parents:
        if (parent / "idVendor").exists():
            words = [_read(parent / name) for name in ("manufacturer", "product", "serial")]
            identity = f"{_read(parent / 'idVendor')}:{_read(parent / 'idProduct')}"
            return " · ".join(word for word in (*words, identity, entry.name) if word)
    return entry.name


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
