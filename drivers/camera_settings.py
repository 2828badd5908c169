"""The settings of a camera as libgphoto2's widgets show them: which a desk may set, and what the camera says of itself.

Makers name them alike where libgphoto2 does.  Source: camlibs/ptp2/config.c of libgphoto2 2.5.34.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from drivers import camera_errors
from drivers.api import DeviceRefused
from drivers.camera_api import Setting, SettingName
from drivers.camera_session import Session
from drivers.stored_text import LONGEST_OF_DEVICE, printable

WIDGETS: Final[dict[SettingName, tuple[str, ...]]] = {
    SettingName.ISO: ("iso",),
    SettingName.WHITE_BALANCE: ("whitebalance",),
    SettingName.EXPOSURE: ("exposurecompensation",),
    SettingName.FOCUS: ("focusmode", "autofocus"),
}
"""Which widget shows a setting: the first one that the camera has."""

LIVE_VIEW: Final = "viewfinder"
FOCUS_NOW: Final = "autofocusdrive"
TARGET: Final = "capturetarget"
BATTERY: Final = "batterylevel"
VENDOR: Final = "manufacturer"
MODEL: Final = "cameramodel"
SERIAL: Final = "serialnumber"
FIRMWARE: Final = "deviceversion"

_MOST_CHOICES: Final = 100
_CHOOSING: Final = ("GP_WIDGET_RADIO", "GP_WIDGET_MENU")


class CameraSettings:
    """The settings of an open camera.

    Methods raise DeviceError as the camera ended them; that it has no such setting is none.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._choosing = {getattr(session.gphoto, name) for name in _CHOOSING}

    def has(self, name: str) -> bool:
        """Whether the camera has a widget."""
        return self._widget(name) is not None

    def text(self, name: str) -> str:
        """What a widget shows; "" where there is none."""
        widget = self._widget(name)
        return "" if widget is None else printable(str(widget.get_value()))

    def switch(self, name: str, *, to: int) -> bool:
        """Switch a widget; says whether the camera has it."""
        widget = self._widget(name)
        if widget is not None:
            widget.set_value(to)
            self._put(name, widget)
        return widget is not None

    def offered(self) -> tuple[Setting, ...]:
        """All settings of a desk that the camera has."""
        return tuple(found for name in SettingName if (found := self._shown(name)) is not None)

    def set(self, name: SettingName, value: str) -> Setting:
        """Set one of them; gives it as it stands then.

        Raises: CodedError CAMERA-SETTING where there is no such setting or choice, or the camera does not take it now.
        """
        widget_name, widget = self._first(name)
        choices = () if widget is None else self._choices(widget)
        choice = next((each for each in choices if each[:LONGEST_OF_DEVICE] == value), None)
        if widget is not None and choice is not None:
            widget.set_value(choice)
            try:
                self._put(widget_name, widget)
            except DeviceRefused as error:
                raise camera_errors.setting(name.value, value) from error
            if (shown := self._shown(name)) is not None:
                return shown
        raise camera_errors.setting(name.value, value)

    def battery_percent(self) -> int | None:
        """The battery's charge; None where the camera tells none in figures."""
        told = self.text(BATTERY).removesuffix("%")
        return min(100, int(told)) if told.isascii() and told.isdecimal() else None

    def knows_live_view(self) -> bool:
        """Whether the library knows how, and the camera too where it would have a switch for it."""
        able = self._session.camera.get_abilities().operations & self._session.gphoto.GP_OPERATION_CAPTURE_PREVIEW
        needs_switch = self.text(VENDOR).lower().startswith(("nikon", "canon"))
        return bool(able) and (not needs_switch or self.has(LIVE_VIEW))

    def prefer_card(self) -> None:
        """Have pictures kept on the card until they are stored elsewhere, where the camera lets one choose."""
        widget = self._widget(TARGET)
        choices = () if widget is None else self._choices(widget)
        target = next((each for each in choices if "card" in each.lower() and "+" not in each), None)
        if target is not None:
            widget.set_value(target)
            with self._session.tried():
                self._session.camera.set_single_config(TARGET, widget, self._session.context)

    def _widget(self, name: str) -> Any:
        with self._session.tried():
            return self._session.camera.get_single_config(name, self._session.context)
        return None

    def _put(self, name: str, widget: Any) -> None:
        with self._session.asked():
            self._session.camera.set_single_config(name, widget, self._session.context)

    def _first(self, name: SettingName) -> tuple[str, Any]:
        """The widget that shows a setting, with its name; None where the camera has none."""
        for widget_name in WIDGETS[name]:
            if (widget := self._widget(widget_name)) is not None:
                return widget_name, widget
        return "", None

    def _shown(self, name: SettingName) -> Setting | None:
        _, widget = self._first(name)
        if widget is None:
            return None
        return Setting(name, printable(str(widget.get_value())), tuple(map(printable, self._choices(widget))))

    def _choices(self, widget: Any) -> Iterator[str]:
        """What it may be set to; nothing where it may be looked at only."""
        if not widget.get_readonly() and widget.get_type() in self._choosing:
            for index in range(min(widget.count_choices(), _MOST_CHOICES)):
                if (choice := str(widget.get_choice(index))).isprintable():
                    yield choice
