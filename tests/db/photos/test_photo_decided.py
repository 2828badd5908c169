"""A photo is taken, counts or waits, is taken anew and framed anew; the earlier ones can be used again."""

from __future__ import annotations

from typing import Any

import pytest

from agent.documents.refs import owner_of
from agent.errors import Actor, DeviceError, Retry, RightsDenied
from agent.photos.framing import Frame
from agent.photos.service import OwnerRef
from peewee_models.documents import Media
from peewee_models.photos import Photo


def test_the_cameras_picture_is_on_the_disk_before_anything_is_made_of_it(gallery: Any) -> None:
    kept: list[list[str]] = []
    gallery.pictures.before = lambda _operation: kept.append(gallery.kinds())
    gallery.take("good")
    assert kept == [["photo-still"]]
    assert gallery.kinds() == ["photo", "photo-still"]
    gallery.until(lambda: gallery.camera.removed == ["shot-1"])


def test_without_flaws_it_counts_at_once(gallery: Any) -> None:
    gallery.take("good")
    board = gallery.board()
    assert (board.waiting, list(board.earlier)) == (None, [])
    assert (list(board.current.flaws), board.current.used_by, board.current.reason) == ([], "clerk", "")
    assert board.current.used_at == board.current.taken_at == gallery.clock.now()
    assert gallery.picture(board.current) == b"\xff\xd8\xff good 500,100,716,882"


def test_with_flaws_it_waits_and_counts_only_with_a_reason(gallery: Any) -> None:
    gallery.take("bad")
    board = gallery.board()
    assert (board.current, [flaw.code for flaw in board.waiting.flaws]) == (None, ["PHOTO-TILTED"])
    for reason in ("", " ", "x", " x\n", "长" * 201):
        assert gallery.code_of(lambda reason=reason: gallery.use(board.waiting, reason)) == "PHOTO-REASON", reason
    assert gallery.board() == board
    gallery.use(board.waiting, "  没有\n 白背景 ")
    assert (gallery.waiting, gallery.current.reason, gallery.current.used_by) == (None, "没有 白背景", "clerk")
    assert gallery.picture(gallery.current)


@pytest.mark.parametrize("reason", ["是的", "长" * 200])
def test_a_reason_has_two_to_two_hundred_characters(gallery: Any, reason: str) -> None:
    gallery.take("bad")
    gallery.use(gallery.waiting, reason)
    assert gallery.current.reason == reason


def test_a_reason_with_a_character_that_no_database_takes_is_stored_without_it(gallery: Any) -> None:
    gallery.take("bad")
    gallery.use(gallery.waiting, "没有\0白背景\ud800")
    assert gallery.current.reason == "没有\ufffd白背景\ufffd"


def test_taking_anew_shreds_what_waited_and_nothing_else(gallery: Any) -> None:
    gallery.take("good 1", "bad 2")
    first, waited = gallery.current, gallery.waiting
    gallery.take("bad 3")
    assert (gallery.current, gallery.waiting.id == waited.id) == (first, False)
    assert gallery.code_of(lambda: gallery.picture(waited)) == "PHOTO-UNKNOWN"
    assert gallery.kinds() == ["photo"] * 2 + ["photo-still"] * 2
    assert gallery.is_whole()
    gallery.take("good 4")
    assert [photo.id for photo in gallery.board().earlier] == [first.id]


def test_what_waits_stays_in_sight_until_the_next_photo_is_there(gallery: Any) -> None:
    """Between the two the page would say that the one before both is in use, and that all is well."""
    gallery.take("good 1", "bad 2")
    waited, seen = gallery.waiting, []
    gallery.pictures.before = lambda _operation: seen.append(gallery.waiting)
    gallery.take("bad 3")
    assert seen == [waited]
    gallery.pictures.before = lambda _operation: None
    waited = gallery.waiting
    assert gallery.code_of(lambda: gallery.take("broken")) == "PHOTO-NOT-MADE"
    assert gallery.waiting == waited


def test_an_earlier_photo_is_used_again(gallery: Any) -> None:
    gallery.take("bad 1")
    gallery.use(gallery.waiting, "站内灯光所限")
    first = gallery.current
    gallery.take("good 2", "good 3")
    assert [gallery.picture(photo)[4:9] for photo in gallery.board().earlier] == [b"good ", b"bad 1"]
    gallery.use(gallery.board().earlier[1])
    assert (gallery.current.id, gallery.current.reason) == (first.id, "站内灯光所限")
    assert gallery.current.used_at > gallery.board().earlier[0].used_at > gallery.board().earlier[1].used_at


def test_who_let_a_photo_pass_stays_who_it_was_when_somebody_else_uses_it_again(gallery: Any, registered: Any) -> None:
    registered.record()
    gallery.take("bad 1")
    gallery.use(gallery.waiting, "站内灯光所限")
    gallery.take("good 2")
    colleague, first = gallery.colleague(), gallery.board().earlier[0]
    gallery.service.use(gallery.ref, first.id, first.version, "", colleague)
    assert (gallery.current.id, gallery.current.reason, gallery.current.used_by) == (first.id, "站内灯光所限", "clerk")


def test_a_photo_in_use_is_not_dropped_and_one_that_waits_is(gallery: Any) -> None:
    gallery.take("good 1", "bad 2")
    used, waits = gallery.current, gallery.waiting
    drop = gallery.service.drop
    assert gallery.code_of(lambda: drop(gallery.ref, used.id, used.version, gallery.by)) == "PHOTO-USED"
    assert gallery.code_of(lambda: drop(gallery.ref, waits.id, waits.version + 1, gallery.by)) == "PHOTO-CHANGED"
    drop(gallery.ref, waits.id, waits.version, gallery.by)
    assert (gallery.current, gallery.waiting, gallery.kinds()) == (used, None, ["photo", "photo-still"])
    assert gallery.is_whole()
    assert gallery.code_of(lambda: drop(gallery.ref, waits.id, waits.version, gallery.by)) == "PHOTO-UNKNOWN"


def test_a_photo_that_waits_is_framed_anew_and_counts_without_flaws(gallery: Any) -> None:
    gallery.take("good")
    gallery.frame(gallery.current, left=900)
    assert gallery.waiting.frame == Frame(900, 50, 800, 985)
    gallery.frame(gallery.waiting, left=300)
    board = gallery.board()
    assert (board.waiting, board.current.frame) == (None, Frame(300, 50, 800, 985))
    assert gallery.picture(board.current).endswith(b"300,50,800,985")
    assert gallery.is_whole(), "what was made before is shredded"


def test_what_counts_goes_on_to_count_until_a_frame_with_flaws_is_decided_on(gallery: Any) -> None:
    gallery.take("good")
    counts, picture = gallery.current, gallery.picture(gallery.current)
    gallery.frame(counts, left=900)
    board = gallery.board()
    assert (board.current.id, board.current.used_at) == (counts.id, counts.used_at)
    assert (gallery.picture(board.current), board.waiting.taken_at) == (picture, counts.taken_at)
    gallery.frame(gallery.waiting, left=800)
    assert (len(gallery.rows()), gallery.kinds()) == (2, ["photo", "photo", "photo-still"])
    gallery.take("bad")
    assert gallery.picture(gallery.current) == picture
    gallery.use(gallery.waiting, "站内灯光所限")
    assert [photo.id for photo in gallery.board().earlier] == [counts.id]
    assert gallery.is_whole()


def test_a_frame_with_flaws_of_an_earlier_photo_takes_the_place_of_what_waited(gallery: Any) -> None:
    gallery.take("good 1", "good 2", "bad 3")
    [earlier] = gallery.board().earlier
    gallery.frame(earlier, left=900)
    assert b"good 1" in gallery.picture(gallery.waiting)
    assert (len(gallery.rows()), gallery.is_whole()) == (3, True)


def test_a_photo_is_framed_as_its_clerk_saw_it(gallery: Any) -> None:
    gallery.take("good")
    seen = gallery.current
    gallery.frame(seen)
    assert gallery.code_of(lambda: gallery.frame(seen, left=100)) == "PHOTO-CHANGED"
    assert gallery.code_of(lambda: gallery.use(seen)) == "PHOTO-CHANGED"
    assert gallery.current.frame == Frame(480, 50, 800, 985)
    assert gallery.is_whole(), "what was refused left nothing behind"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (Frame(0, 0, 357, 440), "PHOTO-TOO-COARSE"),
        (Frame(0, 0, 0, 0), "PHOTO-FRAME"),
        (Frame(0, 0, -5, 9), "PHOTO-FRAME"),
        (Frame(0, 0, 2001, 9), "PHOTO-FRAME"),
        (Frame(-9999, 0, 400, 9), "PHOTO-FRAME"),
        (Frame(0, 99999, 400, 9), "PHOTO-FRAME"),
    ],
)
def test_a_frame_that_is_none_is_refused(gallery: Any, frame: Frame, code: str) -> None:
    gallery.take("good")
    before = gallery.board()
    photo = before.current
    framed = lambda: gallery.service.frame(gallery.ref, photo.id, photo.version, frame, gallery.by)  # noqa: E731
    assert gallery.code_of(framed) == code
    assert (gallery.board(), gallery.is_whole()) == (before, True)


def test_one_whose_picture_of_the_camera_is_gone_is_framed_no_more(gallery: Any, registered: Any) -> None:
    registered.record("good")
    assert gallery.code_of(lambda: gallery.frame(gallery.current)) == "PHOTO-STILL-GONE"
    still = lambda: gallery.service.still(gallery.ref, gallery.current.id, gallery.by)  # noqa: E731
    assert gallery.code_of(still) == "PHOTO-STILL-GONE"
    assert (gallery.current.frame, gallery.current.size) == (None, None)


def test_the_cameras_own_picture_is_shown_made_anew(gallery: Any) -> None:
    gallery.take("good")
    assert gallery.service.still(gallery.ref, gallery.current.id, gallery.by) == b"\xff\xd8\xff shown"


def test_what_the_camera_says_is_told_and_nothing_is_kept(gallery: Any) -> None:
    gallery.camera.pictures.append(DeviceError("CAMERA-NOT-FOCUSED", Actor.CLERK, Retry.NOW))
    assert gallery.code_of(lambda: gallery.service.take(gallery.ref, gallery.by)) == "CAMERA-NOT-FOCUSED"
    assert (Photo.select().count(), Media.select().count(), gallery.camera.removed) == (0, 0, [])


def test_a_picture_that_the_camera_does_not_let_go_of_is_kept_all_the_same(
    gallery: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gallery.camera.is_removing = DeviceError("CAMERA-IO", Actor.TECHNICIAN, Retry.NOW)
    gallery.take("good")
    assert gallery.current.is_used
    gallery.until(lambda: "not removed from the camera: CAMERA-IO" in caplog.text)


@pytest.mark.parametrize(("asked_s", "waited_s"), [(3, 3), (0, 0), (-5, 0), (10**30, 10)])
def test_it_is_released_after_a_while_but_nobody_waits_for_ever(gallery: Any, asked_s: int, waited_s: int) -> None:
    gallery.camera.pictures.append(b"\xff\xd8\xff good")
    before = gallery.clock.now()
    gallery.service.take(gallery.ref, gallery.by, asked_s)
    assert (gallery.clock.now() - before).total_seconds() == waited_s


def test_photos_are_their_clerks_own_and_a_supervisor_only_looks_at_those_of_records(
    gallery: Any, registered: Any
) -> None:
    gallery.take("bad")
    draft, photo, supervisor = gallery.ref, gallery.waiting, gallery.office.sign_in("supervisor")
    service = gallery.service
    for act in (
        lambda: service.take(draft, supervisor),
        lambda: service.use(draft, photo.id, photo.version, "因为", supervisor),
        lambda: service.drop(draft, photo.id, photo.version, supervisor),
        lambda: service.still(draft, photo.id, supervisor),
        lambda: service.frame(draft, photo.id, photo.version, Frame(0, 0, 400, 0), supervisor),
    ):
        with pytest.raises(RightsDenied):
            act()
    assert gallery.code_of(lambda: gallery.board(by=supervisor)) == "DRAFT-UNKNOWN"
    assert gallery.code_of(lambda: gallery.picture(photo, by=supervisor)) == "DRAFT-UNKNOWN"
    assert gallery.waiting == photo

    record = registered.record("good")
    shown = gallery.board(by=supervisor)
    assert (shown.current.is_used, shown.may_change) == (True, False)
    assert gallery.picture(shown.current, by=supervisor)
    for strange in (OwnerRef("record", draft.id), OwnerRef("record", "no key"), OwnerRef("draft", record.id)):
        assert gallery.code_of(lambda strange=strange: gallery.board(strange)).endswith("-UNKNOWN")
    assert gallery.code_of(lambda: service.picture(record, "no key", gallery.by)) == "PHOTO-UNKNOWN"


def test_a_photo_is_found_under_its_own_form_alone(gallery: Any) -> None:
    gallery.take("bad")
    photo, other, service, by = gallery.waiting, gallery.draft(), gallery.service, gallery.by
    for act in (
        lambda: service.use(other, photo.id, photo.version, "因为", by),
        lambda: service.drop(other, photo.id, photo.version, by),
        lambda: service.still(other, photo.id, by),
        lambda: service.picture(other, photo.id, by),
        lambda: service.frame(other, photo.id, photo.version, Frame(0, 0, 400, 0), by),
    ):
        assert gallery.code_of(act) == "PHOTO-UNKNOWN"
    assert gallery.waiting == photo


def test_anothers_draft_is_neither_shown_nor_worked_on(gallery: Any) -> None:
    colleague = gallery.colleague()
    gallery.album.keep_still(owner_of(gallery.ref), b"\xff\xd8\xff good", gallery.by)
    assert gallery.code_of(lambda: gallery.board(by=colleague)) == "DRAFT-UNKNOWN"
    assert gallery.pictures.asked == []
    photo, service = gallery.current, gallery.service
    for act in (
        lambda: service.take(gallery.ref, colleague),
        lambda: service.use(gallery.ref, photo.id, photo.version, "因为", colleague),
        lambda: service.drop(gallery.ref, photo.id, photo.version, colleague),
        lambda: service.still(gallery.ref, photo.id, colleague),
        lambda: service.picture(gallery.ref, photo.id, colleague),
        lambda: service.frame(gallery.ref, photo.id, photo.version, Frame(0, 0, 400, 0), colleague),
    ):
        assert gallery.code_of(act) == "DRAFT-UNKNOWN"
    assert gallery.camera.taken == 0
