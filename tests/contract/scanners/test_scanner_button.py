"""What only a backend of our own shows through libsane and the worker: the scanner's button, and pages cut short."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.devices.wire import Sign, Watch

if TYPE_CHECKING:
    from conftest import ScannerWorker, Started

SOURCE = Path(__file__).with_name("button_backend.c")
SETTLED_S = 1.2


@pytest.fixture
def buttons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that tells which buttons are down; SANE finds the backend beside it."""
    library = tmp_path / "libsane-pressed.so.1"
    subprocess.run(["gcc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", str(library), str(SOURCE)], check=True)
    held = tmp_path / "buttons"
    held.write_text("")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    monkeypatch.setenv("BUTTONS", str(held))
    return held


def presses(worker: ScannerWorker, wait_s: float) -> list[int | None]:
    """The turns of the presses that come in so many seconds."""
    seen: list[int | None] = []

    def note(message: object) -> bool:
        if isinstance(message, Sign) and message.name == "button":
            seen.append(message.turn)
        return False

    worker.hear_for(note, wait_s)
    return seen


def test_a_press_is_told_once_in_its_turn_and_only_while_a_desk_is_held(
    buttons: Path, worker_at: Callable[[str], ScannerWorker]
) -> None:
    worker = worker_at("sane:pressed:one")
    assert worker.until_state().state == "ready"
    assert worker.offers is not None
    assert worker.offers.has_button
    buttons.write_text("s")
    assert presses(worker, SETTLED_S) == [], "nobody holds the desk"
    worker.wire.send(Watch(is_reading=True, poll_ms=100, turn=3))
    assert presses(worker, SETTLED_S) == [], "what was down before the desk was taken is no press"
    buttons.write_text("e")
    assert presses(worker, SETTLED_S) == [], "another button"
    buttons.write_text("se")
    assert presses(worker, SETTLED_S) == [3], "held down, it is one press"
    buttons.write_text("")
    assert worker.scan(mode="grey").code is None, "and it scans beside that"
    worker.wire.send(Watch(is_reading=False, poll_ms=100, turn=4))
    presses(worker, SETTLED_S)
    buttons.write_text("s")
    assert presses(worker, SETTLED_S) == []


def test_a_scanner_without_a_button_offers_none(started: Started) -> None:
    worker = started()
    worker.until_state()
    assert worker.offers is not None
    assert not worker.offers.has_button


@pytest.mark.parametrize(
    ("befalls", "code", "facts"),
    [("c", "SCANNER-SHORT-PAGE", {"page": 1, "lines": 8, "expected": 16}), ("n", "SCANNER-IO", {"reason": "size"})],
)
def test_a_page_with_other_lines_than_announced_is_refused_and_the_next_one_is_whole(
    buttons: Path, worker_at: Callable[[str], ScannerWorker], befalls: str, code: str, facts: dict[str, object]
) -> None:
    worker = worker_at("sane:pressed:one")
    buttons.write_text(befalls)
    scan = worker.scan(mode="grey")
    assert (scan.code, scan.pages) == (code, [])
    assert scan.reply is not None
    assert facts.items() <= scan.reply.facts.items()
    buttons.write_text("")
    again = worker.scan(mode="grey")
    assert again.code is None
    [(page, _)] = again.pages
    assert (page.width_px, page.height_px) == (16, 16)
