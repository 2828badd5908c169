"""Photos follow their draft to the record and are shredded with it; what is needed no longer goes in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.documents import Media
from peewee_models.drafts import Draft
from peewee_models.photos import Photo

DAY_S = timedelta(days=1).total_seconds()


def test_what_is_used_goes_to_the_record_and_the_rest_is_shredded(gallery: Any, registered: Any) -> None:
    draft = registered.form()
    gallery.take("good 1", "bad 2", ref=draft)
    gallery.use(gallery.board(draft).waiting, "站内灯光所限", ref=draft)
    gallery.take("good 3", "bad 4", ref=draft)
    shown = [gallery.picture(photo, draft) for photo in (gallery.board(draft).current, *gallery.board(draft).earlier)]
    record = registered.save(draft)
    board = gallery.board(record)
    assert [gallery.picture(photo) for photo in (board.current, *board.earlier)] == shown
    assert [photo.reason for photo in board.earlier] == ["站内灯光所限", ""]
    assert (board.waiting, board.current.frame, board.may_change) == (None, None, True)
    assert gallery.kinds() == ["photo"] * 3
    assert {(row.draft_id, row.seen, row.frame) for row in Photo.select()} == {(None, None, None)}
    assert gallery.is_whole(), "no file is left over for the sweep"
    assert gallery.code_of(lambda: gallery.board(draft)) == "DRAFT-UNKNOWN"


def test_a_file_is_sealed_for_its_record_alone(gallery: Any, registered: Any) -> None:
    record = registered.record("good")
    [row] = gallery.rows()
    assert gallery.media.get(row.picture_id, row.record_id, "photo")
    for owner, kind in ((Media.get().subject_id, "photo"), (row.record_id, "photo-still"), (row.record_id, "original")):
        assert gallery.code_of(lambda owner=owner, kind=kind: gallery.media.get(row.picture_id, owner, kind)) == (
            "MEDIA-FOREIGN"
        )
    assert record.kind == "record"


def test_a_record_keeps_its_earlier_photos_when_another_form_brings_a_newer_one(gallery: Any, registered: Any) -> None:
    record = registered.record("good 1")
    first = gallery.board(record)
    draft = registered.form()
    gallery.take("good 2", ref=draft)
    held = gallery.service.board(draft, gallery.by, record.id)
    assert (held.held.id, held.held_by) == (first.current.id, record.id)
    assert registered.save(draft) == record
    board = gallery.board(record)
    assert [b"good 1" in gallery.picture(photo) for photo in (board.current, *board.earlier)] == [False, True]


def test_a_form_without_a_photo_leaves_the_records_alone(gallery: Any, registered: Any) -> None:
    record = registered.record("good 1")
    before = gallery.board(record).current
    registered.save(registered.form())
    assert gallery.board(record).current == before


def test_a_save_that_fails_keeps_photos_and_files(
    gallery: Any, registered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = registered.form()
    gallery.take("good", "bad", ref=draft)
    before, files = gallery.board(draft), gallery.files()

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("peewee_models.outbox.append", fail)
        with pytest.raises(ZeroDivisionError):
            registered.save(draft)
    assert (gallery.board(draft), gallery.files()) == (before, files)
    assert gallery.service.still(draft, before.waiting.id, gallery.by)
    registered.save(draft)


def test_a_discarded_draft_takes_its_photos_with_it(gallery: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery.take("good", "bad")
    kept = gallery.draft()
    gallery.take("good", ref=kept)
    discard = gallery.office.register.discard

    def fail(*_arguments: object, **_more: object) -> None:
        raise ZeroDivisionError

    files = gallery.files()
    with monkeypatch.context() as broken:
        broken.setattr(Draft, "delete_instance", fail)
        with pytest.raises(ZeroDivisionError):
            discard(gallery.ref.id, gallery.by, "MISTAKE")
    assert gallery.files() == files, "nothing is unlinked before it is certain"
    assert gallery.picture(gallery.current)

    discard(gallery.ref.id, gallery.by, "MISTAKE")
    assert (Photo.select().count(), gallery.kinds(), gallery.is_whole()) == (1, ["photo", "photo-still"], True)
    assert gallery.picture(gallery.board(kept).current, kept)
    assert gallery.acts()[-1] == ("shredded", {"photos": 2})
    assert AuditEntry.select().where(AuditEntry.action == "photo.shredded").get().subject_id is None


def test_the_cameras_pictures_of_records_go_after_a_day_and_photos_never(gallery: Any, registered: Any) -> None:
    record = registered.record("good 1")
    gallery.take("good 2", "bad 3")
    draft = gallery.draft()
    gallery.take("good 4", ref=draft)
    shown = [gallery.picture(photo) for photo in (gallery.current, *gallery.board().earlier)]

    gallery.clock.forward(DAY_S - 60)
    gallery.album.keep_house()
    assert gallery.kinds() == ["photo"] * 4 + ["photo-still"] * 3
    gallery.clock.forward(300)
    gallery.album.keep_house()
    assert gallery.waiting, "it does not look all the time"
    gallery.clock.forward(DAY_S)
    gallery.album.keep_house()
    board = gallery.board(record)
    assert [gallery.picture(photo) for photo in (board.current, *board.earlier)] == shown
    assert board.waiting is None, "for a day nobody has decided on it"
    assert gallery.code_of(lambda: gallery.frame(board.current)) == "PHOTO-STILL-GONE"
    assert gallery.service.still(draft, gallery.board(draft).current.id, gallery.by), "a draft keeps everything"
    assert (gallery.kinds(), gallery.is_whole()) == (["photo"] * 3 + ["photo-still"], True)
    assert gallery.acts()[-1] == ("shredded", {"photos": 1})


def test_a_sweep_finds_nothing_lost_and_nothing_left_over(gallery: Any, registered: Any) -> None:
    registered.record("good 1", "bad 2")
    gallery.take("good 3", "bad 4")
    gallery.frame(gallery.waiting, left=900)
    found = gallery.media.sweep(1, is_start=True)
    assert (found.orphans, found.leftovers, found.missing) == (0, 0, ())
    assert gallery.waiting
    assert gallery.picture(gallery.waiting)


def test_the_audit_says_what_was_done_and_nothing_of_the_person(gallery: Any, registered: Any) -> None:
    draft = registered.form()
    gallery.take("bad", ref=draft)
    waiting = gallery.board(draft).waiting
    gallery.frame(waiting, left=900, ref=draft)
    gallery.use(gallery.board(draft).waiting, "皮肤病，不能久坐", ref=draft)
    gallery.take("good", "bad", ref=draft)
    last = gallery.board(draft).waiting
    gallery.service.drop(draft, last.id, last.version, gallery.by)
    good = str(gallery.board(draft).current.id)
    registered.save(draft)
    assert gallery.acts() == [
        ("taken", {"photo": waiting.id}),
        ("framed", {"photo": waiting.id}),
        ("used", {"photo": waiting.id, "flaws": 1}),
        ("taken", {"photo": good}),
        ("used", {"photo": good, "flaws": 0}),
        ("taken", {"photo": last.id}),
        ("shredded", {"photos": 1}),
        ("moved", {"photos": 2}),
    ]
    rows = list(AuditEntry.select().where(AuditEntry.action.startswith("photo.")))
    assert {str(row.user_id) for row in rows} == {gallery.by.user_id}
    assert "皮肤病" not in repr([row.__data__ for row in AuditEntry.select()])
    assert look_over(AuditEntry._meta.database).bad_seq is None


def test_pages_are_told_whose_photos_have_changed_and_nothing_else(gallery: Any) -> None:
    gallery.office.events.clear()
    gallery.take("bad")
    gallery.use(gallery.waiting, "站内灯光所限")
    gallery.frame(gallery.current)
    told = [event for event in gallery.office.events if event.name == "photo"]
    assert [event.facts for event in told] == [{"draft": gallery.ref.id}] * 3
