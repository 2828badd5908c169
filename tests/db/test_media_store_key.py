"""The media key: made once, with a mark that names it; where the mark stands, nothing is made and no other is taken."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.documents import media_key
from agent.documents.media_key import KeySources, MediaKey, check_media_key, open_media_key
from agent.errors import Exit, StartRefused
from agent.folder import DataFolder, FolderKind
from agent.messages.service import codes
from peewee_models.station import media_mark

NOTHING_SAID = KeySources("", "")


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    taken = DataFolder.take(tmp_path / "data", FolderKind.REGISTER)
    yield taken
    taken.release()


@pytest.fixture
def practice(tmp_path: Path) -> Any:
    taken = DataFolder.take(tmp_path / "practice", FolderKind.PRACTICE)
    yield taken
    taken.release()


@pytest.fixture
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "credentials"
    place.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(place))
    return place


@pytest.fixture(autouse=True)
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "etc"
    place.mkdir()
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setattr(media_key, "DEFAULT_KEY_FILE", place / "renhu.key")
    return place


def refusal(act: Callable[[], object]) -> tuple[str, Exit]:
    with pytest.raises(StartRefused) as caught:
        act()
    assert caught.value.code in codes()
    return caught.value.code, caught.value.exit_code


def sources(path: Path) -> KeySources:
    return KeySources(f"file:{path}", "")


def test_it_is_made_once_readable_by_its_owner_alone(store: Any, folder: Any, tmp_path: Path) -> None:
    place = tmp_path / "media.key"
    assert media_mark() is None
    first = open_media_key(sources(place), folder, store)
    assert place.read_bytes() == first.key
    assert place.stat().st_mode & 0o777 == 0o400
    assert open_media_key(sources(place), folder, store) == first
    assert list((tmp_path / "data").iterdir()) == [tmp_path / "data" / "agent.lock"]
    mark = str(media_mark())
    assert first.key.hex() not in mark
    assert str(first.station) in mark


def test_a_missing_key_is_refused_and_none_is_made(store: Any, folder: Any, tmp_path: Path) -> None:
    place = tmp_path / "media.key"
    open_media_key(sources(place), folder, store)
    place.unlink()
    for act in (open_media_key, check_media_key):
        assert refusal(lambda act=act: act(sources(place), folder, store)) == ("MEDIA-KEY-MISSING", Exit.LOCKED)
    assert not place.exists()


def test_another_key_is_refused_and_kept(store: Any, folder: Any, tmp_path: Path) -> None:
    place = tmp_path / "media.key"
    open_media_key(sources(place), folder, store)
    other = tmp_path / "other.key"
    other.write_bytes(bytes(32))
    other.chmod(0o400)
    for act in (open_media_key, check_media_key):
        assert refusal(lambda act=act: act(sources(other), folder, store)) == ("MEDIA-KEY-WRONG", Exit.LOCKED)
    assert other.read_bytes() == bytes(32)


@pytest.mark.parametrize(
    ("content", "mode", "code"),
    [(bytes(31), 0o400, "KEY-LENGTH"), (b"", 0o400, "KEY-LENGTH"), (bytes(32), 0o440, "KEY-OPEN-TO-OTHERS")],
)
def test_a_key_that_is_none_is_refused(
    store: Any, folder: Any, tmp_path: Path, content: bytes, mode: int, code: str
) -> None:
    place = tmp_path / "media.key"
    place.write_bytes(content)
    place.chmod(mode)
    assert refusal(lambda: open_media_key(sources(place), folder, store)) == (code, Exit.LOCKED)
    assert media_mark() is None


def test_it_never_lies_in_the_folder_except_in_practice(store: Any, folder: Any, practice: Any) -> None:
    inside = sources(folder.path / "media.key")
    assert refusal(lambda: open_media_key(inside, folder, store)) == ("KEY-IN-FOLDER", Exit.CONFIGURATION)
    open_media_key(NOTHING_SAID, practice, store)
    assert (practice.path / "practice-media.key").stat().st_mode & 0o777 == 0o400


def test_by_default_it_lies_beside_the_database_key(store: Any, folder: Any, tmp_path: Path, etc: Path) -> None:
    (tmp_path / "keys").mkdir()
    named = KeySources("", f"file:{tmp_path}/keys/station.key")
    assert open_media_key(named, folder, store).key == (tmp_path / "keys" / "renhu-media.key").read_bytes()
    assert list(etc.iterdir()) == []


def test_with_nothing_said_it_lies_in_etc(store: Any, folder: Any, etc: Path) -> None:
    assert open_media_key(NOTHING_SAID, folder, store).key == (etc / "renhu-media.key").read_bytes()


@pytest.mark.parametrize("said", [NOTHING_SAID, KeySources("", "credential:renhu.key")])
def test_beside_a_credential_no_key_in_clear_is_made(
    store: Any, folder: Any, credentials: Path, etc: Path, said: KeySources
) -> None:
    (credentials / "renhu.key").write_bytes(bytes(32))
    assert refusal(lambda: open_media_key(said, folder, store)) == ("MEDIA-KEY-MISSING", Exit.LOCKED)
    assert (list(etc.iterdir()), list(credentials.iterdir())) == ([], [credentials / "renhu.key"])
    (credentials / "renhu-media.key").write_bytes(b"m" * 32)
    assert open_media_key(said, folder, store).key == b"m" * 32
    (credentials / "renhu-media.key").unlink()
    assert refusal(lambda: open_media_key(said, folder, store)) == ("MEDIA-KEY-MISSING", Exit.LOCKED)


def test_a_named_credential_is_taken(store: Any, folder: Any, credentials: Path) -> None:
    said = KeySources("credential:pages", "")
    assert refusal(lambda: open_media_key(said, folder, store))[0] == "MEDIA-KEY-MISSING"
    (credentials / "pages").write_bytes(b"p" * 32)
    assert open_media_key(said, folder, store).key == b"p" * 32


def test_a_crash_between_key_and_mark_loses_nothing(store: Any, folder: Any, tmp_path: Path) -> None:
    place = tmp_path / "media.key"
    place.write_bytes(b"k" * 32)
    place.chmod(0o400)
    check_media_key(sources(place), folder, store)
    assert media_mark() is None
    assert open_media_key(sources(place), folder, store).key == b"k" * 32


def test_the_key_is_shown_nowhere() -> None:
    key = MediaKey.of(b"secret-secret-secret-secret-1234", uuid.UUID(int=5))
    assert "secret" not in repr(key)
    assert len(key.key_id) == 8
    assert key.key_id not in key.key
