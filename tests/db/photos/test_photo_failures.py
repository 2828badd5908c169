"""What fails in the middle keeps nothing half; a picture that is kept becomes a photo later, or is given up."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from typing import Any

import pytest

from agent.documents import media_files
from agent.documents.refs import owner_of
from agent.errors import CodedError
from agent.photos.framing import Frame
from peewee_models.documents import Media
from peewee_models.failures import DiskFull
from peewee_models.photos import Photo

GOOD, BAD = b"\xff\xd8\xff good", b"\xff\xd8\xff bad"


def full(*_arguments: object, **_columns: object) -> None:
    raise DiskFull


def fails_from(number: int, then: Callable[..., object], error: Exception) -> Callable[..., object]:
    """What does its work so many times, and fails after."""
    left = [number]

    def act(*arguments: Any, **more: Any) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise error
        return then(*arguments, **more)

    return act


def cut_off(gallery: Any, still: bytes = GOOD, ref: Any = None) -> str:
    """A picture that is kept, behind which the agent was cut off."""
    return str(gallery.album.keep_still(owner_of(ref or gallery.ref), still, gallery.by))


def test_a_picture_of_which_none_can_be_made_is_shredded(gallery: Any) -> None:
    gallery.take("good")
    before = gallery.board()
    assert gallery.code_of(lambda: gallery.take("broken")) == "PHOTO-NOT-MADE"
    assert (gallery.board(), gallery.is_whole()) == (before, True)
    assert [act for act, _ in gallery.acts()][-2:] == ["taken", "shredded"]
    gallery.until(lambda: gallery.camera.removed == ["shot-1", "shot-2"])


def test_a_stop_in_the_middle_keeps_the_picture_and_the_next_start_makes_the_photo(gallery: Any) -> None:
    gallery.pictures.before = lambda _operation: setattr(gallery.pictures, "is_over", True)
    assert gallery.code_of(lambda: gallery.take("good")) == "PHOTO-NOT-MADE"
    assert gallery.kinds() == ["photo-still"]
    gallery.pictures.before, gallery.pictures.is_over = lambda _operation: None, False
    gallery.service = gallery.opened(gallery.pictures)
    assert b"good" in gallery.picture(gallery.current)


def test_a_crash_between_picture_and_photo_is_made_good_by_whoever_looks_next(gallery: Any, registered: Any) -> None:
    record = registered.record("good")
    photo_id = cut_off(gallery, BAD)
    supervisor, colleague = gallery.office.sign_in("supervisor"), gallery.colleague()
    assert gallery.board(by=supervisor).waiting is None, "who only looks makes nothing"
    assert gallery.board(by=colleague).waiting.id == photo_id
    other = cut_off(gallery, GOOD)
    board = gallery.board(by=colleague)
    assert (board.current.id, board.waiting) == (other, None)
    assert board.current.used_by == board.current.taken_by == "clerk", "who looks has not decided"
    assert record.id == gallery.ref.id


def test_what_was_not_made_is_no_photo_yet(gallery: Any) -> None:
    photo_id = cut_off(gallery)
    service, ref, by = gallery.service, gallery.ref, gallery.by
    for act in (
        lambda: service.use(ref, photo_id, 1, "因为", by),
        lambda: service.picture(ref, photo_id, by),
        lambda: service.frame(ref, photo_id, 1, Frame(0, 0, 400, 0), by),
    ):
        assert gallery.code_of(act) == "PHOTO-UNKNOWN"


@pytest.mark.parametrize("spoil", ["missing", "damaged", "no picture"])
def test_a_picture_that_was_left_and_cannot_be_made_is_given_up(gallery: Any, spoil: str) -> None:
    cut_off(gallery, b"\xff\xd8\xff broken" if spoil == "no picture" else GOOD)
    file = gallery.folder / Media.get().address[:2] / Media.get().address
    if spoil == "missing":
        file.unlink()
    elif spoil == "damaged":
        file.write_bytes(b"x" * file.stat().st_size)
    board = gallery.board()
    assert (board.current, board.waiting) == (None, None)
    assert (Photo.select().count(), Media.select().count(), gallery.files()) == (0, 0, set())


def test_a_photo_in_the_making_is_made_once(gallery: Any) -> None:
    boards: list[Any] = []

    def look(operation: str) -> None:
        if operation == "photo-make":
            boards.append(gallery.board())

    gallery.pictures.before = look
    gallery.take("good")
    assert gallery.pictures.asked == ["photo-make"]
    assert (boards[0].current, boards[0].waiting) == (None, None)


def test_of_two_clerks_who_release_for_one_record_the_second_one_waits(gallery: Any, registered: Any) -> None:
    record = registered.record("good 1")
    colleague, codes = gallery.colleague(), []

    def second(operation: str) -> None:
        if operation == "photo-make":
            codes.append(gallery.code_of(lambda: gallery.take("bad 3", by=colleague)))

    gallery.pictures.before = second
    gallery.take("good 2")
    assert (codes, gallery.camera.taken) == (["PHOTO-UNDER-WAY"], 2), "nothing is released for nobody"
    gallery.pictures.before = lambda _operation: None
    board = gallery.board(record)
    assert [b"good 2" in gallery.picture(photo) for photo in (board.current, *board.earlier)] == [True, False]
    assert (board.waiting, gallery.is_whole()) == (None, True)


def test_of_two_clerks_decisions_one_counts(gallery: Any, registered: Any) -> None:
    registered.record("good 1")
    gallery.take("bad 2")
    seen, codes = gallery.waiting, []
    both = threading.Barrier(2)

    def decide(by: Any, reason: str) -> None:
        both.wait()
        try:
            gallery.service.use(gallery.ref, seen.id, seen.version, reason, by)
        except CodedError as error:
            codes.append(error.code)
        finally:
            gallery.store.close()

    threads = [
        threading.Thread(target=decide, args=one) for one in ((gallery.by, "一个"), (gallery.colleague(), "另一个"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["PHOTO-CHANGED"]
    assert [act for act, facts in gallery.acts() if facts.get("photo") == seen.id] == ["taken", "used"]
    assert gallery.current.reason in {"一个", "另一个"}


def test_a_draft_that_goes_while_its_photo_is_made_takes_that_along(gallery: Any, registered: Any) -> None:
    draft = registered.form()

    def discard(operation: str) -> None:
        if operation == "photo-make":
            gallery.office.desk.discard(draft.id, gallery.by, "MISTAKE")

    gallery.pictures.before = discard
    assert gallery.code_of(lambda: gallery.take("good", ref=draft)) == "PHOTO-UNKNOWN"
    assert (gallery.rows(), gallery.files()) == ([], set())


def test_a_disk_without_room_for_the_cameras_picture_keeps_nothing(
    gallery: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery.take("bad")
    before = gallery.board()
    with monkeypatch.context() as broken:
        broken.setattr(media_files, "sync_file", fails_from(0, media_files.sync_file, OSError(errno.ENOSPC, "full")))
        assert gallery.code_of(lambda: gallery.take("good")) == "DATABASE-FULL"
    assert (gallery.board(), gallery.is_whole()) == (before, True)


def test_a_disk_without_room_for_the_photo_keeps_the_picture_until_there_is_room(
    gallery: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(media_files, "sync_file", fails_from(1, media_files.sync_file, OSError(errno.ENOSPC, "full")))
        assert gallery.code_of(lambda: gallery.take("good")) == "DATABASE-FULL"
        assert gallery.board().current is None
    assert (gallery.kinds(), gallery.is_whole()) == (["photo-still"], True)
    assert gallery.current.is_used


def test_a_database_without_room_for_the_photo_keeps_what_waited_until_there_is_room(
    gallery: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery.take("bad")
    waited = gallery.waiting
    with monkeypatch.context() as broken:
        broken.setattr("peewee_models.photo_queries.delete", full)
        assert gallery.code_of(lambda: gallery.take("good")) == "DATABASE-FULL"
        assert gallery.waiting == waited
    assert (gallery.current.is_used, gallery.waiting) == (True, None)


def use(gallery: Any) -> None:
    gallery.use(gallery.waiting, "站内灯光所限")


def drop(gallery: Any) -> None:
    gallery.service.drop(gallery.ref, gallery.waiting.id, gallery.waiting.version, gallery.by)


ACTS = {
    "take": lambda gallery: gallery.take("good 3"),
    "frame": lambda gallery: gallery.frame(gallery.current, left=900),
    "use": use,
    "drop": drop,
}


@pytest.mark.parametrize(
    ("act", "place"),
    [
        ("take", "document_queries.insert_media"), ("take", "photo_queries.insert"), ("take", "audit.append"),
        ("frame", "document_queries.insert_media"), ("frame", "photo_queries.insert"),
        ("frame", "audit.append"), ("use", "audit.append"), ("use", "photos.Photo.save"),
        ("drop", "document_queries.delete_media"), ("drop", "audit.append"),
    ],
)  # fmt: skip
def test_a_database_without_room_leaves_all_as_it_was(
    gallery: Any, monkeypatch: pytest.MonkeyPatch, act: str, place: str
) -> None:
    gallery.take("good 1", "bad 2")
    before, acts = gallery.board(), gallery.acts()
    with monkeypatch.context() as broken:
        broken.setattr(f"peewee_models.{place}", full)
        assert gallery.code_of(lambda: ACTS[act](gallery)) == "DATABASE-FULL"
    assert (gallery.board(), gallery.acts()) == (before, acts)
    assert gallery.picture(before.current)
    assert gallery.picture(before.waiting)
    found = gallery.media.sweep(1, is_start=True)
    assert (found.orphans, found.missing) == (1 if act in {"take", "frame"} else 0, ())
