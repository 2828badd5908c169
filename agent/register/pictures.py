"""The picture of the card behind a draft, drawn where a decoder for it is at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable

from agent.accounts.service import SignedIn
from agent.devices.service import DevicesService
from agent.register.service import RegisterService


class DraftPictures:
    """Draws chip photos.  The last picture is kept in memory, because a page asks for it again with every change.

    Args:
        register: where the raw photo lies, with the rights to it.
        devices: knows the reader, and calls the configured vendor's library.
        draw_simulated: draws the photos that a simulated reader has read, in practice folders only.
    """

    def __init__(
        self, register: RegisterService, devices: DevicesService, draw_simulated: Callable[[bytes], bytes | None] | None
    ) -> None:
        self._register = register
        self._devices = devices
        self._draw_simulated = draw_simulated
        self._lock = threading.Lock()
        self._last: tuple[bytes, str, bytes | None] = (b"", "", None)

    def card_picture(self, draft_id: str, by: SignedIn) -> bytes | None:
        """The picture as PNG; None when there is no photo, or none that can be decoded here.

        Raises: CodedError DRAFT-UNKNOWN.
        """
        photo = self._register.chip_photo(draft_id, by)
        if not photo:
            return None
        sam_id = self._devices.sam_id()
        with self._lock:
            known, known_by, picture = self._last
            if (known, known_by) != (photo, sam_id):
                picture = self._drawn(photo)
                self._last = (photo, sam_id, picture)
        self._register.note_photo(draft_id, by, is_decodable=picture is not None)
        return picture

    def _drawn(self, photo: bytes) -> bytes | None:
        if self._draw_simulated is not None and self._devices.is_simulated("reader"):
            return self._draw_simulated(photo)
        return self._devices.decode_photo(photo).png
