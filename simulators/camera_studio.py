"""The place before a simulated camera: who sits there, the moving picture of the live view, and the stills.

What was drawn is kept while it is little: a person is drawn once for many releases.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from dataclasses import dataclass

from PIL import Image

from simulators.camera_figure import Pose
from simulators.camera_files import COMMENT
from simulators.camera_looks import GOOD, LOOP_S, Light, Scene, grained, moving, see
from simulators.camera_sitters import Sitter, sitters

FRAMES_PER_S = 30
FRAMES = round(LOOP_S * FRAMES_PER_S)
_HELD_FRAMES = 3
"""So many frames show one moment: to draw each anew would take a whole processor for as long as somebody is new."""
LIVE_WIDTH = 640
LIVE_QUALITY = 80
DPI = 300
KEPT_STILL_BYTES = 24 << 20
KEPT_LOOPS = 2
_FINER = 1.5
_STILL_MOMENTS_S = (0.3, 1.3, 2.3)
_SHOWN_PX = (400, 300)


@dataclass(frozen=True, slots=True)
class Exposed:
    """How a picture is taken.

    Attributes:
        size_px: of a still; the live view has its shape.
        light: what the settings make of it.
        is_turned: whether the camera stands on its side, as for portraits.
    """

    size_px: tuple[int, int]
    light: Light
    is_turned: bool = False


class Studio:
    """Who sits before the camera, and what it sees; every method may be called from any thread.

    Args:
        seed: which people there are.
    """

    def __init__(self, seed: int) -> None:
        self.sitters: dict[str, Sitter] = sitters(seed)
        self._order = list(self.sitters)
        self._lock = threading.RLock()
        self._person: str | None = self._order[0]
        self._look = GOOD
        self._stills: OrderedDict[object, bytes] = OrderedDict()
        self._loops: OrderedDict[object, dict[int, bytes]] = OrderedDict()

    @property
    def seated(self) -> tuple[str | None, str]:
        """Who sits there, if anybody, and how."""
        with self._lock:
            return self._person, self._look

    def seat(self, person: str | None, look: str = GOOD) -> None:
        """Let somebody sit down instead of whoever sits there; None leaves the chair empty."""
        with self._lock:
            self._person, self._look = person, look

    def frame(self, number: int, exposed: Exposed) -> bytes:
        """One picture of the live view, a JPEG; they come back in the same order after FRAMES."""
        number = number % FRAMES // _HELD_FRAMES * _HELD_FRAMES
        with self._lock:
            key = (self._person, self._look, exposed)
            loop = self._loops.setdefault(key, {})
            self._loops.move_to_end(key)
            while len(self._loops) > KEPT_LOOPS:
                self._loops.popitem(last=False)
            if number not in loop:
                loop[number] = self._drawn_frame(number, exposed)
            return loop[number]

    def still(self, number: int, exposed: Exposed, quality: int) -> bytes:
        """A still, a JPEG without EXIF; one of a few moments, by the number of the release."""
        with self._lock:
            key = (self._person, self._look, exposed, quality, number % len(_STILL_MOMENTS_S))
            found = self._stills.pop(key, None) or self._drawn_still(number, exposed, quality)
            self._stills[key] = found
            while len(self._stills) > 1 and sum(map(len, self._stills.values())) > KEPT_STILL_BYTES:
                self._stills.popitem(last=False)
            return found

    def thumbnail(self, exposed: Exposed, size_px: tuple[int, int]) -> bytes:
        """A small picture, a JPEG."""
        return _jpeg(see(self._scene(exposed.light), size_px, moving(0.3)), LIVE_QUALITY)

    def shown(self, person: str | None, look: str) -> Image.Image:
        """How somebody would look, for people who choose."""
        return see(self._scene_of(person, look, Light()), _SHOWN_PX, Pose())

    def _drawn_frame(self, number: int, exposed: Exposed) -> bytes:
        width, height = LIVE_WIDTH, round(LIVE_WIDTH * exposed.size_px[1] / exposed.size_px[0])
        moment = moving(number / FRAMES_PER_S)
        image = self._taken(exposed, (round(width * _FINER), round(height * _FINER)), moment)
        image = image.resize((width, height), Image.Resampling.BICUBIC)
        return _jpeg(grained(image, number), LIVE_QUALITY)

    def _drawn_still(self, number: int, exposed: Exposed, quality: int) -> bytes:
        number %= len(_STILL_MOMENTS_S)
        image = self._taken(exposed, exposed.size_px, moving(_STILL_MOMENTS_S[number]))
        return _jpeg(grained(image, number), quality)

    def _taken(self, exposed: Exposed, size: tuple[int, int], moment: Pose) -> Image.Image:
        scene = self._scene(exposed.light)
        if not exposed.is_turned:
            return see(scene, size, moment)
        return see(scene, (size[1], size[0]), moment).transpose(Image.Transpose.ROTATE_90)

    def _scene(self, light: Light) -> Scene:
        return self._scene_of(self._person, self._look, light)

    def _scene_of(self, person: str | None, look: str, light: Light) -> Scene:
        if person is None:
            return Scene(None, GOOD, None, light)
        beside = self._order[(self._order.index(person) + 7) % len(self._order)]
        return Scene(self.sitters[person], look, self.sitters[beside], light)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, dpi=(DPI, DPI), comment=COMMENT)
    return out.getvalue()
