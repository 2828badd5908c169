"""Commands without an agent look for a device where the daemon would, and say so when they cannot know where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.config import load
from agent.devices.chosen import NOTE, ChosenPorts
from agent.folder import DataFolder, FolderKind
from agent.station import reader_settings
from agent.store import open_store

NOWHERE = "serial:/dev/renhu/none"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A register whose configuration names a port at which there is nothing."""
    (tmp_path / "renhu.toml").write_text(
        f'[data]\nfolder = "{tmp_path}/data"\nkey = "file:{tmp_path}/renhu.key"\n'
        f'[devices.reader]\naddress = "{NOWHERE}"\n'
    )
    start(tmp_path)
    return tmp_path


def start(place: Path, choice: str | None = None) -> list[str]:
    """What a start of the daemon does with the ports, and a technician's choice; gives where it looks for devices."""
    config = load(place / "renhu.toml")
    assert config.reader is not None
    folder = DataFolder.take(config.folder, FolderKind.REGISTER)
    store = open_store(folder, config.key)
    ports = ChosenPorts(store, config.folder)
    there = ports.applied([reader_settings(config.reader)])
    if choice is not None:
        ports.remember("reader", choice)
    store.close()
    folder.release()
    return [device.address for device in there]


def renhu(place: Path, *arguments: str) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "agent", *arguments, "--json", "--config", str(place / "renhu.toml")],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "LC_ALL": "en_US.UTF-8"},
    )  # fmt: skip


def test_card_and_doctor_use_the_port_that_was_chosen_and_an_address_goes_before_it(place, simulator):
    assert start(place, simulator.address) == [NOWHERE]
    assert start(place) == [simulator.address]
    (place / "renhu.key").unlink()
    simulator.call("PUT", "/plate", {"card": "resident-001"})
    read = renhu(place, "card", "--timeout", "20")
    assert (read.returncode, "cannot be known" in read.stderr) == (0, False), read.stderr
    checks = json.loads(renhu(place, "doctor").stdout)["checks"]
    (reader,) = [check for check in checks if check["name"] == "reader"]
    assert reader["ok"], reader
    assert renhu(place, "card", "--timeout", "5", "--address", NOWHERE).returncode == 6


@pytest.mark.parametrize("spoil", [Path.unlink, lambda note: note.write_bytes(b"{")], ids=["missing", "garbage"])
def test_a_choice_that_cannot_be_known_is_told_in_words(place, spoil):
    spoil(place / "data" / NOTE)
    done = renhu(place, "card", "--timeout", "5")
    assert done.returncode == 6
    assert NOWHERE in done.stderr
    assert "cannot be known" in done.stderr


def test_where_there_is_no_register_nobody_has_chosen(tmp_path, place):
    for file in (place / "data").iterdir():
        file.unlink()
    assert "cannot be known" not in renhu(place, "card", "--timeout", "5").stderr


def test_a_note_that_cannot_be_written_is_missing_rather_than_old(place, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    start(place, "serial:/dev/one")
    monkeypatch.setattr("agent.devices.chosen.put_file", full)
    start(place, "serial:/dev/two")
    assert not (place / "data" / NOTE).exists()
    monkeypatch.undo()
    assert start(place) == ["serial:/dev/two"]
