"""Work on the pixels of pages: in a process of its own, which has no key, no database and little time."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Sequence
from typing import Literal

from agent.documents.papers import PageContent
from agent.errors import Actor, CodedError, Retry

LIMIT_S = 60.0
LENGTH = struct.Struct(">I")
Operation = Literal["pdf", "png"]
CODES: dict[Operation, str] = {"pdf": "PDF-FAILED", "png": "PAGE-UNREADABLE"}
SHOWN_BY_BROWSERS = frozenset({"image/jpeg", "image/png"})


def make_pdf(pages: Sequence[tuple[PageContent, int]]) -> bytes:
    """Make a PDF/A-1b whose pages hold the very bytes of the scans.

    Args:
        pages: each page's content, and by how many degrees it is turned clockwise.

    Raises: CodedError PDF-FAILED.
    """
    return _work("pdf", [turned for _, turned in pages], [page.content for page, _ in pages], b"%PDF-")


def for_browser(page: PageContent) -> PageContent:
    """Give a page as something that a browser shows: line art, kept as TIFF, becomes PNG of the same pixels.

    Raises: CodedError PAGE-UNREADABLE.
    """
    if page.content_type in SHOWN_BY_BROWSERS:
        return page
    return PageContent(_work("png", [0], [page.content], b"\x89PNG"), "image/png")


def _work(operation: Operation, turns: list[int], pages: list[bytes], start: bytes) -> bytes:
    """Have the process do one thing and check that what comes back begins as it should."""
    head = json.dumps([operation, turns]).encode()
    sent = b"".join(_framed(piece) for piece in (head, *pages))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "agent.documents.page_process"],
            input=sent,
            stdout=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            cwd="/",
            timeout=LIMIT_S,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise _failed(operation) from error
    if done.returncode or not done.stdout.startswith(start):
        raise _failed(operation)
    return done.stdout


def _framed(content: bytes) -> bytes:
    return LENGTH.pack(len(content)) + content


def _failed(operation: Operation) -> CodedError:
    return CodedError(CODES[operation], Actor.TECHNICIAN, Retry.NOW)
