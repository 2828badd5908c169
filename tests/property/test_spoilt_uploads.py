"""A clerk's file that is cut or has a bit flipped anywhere becomes pages, or is refused with a code: nothing else."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator

import pikepdf
import pytest
from PIL import Image, ImageDraw

from agent.documents.picture_outside import MOST_PIXELS, page_of, pages_of
from agent.documents.picture_wire import Refused
from agent.documents.pictures import REFUSALS

FLIPS = 200
SEED = 7
STARTS = {"image/jpeg": b"\xff\xd8\xff", "image/tiff": b"II*\0"}


def page() -> Image.Image:
    made = Image.frombytes("RGB", (48, 64), random.Random(SEED).randbytes(48 * 64 * 3))
    ImageDraw.Draw(made).rectangle((4, 4, 20, 12), fill="red")
    return made


def saved(kind: str) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    how = {"JPEG": {"exif": exif}, "PNG": {"exif": exif}, "TIFF": {"compression": "tiff_lzw", "save_all": True}}[kind]
    more = {"append_images": [page().convert("1"), page().convert("L")]} if kind == "TIFF" else {}
    page().save(out, kind, **how, **more)
    return out.getvalue()


def pdf() -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    for _ in range(2):
        made.add_blank_page(page_size=(40, 60))
        own = made.make_stream(
            saved("JPEG"), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=48, Height=64,
            ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        made.pages[-1].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=own))
        made.pages[-1].Contents = made.make_stream(b"q 30 0 0 40 5 5 cm /P Do Q 1 0 0 rg 2 2 5 5 re f")
    made.save(out)
    return out.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: saved("JPEG"),
    "PNG": lambda: saved("PNG"),
    "TIFF": lambda: saved("TIFF"),
    "PDF": pdf,
}


def spoilt(file: bytes) -> Iterator[tuple[str, bytes]]:
    """The file cut at each hundredth, and with one bit flipped at places that are the same in each run."""
    for share in range(1, 100):
        yield f"cut at {share} %", file[: len(file) * share // 100]
    chance = random.Random(SEED)
    for _ in range(FLIPS):
        at, bit = chance.randrange(len(file)), chance.randrange(8)
        yield f"bit {bit} of byte {at}", file[:at] + bytes([file[at] ^ 1 << bit]) + file[at + 1 :]


def taken(file: bytes) -> int | str:
    """How many pages a file becomes, or the code of its refusal."""
    try:
        numbers = pages_of({}, [file])[0]["numbers"]
        for number in numbers:
            facts, [content] = page_of({"number": number}, [file])
            assert content.startswith(STARTS[facts["content_type"]])
            assert 0 <= facts["white_share"] <= 1
            with Image.open(io.BytesIO(content)) as made:
                assert made.width * made.height <= MOST_PIXELS
    except Refused as refused:
        return refused.code
    return len(numbers)


@pytest.mark.filterwarnings("ignore")  # what the library warns of ends no process
@pytest.mark.parametrize("kind", FILES)
def test_a_spoilt_file_becomes_pages_or_is_refused_with_a_code(kind: str) -> None:
    file = FILES[kind]()
    whole = taken(file)
    assert whole == {"TIFF": 3, "PDF": 2}.get(kind, 1)
    outcomes = {}
    for what, content in spoilt(file):
        try:
            outcomes[what] = taken(content)
        except Exception as error:
            raise AssertionError(f"{kind}, {what}: {error!r}") from error
    codes = {outcome for outcome in outcomes.values() if isinstance(outcome, str)}
    assert "UPLOAD-DAMAGED" in codes
    assert codes <= REFUSALS
    assert whole in outcomes.values(), "some get as far as their pixels"
