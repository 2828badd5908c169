"""Make a PDF of scanned pages in a process of its own, which has no key, no database and little time."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Sequence

from agent.documents.papers import PageContent
from agent.errors import Actor, CodedError, Retry

LIMIT_S = 60.0
LENGTH = struct.Struct(">I")


def make_pdf(pages: Sequence[tuple[PageContent, int]]) -> bytes:
    """Make a PDF/A-1b whose pages hold the very bytes of the scans.

    Args:
        pages: each page's content, and by how many degrees it is turned clockwise.

    Raises: CodedError PDF-FAILED.
    """
    turns = json.dumps([turned for _, turned in pages]).encode()
    sent = b"".join([LENGTH.pack(len(turns)), turns, *(_framed(page.content) for page, _ in pages)])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "agent.documents.pdf_process"],
            input=sent,
            stdout=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            cwd="/",
            timeout=LIMIT_S,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise _failed() from error
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise _failed()
    return done.stdout


def _framed(content: bytes) -> bytes:
    return LENGTH.pack(len(content)) + content


def _failed() -> CodedError:
    return CodedError("PDF-FAILED", Actor.TECHNICIAN, Retry.NOW)
