"""Pages become a PDF/A with their own bytes in it, line art becomes visible, and what is no picture is refused."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw

from agent.clock import SystemClock
from agent.documents import pdf_file
from agent.documents.page_work import for_browser
from agent.documents.papers import PageContent
from agent.documents.pdf_file import Page
from agent.documents.pictures import Pictures
from agent.errors import CodedError

SIZE = (620, 877)


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    made = Pictures(SystemClock())
    yield made
    made.end()


def picture(mode: str) -> Image.Image:
    made = Image.new(mode, SIZE, 1 if mode == "1" else 250 if mode == "L" else (250, 250, 250))
    ImageDraw.Draw(made).rectangle((100, 100, 300, 130), fill=0)
    return made


def page(mode: str) -> PageContent:
    out = io.BytesIO()
    if mode == "1":
        picture(mode).save(out, "TIFF", compression="group4", dpi=(75, 75))
        return PageContent(out.getvalue(), "image/tiff")
    picture(mode).save(out, "JPEG", quality=80, dpi=(75, 75))
    return PageContent(out.getvalue(), "image/jpeg")


def make_pdf(pictures: Pictures, pages: list[Page]) -> bytes:
    return b"".join(pdf_file.made_of(pictures, pages))


def image_of(sheet: Any) -> Any:
    [image] = sheet.get_images().values()
    return image


@pytest.mark.parametrize("at_once_bytes", [1, pdf_file.AT_ONCE_BYTES])
def test_a_pdf_is_pdf_a_1b_and_holds_the_very_bytes_of_the_scans(
    pictures: Pictures, monkeypatch: pytest.MonkeyPatch, at_once_bytes: int
) -> None:
    monkeypatch.setattr(pdf_file, "AT_ONCE_BYTES", at_once_bytes)
    pages = [page("RGB"), page("L"), page("1")]
    made = make_pdf(pictures, [(pages[0], 0), (pages[1], 270), (pages[2], 0)])
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.open_metadata().pdfa_status == "1B"
        assert [str(one.GTS_PDFA1 if "/GTS_PDFA1" in one else one.S) for one in pdf.Root.OutputIntents] == [
            "/GTS_PDFA1"
        ]
        assert "/ID" in pdf.trailer
        assert pdf.check_pdf_syntax() == []
        assert not pdf.is_encrypted
        assert [int(sheet.get("/Rotate", 0)) for sheet in pdf.pages] == [0, 270, 0]
        for sheet, given in zip(pdf.pages, pages[:2], strict=False):
            assert image_of(sheet).read_raw_bytes() == given.content
        assert str(image_of(pdf.pages[2]).Filter[0]) == "/CCITTFaxDecode"
        width, height = (float(value) for value in pdf.pages[0].mediabox[2:])
        assert (round(width), round(height)) == (595, 842)


def test_line_art_is_shown_as_the_same_pixels(pictures: Pictures) -> None:
    shown = for_browser(pictures, page("1"))
    assert shown.content_type == "image/png"
    assert (
        ImageChops.difference(Image.open(io.BytesIO(shown.content)).convert("L"), picture("1").convert("L")).getbbox()
        is None
    )
    jpeg = page("RGB")
    assert for_browser(pictures, jpeg) is jpeg


@pytest.mark.parametrize("content", [b"", b"<html>", b"II*\0" + b"\xff" * 50, page("1").content[:200]])
def test_what_is_no_page_is_refused_with_a_code(pictures: Pictures, content: bytes) -> None:
    with pytest.raises(CodedError, match="PAGE-UNREADABLE"):
        for_browser(pictures, PageContent(content, "image/tiff"))
    with pytest.raises(CodedError, match="PDF-FAILED"):
        make_pdf(pictures, [(PageContent(content, "image/tiff"), 0)])


def test_a_page_of_practice_is_stamped_and_its_scan_stays_as_it_is(tmp_path: Path) -> None:
    scan = page("RGB")
    pictures = Pictures(SystemClock(), is_practice=True)
    try:
        made = make_pdf(pictures, [(scan, 0)])
    finally:
        pictures.end()
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.open_metadata().pdfa_status == "1B"
        assert image_of(pdf.pages[0]).read_raw_bytes() == scan.content
    (tmp_path / "made.pdf").write_bytes(made)
    subprocess.run(["pdftoppm", "-r", "75", "-png", str(tmp_path / "made.pdf"), str(tmp_path / "made")], check=True)
    [file] = tmp_path.glob("made*.png")
    with Image.open(file) as shown:
        edge = shown.convert("RGB").crop((shown.width // 3, 0, shown.width * 2 // 3, shown.height // 25))
        assert (181, 84, 0) in {colour for _, colour in edge.getcolors(1 << 24) or ()}
