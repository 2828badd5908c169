"""The picture of the card behind a draft, drawn where a decoder for it is at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from agent.accounts.service import SignedIn
from agent.devices.service import DevicesService
from agent.register.service import RegisterService

SIMULATED_PHOTO_HEAD: Final = b"WL\x66\x00\x7e\x00RENHU-SIM"


class DraftPictures:
    """Draws chip photos.  The last picture is kept in memory, because a page asks for it again with every change.

    Args:
        register: where the raw photo lies, with the rights to it.
        devices: knows the reader, and calls the configured vendor's library.
        draw_simulated: draws the photos of simulated cards, in practice folders only.  Such a photo says of itself what
            it is: whether its reader is there at the moment does not matter.
    """

    def __init__(
        self, register: RegisterService, devices: DevicesService, draw_simulated: Callable[[bytes], bytes | None] | None
    ) -> None:
        self._register = register
        self._devices = devices
        self._draw_simulated = draw_simulated
        self._lock = threading.Lock()
        self._last: tuple[bytes, bytes | None] = (b"", None)

    @property
    def draws_simulated(self) -> bool:
        """Whether the photos of simulated cards are drawn without a vendor's library."""
        return self._draw_simulated is not None

    def card_picture(self, draft_id: str, by: SignedIn) -> bytes | None:
        """The picture as PNG; None when there is no photo, or none that can be decoded here.

        Raises: CodedError DRAFT-UNKNOWN.
        """
        photo = self._register.chip_photo(draft_id, by)
        if not photo:
            return None
        with self._lock:
            known, picture = self._last
            if known != photo or picture is None:
                picture = self._drawn(photo)
                self._last = (photo, picture)
        self._register.note_photo(draft_id, by, is_decodable=picture is not None)
        return picture

    def _drawn(self, photo: bytes) -> bytes | None:
        if self._draw_simulated is not None and photo.startswith(SIMULATED_PHOTO_HEAD):
            return self._draw_simulated(photo)
        return self._devices.decode_photo(photo).png
