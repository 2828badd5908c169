"""A station with a camera for the bench: `camera_station.py FOLDER PORT ADDRESS PICTURES`, until SIGTERM.

ADDRESS is a simulated camera's, or `gphoto2:vusb`, libgphoto2's own make-believe camera on the folder PICTURES, which a
configuration cannot name.  The first line on stdout is JSON with the station's address, its users and the folder of its
files; then comes a line for each release: when it was asked for, when its bytes were here, and when they were kept.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent import assembly
from agent.config import CameraConfig, Config, parse
from agent.devices.camera_desk import CameraDesk, Taken
from agent.devices.host import DeviceSettings
from agent.folder import FolderKind
from agent.notify import Notifier
from agent.photos.album import Album
from agent.stop_signal import StopSignal

_capture, _keep_still = CameraDesk.capture, Album.keep_still
_moments: list[float] = []


def capture(self: CameraDesk, *arguments: Any, **more: Any) -> Taken:
    """Release, and note when."""
    begun_s = time.monotonic()
    taken = _capture(self, *arguments, **more)
    _moments[:] = [begun_s, time.monotonic()]
    return taken


def keep_still(self: Album, *arguments: Any) -> uuid.UUID:
    """Keep a picture, then say when."""
    kept = _keep_still(self, *arguments)
    print(json.dumps([*_moments, time.monotonic()]), flush=True)
    return kept


def main(folder: Path, port: int, address: str, pictures: str) -> None:
    """Run until SIGTERM."""
    CameraDesk.capture = capture  # type: ignore[method-assign]
    Album.keep_still = keep_still  # type: ignore[method-assign]

    def devices(_: Config) -> list[DeviceSettings]:
        options = {"folder": pictures} if pictures else {}
        return [DeviceSettings(role="camera", driver="camera_gphoto2", address=address, options=options)]

    assembly.configured_devices = devices  # type: ignore[assignment]
    config = parse({"data": {"folder": str(folder)}, "web": {"port": port}}, "bench")
    config = replace(config, camera=CameraConfig("camera_gphoto2", address))
    stop = StopSignal()
    running = assembly.start(config, FolderKind.PRACTICE, Notifier())
    told = {"url": running.url, "sign_ins": running.accounts.create_demo_users(), "folder": str(folder)}
    print(json.dumps(told), flush=True)
    stop.wait()
    running.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
