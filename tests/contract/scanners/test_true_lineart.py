"""A scanner's own line art: the right way round, whole, and nothing of what fills its rows up."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from drivers.scanner_api import ColourMode, Encoding

if TYPE_CHECKING:
    from conftest import ScannerWorker

SOURCE = Path(__file__).with_name("lineart_backend.c")
SIZE = (21, 13)


def is_ink(x: int, y: int) -> bool:
    return (x + 2 * y) % 5 == 0


def test_one_bit_a_picture_element_becomes_the_page_that_was_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker_at: Callable[[str], ScannerWorker]
) -> None:
    library = tmp_path / "libsane-onebit.so.1"
    subprocess.run(["gcc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", str(library), str(SOURCE)], check=True)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    scan = worker_at("sane:onebit:one").scan(mode=ColourMode.LINEART, resolution_dpi=100)
    assert scan.code is None
    [(page, body)] = scan.pages
    assert (page.encoding, page.mode, page.width_px, page.height_px) == (Encoding.TIFF_G4, ColourMode.LINEART, *SIZE)
    with Image.open(io.BytesIO(body)) as shown:
        assert (shown.mode, shown.size) == ("1", SIZE)
        ink = {(x, y) for x in range(SIZE[0]) for y in range(SIZE[1]) if not shown.getpixel((x, y))}
    assert ink == {(x, y) for x in range(SIZE[0]) for y in range(SIZE[1]) if is_ink(x, y)}
