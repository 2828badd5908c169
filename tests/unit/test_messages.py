"""The catalogue of words: complete in both languages, no code without words, no words without a code."""

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

from agent.messages.service import LANGUAGES, _catalogue, codes, text

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[A-Z]{2,}(-[A-Z0-9]+)+")
NOT_CODES = {"UTF-8", "UTF-16", "CLOSE-WAIT", "RENHU-SIM", "SHA-256", "GMT-8"}
HAN = re.compile("[㐀-鿿]")


def string_constants():
    for package in ("agent", "drivers", "peewee_models", "webui"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path, node.value


def composed():
    """Codes that are put together from a prefix: the prefixes that end in a dash, as constants of the program."""
    return {value for _, value in string_constants() if re.fullmatch(r"[A-Z]{2,}-(?:[A-Z0-9]+-)*", value)}


def test_every_code_in_the_program_has_words():
    missing = {
        (str(path.relative_to(ROOT)), value)
        for path, value in string_constants()
        if CODE.fullmatch(value) and value not in NOT_CODES and value not in codes()
    }
    assert missing == set()


def test_every_code_with_words_is_in_the_program():
    used = {value for _, value in string_constants()}
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "webui").rglob("*.html"))
    prefixes = tuple(composed())
    unused = {code for code in codes() if code not in used and code not in templates and not code.startswith(prefixes)}
    assert unused == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_in_every_language(language):
    assert {code for code in codes() if not _catalogue()[code].get(language)} == set()


def test_no_code_stands_in_two_fragments():
    seen = []
    for fragment in (ROOT / "agent" / "messages" / "fragments").glob("*.toml"):
        seen += tomllib.loads(fragment.read_text(encoding="utf-8"))
    assert sorted(seen) == sorted(set(seen))


def facts_of(code, kind="en"):
    return {name for _, name, _, _ in string.Formatter().parse(_catalogue()[code].get(kind, "")) if name}


def test_both_languages_show_the_same_facts():
    assert {code for code in codes() if facts_of(code, "zh") != facts_of(code)} == set()


def test_chinese_is_chinese_and_english_is_not():
    exempt = {code for code in codes() if code.startswith(("DOCTOR-PYTHON",))}
    assert {code for code in codes() - exempt if not HAN.search(text(code, "zh"))} == set()
    assert {code for code in codes() if HAN.search(text(code, "en"))} == set()


def test_english_counts_one_thing_as_one():
    never_one = {"ADDRESS-CHOOSE", "CAMERA-SEVERAL", "SCANNER-SEVERAL"}
    counting = {code for code in codes() if re.search(r"\{count\} [a-z]", _catalogue()[code]["en"])}
    assert {code for code in counting if "en_one" not in _catalogue()[code]} == never_one
    assert text("REGISTER-PROBLEMS", "en", count=1) == "One thing is in the way; correct it, then save."
    assert text("REGISTER-PROBLEMS", "en", count=2).startswith("2 things")


def test_what_is_said_without_a_fact_is_said_in_both_languages():
    bare = {code for code in codes() if any(f"{language}_bare" in _catalogue()[code] for language in LANGUAGES)}
    assert {
        code for code in bare if not facts_of(code, "zh_bare") == facts_of(code, "en_bare") < facts_of(code)
    } == set()
    assert {code for code in bare if len(_catalogue()[code]) < 4} == set()
    assert all(HAN.search(_catalogue()[code]["zh_bare"]) for code in bare)
    assert not any(HAN.search(_catalogue()[code]["en_bare"]) for code in bare)
    assert "(gvfsd-gphoto2)" in text("CAMERA-CLAIMED", "en", holder="gvfsd-gphoto2")
    assert not set("–()（）") & set(text("CAMERA-CLAIMED", "en") + text("CAMERA-CLAIMED", "zh"))


def test_an_unknown_code_is_shown_as_itself_and_a_missing_fact_as_a_dash():
    assert text("NO-SUCH-CODE", "zh") == "NO-SUCH-CODE"
    assert "–" in text("READER-NO-CARD", "en")
