"""An office with a camera that gives what a test says, its clerk, a draft, and a darkroom that judges by the bytes.

A picture that says `bad` has something against it, and so has a frame far on the right; one that says `broken` is none.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.devices.camera_desk import Taken
from agent.devices.live_view import LiveView
from agent.devices.state import DeviceState
from agent.devices.status import DeviceStatus
from agent.documents.media_files import MediaFiles
from agent.documents.media_key import MediaKey
from agent.documents.media_store import MediaStore
from agent.documents.papers import Papers
from agent.documents.pictures import Worked
from agent.documents.refs import owner_of
from agent.errors import Actor, CodedError, Retry
from agent.photos.album import Album
from agent.photos.belongings import Belongings
from agent.photos.framing import Frame
from agent.photos.service import Darkroom, OwnerRef, PhotosService
from agent.photos.standard import GA_461
from agent.photos.views import PhotoView
from agent.register.desk import Desk
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from drivers.camera_api import CameraOffers, Shot
from peewee_models import photo_queries
from peewee_models.audit import AuditEntry
from peewee_models.documents import Media

LIMIT_S = 20.0
JPEG = b"\xff\xd8\xff "
SIZE = (2000, 1500)
FAR_RIGHT = 600
MIDDLE = {"left": 500, "top": 100, "width": 716, "height": 882}
TILTED = {"code": "PHOTO-TILTED", "facts": {"degrees": 9}, "box": [10, 20, 30, 40]}


class HandCamera:
    """A camera that gives the next of the pictures that a test has laid out, or says why there is none."""

    def __init__(self, clock: Any) -> None:
        self.live = LiveView(lambda _frames_per_s: None, clock)
        self.pictures: list[bytes | CodedError] = []
        self.removed: list[str] = []
        self.taken = 0
        self.is_removing: Exception | None = None

    def status(self) -> DeviceStatus:
        return DeviceStatus(
            "camera", "camera_gphoto2", "gphoto2:usb", DeviceState.READY, None, {}, None, {}, {}, True, ()
        )

    def offers(self) -> CameraOffers:
        return CameraOffers(has_live_view=True)

    def capture(self) -> Taken:
        one = self.pictures.pop(0)
        if isinstance(one, CodedError):
            raise one
        self.taken += 1
        return Taken(Shot(f"shot-{self.taken}", "DSC_0001.JPG"), bytearray(one))

    def discard(self, keys: Sequence[str]) -> None:
        self.removed += keys
        if self.is_removing is not None:
            raise self.is_removing


class HandPictures:
    """A pictures process that judges by what a picture's bytes say; `before` is called before each of its works."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.before: Callable[[str], None] = lambda _operation: None
        self.is_over = False

    def work(self, operation: str, facts: Mapping[str, Any], pieces: Sequence[bytes], failure: str) -> Worked:
        [picture] = pieces
        self.asked.append(operation)
        self.before(operation)
        if self.is_over or b"broken" in picture:
            raise CodedError(failure, Actor.TECHNICIAN, Retry.NOW)
        looked = (
            {"looked": {"size": SIZE, "heads": [], "eyes": 2, "frame": MIDDLE}} if operation == "photo-make" else {}
        )
        if operation == "photo-show":
            return Worked({}, [JPEG + b"shown"])
        frame = MIDDLE if looked else facts["frame"]
        if frame["width"] < GA_461.width_px:
            raise CodedError("PHOTO-TOO-COARSE", Actor.CLERK, Retry.AFTER_ACTION, width=frame["width"], least=358)
        is_good = b"bad" not in picture and frame["left"] < FAR_RIGHT
        content = picture + b" " + ",".join(map(str, frame.values())).encode()
        return Worked({"flaws": [] if is_good else [TILTED], "quality": 70, **looked}, [content])


class Gallery:
    """An office with a camera, its clerk, and a draft."""

    def __init__(self, office: Any, folder: Path) -> None:
        self.office, self.store, self.clock, self.folder = office, office.store, office.clock, folder
        media = MediaStore(self.store, MediaFiles(folder), MediaKey.of(bytes(32), uuid.UUID(int=7)), self.clock)
        self.media, self.album = media, Album(self.store, self.clock, media)
        settings = StationSettings("310112101", "测试站", "Asia/Shanghai", is_practice=True)
        belongings = Belongings(Papers(self.store, self.clock, media), self.album)
        office.register = RegisterService(self.store, self.clock, settings, office.events.append, belongings)
        office.desk = Desk(office.register, self.clock, office.events.append)
        self.camera, self.pictures = HandCamera(self.clock), HandPictures()
        self.service = self.opened(self.pictures)
        self.by = office.sign_in("clerk")
        office.desk.take(self.by)
        self.ref = self.draft()

    def opened(self, pictures: Any) -> PhotosService:
        """The service with another pictures process, or anew as after a start."""
        darkroom, tell = Darkroom(pictures, GA_461), self.office.events.append
        return PhotosService(self.store, self.clock, self.album, self.camera, darkroom, tell)

    def colleague(self) -> SignedIn:
        """Another clerk."""
        return replace(self.office.sign_in("clerk"), user_id=self.office.sign_in("supervisor").user_id)

    def draft(self, by: Any = None) -> OwnerRef:
        return OwnerRef("draft", self.office.register.open_draft(by or self.by).id)

    def take(self, *pictures: str | bytes, ref: OwnerRef | None = None, by: Any = None) -> None:
        """Release once for each picture."""
        for one in pictures:
            self.clock.forward(1)
            self.camera.pictures.append(one if isinstance(one, bytes) else JPEG + one.encode())
            self.service.take(ref or self.ref, by or self.by)

    def board(self, ref: OwnerRef | None = None, by: Any = None) -> Any:
        return self.service.board(ref or self.ref, by or self.by)

    @property
    def current(self) -> PhotoView:
        return self.board().current

    @property
    def waiting(self) -> PhotoView:
        return self.board().waiting

    def use(self, photo: PhotoView, reason: str = "", ref: OwnerRef | None = None, by: Any = None) -> None:
        self.clock.forward(1)
        self.service.use(ref or self.ref, photo.id, photo.version, reason, by or self.by)

    def frame(self, photo: PhotoView, left: int = 480, width: int = 800, ref: OwnerRef | None = None) -> None:
        self.clock.forward(1)
        self.service.frame(ref or self.ref, photo.id, photo.version, Frame(left, 50, width, 0), self.by)

    def picture(self, photo: PhotoView, ref: OwnerRef | None = None, by: Any = None) -> bytes:
        return self.service.picture(ref or self.ref, photo.id, by or self.by)

    def rows(self, ref: OwnerRef | None = None) -> list[Any]:
        return photo_queries.photos_of(owner_of(ref or self.ref))

    def kinds(self) -> list[str]:
        """What files there are rows of."""
        return sorted(row.kind for row in Media.select())

    def files(self) -> set[str]:
        """What files there are."""
        return {path.name for path in self.folder.rglob("*") if path.is_file()}

    def is_whole(self) -> bool:
        """Whether there is a file for each row, and no other."""
        return self.files() == {row.address for row in Media.select()}

    def acts(self) -> list[tuple[str, dict[str, Any]]]:
        """What the audit says of photos."""
        rows = AuditEntry.select().where(AuditEntry.action.startswith("photo.")).order_by(AuditEntry.seq)
        return [(row.action.removeprefix("photo."), row.facts) for row in rows]

    @staticmethod
    def code_of(act: Callable[[], object]) -> str:
        with pytest.raises(CodedError) as caught:
            act()
        return caught.value.code

    def until(self, condition: Callable[[], Any]) -> None:
        end_s = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < end_s
            time.sleep(0.005)


@pytest.fixture
def gallery(office: Any, tmp_path: Path) -> Iterator[Gallery]:
    made = Gallery(office, tmp_path / "media")
    yield made
    made.service.stop()


class Registered:
    """A person with a card, whose form can be filled and saved again and again."""

    def __init__(self, gallery: Gallery, card: Any, rest: dict[str, str]) -> None:
        self.gallery, self._card, self._rest = gallery, card, rest

    def form(self) -> OwnerRef:
        """The form of their card on the desk."""
        office, by = self.gallery.office, self.gallery.by
        self.gallery.clock.forward(1)
        office.tap(self._card)
        draft = office.register.type_fields(office.draft(by).id, self._rest, by)
        office.lift()
        return OwnerRef("draft", draft.id)

    def save(self, draft: OwnerRef) -> OwnerRef:
        """Save it; whose photos are asked for from now on is the record."""
        self.gallery.clock.forward(1)
        self.gallery.ref = OwnerRef("record", self.gallery.office.desk.save(draft.id, self.gallery.by).id)
        return self.gallery.ref

    def record(self, *pictures: str) -> OwnerRef:
        """Their record, with what was taken for its form."""
        draft = self.form()
        self.gallery.take(*pictures, ref=draft)
        return self.save(draft)


@pytest.fixture
def registered(gallery: Gallery, people: Any, rest: dict[str, str]) -> Registered:
    return Registered(gallery, people(), rest)
