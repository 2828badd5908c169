"""The kinds of documents D01 to D13 from `kinds.toml`: which are needed for a form, why, and how each is scanned.

Pure: from the form's values to what is needed, and from what is there to what is missing, all of it at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from agent.documents.page_sizes import A4

REGISTRATION_FORM = "RG"
State = Literal["here", "missing", "returned"]
_WHY = "DOCUMENT-WHY-"
_NOT = "not_"


@dataclass(frozen=True, slots=True)
class Preset:
    """What the scanner is asked for.

    Attributes:
        colour: colour mode.
        dpi: resolution.
        source: where the paper lies.
        both_sides: whether the two sides of a card are put on one A4 page.
        size: how much of the bed.
    """

    colour: Literal["colour", "grey", "lineart"]
    dpi: int
    source: Literal["flatbed", "adf", "adf-duplex"]
    both_sides: bool = False
    size: str = A4


@dataclass(frozen=True, slots=True)
class Case:
    """One case in which a kind is needed: each field has one of its values, or none of those excluded."""

    why: str
    within: tuple[tuple[str, frozenset[str]], ...]
    without: tuple[tuple[str, frozenset[str]], ...]

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether the form's values fit."""
        fits = all(values.get(key, "") in allowed for key, allowed in self.within)
        return fits and not any(values.get(key, "") in excluded for key, excluded in self.without)

    def may_hold(self, values: Mapping[str, str]) -> bool:
        """Whether the form's values fit, or would with its empty fields filled; a field that it lacks stays empty."""
        fits = all(
            values.get(key, "") in allowed or (key in values and not values[key]) for key, allowed in self.within
        )
        return fits and not any(values.get(key, "") in excluded - {""} for key, excluded in self.without)

    def open_fields(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The fields that it asks about and that are empty."""
        return tuple(key for key, _ in (*self.within, *self.without) if not values.get(key, "unasked"))


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind.

    Attributes:
        code: D01 to D13.
        zh: its official name.
        en: the same in English.
        source: where the rule comes from.
        is_shared: whether the district may hold it already.
        is_of_dwelling: whether it proves where the person lives, and nothing of any other dwelling.
        cases: when it is needed; any of them suffices.
        preset: how it is best scanned.
    """

    code: str
    zh: str
    en: str
    source: str
    is_shared: bool
    is_of_dwelling: bool
    cases: tuple[Case, ...]
    preset: Preset

    def name(self, language: str) -> str:
        """The name in "zh" or "en"."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Need:
    """A kind that is needed, and the code of the sentence that says why."""

    kind: DocumentKind
    why: str


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One line of the checklist.

    Attributes:
        kind: the kind of document.
        why: code of the sentence why it is needed; "" where it is here without being needed.
        pages: how many pages of it are here.
        state: `here`; `missing`; `returned` when the district holds it, so that no scan is asked for.
        held: how many pages of it the saved record of the same person has, that count.
        elsewhere: how many pages of it prove another dwelling; they do not count.
    """

    kind: DocumentKind
    why: str
    pages: int
    state: State
    held: int = 0
    elsewhere: int = 0


@cache
def _kinds() -> dict[str, DocumentKind]:
    text = resources.files(__package__).joinpath("kinds.toml").read_text(encoding="utf-8")
    return {kind.code: kind for kind in map(_read, tomllib.loads(text)["kind"])}


def _read(entry: Mapping[str, Any]) -> DocumentKind:
    return DocumentKind(
        code=entry["code"],
        zh=entry["zh"],
        en=entry["en"],
        source=entry["source"],
        is_shared=entry.get("shared", False),
        is_of_dwelling=entry.get("dwelling", False),
        cases=tuple(map(_case, entry["needed"])),
        preset=Preset(**entry["preset"]),
    )


def _case(entry: Mapping[str, Any]) -> Case:
    lists = {key: frozenset(listed) for key, listed in entry.items() if key != "why"}
    return Case(
        why=_WHY + entry["why"],
        within=tuple((key, listed) for key, listed in lists.items() if not key.startswith(_NOT)),
        without=tuple((key.removeprefix(_NOT), listed) for key, listed in lists.items() if key.startswith(_NOT)),
    )


def kinds() -> tuple[DocumentKind, ...]:
    """All kinds in their order."""
    return tuple(_kinds().values())


def kind(code: str) -> DocumentKind | None:
    """The kind with this code, or None."""
    return _kinds().get(code)


def needed(values: Mapping[str, str]) -> tuple[Need, ...]:
    """Say which documents a form needs.

    Args:
        values: the form's values by key, as stored; besides `form` (RG where it is not given).
    """
    asked = {**values, "form": values.get("form") or REGISTRATION_FORM}
    first = ((one, next((case for case in one.cases if case.holds(asked)), None)) for one in kinds())
    return tuple(Need(one, case.why) for one, case in first if case is not None)


def checklist(
    values: Mapping[str, str],
    pages: Mapping[str, int],
    returned: Collection[str] = (),
    held: Mapping[str, int] = MappingProxyType({}),
    elsewhere: Mapping[str, int] = MappingProxyType({}),
) -> tuple[ChecklistLine, ...]:
    """Put what is needed beside what is there, in the order of the kinds.

    Args:
        values: the form's values, as for `needed`.
        pages: how many pages there are of each kind, that count.
        returned: kinds that the district's data hold; counts only for those that may be shared.
        held: how many pages of each kind the saved record of the same person has, that count.
        elsewhere: how many pages of each kind prove another dwelling.
    """
    why = {need.kind.code: need.why for need in needed(values)}
    lines = []
    for one in kinds():
        here, of_record, others = (counts.get(one.code, 0) for counts in (pages, held, elsewhere))
        if here:
            lines.append(ChecklistLine(one, why.get(one.code, ""), here, "here", elsewhere=others))
        elif one.code in why:
            is_returned = one.is_shared and one.code in returned
            state: State = "here" if of_record else "returned" if is_returned else "missing"
            lines.append(ChecklistLine(one, why[one.code], 0, state, of_record, others))
    return tuple(lines)


def undecided(values: Mapping[str, str], lines: Collection[ChecklistLine]) -> tuple[str, ...]:
    """The empty fields on which it depends whether more kinds are needed than the checklist has."""
    asked = {**values, "form": values.get("form") or REGISTRATION_FORM}
    listed = {line.kind.code for line in lines}
    cases = (case for one in kinds() if one.code not in listed for case in one.cases)
    found = (case.open_fields(asked) for case in cases if case.may_hold(asked))
    return tuple(dict.fromkeys(key for keys in found for key in keys))


def missing(lines: Collection[ChecklistLine]) -> tuple[DocumentKind, ...]:
    """All that is still missing, to be said at once: the law lets a person be sent home only once."""
    return tuple(line.kind for line in lines if line.state == "missing")


def verdict(lines: Collection[ChecklistLine], language: str) -> tuple[str, dict[str, str | int]]:
    """Give the code and the facts of the sentence that sums the checklist up."""
    lacking = missing(lines)
    if not lacking:
        return "DOCUMENTS-COMPLETE", {}
    names = ("; " if language == "en" else "；").join(one.name(language) for one in lacking)
    return "DOCUMENTS-MISSING", {"count": len(lacking), "names": names}
