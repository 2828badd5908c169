"""The rows of a file that are not taken in as they are: as they came, with the reasons in words, to be mended."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping as Table

from agent.exchange import columns
from agent.exchange.cells import inert_and_whole
from agent.exchange.mapping import Mapping
from agent.exchange.tables_read import Sheet
from agent.exchange.views import Rejection
from agent.messages.service import text
from agent.register.views import Problem


def as_csv(sheet: Sheet, how: Mapping, rejections: Table[int, Rejection], language: str) -> bytes:
    """Write the file of rejections: UTF-8 with its mark, the columns as they came, before them row and reasons.

    Args:
        sheet: the file that came.
        how: how it was read.
        rejections: by the row of the file.
        language: of the reasons.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    ours = [text(code, language) for code in ("REJECTS-LINE", "REJECTS-KIND", "REJECTS-REASONS")]
    writer.writerow([*ours, *map(inert_and_whole, how.heads)])
    for line, row in enumerate(sheet.rows(), start=1):
        rejection = rejections.get(line)
        if rejection is not None:
            told = [str(line), kind(rejection, language), reasons(rejection, language)]
            writer.writerow([*told, *map(inert_and_whole, row)])
    return b"\xef\xbb\xbf" + written.getvalue().encode("utf-8", "replace")


def kind(rejection: Rejection, language: str) -> str:
    """Whether a row is to be mended, or to be compared by somebody."""
    return text("REJECTS-DIFFERENT" if rejection.kind == "different" else "REJECTS-REJECTED", language)


def reasons(rejection: Rejection, language: str) -> str:
    """Why a row is not taken in as it is, in words."""
    return " ".join(reason(problem, language) for problem in rejection.problems)


def reason(problem: Problem, language: str) -> str:
    """One reason, with the name of its column."""
    named = columns.names().get(problem.field or "")
    said = text(problem.code, language, **problem.facts)
    if named is None:
        return said
    return f"{named.head(language)}{'：' if language == 'zh' else ': '}{said}"
