"""A clerk's file becomes pixels in our own coding, or is refused with a code of its own; the process survives."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from agent.clock import SystemClock
from agent.documents.pictures import Pictures
from agent.errors import CodedError

FAILED = "UPLOAD-UNREADABLE"
A4 = (595, 842)


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    made = Pictures(SystemClock())
    yield made
    made.end()


def pages(pictures: Pictures, file: bytes) -> list[Image.Image]:
    """What becomes of a file."""
    numbers = pictures.work("file-pages", {}, [file], FAILED).facts["numbers"]
    made = [pictures.work("file-page", {"number": number}, [file], FAILED) for number in numbers]
    for one in made:
        start = {"image/jpeg": b"\xff\xd8\xff", "image/tiff": b"II*\0"}[one.facts["content_type"]]
        assert one.pieces[0].startswith(start)
        assert b"secret" not in one.pieces[0]
    return [Image.open(io.BytesIO(one.pieces[0])) for one in made]


def drawn(size: tuple[int, int] = (400, 600)) -> Image.Image:
    """A page with a red bar at its upper left."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((20, 20, size[0] // 3, 60), fill="red")
    return picture


def saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, **how)
    return made.getvalue()


def pdf(count: int = 1, size: tuple[int, int] = A4, content: bytes = b"", **how: Any) -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    for _ in range(count):
        made.add_blank_page(page_size=size)
        made.pages[-1].Contents = made.make_stream(content)
    made.save(out, **how)
    return out.getvalue()


def pdf_with_scripts() -> bytes:
    made, out = pikepdf.open(io.BytesIO(pdf(content=b"0 0 1 rg 100 100 200 200 re f"))), io.BytesIO()
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('secret')")
    made.docinfo["/Title"] = "secret"
    made.save(out)
    return out.getvalue()


def pdf_of_a_form_in_itself() -> bytes:
    made, out = pikepdf.open(io.BytesIO(pdf(content=b"/F Do"))), io.BytesIO()
    form = made.make_indirect(
        made.make_stream(b"/F Do " * 4, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, *A4])
    )
    own = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
    form.Resources = own
    made.pages[0].Resources = own
    made.save(out)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_that_claims(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1_000_000)))
        + chunk(b"IEND", b"")
    )


def jpeg_that_claims(side: int) -> bytes:
    file = bytearray(saved(drawn(), "JPEG"))
    at = file.index(b"\xff\xc0") + 5
    file[at : at + 4] = struct.pack(">HH", side, side)
    return bytes(file)


def tiff_whose_pages_go_in_a_ring() -> bytes:
    file = bytearray(saved(Image.new("1", (40, 40), 1), "TIFF"))
    (at,) = struct.unpack_from("<I", file, 4)
    (count,) = struct.unpack_from("<H", file, at)
    struct.pack_into("<I", file, at + 2 + 12 * count, at)
    return bytes(file)


def tiff_of(count: int) -> bytes:
    page = Image.new("L", (30, 40), 200)
    return saved(page, "TIFF", save_all=True, append_images=[page] * (count - 1))


def half(file: bytes) -> bytes:
    return file[: len(file) // 2]


def is_alike(one: Image.Image, other: Image.Image) -> bool:
    """Alike but for what JPEG does at edges; the red bar at another place is a difference of 3 and more."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean) < 1


def with_secrets() -> dict[str, Any]:
    exif = Image.Exif()
    exif[0x010E] = "secret"
    return {"exif": exif, "comment": b"secret", "icc_profile": b"secret"}


@pytest.mark.parametrize(
    ("mode", "kind", "becomes"),
    [("RGB", "JPEG", "RGB"), ("CMYK", "JPEG", "RGB"), ("RGBA", "PNG", "RGB"), ("P", "PNG", "RGB"), ("L", "TIFF", "L")],
)
def test_a_picture_is_coded_anew_without_what_stood_beside_it(
    pictures: Pictures, mode: str, kind: str, becomes: str
) -> None:
    given = drawn().convert(mode)
    [page] = pages(pictures, saved(given, kind, **with_secrets()) + b"<script>secret</script>")
    assert (page.mode, page.size) == (becomes, given.size)
    assert is_alike(page, given)
    assert not page.getexif() or page.format == "TIFF"
    assert round(float(page.info["dpi"][0])) == 51, "as long as A4 where the file does not say"


def test_black_and_white_stays_so_and_the_resolution_of_a_scan_is_kept(pictures: Pictures) -> None:
    given = drawn((1240, 1754)).convert("1")
    [page] = pages(pictures, saved(given, "TIFF", compression="group4", dpi=(200, 200)))
    assert (page.format, page.mode, page.info["compression"]) == ("TIFF", "1", "group4")
    assert is_alike(page, given)
    assert round(float(page.info["dpi"][0])) == 200


def test_a_photo_stands_as_the_camera_was_held(pictures: Pictures) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    [page] = pages(pictures, saved(drawn(), "JPEG", exif=exif))
    assert page.size == (600, 400)
    assert is_alike(page, drawn().transpose(Image.Transpose.ROTATE_270))


def test_every_page_of_a_tiff_and_of_a_pdf_comes_in_order(pictures: Pictures) -> None:
    more = [drawn((300, 200)), Image.new("L", (50, 60), 128)]
    tiff = saved(drawn(), "TIFF", save_all=True, append_images=more)
    assert [page.size for page in pages(pictures, tiff)] == [(400, 600), (300, 200), (50, 60)]
    assert len(pages(pictures, tiff_whose_pages_go_in_a_ring())) == 1
    first, second = pages(pictures, pdf(2, content=b"0 0 1 rg 100 100 200 200 re f"))
    assert (first.size, first.mode, first.info["dpi"]) == (second.size, "RGB", (300, 300))
    assert first.size == (2480, 3509)
    assert first.getpixel((900, 2700)) == pytest.approx((0, 0, 255), abs=4)
    [grey] = pages(pictures, pdf(content=b"100 100 200 200 re f"))
    assert grey.mode == "L"


@pytest.mark.parametrize("colour", [(200, 90, 40), (200, 90, 40, 128)])
def test_a_picture_of_nearly_eighty_megapixels_is_taken_whole(pictures: Pictures, colour: tuple[int, ...]) -> None:
    given = Image.new("RGB" if len(colour) == 3 else "RGBA", (8900, 8900), colour)
    exif = Image.Exif()
    exif[0x0112] = 3
    file = saved(given, "PNG", compress_level=1, exif=exif)
    del given
    [page] = pages(pictures, file)
    assert page.size == (8900, 8900)
    on_paper = colour if len(colour) == 3 else tuple(round((part + 255) / 2) for part in colour[:3])
    for corner in (0, 8899):
        assert page.getpixel((corner, corner)) == pytest.approx(on_paper, abs=3)


def test_scripts_and_titles_of_a_pdf_are_not_among_its_pixels(pictures: Pictures) -> None:
    [page] = pages(pictures, pdf_with_scripts())
    assert page.getpixel((900, 2700)) == pytest.approx((0, 0, 255), abs=4)


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "half a JPEG": ("UPLOAD-DAMAGED", lambda: half(saved(drawn(), "JPEG"))),
    "half a PNG": ("UPLOAD-DAMAGED", lambda: half(saved(Image.effect_noise((300, 300), 50), "PNG"))),
    "half a TIFF": ("UPLOAD-DAMAGED", lambda: half(saved(drawn(), "TIFF", compression="tiff_lzw"))),
    "half a PDF": ("UPLOAD-DAMAGED", lambda: half(pdf())),
    "HTML": ("UPLOAD-NOT-A-PICTURE", lambda: b"<html><script>alert(1)</script>"),
    "HTML behind a JPEG's mark": ("UPLOAD-DAMAGED", lambda: b"\xff\xd8\xff<html><script>alert(1)</script>"),
    "GIF": ("UPLOAD-NOT-A-PICTURE", lambda: saved(drawn().convert("P"), "GIF")),
    "PNG bomb": ("UPLOAD-TOO-MANY-PIXELS", lambda: png_that_claims(50_000, 50_000)),
    "PNG of 90 megapixels": ("UPLOAD-TOO-MANY-PIXELS", lambda: png_that_claims(10_000, 9000)),
    "PNG without what it claims": ("UPLOAD-DAMAGED", lambda: png_that_claims(8000, 8000)),
    "JPEG bomb": ("UPLOAD-TOO-MANY-PIXELS", lambda: jpeg_that_claims(65_500)),
    "TIFF of 51 pages": ("UPLOAD-TOO-MANY-PAGES", lambda: tiff_of(51)),
    "PDF of 51 pages": ("UPLOAD-TOO-MANY-PAGES", lambda: pdf(51)),
    "PDF without a page": ("UPLOAD-DAMAGED", lambda: pdf(0)),
    "PDF of a hundred square metres": ("UPLOAD-TOO-MANY-PIXELS", lambda: pdf(1, (14_400, 14_400))),
    "PDF with a password": ("UPLOAD-LOCKED", lambda: pdf(encryption=pikepdf.Encryption(owner="a", user="b"))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_code(pictures: Pictures, name: str) -> None:
    code, make = HOSTILE[name]
    with pytest.raises(CodedError) as caught:
        pages(pictures, make())
    assert caught.value.code == code


def test_a_pdf_that_draws_itself_for_ever_is_ended_and_the_next_file_is_read(pictures: Pictures) -> None:
    impatient = Pictures(SystemClock(), limit_s=2)
    try:
        with pytest.raises(CodedError, match=FAILED):
            pages(impatient, pdf_of_a_form_in_itself())
    finally:
        impatient.end()
    assert len(pages(pictures, pdf())) == 1
