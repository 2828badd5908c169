"""Plates as files: the base given out so that it can be taken in again, and the rows of a list that were left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from agent.addresses.plate_list import BY_SIDES, HEADS, PlateList
from agent.exchange.cells import inert_and_whole
from agent.exchange.tables_read import Sheet
from agent.messages.service import text
from agent.register.doors import Directory, Door


def of_base(base: Directory, language: str) -> bytes:
    """The plates in use, in walking order; CSV in UTF-8 with its mark, its heads in a language."""
    used = (door for door in base.by_number.values() if not door.is_withdrawn)
    heads = [zh if language == "zh" else en for zh, en, *_ in HEADS.values()]
    return _written(heads, (_cells(door, base) for door in used))


def of_refused(sheet: Sheet, listed: PlateList, language: str) -> bytes:
    """The rows of a list that were left out, as they came, before them row and reason; CSV in UTF-8 with its mark."""
    refused = {one.number: one for one in listed.refused}
    ours = [text(code, language) for code in ("REJECTS-LINE", "REJECTS-REASONS")]
    left_out = (
        [str(line), text(refused[line].code, language, **refused[line].facts), *map(str, row)]
        for line, row in enumerate(sheet.rows(), start=1)
        if line in refused
    )
    return _written([*ours, *listed.head], left_out)


def _cells(door: Door, base: Directory) -> list[str]:
    said = {key: getattr(door, key, "") for key in HEADS} | {"team": base.teams.get(door.block, "")}
    said["sides"] = BY_SIDES if door.is_by_sides else ""
    if door.alias_of:
        said |= dict.fromkeys(("committee", "block", "team"), "")
    return [said[key] for key in HEADS]


def _written(heads: Iterable[str], lines: Iterable[Iterable[str]]) -> bytes:
    """Write a file that no spreadsheet calculates in or rewrites."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(map(inert_and_whole, heads))
    writer.writerows(map(inert_and_whole, line) for line in lines)
    return made.getvalue().encode("utf-8-sig", "replace")
