"""The parts of an address that somebody wrote as one text: road, lane, sublane, house and room; pure.

Source: the grammar of Shanghai's door plates, 路 弄 支弄 号 室, read from real shapes.  A text that does not say its
road gives nothing: parts are proposed to the clerk, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from agent.register import codes

PARTS: Final = ("road", "lane", "sublane", "no", "room")
_DASHES: Final = re.compile("[‐-―－−~～]")
_BETWEEN: Final = re.compile(r"[\s,，.。、;；:：()（）]+")
_CITY: Final = re.compile("(?:上海市?(?!路|街))+")
_DISTRICT: Final = re.compile(r"(?:[^\d路街]{1,4}?(?:新区|区|县))")
_TOWN: Final = re.compile(r"[^\d路]{1,8}?(?:街道|镇|乡)(?!路|街)")
_NUMERALS: Final = {numeral: place for place, numeral in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_IN_HAN: Final = re.compile("([零〇一二两三四五六七八九十百]+)(?=支弄|弄|号|室|楼|层|幢|单元)")
_NUMBER: Final = r"[甲乙丙丁]?\d+(?:-\d+)?[甲乙丙丁A-Z]?"
_ROAD: Final = re.compile(r"(?P<road>[^\d]{1,30}?(?:路|街|道|浜|弄堂|村|里|坊|苑|园|巷))(?=\d|临|甲|乙|丙|丁|$)")
_DOOR: Final = re.compile(
    rf"(?:(?P<lane>{_NUMBER})弄)?(?:(?P<sublane>{_NUMBER})支?弄)?"
    rf"(?:[^\d甲乙丙丁]*?(?P<no>临?{_NUMBER}(?:临)?)号(?P<behind>-\d+|[甲乙丙丁]|临)?(?:后门|边门)?)?"
    rf"(?:{_NUMBER}(?:幢|号楼|座|楼(?!\d*层)))*(?:{_NUMBER}单元)?(?:\d+(?:楼|层))?(?:(?P<room>{_NUMBER})(?:室|房)?)?(?!\d)"
)
_BESIDE: Final = re.compile(r"(?:后门|边门)$")
_BEHIND: Final = re.compile(r"号(?P<suffix>-\d+|[甲乙丙丁]|临)号$")


def parts_of(address: str) -> dict[str, str]:
    """Take an address of the city apart.

    Returns: `district` (code, where the table has its name), `town` (code, where the table has it) and `PARTS`, each
    only where the text says it; nothing where no road can be told.
    """
    rest, found = plain(address), {}
    city = _CITY.match(rest)
    rest = rest if city is None else rest[city.end() :]
    for key, pattern in (("district", _DISTRICT), ("town", _TOWN)):
        known = next((line for line in codes.table(key) if rest.startswith(line.text_zh)), None)
        head = pattern.match(rest)
        name = known.text_zh if known is not None else "" if head is None else head[0]
        if known is not None:
            found[key] = known.code
        rest = rest.removeprefix(name) if len(rest) > len(name) else rest
    road = _ROAD.match(rest)
    if road is None:
        return {}
    found["road"] = road["road"]
    door = _DOOR.match(rest, road.end())
    if door is not None:
        said = {key: door[key] or "" for key in ("lane", "sublane", "no", "room")}
        behind = door["behind"] or ""
        said["no"] += behind
        found |= {key: text for key, text in said.items() if text}
    return found


def plain(address: str) -> str:
    """Write an address, or a part of it, in the one way in which addresses are compared.

    Without blanks and marks between, in capitals, dashes as one, Chinese numerals before a unit as digits.
    """
    bare = _BETWEEN.sub("", unicodedata.normalize("NFKC", address)).upper()
    return _IN_HAN.sub(lambda found: str(_number(found[1])), _DASHES.sub("-", bare))


def door_key(road: str, lane: str, sublane: str, no: str) -> str:
    """Name a door by the parts of its address, each with its unit or without: the same key, the same door."""
    number = _BEHIND.sub(r"\g<suffix>号", _with_unit(_BESIDE.sub("", plain(no)), "号"))
    return plain(road) + _with_unit(lane, "弄") + _with_unit(sublane, "支弄") + number


def _with_unit(part: str, unit: str) -> str:
    bare = plain(part + unit)
    while bare.endswith(unit):
        bare = bare.removesuffix(unit)
    return bare + unit if bare else ""


def _number(numeral: str) -> int:
    """A Chinese numeral below a thousand; digits in a row (二〇三) are read one by one."""
    if not set(numeral) & {"十", "百"}:
        return int("".join(str(_NUMERALS[one]) for one in numeral))
    total, last = 0, 1 if numeral[0] in "十百" else 0
    for one in numeral:
        if one in _NUMERALS:
            last = _NUMERALS[one]
        else:
            total, last = total + (last or 1) * {"十": 10, "百": 100}[one], 0
    return total + last
