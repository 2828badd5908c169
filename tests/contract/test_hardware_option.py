"""The same contract runs against a device that only has an address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Desk


def contract_at(*hardware: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(Path(__file__).parent), *hardware],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_reader_at_an_address_is_held_to_the_contract_and_what_is_left_out_is_told(desk: Desk) -> None:
    desk.reader.close()
    desk.simulator.lay(desk.simulator.card_ids[0])
    done = contract_at("--hardware", f"reader={desk.simulator.address}")
    desk.reader.open(desk.deadline())
    assert done.returncode == 0, done.stdout + done.stderr
    summary = done.stdout.splitlines()[-1]
    assert "7 passed" in summary
    assert "deselected" in summary
    assert "skipped" not in summary
    assert f"hardware: reader at {desk.simulator.address}" in done.stdout
