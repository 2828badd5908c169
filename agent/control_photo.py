"""A picture over the agent's unix socket: the question, the picture with its bytes, word that it is kept, the end.

Every message is one JSON line; behind that of a picture follow its bytes.  Only a picture that the command has kept is
removed from the camera.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from agent.accounts.service import AccountsService
from agent.control import LINE_LIMIT_BYTES, called, error_of, error_told
from agent.devices.camera_desk import CAPTURE_LIMIT_S, COMING_LIMIT_S, CameraDesk, Taken
from agent.errors import Actor, CodedError, Retry
from drivers.camera_api import Shot
from drivers.camera_pictures import LARGEST_BYTES

SHORTEST_S: Final = 1.0
LONGEST_S: Final = 120.0
KEEP_LIMIT_S: Final = 60.0
"""So long the command may take to write the picture to its disk."""
SLACK_S: Final = 4 * COMING_LIMIT_S
"""So much longer a command waits for the agent than the agent for the camera, whose end it is to hear of."""


class PictureTold(msgspec.Struct, frozen=True):
    """A picture on its way: what is known of it, how many bytes follow, and whether it is practice's."""

    shot: Shot
    size_bytes: int
    is_practice: bool = False


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line, either way; nothing at all is word that the picture is kept, and then the regular end."""

    picture: PictureTold | None = None
    error: dict[str, Any] | None = None


class PhotoLender:
    """Lend the agent's camera to commands, each use audited.

    Args:
        desk: has the camera.
        accounts: write the audit row.
        is_practice: whether the pictures are practice's, which whoever prints them has to say.
    """

    def __init__(self, desk: CameraDesk, accounts: AccountsService, *, is_practice: bool = False) -> None:
        self._desk = desk
        self._accounts = accounts
        self._is_practice = is_practice

    def serve(self, question: dict[str, Any], uid: int, connection: socket.socket) -> None:
        """Take a picture for a command, and remove it from the camera once the command has kept it.

        Raises: ValueError for a question that is none; CodedError as the camera ended it; OSError as the command did.
        """
        limit_s = _limit_s(question.get("limit_s"))
        self._accounts.note_device_act(None, f"photo by uid {uid}", "camera")
        taken = self._desk.capture(limit_s=limit_s)
        told = PictureTold(taken.shot, len(taken.content), self._is_practice)
        connection.settimeout(KEEP_LIMIT_S)
        connection.sendall(msgspec.json.encode(Message(picture=told)) + b"\n")
        connection.sendall(taken.content)
        with connection.makefile("rb") as answer:
            _next(answer)
        end = Message()
        try:
            self._desk.discard([taken.shot.key])
        except CodedError as error:
            end = Message(error=error_told(error))
        connection.sendall(msgspec.json.encode(end) + b"\n")


@contextmanager
def borrowed_picture(path: Path, limit_s: float | None) -> Iterator[tuple[Taken, bool] | None]:
    """Take a picture through the agent behind `path`; at the end of the block, unless by an error, it counts as kept.

    Yields: the picture, and whether it is practice's; None when no agent answers there.
    Raises: CodedError as the agent says, at the end of the block too.
    """
    wait_s = limit_s or CAPTURE_LIMIT_S
    connection = called(path, {"ask": "photo", "limit_s": wait_s}, wait_s + SLACK_S)
    if connection is None:
        yield None
        return
    with connection, connection.makefile("rb") as answer:
        message = _told(answer)
        if message.picture is None:
            raise _gone()
        size_bytes = min(message.picture.size_bytes, LARGEST_BYTES)
        content = bytearray(answer.read(size_bytes))
        if len(content) != message.picture.size_bytes:
            raise _gone()
        yield Taken(message.picture.shot, content), message.picture.is_practice
        connection.sendall(msgspec.json.encode(Message()) + b"\n")
        _told(answer)


def _told(answer: IO[bytes]) -> Message:
    """The next message.  Raises: CodedError as it says, or CAMERA-STOPPING when the agent has gone."""
    try:
        message = _next(answer)
    except (OSError, ValueError) as error:
        raise _gone() from error
    if message.error is not None:
        raise error_of(message.error)
    return message


def _next(answer: IO[bytes]) -> Message:
    """The next message.  Raises: OSError; ValueError where it is none."""
    try:
        return msgspec.json.decode(answer.readline(LINE_LIMIT_BYTES), type=Message)
    except msgspec.MsgspecError as error:
        raise ValueError("not a message") from error


def _gone() -> CodedError:
    return CodedError("CAMERA-STOPPING", Actor.TECHNICIAN, Retry.AFTER_ACTION)


def _limit_s(told: Any) -> float:
    """So long the camera may take.  Raises: ValueError where that is no such time."""
    try:
        limit_s = float(told)
    except TypeError as error:
        raise ValueError("not a time") from error
    if not SHORTEST_S <= limit_s <= LONGEST_S:  # no number at all is not between them either
        raise ValueError("not a time")
    return limit_s
