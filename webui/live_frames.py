"""The camera's live view as one endless answer: each frame takes the place of the one before it.

A browser shows that in an ordinary picture, without a script.  It ends with the session, or as soon as that is locked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from webui.streams import has_hung_up

if TYPE_CHECKING:
    import socket

    from agent.photos.service import LiveView
    from webui.services import Clock

BOUNDARY: Final = "renhu-frame"
WAIT_S: Final = 0.4
ASK_EVERY_S: Final = 1.0
LIVE_CAP: Final = 4
"""So many browsers may look at once: each holds a connection of its own."""


class LiveStream:
    """One browser's live view, from its request to the bytes on its socket.

    Args:
        live: the camera's live view.
        connection: to the browser; None where there is none to ask.
        clock: the time.
        may_look: whether its session may still see it; asked once a second.
        nothing: a JPEG that is shown while no frame comes: nobody's face stands still there.
    """

    def __init__(
        self,
        live: LiveView,
        connection: socket.socket | None,
        clock: Clock,
        may_look: Callable[[], bool],
        nothing: bytes,
    ) -> None:
        self._live = live
        self._connection = connection
        self._clock = clock
        self._may_look = may_look
        self._nothing = nothing
        self._is_ended = threading.Event()

    def end(self) -> None:
        """Make it end at the next frame; may be called from any thread, and twice."""
        self._is_ended.set()

    def parts(self) -> Iterator[bytes]:
        """Give the frames until the browser hangs up, the session may look no more, or it is ended.

        A browser shows a picture when the line behind it has come: so that stands right behind each.
        """
        yield f"--{BOUNDARY}\r\n".encode()
        number, is_blank, asked_s = 0, False, self._clock.monotonic()
        while not self._is_ended.is_set() and not has_hung_up(self._connection):
            frame = self._live.next(number, WAIT_S)
            if frame is not None:
                number, is_blank = frame.number, False
                yield _part(frame.content)
            elif not is_blank:
                is_blank = True
                yield _part(self._nothing)
            if self._clock.monotonic() - asked_s >= ASK_EVERY_S:
                asked_s = self._clock.monotonic()
                if not self._may_look():
                    break
        yield _part(self._nothing)


def _part(content: bytes) -> bytes:
    head = f"Content-Type: image/jpeg\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    return b"".join((head, content, f"\r\n--{BOUNDARY}\r\n".encode()))
