"""A station whose camera gives what a test says, a clerk with a form on the desk, and its photos."""

from __future__ import annotations

import io
import re
import uuid
from functools import cache

import msgspec
import pytest
from PIL import Image

from agent.devices.camera_desk import Taken
from agent.devices.live_view import LiveView
from agent.devices.state import DeviceState
from agent.devices.status import DeviceStatus
from drivers.camera_api import CameraOffers, Setting, SettingName, Shot
from peewee_models.photos import Photo
from simulators.camera_looks import Light
from simulators.camera_studio import Exposed, Studio

SIZE = (1600, 1200)
READY = DeviceStatus("camera", "camera_gphoto2", "gphoto2:usb", DeviceState.READY, None, {}, None, {}, {}, True, ())


@cache
def still(look: str) -> bytes:
    """What a camera gives of somebody, with a word of where it was taken."""
    studio = Studio(1)
    studio.seat("resident-003", look)
    shown = Image.open(io.BytesIO(studio.still(1, Exposed(SIZE, Light()), 92)))
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "测试地区测试路1号"
    shown.save(made, "JPEG", quality=92, exif=exif)
    return made.getvalue()


class HandCamera:
    """A camera that gives what a test says."""

    def __init__(self, clock):
        self.live = LiveView(lambda _frames_per_s: None, clock)
        self.look, self.trouble, self.taken, self.asked = "good", None, 0, []

    @staticmethod
    def still(look):
        return still(look)

    def offers(self):
        return CameraOffers(True, (Setting(SettingName.ISO, "100", ("100", "200")),))

    def capture(self):
        if self.trouble is not None:
            raise self.trouble
        self.taken += 1
        return Taken(Shot("", "DSC_0001.JPG"), bytearray(still(self.look)))

    def discard(self, keys):
        self.asked.append(("discard", *keys))

    def be(self, **changes):
        """Be ready, but for what is said."""
        self._status = msgspec.structs.replace(READY, **changes)

    def go(self):
        """Leave a station without a camera."""
        self._status = None

    def status(self):
        """How it is."""
        return self._status

    def set(self, name, value):
        self.asked.append((name.value, value))


@pytest.fixture
def camera(house, monkeypatch):
    """The station with a camera, ready."""
    photos, made = house.station.photos, HandCamera(house.station.clock)
    monkeypatch.setattr(photos, "_camera", made)
    monkeypatch.setattr(photos._shots, "_camera", made)
    made.be()
    return made


class PhotoDesk:
    """A clerk with a form on the desk, and its photos."""

    def __init__(self, house):
        self.clerk = house.clerk_at_a_form()
        self.clerk.get("/desk")
        self.draft = self.clerk.action("keep").split("/")[3]
        self.place = f"/photos/draft/{self.draft}"

    def take(self):
        return self.clerk.post(f"{self.place}/take")

    def photo(self, house, kind="draft", owner_id=""):
        """The address of the newest photo, and its version."""
        with house.station.register.place.store.read():
            owner = getattr(Photo, kind) == uuid.UUID(owner_id or self.draft)
            row = Photo.select().where(owner).order_by(Photo.taken_at.desc()).first()
        return f"/photos/{kind}/{owner_id or self.draft}/{row.id}", row.version

    def sentence(self):
        """What the page says went wrong."""
        found = re.search(r'<p class="callout bad"[^>]*id="sentence"[^>]*>.*?</span> ([^<]+)', self.clerk.page)
        return "" if found is None else found[1]

    def frame(self):
        """The frame as the page shows it."""
        names = ("left", "top", "width")
        return {name: int(re.search(rf'name="{name}"[^>]* value="(-?\d+)"', self.clerk.page)[1]) for name in names}


@pytest.fixture
def desk(house, camera):
    made = PhotoDesk(house)
    yield made
    made.clerk.get("/desk")
    if "draft-form" in made.clerk.page:
        made.clerk.post(made.clerk.action("aside"))
