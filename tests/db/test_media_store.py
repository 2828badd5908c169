"""The media store: what is put and kept comes back to its owner; what was touched, swapped or lost is refused."""

from __future__ import annotations

import hashlib
import itertools
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent.accounts.storage import writing
from agent.documents import media_files
from agent.documents.media_envelope import WHOLE_BYTES, Binding
from agent.documents.media_files import ASIDE, ASIDE_DAYS, MediaFiles, Step
from agent.documents.media_key import MediaKey
from agent.documents.media_store import IN_HAND_S, MediaStore
from agent.errors import Actor, CodedError
from peewee_models.documents import Media

CANARY = "金丝雀-7f3a".encode()
PAGE = b"\xff\xd8\xff page " + CANARY * 30
OWNER, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
KEY = MediaKey.of(bytes(range(32)), uuid.UUID(int=7))


class Shelf:
    """A media store with a hand on its parts."""

    def __init__(self, store: Any, clock: Any, folder: Path) -> None:
        self.store, self.clock, self.folder = store, clock, folder
        self.media = self.reopened()

    def reopened(self, key: MediaKey = KEY, at_step: Callable[[Step], None] = lambda _step: None) -> MediaStore:
        return MediaStore(self.store, MediaFiles(self.folder, at_step), key, self.clock)

    def add(
        self, content: bytes = PAGE, owner: uuid.UUID = OWNER, kind: str = "original", revision: int = 1
    ) -> uuid.UUID:
        stored = self.media.put(content, "image/jpeg", Binding(owner, kind, revision))
        with writing(self.store):
            return self.media.keep(stored)

    def path(self, media_id: uuid.UUID) -> Path:
        address = Media.get(Media.id == media_id).address
        return self.folder / address[:2] / address

    def paths(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if not path.is_dir()]


@pytest.fixture
def shelf(store: Any, clock: Any, tmp_path: Path) -> Shelf:
    return Shelf(store, clock, tmp_path / "data" / "media")


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(CodedError) as caught:
        act()
    return caught.value.code


def refusal(shelf: Shelf, media_id: uuid.UUID, owner: uuid.UUID = OWNER, kind: str = "original") -> str:
    return code_of(lambda: shelf.media.get(media_id, owner, kind))


@pytest.mark.parametrize("size", [0, 1, 400_000, WHOLE_BYTES, WHOLE_BYTES + 1, 3 * WHOLE_BYTES])
def test_what_is_kept_comes_back(shelf: Shelf, size: int) -> None:
    content = (PAGE * (size // len(PAGE) + 1))[:size]
    assert shelf.media.get(shelf.add(content), OWNER, "original") == content
    assert b"".join(shelf.reopened().pieces(shelf.add(content), OWNER, "original")) == content


def test_a_file_is_named_by_its_own_bytes_private_and_unreadable(shelf: Shelf) -> None:
    media_id = shelf.add()
    row = Media.get(Media.id == media_id)
    (path,) = shelf.paths()
    content = path.read_bytes()
    assert path == shelf.path(media_id)
    assert (path.name, len(content)) == (hashlib.sha256(content).hexdigest(), row.size_bytes)
    assert path.stat().st_mode & 0o777 == 0o600
    assert shelf.folder.stat().st_mode & 0o777 == 0o700
    assert (shelf.folder / "incoming").stat().st_mode & 0o777 == 0o700
    for form in (CANARY, "金丝雀".encode("gbk"), "金丝雀".encode("utf-16-le"), b"\xff\xd8\xff", KEY.key, b"original"):
        assert form not in content
    assert KEY.key.hex() not in repr(KEY)
    assert shelf.path(shelf.add()) != path, "the same page twice has nothing in common on the disk"


def test_a_name_that_is_reckoned_slowly_is_right_all_the_same(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def __init__(self) -> None:
            self._digest = hashlib.sha256()

        def update(self, piece: memoryview) -> None:
            time.sleep(0.005)  # the cipher and the disk are far ahead meanwhile
            self._digest.update(piece)

        def hexdigest(self) -> str:
            return self._digest.hexdigest()

    content = os.urandom(WHOLE_BYTES + 10)
    with monkeypatch.context() as slowly:
        slowly.setattr(media_files, "hashlib", SimpleNamespace(sha256=Slow))
        media_id = shelf.add(content)
    assert shelf.media.get(media_id, OWNER, "original") == content


@pytest.mark.parametrize("size", [1000, WHOLE_BYTES + 10])
def test_an_edited_file_is_refused(shelf: Shelf, size: int) -> None:
    media_id = shelf.add(bytes(size))
    content = shelf.path(media_id).read_bytes()
    for place in (0, 6, 14, 20, 30, 500, -1):
        edited = bytearray(content)
        edited[place] ^= 1
        shelf.path(media_id).write_bytes(edited)
        assert refusal(shelf, media_id) == "MEDIA-DAMAGED"


def test_a_cut_or_lengthened_file_is_refused(shelf: Shelf) -> None:
    media_id = shelf.add()
    content = shelf.path(media_id).read_bytes()
    for changed in (b"", content[:1], content[:26], content[:300], content[:-1], content + b"x", content + content):
        shelf.path(media_id).write_bytes(changed)
        assert refusal(shelf, media_id) == "MEDIA-DAMAGED"


def test_a_missing_file_is_told_to_the_supervisor_and_its_row_stays(shelf: Shelf) -> None:
    media_id = shelf.add()
    content = shelf.path(media_id).read_bytes()
    shelf.path(media_id).unlink()
    assert shelf.media.lost() == 0, "nobody has met it"
    with pytest.raises(CodedError) as caught:
        shelf.media.get(media_id, OWNER, "original")
    assert (caught.value.code, caught.value.actor) == ("MEDIA-MISSING", Actor.SUPERVISOR)
    assert shelf.media.lost() == 1
    assert shelf.reopened().sweep(1).missing == shelf.media.sweep(1).missing == (media_id,)
    assert Media.select().count() == shelf.media.lost() == 1
    shelf.path(media_id).write_bytes(content)
    assert shelf.media.lost() == 0, "it was put back"
    shelf.path(media_id).unlink()
    assert (len(shelf.media.look()), shelf.media.lost()) == (1, 1)
    with writing(shelf.store):
        shelf.media.forget([media_id])
    assert shelf.media.lost() == 0, "nobody wants it any more"


def test_something_else_than_a_file_is_refused_without_waiting(shelf: Shelf, tmp_path: Path) -> None:
    media_id = shelf.add()
    path, content = shelf.path(media_id), shelf.path(media_id).read_bytes()
    (tmp_path / "elsewhere").write_bytes(content)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    assert refusal(shelf, media_id) == "MEDIA-DAMAGED"
    path.unlink()
    os.mkfifo(path)
    assert refusal(shelf, media_id) == "MEDIA-DAMAGED"


def test_every_swapped_pair_of_files_is_refused(shelf: Shelf) -> None:
    all_ids = [
        shelf.add(),
        shelf.add(),
        shelf.add(owner=OTHER),
        shelf.add(kind="finished"),
        shelf.add(bytes(len(PAGE))),
    ]
    whole = {media_id: shelf.path(media_id).read_bytes() for media_id in all_ids}
    for one, other in itertools.permutations(all_ids, 2):
        shelf.path(one).write_bytes(whole[other])
        assert refusal(shelf, one, *_place_of(one)) == "MEDIA-DAMAGED"
        shelf.path(one).write_bytes(whole[one])
        shelf.media.get(one, *_place_of(one))


def _place_of(media_id: uuid.UUID) -> tuple[uuid.UUID, str]:
    row = Media.get(Media.id == media_id)
    return row.subject_id, row.kind


@pytest.mark.parametrize("column", ["address", "wrapped_key", "subject_id", "kind", "revision"])
def test_a_row_that_was_given_anothers_columns_is_refused(shelf: Shelf, column: str) -> None:
    mine, foreign = shelf.add(), shelf.add(owner=OTHER, kind="finished", revision=2)
    taken = Media.get(Media.id == foreign)
    shelf.path(foreign).rename(shelf.path(foreign).with_suffix(".aside"))
    Media.delete().where(Media.id == foreign).execute()
    content = next(shelf.folder.rglob("*.aside"))
    content.rename(content.with_suffix(""))
    size = {"size_bytes": taken.size_bytes} if column == "address" else {}
    Media.update(**{column: getattr(taken, column)} | size).where(Media.id == mine).execute()
    assert refusal(shelf, mine) == "MEDIA-FOREIGN"


def test_a_page_that_points_to_anothers_file_is_refused(shelf: Shelf) -> None:
    media_id = shelf.add(owner=OTHER)
    assert refusal(shelf, media_id) == "MEDIA-FOREIGN"
    assert refusal(shelf, media_id, OTHER, "finished") == "MEDIA-FOREIGN"
    assert refusal(shelf, uuid.uuid4()) == "PAGE-UNKNOWN"


def test_another_key_or_another_folder_opens_nothing(shelf: Shelf) -> None:
    media_id = shelf.add()
    for key in (MediaKey.of(bytes(32), KEY.station), MediaKey.of(KEY.key, uuid.UUID(int=8))):
        assert code_of(lambda key=key: shelf.reopened(key).get(media_id, OWNER, "original")) == "MEDIA-FOREIGN"


def test_files_change_hands_without_being_touched(shelf: Shelf) -> None:
    media_id, content = shelf.add(), None
    content = shelf.path(media_id).read_bytes()
    with writing(shelf.store):
        shelf.media.rebind([media_id], OWNER, OTHER)
    assert shelf.media.get(media_id, OTHER, "original") == PAGE
    assert refusal(shelf, media_id) == "MEDIA-FOREIGN"
    assert shelf.path(media_id).read_bytes() == content
    with writing(shelf.store):
        assert code_of(lambda: shelf.media.rebind([media_id], OWNER, OTHER)) == "MEDIA-FOREIGN"


def test_a_forgotten_file_is_unreadable_at_once_and_gone_after(shelf: Shelf) -> None:
    media_id, kept = shelf.add(), shelf.add()
    path = shelf.path(media_id)
    with writing(shelf.store):
        doomed = shelf.media.forget([media_id])
    assert doomed == [path.name]
    assert path.exists()
    assert refusal(shelf, media_id) == "PAGE-UNKNOWN"
    shelf.media.unlink(doomed)
    assert shelf.paths() == [shelf.path(kept)]
    shelf.media.unlink(doomed)


def test_a_file_whose_row_was_not_written_is_abandoned_or_swept(shelf: Shelf) -> None:
    kept = shelf.add()
    stored = shelf.media.put(PAGE, "image/jpeg", Binding(OWNER, "original"))
    shelf.media.abandon(stored)
    assert shelf.paths() == [shelf.path(kept)]
    shelf.media.put(PAGE, "image/jpeg", Binding(OWNER, "original"))
    assert shelf.media.sweep(1).orphans == 0, "its row may be on its way"
    shelf.clock.forward(IN_HAND_S + 1)
    assert shelf.media.sweep(1).orphans == 1
    shelf.media.put(PAGE, "image/jpeg", Binding(OWNER, "original"))
    (shelf.folder / "incoming" / "half").write_bytes(b"half")
    swept = shelf.reopened().sweep(1, is_start=True)
    assert (swept.orphans, swept.leftovers, swept.missing) == (1, 1, ())
    assert shelf.paths() == [shelf.path(kept)]
    assert shelf.media.get(kept, OWNER, "original") == PAGE


def test_files_outlive_a_database_that_is_older_than_they_are(shelf: Shelf) -> None:
    kept, newer = shelf.add(), shelf.add()
    row = Media.get(Media.id == newer)
    Media.delete().where(Media.id == newer).execute()
    older = shelf.reopened()
    assert older.sweep(1, is_start=True).orphans == 1
    assert shelf.paths() == [shelf.path(kept)]
    Media.create(**row.__data__)
    assert shelf.reopened().sweep(1, is_start=True).missing == ()
    assert shelf.media.get(newer, OWNER, "original") == PAGE
    Media.delete().where(Media.id == newer).execute()
    shelf.media.sweep(1, is_start=True)
    aside = [path.name for path in shelf.folder.with_name(ASIDE).iterdir()]
    assert aside == [row.address]
    shelf.clock.forward(400 * 86_400.0)
    for day in (1, ASIDE_DAYS + 1):
        shelf.media.sweep(day)
        assert [*shelf.folder.with_name(ASIDE).iterdir()], "a clock that jumps ahead removes nothing"
    shelf.media.sweep(ASIDE_DAYS + 2)
    assert not [*shelf.folder.with_name(ASIDE).iterdir()]


def test_a_file_that_was_set_aside_and_copied_since_waits_anew(shelf: Shelf) -> None:
    doomed = shelf.add()
    Media.delete().where(Media.id == doomed).execute()
    shelf.media.sweep(400, is_start=True)
    [file] = shelf.folder.with_name(ASIDE).iterdir()
    os.utime(file)
    for day in (500, 500 + ASIDE_DAYS):
        shelf.media.sweep(day)
        assert file.exists()
    shelf.media.sweep(501 + ASIDE_DAYS)
    assert not file.exists()


@pytest.mark.parametrize("step", list(Step))
def test_a_sweep_amid_storing_takes_nothing_away(shelf: Shelf, step: Step) -> None:
    swept = []

    def sweep(now: Step) -> None:
        if now is step:
            swept.append(shelf.media.sweep(1))

    shelf.media = shelf.reopened(at_step=sweep)
    assert shelf.media.get(shelf.add(), OWNER, "original") == PAGE
    assert [(one.orphans, one.leftovers) for one in swept] == [(0, 0)]


def test_what_is_not_ours_in_the_folder_is_left_alone(shelf: Shelf) -> None:
    stranger = shelf.folder / "ab" / "notes.txt"
    stranger.write_text("x")
    shelf.media.sweep(1, is_start=True)
    assert stranger.exists()
