"""What a glance at the simulated camera's live view says of each way to sit before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.clock import SystemClock
from agent.documents.pictures import Pictures
from agent.errors import CodedError
from agent.photos.making import Glanced, glanced
from agent.photos.standard import GA_461
from simulators.camera_looks import LOOKS, Light
from simulators.camera_studio import Exposed, Studio

EXPOSED = Exposed((4000, 3000), Light())
PEOPLE = ("resident-041", "rare-extension-b")
STILLS_ALONE = {"PHOTO-BLURRED", "PHOTO-FILE-SIZE"}
TOLD = {
    "good": [],
    "too-small": ["PHOTO-FACE-SMALL"],
    "second-face": ["PHOTO-SECOND-FACE"],
    "eyes-closed": ["PHOTO-EYES-NOT-SEEN"],
    "tilted": ["PHOTO-TILTED"],
    "dark": ["PHOTO-BACKGROUND-DARK", "PHOTO-DARK"],
    "blown-out": ["PHOTO-LIGHT"],
    "blurred": [],
    "grey-wall": ["PHOTO-BACKGROUND-DARK"],
}


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    made = Pictures(SystemClock())
    yield made
    made.end()


def seen(pictures: Pictures, person: str | None, look: str = "good", number: int = 0) -> Glanced:
    studio = Studio(1)
    studio.seat(person, look)
    return glanced(pictures, studio.frame(number, EXPOSED), GA_461)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("look", LOOKS)
def test_each_look_is_told_by_its_own_word(pictures: Pictures, person: str, look: str) -> None:
    told = seen(pictures, person, look)
    assert told.codes == TOLD[look]
    assert not STILLS_ALONE & set(told.codes), "a live picture is too coarse to tell"
    assert told.size == (640, 480)
    assert told.frame is not None
    assert 0 <= told.frame.left < told.frame.left + told.frame.width <= 640
    assert 0 <= told.frame.top < told.frame.top + told.frame.height <= 480


def test_an_empty_chair_is_nobody(pictures: Pictures) -> None:
    told = seen(pictures, None)
    assert (told.codes, told.frame, told.size) == (["PHOTO-NO-FACE"], None, (640, 480))


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff no picture"])
def test_a_frame_that_is_no_picture_is_told_so(pictures: Pictures, content: bytes) -> None:
    with pytest.raises(CodedError) as refused:
        glanced(pictures, content, GA_461)
    assert refused.value.code == "PHOTO-NOT-MADE"
