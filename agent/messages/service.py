"""One catalogue of words for people: `text(code, language, **facts)` gives one sentence, what is wrong and what to do.

The sentences stand in `fragments/*.toml`, Chinese and English side by side, so that neither can be forgotten; a test
compares the codes there with the codes that the program raises.  English counts in two ways: `en_one` goes with a
`count` of one.  `zh_bare` and `en_bare` are for who does not know all that the sentence would tell.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

LANGUAGES = ("zh", "en")


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    sentences: dict[str, dict[str, str]] = {}
    for fragment in sorted(resources.files(__package__).joinpath("fragments").iterdir(), key=lambda entry: entry.name):
        if fragment.name.endswith(".toml"):
            sentences.update(tomllib.loads(fragment.read_text(encoding="utf-8")))
    return sentences


def codes() -> frozenset[str]:
    """All codes that have words."""
    return frozenset(_catalogue())


def text(code: str, language: str, **facts: str | int | float) -> str:
    """Give the sentence for `code` in "zh" or "en".

    Args:
        code: `ROLE-FACT`.  An unknown code is shown as itself: a bare code is ugly, a crash here would be worse.
        language: "zh" or "en".
        facts: values for the sentence's `{placeholders}`; one that is missing is shown as a dash, where there is no
            sentence without.
    """
    words = _catalogue().get(code, {})
    sentence = words.get(f"{language}_one") if facts.get("count") == 1 else None
    sentence = sentence or words.get(language)
    if sentence is None:
        return code
    told = _Facts(facts)
    said = sentence.format_map(told)
    bare = words.get(f"{language}_bare")
    return said if told.is_whole or bare is None else bare.format_map(told)


class _Facts(dict[str, str | int | float]):
    is_whole = True

    def __missing__(self, key: str) -> str:
        self.is_whole = False
        return "–"
