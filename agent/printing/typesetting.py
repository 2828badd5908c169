"""Typeset a paper as PDF/A-2b and as one drawing a page; runs in the pictures process.

Typst is given everything in memory: the templates, the data as JSON, and the pictures.  It says itself which characters
no font draws, since PDF/A-2b forbids empty boxes; each of them is replaced by its boxed code point and told.
"""

from __future__ import annotations

import base64
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

import segno
import typst
from PIL import Image

from agent.documents.picture_wire import Result

FONT_FOLDERS: Final = ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/hanazono")
FONTS: Final = ("Noto Sans CJK SC", "HanaMinA", "HanaMinB")
STANDARD: Final = "a-2b"
_ATTEMPTS: Final = 8
# Unassigned and private characters, surrogates, and what has no look of its own; line ends and blanks are set as such.
_NEVER_DRAWN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_SET_AS_BLANKS: Final = frozenset("\n\r\t")
_NOT_DRAWN: Final = re.compile(r'error: the text `"((?:\\.|[^"\\])*)"` could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")


@cache
def load() -> typst.Compiler:
    """Look into the fonts once, before a child is made for each paper."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FONT_FOLDERS))
    return typst.Compiler(font_paths=fonts)


def typeset(facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Typeset one paper.

    Args:
        facts: `template`: name of a file in `templates/`, without its end; `undrawn`: code points, as `U+30000`, of
            which it is known already that no font draws them.
        pieces: the data as JSON, whose `sheets` name their photo by its place among the pieces, or None; then the
            photos, JPEG.

    Returns: `pages`: how many there are; `undrawn`: the code points that no font draws, as `U+30000`; `learnt`: those
        of them that are worth remembering, for it took a vain attempt to know.  The pieces are the PDF and an SVG for
        each page.
    """
    content, *photos = pieces
    data = json.loads(content)
    files = _templates()
    for number, photo in enumerate(photos, 1):
        files[f"photo-{number}.svg"] = _framed(photo)
    for number, sheet in enumerate(data["sheets"], 1):
        files[f"code-{number}.svg"] = _code_picture(sheet["id"])
        sheet["code_picture"] = f"code-{number}.svg"
        sheet["photo"] = None if sheet["photo"] is None else f"photo-{sheet['photo']}.svg"
    data["fonts"] = FONTS
    main = f'#include "{facts["template"]}.typ"'.encode()
    known = {chr(int(point.removeprefix("U+"), 16)) for point in facts["undrawn"]}
    boxed = {character for character in _characters(data) if character in known or is_never_drawn(character)}
    learnt: set[str] = set()
    for _ in range(_ATTEMPTS):
        files |= {"main.typ": main, "data.json": json.dumps(with_boxes(data, boxed)).encode()}
        try:
            [pdf] = _compiled(files, format="pdf", pdf_standards=[STANDARD])
        except typst.TypstError as error:
            found = _undrawn(error.diagnostic) - boxed
            if not found:
                raise
            boxed |= found
            learnt |= found
            continue
        pages = _compiled(files, format="svg")
        told = {"undrawn": [code_point(one) for one in sorted(boxed)], "learnt": [code_point(one) for one in learnt]}
        return {"pages": len(pages), **told}, [pdf, *pages]
    raise ValueError("more and more characters that no font draws")


def _compiled(files: Any, **options: Any) -> list[bytes]:
    """Have Typst set files that are all in memory, which its types do not tell.  Raises: typst.TypstError."""
    made: Any = load().compile(files, **options)
    return made if isinstance(made, list) else [made]


def is_never_drawn(character: str) -> bool:
    """Whether no font may draw a character: a private one, whose look nobody can know, or one that has none."""
    return unicodedata.category(character) in _NEVER_DRAWN and character not in _SET_AS_BLANKS


def code_point(character: str) -> str:
    """A character as `U+30000`."""
    return f"U+{ord(character):04X}"


def with_boxes(data: Mapping[str, Any], boxed: set[str]) -> dict[str, Any]:
    """Put a box in place of each character of `boxed`, and tell each sheet which of them it has."""
    made: dict[str, Any] = {key: _boxed(value, boxed) for key, value in data.items()}
    for sheet, plain in zip(made["sheets"], data["sheets"], strict=True):
        sheet["undrawn"] = [code_point(one) for one in sorted(boxed & set(_characters(plain)))]
    return made


def _boxed(value: Any, boxed: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _boxed(one, boxed) for key, one in value.items()}
    if isinstance(value, list):
        return [_boxed(one, boxed) for one in value]
    if not isinstance(value, str) or boxed.isdisjoint(value):
        return value
    pieces: list[str | dict[str, str]] = []
    for character in value:
        if character in boxed:
            pieces.append({"point": code_point(character)})
        elif pieces and isinstance(last := pieces[-1], str):
            pieces[-1] = last + character
        else:
            pieces.append(character)
    return pieces


def _characters(value: Any) -> set[str]:
    if isinstance(value, str):
        return set(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {character for part in parts for character in _characters(part)}


def _undrawn(diagnostic: str) -> set[str]:
    """The characters that Typst names as not drawn; of a letter with marks that stand together, the marks."""
    found: set[str] = set()
    for text in _NOT_DRAWN.findall(diagnostic):
        plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)
        found |= {character for character in plain if not character.isascii()}
    return found


def _framed(photo: bytes) -> bytes:
    """A JPEG within an SVG, since Typst takes texts alone from memory; its bytes go into the PDF as they are."""
    with Image.open(io.BytesIO(photo), formats=["JPEG"]) as opened:
        width, height = opened.size
    held = base64.b64encode(photo).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}"'
        f' height="{height}" viewBox="0 0 {width} {height}"><image width="{width}" height="{height}"'
        f' xlink:href="data:image/jpeg;base64,{held}"/></svg>'
    ).encode("ascii")


def _code_picture(text: str) -> bytes:
    """The QR code of a record's key, SVG."""
    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue()


def _templates() -> dict[str, bytes]:
    folder = resources.files(__package__).joinpath("templates")
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name.endswith(".typ")}
