"""The picture of the card behind a draft, drawn where a decoder for it is at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable

from agent.accounts.service import SignedIn
from agent.devices.photo_decoder import PhotoDecoder
from agent.register.service import RegisterService


class DraftPictures:
    """Draws chip photos.  The last picture is kept in memory, because a page asks for it again with every change.

    Args:
        register: where the raw photo lies, with the rights to it.
        decoder: calls the configured vendor's library.
        draw_simulated: draws the photos of simulated cards, in practice folders only.
    """

    def __init__(
        self, register: RegisterService, decoder: PhotoDecoder, draw_simulated: Callable[[bytes], bytes | None] | None
    ) -> None:
        self._register = register
        self._decoder = decoder
        self._draw_simulated = draw_simulated
        self._lock = threading.Lock()
        self._last: tuple[bytes, bytes | None] = (b"", None)

    def card_picture(self, draft_id: str, by: SignedIn) -> bytes | None:
        """The picture as PNG; None when there is no photo, or none that can be decoded here.

        Raises: CodedError DRAFT-UNKNOWN.
        """
        photo = self._register.chip_photo(draft_id, by)
        if not photo:
            return None
        with self._lock:
            known, picture = self._last
            if known != photo:
                picture = self._drawn(photo)
                self._last = (photo, picture)
                self._register.note_photo(draft_id, by, is_decodable=picture is not None)
        return picture

    def _drawn(self, photo: bytes) -> bytes | None:
        simulated = self._draw_simulated(photo) if self._draw_simulated is not None else None
        return simulated or self._decoder.decode(photo).png
