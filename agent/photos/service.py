"""The photos of registrants, in the words of those who work with them: look, release, frame, decide.

A draft's photos belong to its clerk.  A record's may be taken anew by any clerk and looked at by a supervisor.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import SignedIn
from agent.accounts.storage import Store, reading, writing
from agent.devices.camera_desk import CameraDesk
from agent.devices.live_view import LiveView
from agent.documents.errors import refused
from agent.documents.papers import require
from agent.documents.refs import CLERK, changing, owner_of
from agent.errors import RightsDenied
from agent.events.service import Event
from agent.photos import framing, making
from agent.photos.album import REASON_LENGTH, Album
from agent.photos.framing import Frame
from agent.photos.making import Darkroom, Glanced, Looked
from agent.photos.row_views import view, view_or_none
from agent.photos.shots import Shots
from agent.photos.views import CameraView, OwnerRef, PhotoBoard, PhotoView, SettingView
from drivers import camera_errors
from drivers.api import Clock
from drivers.camera_api import SettingName
from peewee_models import photo_queries
from peewee_models.document_queries import Owner

__all__ = ["REASON_LENGTH", "Darkroom", "Frame", "Glanced", "LiveView", "OwnerRef", "PhotosService"]

LONGEST_DELAY_S: Final = 10
SHOWN_PX: Final = 1200


class PhotosService:
    """The photos of this station.

    Args:
        store: the database.
        clock: the time.
        album: where they are kept.
        camera: the camera.
        darkroom: makes them.
        publish: tells the pages.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        album: Album,
        camera: CameraDesk,
        darkroom: Darkroom,
        publish: Callable[[Event], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._album = album
        self._camera = camera
        self._pictures = darkroom.pictures
        self.standard = darkroom.standard
        self._publish = publish
        self._shots = Shots(album, camera, darkroom)

    @property
    def live(self) -> LiveView:
        """The camera's live view."""
        return self._camera.live

    def stop(self) -> None:
        """Wait for what is being removed from the camera."""
        self._shots.stop()

    def board(self, ref: OwnerRef, by: SignedIn, record_id: str = "") -> PhotoBoard:
        """The photos of a draft or a record.

        Args:
            ref: whose.
            by: who looks.
            record_id: of the record that a draft is to change, "" for none; its photo is shown beside.

        Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN.
        """
        owner = owner_of(ref)
        board, unmade = self._read(ref, owner, by, record_id)
        if unmade and by.role == CLERK and self._shots.make_anew(owner, unmade, by):
            board, _ = self._read(ref, owner, by, record_id)
        return board

    def _read(
        self, ref: OwnerRef, owner: Owner, by: SignedIn, record_id: str
    ) -> tuple[PhotoBoard, Sequence[uuid.UUID]]:
        """The board, and the keys of the photos that are not made yet."""
        with reading(self._store):
            require(owner, by)
            every = photo_queries.photos_of(owner)
            rows = [row for row in every if row.picture_id is not None]
            used = sorted((row for row in rows if row.used_at is not None), key=lambda row: row.used_at, reverse=True)
            held = None if not record_id else photo_queries.current(owner_of(OwnerRef("record", record_id)))
            waiting = next((row for row in rows if row.used_at is None), None)
            board = PhotoBoard(
                owner=ref,
                camera=self.camera(),
                current=view(used[0]) if used else None,
                waiting=view_or_none(waiting),
                earlier=[view(row) for row in used[1:]],
                held=view_or_none(held),
                held_by=record_id,
                may_change=by.role == CLERK,
            )
            return board, [row.id for row in every if row.picture_id is None]

    def camera(self) -> CameraView:
        """What the camera can do now."""
        status = self._camera.status()
        if status is None:
            return CameraView(is_there=False)
        trouble = self.live.trouble
        is_usable = status.is_usable
        if trouble is not None and is_usable and not status.code:
            return CameraView(True, is_usable, has_live_view=True, code=trouble.code, facts=trouble.facts)
        if not is_usable:
            return CameraView(True, code=status.code or "", facts=status.facts)
        offers = self._camera.offers()
        choices = [SettingView(each.name.value, each.value, each.choices) for each in offers.settings if each.choices]
        return CameraView(True, True, offers.has_live_view, status.code or "", status.facts, choices)

    def set(self, name: str, value: str, by: SignedIn) -> None:
        """Set one setting of the camera.  Raises: RightsDenied; CodedError CAMERA-SETTING, and as the camera says."""
        if by.role != CLERK:
            raise RightsDenied
        if name not in {each.value for each in SettingName}:
            raise camera_errors.setting(name, value)
        self._camera.set(SettingName(name), value)
        with writing(self._store):
            audit.write(self._clock, by.audit_ids, Act.DEVICE_ACT, ("device", None), what=f"set {name}", role="camera")
        self._publish(Event("photo", None, {}))

    def take(self, ref: OwnerRef, by: SignedIn, delay_s: int = 0) -> None:
        """Release the shutter, keep the picture, make the photo of it; without flaws it counts at once.

        Args:
            ref: whose photo it will be.
            by: who releases.
            delay_s: so long before, for a page without a countdown of its own.

        Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN, PHOTO-UNDER-WAY; as the camera ended it; PHOTO-SIZE,
            PHOTO-NOT-MADE (nothing is kept then); DATABASE-FULL, DATABASE-FAILED.
        """
        owner = self._changed_by(ref, by)
        self._clock.sleep(min(max(delay_s, 0), LONGEST_DELAY_S))
        try:
            self._shots.take(owner, by)
        finally:
            self._tell(owner)

    def in_picture(self, frame: Frame, photo: PhotoView) -> Frame:
        """A frame that was moved or made larger, in the camera's picture; as it is where it cannot be brought there."""
        if photo.size is None:
            return frame
        narrow = Frame(frame.left, frame.top, min(frame.width, photo.size[0]), frame.height)
        return framing.fitted(narrow, photo.size, self.standard) or frame

    def frame(self, ref: OwnerRef, photo_id: str, version: int, frame: Frame, by: SignedIn) -> None:
        """Make the photo of another part of the camera's picture.

        Raises: CodedError PHOTO-UNKNOWN, PHOTO-CHANGED, PHOTO-STILL-GONE, PHOTO-FRAME, PHOTO-TOO-COARSE.
        """
        owner, key = self._changed_by(ref, by), _key(photo_id)
        row, still = self._album.still(owner, key)
        if row.seen is None:
            raise refused("PHOTO-UNKNOWN")
        seen = msgspec.convert(row.seen, Looked)
        chosen = framing.fitted(frame, seen.size, self.standard)
        if chosen is None:
            raise refused("PHOTO-FRAME")
        made = making.finished(self._pictures, still, seen, self.standard, chosen)
        self._album.keep_photo(owner, key, seen, made, by, version)
        self._tell(owner)

    def use(self, ref: OwnerRef, photo_id: str, version: int, reason: str, by: SignedIn) -> None:
        """Take a photo for good, with a reason where something speaks against it.

        Raises: CodedError PHOTO-UNKNOWN, PHOTO-CHANGED, PHOTO-REASON.
        """
        owner = self._changed_by(ref, by)
        self._album.use(owner, _key(photo_id), version, reason, by)
        self._tell(owner)

    def drop(self, ref: OwnerRef, photo_id: str, version: int, by: SignedIn) -> None:
        """Shred a photo that is not used.  Raises: CodedError PHOTO-UNKNOWN, PHOTO-CHANGED, PHOTO-USED."""
        owner = self._changed_by(ref, by)
        self._album.drop(owner, _key(photo_id), version, by)
        self._tell(owner)

    def picture(self, ref: OwnerRef, photo_id: str, by: SignedIn) -> bytes:
        """A photo, JPEG.

        Raises: CodedError PHOTO-UNKNOWN, DRAFT-UNKNOWN, RECORD-UNKNOWN; MEDIA-MISSING, MEDIA-DAMAGED, MEDIA-FOREIGN.
        """
        owner = owner_of(ref)
        with reading(self._store):
            require(owner, by)
        return self._album.picture(owner, _key(photo_id))

    def still(self, ref: OwnerRef, photo_id: str, by: SignedIn) -> bytes:
        """The camera's picture of a photo, made for a page, for its clerk to frame.

        Raises: as `picture`; PHOTO-STILL-GONE, PHOTO-NOT-MADE.
        """
        owner = self._changed_by(ref, by)
        _, still = self._album.still(owner, _key(photo_id))
        return making.shown(self._pictures, still, SHOWN_PX)

    def glance(self, limit_s: float) -> Glanced | None:
        """What is seen in a fresh frame of the live view; None where none came.

        Raises: CodedError PHOTO-NOT-MADE for a frame that is no picture.
        """
        newest = self.live.next(0, limit_s)
        seen = None if newest is None else self.live.next(newest.number, limit_s)
        return None if seen is None else making.glanced(self._pictures, seen.content, self.standard)

    def _changed_by(self, ref: OwnerRef, by: SignedIn) -> Owner:
        owner = changing(ref, by)
        with reading(self._store):
            require(owner, by)
        return owner

    def _tell(self, owner: Owner) -> None:
        self._publish(Event("photo", None, {owner.column: str(owner.id)}))


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise refused("PHOTO-UNKNOWN") from error
