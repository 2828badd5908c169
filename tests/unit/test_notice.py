"""The text of the notice belongs to its version for ever."""

from __future__ import annotations

import hashlib
from importlib import resources

import pytest

from agent.register import notice

FROZEN = {
    "2026-11-28": "bf9327eba2ce3a154c1037ebe63f377651eda0a629e1077f224a67e32e5f0a97",
    "2026-11-29": "8282a7a1a5d23a8a1265a85750bbdbdcba3d8f335f188c999e818dc0ed2db3a9",
    "2026-11-30": "456a3884a70edf17b4bc0cb9788fe973dda95f0bb067b6dd97603ba4f9cd40f5",
}


def text_of(version: str) -> bytes:
    return resources.files("agent.register").joinpath(f"notice-{version}.toml").read_bytes()


def test_a_text_that_was_given_is_never_changed() -> None:
    names = (file.name for file in resources.files("agent.register").iterdir())
    versions = {name[7:-5] for name in names if name.startswith("notice-") and name.endswith(".toml")}
    assert {version: hashlib.sha256(text_of(version)).hexdigest() for version in versions} == FROZEN
    assert max(versions) == notice.CURRENT


def test_every_part_speaks_both_languages_and_only_the_station_is_filled_in() -> None:
    parts = notice.notice(notice.CURRENT)
    assert parts is not None
    assert len(parts) == 8
    for part in parts:
        assert min(map(len, (part.heading_zh, part.text_zh, part.heading_en, part.text_en))) > 1
        assert part.text_zh.replace("{station}", "").count("{") == part.text_en.replace("{station}", "").count("{") == 0
    assert "{station}" in parts[0].text_zh
    assert "{station}" in parts[0].text_en


@pytest.mark.parametrize("version", ["2026-11-27", "", "../fields", "2026-11-28.toml", "２０２６-11-28"])
def test_there_is_no_other_version(version: str) -> None:
    assert notice.notice(version) is None
