"""What is saved while a photo is under way waits for it, and the newest photo counts whatever the clock says."""

from __future__ import annotations

from typing import Any

import pytest

EIGHT_HOURS_S = 8 * 3600


def test_a_form_is_not_saved_without_the_photo_that_is_just_being_made(gallery: Any, registered: Any) -> None:
    draft, codes = registered.form(), []

    def save(operation: str) -> None:
        if operation == "photo-make":
            codes.append(gallery.code_of(lambda: gallery.office.desk.save(draft.id, gallery.by)))

    gallery.pictures.before = save
    gallery.take("good", ref=draft)
    assert codes == ["PHOTO-UNDER-WAY"]
    gallery.pictures.before = lambda _operation: None
    assert gallery.board(registered.save(draft)).current is not None


def test_a_form_is_saved_when_the_camera_gave_no_picture(gallery: Any, registered: Any) -> None:
    draft = registered.form()
    assert gallery.code_of(lambda: gallery.take("broken", ref=draft)) == "PHOTO-NOT-MADE"
    assert gallery.board(registered.save(draft)).current is None


@pytest.mark.parametrize("word", ["", "站内灯光所限"])
def test_the_newest_photo_counts_though_the_clock_was_set_back(gallery: Any, word: str) -> None:
    gallery.take("good 1")
    gallery.clock.forward(-EIGHT_HOURS_S)
    gallery.take("bad 2" if word else "good 2")
    if word:
        gallery.use(gallery.waiting, word)
    assert b" 2" in gallery.picture(gallery.current)


def test_what_is_shredded_undecided_is_audited(gallery: Any, registered: Any) -> None:
    draft = registered.form()
    gallery.take("bad 1", "bad 2", ref=draft)
    assert [act for act, _ in gallery.acts()] == ["taken", "taken", "shredded"]
    registered.save(draft)
    assert gallery.acts()[-2:] == [("shredded", {"photos": 1})] * 2
