"""A camera's file is the library's own memory: it is looked at where it lies, and not after that was freed."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from drivers.camera_files import CameraFiles, File

PICTURE = File("/store", "a.jpg")


def files_of(content: bytes) -> CameraFiles:
    camera = SimpleNamespace(
        file_get_info=lambda *_: SimpleNamespace(file=SimpleNamespace(size=len(content))),
        file_get=lambda *_: SimpleNamespace(get_data_and_size=lambda: content),
    )
    session = SimpleNamespace(
        asked=nullcontext, tried=nullcontext, context=None, camera=camera,
        gphoto=SimpleNamespace(GP_FILE_TYPE_NORMAL=1),
    )  # fmt: skip
    return CameraFiles(session)  # type: ignore[arg-type]


def test_what_was_let_go_can_be_looked_at_no_more() -> None:
    content = bytes(1000)
    files = files_of(content)
    view = files.content(PICTURE)
    assert view.obj is content, "nobody has copied it"
    files.let_go()
    with pytest.raises(ValueError, match="released"):
        bytes(view)
    files.let_go()
