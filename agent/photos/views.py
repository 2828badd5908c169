"""What pages are given of photos: values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from agent.documents.views import OwnerRef
from agent.photos.framing import Frame

if TYPE_CHECKING:
    from agent.photos.making import Told

__all__ = ["CameraView", "Frame", "OwnerRef", "PhotoBoard", "PhotoView"]


@dataclass(frozen=True, slots=True)
class PhotoView:
    """One photo.

    Attributes:
        id: its key.
        version: goes up with each change.
        flaws: what speaks against it, the gravest first.
        frame: which part of the camera's picture it is; None once that is no longer kept.
        size: width and height of the camera's picture; None as `frame`.
        taken_at: when the shutter was released.
        taken_by: who did it.
        used_at: when it was taken for good; None while the clerk has to decide.
        used_by: who did that, "" for nobody yet.
        reason: why it is used though something speaks against it.
    """

    id: str
    version: int
    flaws: Sequence[Told]
    frame: Frame | None
    size: tuple[int, int] | None
    taken_at: datetime
    taken_by: str
    used_at: datetime | None
    used_by: str
    reason: str

    @property
    def is_used(self) -> bool:
        """Whether it was taken for good."""
        return self.used_at is not None


@dataclass(frozen=True, slots=True)
class SettingView:
    """One setting of the camera that can be chosen, in the camera's own words."""

    name: str
    value: str
    choices: Sequence[str]


@dataclass(frozen=True, slots=True)
class CameraView:
    """The camera as a clerk needs it.

    Attributes:
        is_there: whether the station has one.
        is_usable: whether it can release now.
        has_live_view: whether it shows what it sees.
        code: why it cannot be used now, or "".
        facts: of that.
        settings: those that can be chosen now.
    """

    is_there: bool
    is_usable: bool = False
    has_live_view: bool = False
    code: str = ""
    facts: Mapping[str, str | int | float] | None = None
    settings: Sequence[SettingView] = ()


@dataclass(frozen=True, slots=True)
class PhotoBoard:
    """The photos of a draft or a record.

    Attributes:
        owner: whose.
        camera: what it can do now.
        current: the photo that counts; None without one.
        waiting: a newer one about which the clerk has to decide; None where there is none.
        earlier: those that counted before, the newest first.
        held: the photo of the record that a draft is to change; None without one.
        held_by: key of that record, "" for none.
        may_change: whether whoever looks may take photos.
    """

    owner: OwnerRef
    camera: CameraView
    current: PhotoView | None
    waiting: PhotoView | None
    earlier: Sequence[PhotoView]
    held: PhotoView | None = None
    held_by: str = ""
    may_change: bool = False
