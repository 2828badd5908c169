"""Every card, paper and fault is told to people in both languages, in a group that exists, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.messages.service import codes
from simulators.camera_fault_table import FAULTS as CAMERA_FAULTS
from simulators.camera_looks import LOOKS
from simulators.described import Descriptions, descriptions
from simulators.fault_table import FAULTS as READER_FAULTS
from simulators.papers import papers
from simulators.people import stack
from simulators.scanner_fault_table import FAULTS as SCANNER_FAULTS

ROOT = Path(__file__).parents[2]
HAN = re.compile("[㐀-鿿]")
CODE = re.compile(r"(?:READER|SCANNER|CAMERA)-[A-Z-]*[A-Z]")
THINGS = {
    "cards": stack(1).keys(),
    "papers": papers(1).keys(),
    "camera_looks": LOOKS,
    "reader_faults": READER_FAULTS.keys(),
    "scanner_faults": SCANNER_FAULTS.keys(),
    "camera_faults": CAMERA_FAULTS.keys(),
}
MATRICES = {
    "reader_faults": "tests/fault/matrix.txt",
    "scanner_faults": "tests/fault/scanners/matrix.txt",
    "camera_faults": "tests/fault/cameras/matrix.txt",
}
MOST_CHARACTERS = {"zh": 62, "en": 125}


def sentences(table: Descriptions, name: str) -> list[tuple[str, str]]:
    told = table.of(name)
    words = [told.about] if told.then is None else [told.about, told.then]
    return [(one.zh, one.en) for one in words]


@pytest.mark.parametrize("name", THINGS)
def test_everything_is_described_in_both_languages_and_what_is_described_is_there(name: str) -> None:
    table = descriptions(name)
    used = set()
    for thing in THINGS[name]:
        assert table.of(thing).group in table.groups, thing
        assert (table.of(thing).then is not None) is name.endswith("faults"), thing
        used.add(list(table.entries)[table.order(thing)])
        for zh, en in sentences(table, thing):
            assert zh.endswith("。"), thing
            assert en.endswith("."), thing
            assert HAN.search(zh), thing
            assert not HAN.search(en), thing
            assert len(zh) <= MOST_CHARACTERS["zh"], thing
            assert len(en) <= MOST_CHARACTERS["en"], thing
    assert used == set(table.entries)
    assert {entry["group"] for entry in table.entries.values()} == set(table.groups)
    assert all(HAN.search(words.zh) and not HAN.search(words.en) for words in table.groups.values())


def test_no_two_things_of_a_start_say_the_same_and_it_is_short() -> None:
    for name, things in THINGS.items():
        table = descriptions(name)
        start = [table.of(thing) for thing in things if table.of(thing).group == "start"]
        assert 3 < len(start) <= 10, name
        assert len({told.about.en for told in start}) == len(start), name


@pytest.mark.parametrize("name", MATRICES)
def test_a_code_that_is_named_exists_and_is_how_the_fault_ends(name: str) -> None:
    rows = (ROOT / MATRICES[name]).read_text(encoding="utf-8").splitlines()
    for fault in THINGS[name]:
        for zh, en in sentences(descriptions(name), fault):
            assert CODE.findall(zh) == CODE.findall(en), fault
            for code in CODE.findall(zh):
                assert code in codes(), fault
                endings = "".join(row for row in rows if row.split(maxsplit=1)[:1] == [fault])
                assert code.partition("-")[2] in endings, fault


def test_what_nobody_has_described_is_an_error() -> None:
    with pytest.raises(KeyError):
        descriptions("reader_faults").of("no-such-fault")
