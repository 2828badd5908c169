"""A disk that is full or broken: a coded error, nothing half there, and all goes on once there is room again."""

from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.documents import media_files
from agent.documents.media_envelope import WHOLE_BYTES, Binding
from agent.documents.media_files import MediaFiles
from agent.documents.media_key import MediaKey
from agent.documents.media_store import MediaStore
from agent.errors import CodedError, Exit, exit_code

KEY = MediaKey.of(bytes(32), uuid.UUID(int=7))
BINDING = Binding(uuid.UUID(int=1), "original")

UNTIL_FULL = """
import json, sys, uuid
from pathlib import Path
from agent.clock import SystemClock
from agent.documents.media_envelope import Binding
from agent.documents.media_files import MediaFiles
from agent.documents.media_key import MediaKey
from agent.documents.media_store import MediaStore
from agent.errors import CodedError

folder, size = Path(sys.argv[1]), int(sys.argv[2])
media = MediaStore(None, MediaFiles(folder), MediaKey.of(bytes(32), uuid.UUID(int=7)), SystemClock())
binding, kept, code = Binding(uuid.UUID(int=1), "original"), [], ""
while len(kept) < 500 and not code:
    try:
        kept.append(media.put(bytes(size), "image/jpeg", binding).address)
    except CodedError as error:
        code = error.code
found = sorted(path.name for path in folder.rglob("*") if path.is_file())
first = kept and (folder / kept[0][:2] / kept[0]).unlink()
again = media.put(bytes(size), "image/jpeg", binding).address if kept else ""
print(json.dumps({"code": code, "kept": len(kept), "is_whole": found == sorted(kept), "again": again}))
"""


def media_in(tmp_path: Path, clock: Any) -> MediaStore:
    store: Any = None
    return MediaStore(store, MediaFiles(tmp_path / "media"), KEY, clock)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def fails(number: int) -> Callable[..., None]:
    def fail(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("operation", ["sync_file", "sync_folder"])
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "DATABASE-FULL"), (errno.EDQUOT, "DATABASE-FULL"), (errno.EFBIG, "DATABASE-FULL"),
        (errno.EIO, "DATABASE-FAILED"), (errno.EROFS, "DATABASE-FAILED"),
    ],
)  # fmt: skip
def test_a_disk_that_does_not_keep_is_told_and_nothing_is_left(
    tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch, operation: str, number: int, code: str
) -> None:
    media = media_in(tmp_path, clock)
    with monkeypatch.context() as broken:
        broken.setattr(media_files, operation, fails(number))
        with pytest.raises(CodedError) as caught:
            media.put(b"page", "image/jpeg", BINDING)
    assert caught.value.code == code
    assert exit_code(caught.value) is {"DATABASE-FULL": Exit.DISK_FULL}.get(code, Exit.DAMAGED)
    assert files_in(tmp_path) == []
    media.put(b"page", "image/jpeg", BINDING)
    assert len(files_in(tmp_path)) == 1


def test_content_that_breaks_off_leaves_nothing(tmp_path: Path, clock: Any) -> None:
    media = media_in(tmp_path, clock)

    def torn() -> Any:
        yield bytes(WHOLE_BYTES)
        yield bytes(WHOLE_BYTES)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        media.put(torn(), "image/jpeg", BINDING)
    assert files_in(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("in the way")
    with pytest.raises(CodedError) as caught:
        MediaFiles(tmp_path / "media")
    assert caught.value.code == "DATABASE-FAILED"


def run_until_full(command: list[str], **limits: Any) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200, **limits)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_really_full_disk(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"', str(small)]
    answer = run_until_full([*mount, sys.executable, "-c", UNTIL_FULL, str(small / "media"), "300000"])
    assert answer["code"] == "DATABASE-FULL"
    assert answer["kept"] > 3
    assert answer["is_whole"]
    assert answer["again"], "it goes on once there is room"


def test_a_file_that_may_not_grow_so_large(tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    command = [sys.executable, "-c", UNTIL_FULL, str(tmp_path / "media"), "100001"]
    answer = run_until_full(command, preexec_fn=limit)
    assert answer == {"code": "DATABASE-FULL", "kept": 0, "is_whole": True, "again": ""}
