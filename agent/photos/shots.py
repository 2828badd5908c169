"""From the release to the photo: the camera's picture is kept, the photo is made of it, the camera's copy goes.

Of one draft or record one is made at a time.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from agent.devices.camera_desk import CameraDesk
from agent.documents.errors import refused
from agent.documents.people import Person
from agent.errors import CodedError
from agent.memory import Buffer
from agent.photos import making
from agent.photos.album import Album
from agent.photos.making import Darkroom
from peewee_models.document_queries import Owner

log = logging.getLogger("renhu")

_UNREADABLE: Final = frozenset({"MEDIA-MISSING", "MEDIA-DAMAGED"})


class Shots:
    """The releases of this station's camera.

    Args:
        album: where pictures and photos are kept.
        camera: the camera.
        darkroom: makes photos of pictures.
    """

    def __init__(self, album: Album, camera: CameraDesk, darkroom: Darkroom) -> None:
        self._album = album
        self._camera = camera
        self._pictures = darkroom.pictures
        self._standard = darkroom.standard
        self._under_way = album.under_way
        self._removals = ThreadPoolExecutor(1, thread_name_prefix="photo-removal")

    def stop(self) -> None:
        """Wait for what is being removed from the camera."""
        self._removals.shutdown(cancel_futures=True)

    def take(self, owner: Owner, by: Person) -> None:
        """Release the shutter, keep the picture, make the photo of it.

        Raises: CodedError PHOTO-UNDER-WAY; as the camera ended it; PHOTO-SIZE, PHOTO-NOT-MADE (nothing is kept then);
            DRAFT-UNKNOWN, RECORD-UNKNOWN, DATABASE-FULL, DATABASE-FAILED.
        """
        with self._under_way.alone(owner) as is_alone:
            if not is_alone:
                raise refused("PHOTO-UNDER-WAY")
            taken = self._camera.capture()
            try:
                photo_id = self._album.keep_still(owner, taken.content, by)
            finally:
                self._removals.submit(self._remove, taken.shot.key)
            self._make(owner, photo_id, taken.content, by)

    def make_anew(self, owner: Owner, unmade: Sequence[uuid.UUID], by: Person) -> bool:
        """Make the photos of pictures behind whose storing the agent was cut off.

        Returns: False where one is just being made.
        """
        with self._under_way.alone(owner) as is_alone:
            if not is_alone:
                return False
            for photo_id in unmade:
                try:
                    _, still = self._album.still(owner, photo_id)
                    self._make(owner, photo_id, still, by)
                except CodedError as error:
                    log.warning("photo %s: not made: %s", photo_id, error.code)
                    if error.code in _UNREADABLE:
                        self._album.drop_unmade(owner, photo_id, by)
        return True

    def _make(self, owner: Owner, photo_id: uuid.UUID, still: Buffer, by: Person) -> None:
        """Make the photo of a picture that is kept; one of which none can be made is shredded.

        At a stop in the middle it stays, for whoever looks next.
        """
        try:
            seen, made = making.made(self._pictures, still, self._standard)
        except CodedError:
            if not self._pictures.is_over:
                self._album.drop_unmade(owner, photo_id, by)
            raise
        self._album.keep_photo(owner, photo_id, seen, made, by)

    def _remove(self, key: str) -> None:
        """Remove a picture from the camera; what cannot be removed now is tried again before the next release."""
        try:
            self._camera.discard([key])
        except CodedError as error:
            log.warning("photo: not removed from the camera: %s", error.code)
