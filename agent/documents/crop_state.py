"""What stands beside a page about how it could be put right, or was; kept with the page's row."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from agent.documents.crops import Box
from agent.documents.errors import refused

CropState = Literal["none", "proposed", "rejected", "accepted"]
Five = tuple[float, float, float, float, float]


class Crop(msgspec.Struct, frozen=True):
    """How a page could be put right, or was.

    Attributes:
        state: `none` when there is nothing to propose; `accepted` when the finished page was made so.
        size: of the original, width and height in millimetres.
        box: the rectangle that is proposed, was rejected or accepted.
        found: the rectangle that was found on the page, None where none was.
        drawn: the rectangle that the clerk has drawn and neither taken nor left yet.
        revision: how many finished pages were made of this original.
    """

    state: CropState
    size: tuple[float, float]
    box: Five | None = None
    found: Five | None = None
    drawn: Five | None = None
    revision: int = 0

    def shown(self) -> Box | None:
        """The rectangle to show: what the clerk has drawn last, else what is proposed or was decided."""
        five = self.drawn or self.box
        return None if five is None else Box(*five)

    def proposing(self, box: Box) -> Crop:
        """The same with a proposal.  Raises: CodedError CROP-IMPOSSIBLE where that could not be taken out."""
        return msgspec.structs.replace(self, state="proposed", box=self._possible(box))

    def drawing(self, box: Box) -> Crop:
        """The same with what the clerk has drawn.  Raises: as `proposing`."""
        return msgspec.structs.replace(self, drawn=self._possible(box))

    def accepting(self, box: Box) -> Crop:
        """The same, made so once more.  Raises: as `proposing`."""
        revision = self.revision + 1
        return msgspec.structs.replace(self, state="accepted", box=self._possible(box), drawn=None, revision=revision)

    def rejecting(self) -> Crop:
        """The same, with the original left as it is."""
        return msgspec.structs.replace(self, state="rejected", drawn=None)

    def _possible(self, box: Box) -> Five:
        if not box.is_possible(*self.size):
            raise refused("CROP-IMPOSSIBLE", width=round(self.size[0]), height=round(self.size[1]))
        left, top, width, height, turn = box.rounded().as_list()
        return left, top, width, height, turn

    def as_row(self) -> dict[str, Any]:
        """As it is kept."""
        kept: dict[str, Any] = msgspec.to_builtins(self)
        return kept


def crop_of(row: Any) -> Crop | None:
    """What stands beside a page; None where nobody has looked yet."""
    return None if row.crop is None else msgspec.convert(row.crop, Crop, strict=False)


def looked(facts: Any) -> Crop:
    """What the pictures process saw on a page.

    Raises: msgspec.ValidationError, CodedError CROP-IMPOSSIBLE: it makes no sense.
    """
    seen = msgspec.convert(facts, _Seen, strict=False)
    crop = Crop("none", seen.size, found=seen.box)
    return crop if seen.box is None else crop.proposing(Box(*seen.box))


class _Seen(msgspec.Struct, frozen=True):
    size: tuple[float, float]
    box: Five | None
