"""The control port's places for a simulated camera: who sits before it, its settings, its card, the requests."""

from __future__ import annotations

import io

from simulators.camera_device import SimulatedCamera
from simulators.camera_fault_table import OPERATIONS
from simulators.camera_looks import GOOD, LOOKS
from simulators.camera_properties import BATTERY, IMAGE_SIZE, PROPERTIES, QUALITIES, QUALITY, SIZES
from simulators.camera_ptp import Response
from simulators.control import Asked, Picture, Places, unprocessable
from simulators.described import Descriptions, descriptions
from simulators.fault import Fault, Value

_QUALITY_NAMES = {number: name for name, number in QUALITIES.items()}
_SETTINGS = ("size", "quality", "battery", "turned")


class CameraControls:
    """What can be asked of a simulated camera besides its faults."""

    def __init__(self, device: SimulatedCamera) -> None:
        self.device = device

    @property
    def described(self) -> Descriptions:
        """What the faults are told to people by."""
        return descriptions("camera_faults")

    def about(self) -> dict[str, object]:
        """What it can be asked for, who sits there, how it is set."""
        plain = {
            "operations": list(OPERATIONS),
            "plugged": self.device.is_plugged,
            "choices": {"size": list(SIZES), "quality": list(QUALITIES)},
        }
        return plain | self._seated() | self._settings()

    def about_fault(self, fault: Fault) -> dict[str, object]:  # noqa: ARG002 (the faults of a reader have more)
        """Nothing besides the parameters."""
        return {}

    def check(self, fault: Fault, values: dict[str, Value]) -> None:
        """Every fault is always possible."""

    def places(self) -> Places:
        """People, chair, settings, card and log."""
        return {
            "/sitters": {"GET": self._sitters},
            "/sitter": {"GET": lambda _: self._seated(), "PUT": self._seat, "DELETE": self._leave},
            "/picture": {"GET": self._picture},
            "/camera": {"GET": lambda _: self._settings(), "PUT": self._set, "DELETE": self._begin_anew},
            "/store": {"GET": self._store, "DELETE": self._format},
            "/button": {"PUT": self._press},
            "/log": {"GET": lambda _: self.device.log.entries()},
        }

    def _sitters(self, _: Asked) -> object:
        people = [
            {"id": sitter.id, "name": sitter.name, "sex": sitter.sex, "age": sitter.age}
            for sitter in self.device.studio.sitters.values()
        ]
        told = descriptions("camera_looks")
        looks = [{"name": look} | told.of(look).told() for look in sorted(LOOKS, key=told.order)]
        return {"sitters": people, "looks": looks, "groups": told.told_groups()}

    def _seated(self) -> dict[str, object]:
        person, look = self.device.studio.seated
        return {"person": person, "look": look}

    def _seat(self, asked: Asked) -> None:
        if "person" not in asked.body or not set(asked.body) <= {"person", "look"}:
            raise unprocessable('{"person": ID} is wanted, and "look" if it is not to be good')
        person, look = self._chosen(asked.body["person"], asked.body.get("look", GOOD))
        self.device.studio.seat(person, look)

    def _leave(self, _: Asked) -> None:
        self.device.studio.seat(None)

    def _picture(self, asked: Asked) -> Picture:
        person, look = self._chosen(asked.query.get("person"), asked.query.get("look", GOOD))
        out = io.BytesIO()
        self.device.studio.shown(person, look).save(out, "PNG", compress_level=1)
        return Picture(out.getvalue())

    def _settings(self) -> dict[str, object]:
        properties = self.device.properties
        return {
            "size": properties.get(IMAGE_SIZE),
            "quality": _QUALITY_NAMES[properties.number(QUALITY)],
            "battery": properties.get(BATTERY),
            "turned": self.device.shutter.is_turned,
        }

    def _set(self, asked: Asked) -> None:
        """Set what was named, or nothing at all."""
        given = asked.body
        if not given or not set(given) <= set(_SETTINGS):
            raise unprocessable(f"one or more of {', '.join(_SETTINGS)} are wanted")
        battery, turned = given.get("battery", 0), given.get("turned", False)
        values: dict[int, int | str] = {
            IMAGE_SIZE: _one_of(SIZES, "size", given.get("size", SIZES[0])),
            QUALITY: QUALITIES[_one_of(tuple(QUALITIES), "quality", given.get("quality", "jpeg"))],
        }
        if not isinstance(battery, int) or isinstance(battery, bool) or not 0 <= battery <= 100:
            raise unprocessable("battery: a whole number from 0 to 100")
        if not isinstance(turned, bool):
            raise unprocessable("turned: true or false")
        values[BATTERY] = battery
        for name, code in (("size", IMAGE_SIZE), ("quality", QUALITY), ("battery", BATTERY)):
            if name in given:
                self.device.properties.put(code, values[code])
        if "turned" in given:
            self.device.shutter.is_turned = turned

    def _begin_anew(self, _: Asked) -> None:
        """Let all but the faults be as at the start: who sits there, the settings, the empty card."""
        self.device.studio.seat(next(iter(self.device.studio.sitters)))
        for code in (IMAGE_SIZE, QUALITY, BATTERY):
            self.device.properties.put(code, PROPERTIES[code].first)
        self.device.shutter.is_turned = False
        self.device.store.format_card()

    def _store(self, _: Asked) -> object:
        pictures = [
            {"name": stored.file.name, "bytes": stored.file.contents.size, "in_memory": not stored.parent}
            for stored in self.device.store.pictures()
        ]
        return {"pictures": pictures, "releases": self.device.shutter.releases}

    def _press(self, _: Asked) -> None:
        """Take a picture with the camera's own button."""
        if self.device.shutter.release(is_in_memory=False) != Response.OK:
            raise unprocessable("the camera cannot take a picture now")

    def _format(self, _: Asked) -> None:
        self.device.store.format_card()

    def _chosen(self, person: object, look: object) -> tuple[str, str]:
        people = self.device.studio.sitters
        if not isinstance(person, str) or person not in people:
            raise unprocessable("no such person", people=list(people))
        if not isinstance(look, str) or look not in LOOKS:
            raise unprocessable("no such look", looks=list(LOOKS))
        return person, look


def _one_of(words: tuple[str, ...], name: str, given: object) -> str:
    if not isinstance(given, str) or given not in words:
        raise unprocessable(f"{name}: one of {', '.join(words)}")
    return given
