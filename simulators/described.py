"""What cards, papers and faults are told to people by: a line in Chinese and in English, in groups, beside this file.

Each table is a TOML file with the groups in the order of the page.  What has no line of its own and ends with a number
or a name takes that of its series: `hmt-3` that of `hmt`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages."""

    zh: str
    en: str

    def told(self) -> dict[str, str]:
        """As the control port tells it."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one thing.

    Attributes:
        group: the group that it stands in.
        about: what it is, or does.
        then: what is then seen; of faults only.
    """

    group: str
    about: Words
    then: Words | None = None

    def told(self) -> dict[str, object]:
        """As the control port tells it."""
        told: dict[str, object] = {"group": self.group, "about": self.about.told()}
        return told if self.then is None else told | {"then": self.then.told()}


@dataclass(frozen=True, slots=True)
class Descriptions:
    """A table of descriptions: its groups, and the entries in the order of the page."""

    groups: dict[str, Words]
    entries: dict[str, dict[str, str]]

    def of(self, name: str) -> Told:
        """What is told of `name`.  Raises: KeyError where nobody has described it."""
        series, number = name, ""
        while series not in self.entries:
            series, _, number = series.rpartition("-")
            if not series:
                raise KeyError(name)
        entry, number = self.entries[series], number.lstrip("0")
        about = Words(entry["zh"].format(number=number), entry["en"].format(number=number))
        then = Words(entry["then_zh"], entry["then_en"]) if "then_zh" in entry else None
        return Told(entry["group"], about, then)

    def told_groups(self) -> list[dict[str, str]]:
        """The groups as the control port tells them."""
        return [{"name": name} | words.told() for name, words in self.groups.items()]

    def order(self, name: str) -> int:
        """Where `name` stands on the page."""
        series = name
        while series not in self.entries:
            series = series.rpartition("-")[0]
        return list(self.entries).index(series)


@cache
def descriptions(table: str) -> Descriptions:
    """Read the table of that name."""
    read = tomllib.loads(resources.files(__package__).joinpath(f"{table}.toml").read_text(encoding="utf-8"))
    groups = {name: Words(words["zh"], words["en"]) for name, words in read.pop(GROUPS).items()}
    return Descriptions(groups, read)
