"""Which files belong to a release, by what a camera says and when: all else on its card is somebody else's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from drivers.api import CodedError, Deadline
from drivers.camera_files import FETCH_S, GLANCE_MS, PAIR_LIMIT_S, CameraFiles, File

FILE, TIMEOUT, COMPLETE, OTHER = range(4)
FOLDER = "/store/DCIM/100RENHU"
LIMIT_S = 12.0
News = tuple[float, int, str]


class Camera:
    """A camera that tells its news in order, each at its time after the release; the clock is its own."""

    def __init__(self, first: str, *news: News) -> None:
        self.now_s = 0.0
        self._first = first
        self._news = list(news)
        self.gphoto = SimpleNamespace(
            GP_CAPTURE_IMAGE=0, GP_EVENT_FILE_ADDED=FILE, GP_EVENT_TIMEOUT=TIMEOUT, GP_EVENT_CAPTURE_COMPLETE=COMPLETE
        )
        self.context = None
        self.deleted: list[str] = []

    @property
    def camera(self) -> Camera:
        return self

    @contextmanager
    def asked(self) -> Iterator[None]:
        yield

    def monotonic(self) -> float:
        return self.now_s

    def capture(self, *_: object) -> Any:
        return SimpleNamespace(folder=FOLDER, name=self._first)

    def wait_for_event(self, wait_ms: int, _context: object) -> tuple[int, Any]:
        if self._news and self._news[0][0] <= self.now_s + wait_ms / 1000:
            at_s, kind, name = self._news.pop(0)
            self.now_s = max(self.now_s, at_s)
            return kind, SimpleNamespace(folder=FOLDER, name=name) if kind == FILE else None
        self.now_s += wait_ms / 1000
        return TIMEOUT, None

    def file_delete(self, _folder: str, name: str, _context: object) -> None:
        self.deleted.append(name)

    def deadline(self, limit_s: float = LIMIT_S) -> Deadline:
        return Deadline.after(self, limit_s)  # type: ignore[arg-type]


def settled(camera: Camera) -> tuple[str, set[str]]:
    """Release, settle and discard; gives the picture and all that was removed."""
    files = CameraFiles(camera)  # type: ignore[arg-type]
    files.release()
    picture = files.picture(camera.deadline())
    camera.now_s += 0.5  # it is fetched
    files.hear_out(camera.deadline(3.0))
    files.belong_to(picture.key)
    files.discard(picture.key)
    assert len(camera.deleted) == len(set(camera.deleted)) == len(files.made)
    return picture.name, set(camera.deleted)


@pytest.mark.parametrize(
    ("news", "removed"),
    [
        ([], {"DSC_1.JPG"}),
        ([(0.0, FILE, "DSC_1.NEF")], {"DSC_1.JPG", "DSC_1.NEF"}),
        ([(0.2, FILE, "DSC_1.NEF")], {"DSC_1.JPG", "DSC_1.NEF"}),
        ([(0.0, OTHER, ""), (0.0, FILE, "DSC_2.JPG"), (0.0, COMPLETE, "")], {"DSC_1.JPG", "DSC_2.JPG"}),
        ([(0.0, FILE, "DSC_1.NEF"), (0.2, FILE, "DSC_1.NEF")], {"DSC_1.JPG", "DSC_1.NEF"}),
        ([(0.0, COMPLETE, ""), (0.0, FILE, "DSC_2.JPG")], {"DSC_1.JPG"}),
        ([(0.2, FILE, "DSC_2.JPG"), (0.2, COMPLETE, "")], {"DSC_1.JPG"}),
        ([(0.51, FILE, "DSC_2.JPG"), (0.52, FILE, "DSC_2.NEF"), (0.53, FILE, "DSC_1.NEF")], {"DSC_1.JPG", "DSC_1.NEF"}),
    ],
    ids=["alone", "pair", "pair-late", "two", "told-twice", "own-button", "own-button-late", "own-button-amid-a-pair"],
)  # fmt: skip
def test_what_was_taken_with_the_cameras_own_button_stays_on_its_card(news: list[News], removed: set[str]) -> None:
    assert settled(Camera("DSC_1.JPG", *news)) == ("DSC_1.JPG", removed)


def test_a_picture_of_the_own_button_is_not_taken_for_the_jpeg_of_a_pair() -> None:
    camera = Camera("DSC_1.NEF", (0.3, FILE, "DSC_2.JPG"), (0.6, FILE, "DSC_1.JPG"))
    assert settled(camera) == ("DSC_1.JPG", {"DSC_1.NEF", "DSC_1.JPG"})


def test_the_jpeg_of_a_pair_may_come_late() -> None:
    camera = Camera("DSC_1.NEF", (PAIR_LIMIT_S - 0.5, FILE, "DSC_1.JPG"))
    assert settled(camera)[0] == "DSC_1.JPG"


@pytest.mark.parametrize(("limit_s", "waited_s"), [(LIMIT_S, PAIR_LIMIT_S), (6.0, 6.0 - FETCH_S), (1.0, 0.0)])
def test_a_raw_file_alone_is_said_to_be_so_while_there_is_time_to_say_it(limit_s: float, waited_s: float) -> None:
    camera = Camera("DSC_1.NEF")
    files = CameraFiles(camera)  # type: ignore[arg-type]
    files.release()
    with pytest.raises(CodedError, match="CAMERA-RAW-ONLY"):
        files.picture(camera.deadline(limit_s))
    assert waited_s <= camera.now_s < waited_s + 0.2
    assert files.made == [File(FOLDER, "DSC_1.NEF")]


def test_a_camera_that_does_not_stop_talking_is_heard_for_so_long_and_no_longer() -> None:
    camera = Camera("DSC_1.JPG", *((0.0, OTHER, "") for _ in range(1000)))
    files = CameraFiles(camera)  # type: ignore[arg-type]
    files.release()
    files.hear_out(camera.deadline(), GLANCE_MS)
    assert files.made == [File(FOLDER, "DSC_1.JPG")]
