"""`renhu card` tells people which character is doubtful, in characters; programs get the contract's UTF-16 unit."""

from __future__ import annotations

from typing import Any

import pytest

from agent.commands.card import _print_for_people


def test_doubts_are_told_in_characters(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    rare, private = "\U00020bb7", "\ue863"
    doubts: list[dict[str, Any]] = [
        {"field": "name", "reason": "private-use", "position": 2, "code_point": "U+E863"},
        {"field": "newest_addresses", "reason": "private-use", "position": 4, "code_point": "U+E863"},
        {"field": "birth_date", "reason": "control", "position": 3, "code_point": "U+0007"},
        {"field": "sex", "reason": "sex", "position": None, "code_point": None},
    ]
    card = {"name": rare + private, "newest_addresses": ["测试路一号", rare * 2 + private], "birth_date": None}
    _print_for_people({**card, "sex": "1", "doubtful": doubts, "readings": 2, "photo_wlt": ""})
    told = capsys.readouterr().err.splitlines()
    assert told[:4] == [
        "? name 2: private-use U+E863",
        "? newest_addresses 3: private-use U+E863",
        "? birth_date 4: control U+0007",
        "? sex: sex",
    ]
