"""The PDF of a scan grows page by page; what cannot be typeset is kept as files, and a full disk costs one page."""

from __future__ import annotations

import io
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from agent.clock import SystemClock
from agent.commands.scan_file import ScanFile
from agent.disk import growing
from agent.documents.papers import NewPage
from agent.documents.pictures import Pictures
from agent.errors import CodedError, Exit, exit_code


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    made = Pictures(SystemClock())
    yield made
    made.end()


def page(mode: str, shade: int = 0) -> NewPage:
    out = io.BytesIO()
    if mode == "1":
        Image.new("1", (600, 800), shade).save(out, "TIFF", compression="group4", dpi=(75, 75))
        return NewPage(out.getvalue(), "image/tiff")
    Image.effect_noise((600, 800), 50 + shade).convert(mode).save(out, "JPEG", dpi=(75, 75))
    return NewPage(out.getvalue(), "image/jpeg")


def scanned(pictures: Pictures, output: Path, pages: list[NewPage]) -> None:
    with growing(output) as part:
        file = ScanFile(part.fileno(), pictures)
        for one in pages:
            file.add(one, is_practice=False)
        file.finish(output)


def test_pages_that_cannot_be_typeset_are_kept_as_files_beside_the_wanted_one(
    pictures: Pictures, tmp_path: Path
) -> None:
    output = tmp_path / "lease.pdf"
    tmp_path.joinpath("lease-pages").mkdir()
    pages = [page("RGB"), page("1"), NewPage(b"no picture", "image/jpeg"), page("L", 9)]
    with pytest.raises(CodedError) as caught:
        scanned(pictures, output, pages)
    folder = tmp_path / "lease-pages-2"
    assert (caught.value.code, caught.value.facts) == ("SCAN-PAGES-KEPT", {"pages": 4, "path": str(folder)})
    assert exit_code(caught.value) is Exit.FAILS_CHECKS
    kept = {one.name: one.read_bytes() for one in folder.iterdir()}
    names = ["01.jpg", "02.tif", "03.jpg", "04.jpg"]
    assert kept == {name: one.content for name, one in zip(names, pages, strict=True)}
    assert {one.stat().st_mode & 0o777 for one in folder.iterdir()} == {0o600}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["lease-pages", "lease-pages-2"]


def test_a_disk_that_is_full_costs_the_page_that_met_it_and_no_other(pictures: Pictures, tmp_path: Path) -> None:
    output, first = tmp_path / "lease.pdf", page("RGB")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with growing(output) as part:
        file = ScanFile(part.fileno(), pictures)
        file.add(first, is_practice=False)
        resource.setrlimit(resource.RLIMIT_FSIZE, (os.fstat(part.fileno()).st_size + 40_000, before[1]))
        try:
            with pytest.raises(OSError, match="too large"):
                file.add(page("RGB", 9), is_practice=False)
            size = file.finish(output)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (file.pages, size) == (1, output.stat().st_size)
    with pikepdf.open(output) as made:
        [sheet] = made.pages
        [image] = sheet.get_images().values()
        assert (image.read_raw_bytes(), made.check_pdf_syntax()) == (first.content, [])
