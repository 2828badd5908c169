"""`renhu photo`: take one picture into a file, through the running agent where there is one, else directly.

The file is an ID photo, framed by the head that is found in the picture, or with `--raw` as the camera gave it.
"""

from __future__ import annotations

import argparse
import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from agent.clock import SystemClock
from agent.commands.arguments import seconds
from agent.commands.output import as_the_daemon, emit, fail, language, tell
from agent.config import Config, load
from agent.control_photo import LONGEST_S, SHORTEST_S
from agent.devices.camera_desk import CAPTURE_LIMIT_S, Taken
from agent.devices.host import DeviceSettings
from agent.devices.photo_alone import picture_alone
from agent.disk import put_file
from agent.documents.pictures import Pictures
from agent.errors import Actor, CodedError, Exit, Retry
from agent.messages.service import text
from agent.photos.making import Told, made
from agent.photos.standard import Standard
from agent.station import agent_address, camera_settings, photo_through_agent


def run(arguments: argparse.Namespace) -> Exit:
    """Take the picture and write it; it goes from the camera only when it is on the disk."""
    output: Path = arguments.output
    kept: tuple[_File, bool] | None = None
    try:
        config = load(arguments.config)
        _look_at(output)
        with _picture(config, arguments) as (taken, is_practice):
            file = _File(bytes(taken.content)) if arguments.raw else _id_photo(taken, config.photo)
            with _writing(output):
                put_file(output, file.content)
            kept = file, is_practice
    except CodedError as refused:
        if kept is None:
            return fail(refused, as_json=arguments.json)
        tell("PHOTO-LEFT-ON-CARD", reason=text(refused.code, language(), **refused.facts))
    file, is_practice = kept
    _report(output, file, is_practice, as_json=arguments.json)
    return Exit.FAILS_CHECKS if file.flaws else Exit.DONE


@dataclass(frozen=True, slots=True)
class _File:
    """What is written, and what speaks against it."""

    content: bytes
    flaws: Sequence[Told] = ()


def _id_photo(taken: Taken, standard: Standard) -> _File:
    """Make the photo, framed as it is proposed.  Raises: CodedError as of `making`."""
    pictures = Pictures(SystemClock())
    try:
        _, photo = made(pictures, taken.content, standard)
    finally:
        pictures.end()
    return _File(photo.content, photo.flaws)


def _report(output: Path, file: _File, is_practice: bool, *, as_json: bool) -> None:
    if is_practice:
        tell("PHOTO-FILE-PRACTICE")
    size_bytes = len(file.content)
    if as_json:
        flaws = [{"code": one.code, "text": text(one.code, language(), **one.facts)} for one in file.flaws]
        emit({"file": str(output), "bytes": size_bytes, "practice": is_practice, "flaws": flaws})
        return
    tell("PHOTO-FILE", path=str(output), size_bytes=size_bytes)
    if file.flaws:
        tell("PHOTO-UNFIT", count=len(file.flaws))
    for one in file.flaws:
        tell(one.code, **one.facts)


@contextmanager
def _picture(config: Config, arguments: argparse.Namespace) -> Iterator[tuple[Taken, bool]]:
    """A picture from the agent that holds the camera, else from a worker of our own.

    Yields: the picture, and whether it is practice's: of a practice station, or from a simulated camera.
    Raises: CodedError as the agent or the camera says; CAMERA-NOT-CONFIGURED.
    """
    address, timeout_s = arguments.address, arguments.timeout
    own = None if config.camera is None else camera_settings(config.camera)
    with ExitStack() as stack:
        found = None
        if address is None or address == agent_address(config.folder, "camera"):
            found = stack.enter_context(photo_through_agent(config.folder, timeout_s))
        if found is None:
            settings = _settings(own, address, config.folder)
            limit_s = timeout_s or CAPTURE_LIMIT_S
            found = stack.enter_context(picture_alone(settings, SystemClock(), limit_s))
        yield found


def _settings(own: DeviceSettings | None, address: str | None, folder: Path) -> DeviceSettings:
    if address is not None:
        own = own or DeviceSettings(role="camera", driver="camera_gphoto2", address=address, options={})
        return msgspec.structs.replace(own, address=address)
    if own is None:
        raise CodedError("CAMERA-NOT-CONFIGURED", Actor.TECHNICIAN, Retry.AFTER_ACTION)
    return as_the_daemon(own, folder)


def _look_at(output: Path) -> None:
    """Before the shutter is released: the file can be written.  Raises: CodedError PHOTO-OUTPUT."""
    if output.is_dir() or not os.access(output.parent, os.W_OK):
        raise CodedError("PHOTO-OUTPUT", Actor.CLERK, Retry.AFTER_ACTION, path=str(output))


@contextmanager
def _writing(output: Path) -> Iterator[None]:
    """Tell what the disk does wrong.  Raises: CodedError PHOTO-OUTPUT, PHOTO-OUTPUT-FULL."""
    try:
        yield
    except OSError as error:
        code = "PHOTO-OUTPUT-FULL" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "PHOTO-OUTPUT"
        raise CodedError(code, Actor.CLERK, Retry.AFTER_ACTION, path=str(output)) from error


def add_to(commands: Any) -> None:
    """Describe the command line of `renhu photo`."""
    parser = commands.add_parser("photo", help="拍一张照片 / take one picture")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.jpg", help="写入的文件 / the file")
    parser.add_argument(
        "--raw", action="store_true", help="相机给的原样，不做成证件照 / as the camera gave it, not made an ID photo"
    )
    parser.add_argument("--address", help="gphoto2:usb[:SERIAL], gphoto2:ptpip:HOST:PORT")
    parser.add_argument(
        "--timeout",
        type=seconds(SHORTEST_S, LONGEST_S),
        metavar="S",
        help=f"相机最多用多少秒 / seconds the camera may take ({CAPTURE_LIMIT_S:g})",
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    parser.set_defaults(run=run)
