"""What speaks against a code table as a whole: two lines for a day, a missing group, a code that rules need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from agent.register.code_tables import About, CodeTable, Line
from agent.tables.views import Refusal

Numbered = Sequence[tuple[int, Line]]


def refusals(about: About, lines: Numbered) -> list[Refusal]:
    """Look at the lines of a table, each with its place in the file, 0 for none."""
    return [
        *(Refusal(number, "TABLE-LINE-TWICE") for number in _twice(lines)),
        *(Refusal(number, "TABLE-LINE-PARENT") for number in _without_group(about, lines)),
        *(Refusal(0, "TABLE-LINE-FIXED", {"code": code}) for code in _needed(about, lines)),
        *(Refusal(number, "TABLE-LINE-SAME-WORDS") for number in _alike(lines)),
    ]


def _twice(lines: Numbered) -> Iterator[int]:
    """Lines of a code that hold on a day on which another of it does."""
    for same in _grouped(lines, lambda line: line.code):
        yield from _overlapping(same)


def _alike(lines: Numbered) -> Iterator[int]:
    """Lines that can be chosen at the same time as another code of the same name."""
    for same in _grouped([one for one in lines if one[1].is_offered], lambda line: line.text_zh):
        if len({line.code for _, line in same}) > 1:
            yield from _overlapping(same)


def _needed(about: About, lines: Numbered) -> list[str]:
    """Codes that the rules name and that could not be chosen for ever."""
    lasting = {line.code for _, line in lines if line.is_offered and line.valid_to is None}
    return sorted(about.fixed - lasting)


def _without_group(about: About, lines: Numbered) -> Iterator[int]:
    """Lines whose group is not in the table, or that lead back to themselves."""
    table = CodeTable(about, (line for _, line in lines))
    for number, line in lines:
        above, seen = line.parent, {line.code}
        while above:
            found = table.line(above, None)
            if found is None or above in seen:
                yield number
                break
            seen.add(above)
            above = found.parent


def _grouped(lines: Numbered, of: Callable[[Line], str]) -> Iterable[Numbered]:
    found: dict[str, list[tuple[int, Line]]] = {}
    for one in lines:
        found.setdefault(of(one[1]), []).append(one)
    return found.values()


def _overlapping(lines: Numbered) -> list[int]:
    """Those of some lines that hold on a day on which an earlier one of them does."""
    found, last = [], date.min
    for place, (number, line) in enumerate(sorted(lines, key=lambda one: one[1].valid_from or date.min)):
        if place and (line.valid_from or date.min) <= last:
            found.append(number)
        last = max(last, line.valid_to or date.max)
    return found
