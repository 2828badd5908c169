"""Both languages are complete, and what is written in the templates keeps to the content policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import webui
from agent.messages.service import codes, text
from webui import words

WEBUI = Path(webui.__file__).parent
HAN = re.compile(r"[\u3400-\u9fff]")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


def used_texts() -> set[str]:
    keywords = {"gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "_": None}
    found = extract_from_dir(WEBUI, method_map=METHODS, keywords=keywords, options_map={"**.html": {"trimmed": "true"}})
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def catalogue():
    with (WEBUI / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="en")


def test_every_text_has_its_english_and_every_english_is_used():
    known = {(m.id[0] if isinstance(m.id, tuple) else m.id): m for m in catalogue() if m.id}
    used = used_texts()
    assert len(used) > 150
    assert used - known.keys() == set()
    assert known.keys() - used == set()
    for message in known.values():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(strings), message.id
        assert not message.fuzzy
        for found in strings:
            assert not HAN.search(found), found
            facts = [set(re.findall(r"%\(\w+\)", part)) for part in (found, str(message.id))]
            is_one = message.pluralizable and found == strings[0]
            assert facts[0] == facts[1] or (is_one and facts[0] == facts[1] - {"%(num)"}), found


@pytest.mark.parametrize(
    ("language", "rows"), [("zh", ["2", "2、4", "2、4、5"]), ("en", ["2", "2 and 4", "2, 4 and 5"])]
)
def test_several_pages_are_named_as_people_do(monkeypatch, language, rows):
    monkeypatch.setattr(words, "language", lambda: language)
    assert [words.in_a_row(pages) for pages in ([2], [2, 4], iter([2, 4, 5]))] == rows


def test_english_counts_one_thing_as_one():
    counted = re.compile(r"%\((?:num|count)\)[ds] (?:[a-z]+ )?[a-z]+s\b")
    assert [m.id for m in catalogue() if m.id and not m.pluralizable and counted.search(str(m.string))] == []


def test_no_template_says_anything_outside_the_catalogue():
    for path in (WEBUI / "templates").rglob("*.html"):
        source = re.sub(r"{#.*?#}|{{.*?}}|{%.*?%}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        leftovers = [found for found in HAN.findall(source) if found not in "中文"]
        assert not leftovers, (path.name, leftovers)
    for path in (WEBUI / "static").rglob("*.js"):
        assert not HAN.search(path.read_text(encoding="utf-8")), path.name


def test_no_inline_script_style_or_handler_and_no_unescaped_text():
    forbidden = (
        r"<script(?![^>]*\bsrc=)",
        r"<style\b",
        r"\sstyle=",
        r"\son[a-z]+=",
        r"javascript:",
        r"\|\s*safe\b",
        r"autoescape false",
    )
    for path in (WEBUI / "templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        for pattern in forbidden:
            assert not re.search(pattern, source, re.IGNORECASE), (path.name, pattern)
    for path in (WEBUI / "static").rglob("*.js"):
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert word not in path.read_text(encoding="utf-8"), (path.name, word)


@pytest.mark.parametrize("path", sorted(WEBUI.rglob("*.py")), ids=lambda path: path.name)
def test_every_code_that_the_pages_raise_has_words_in_both_languages(path):
    for code in set(re.findall(r'"((?:WEB|RIGHTS)-[A-Z-]+)"', path.read_text(encoding="utf-8"))):
        assert code in codes(), code
        assert text(code, "zh") != text(code, "en")
