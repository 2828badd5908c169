"""A scanner is found by SANE's list where its address alone does not say which: by `auto`, or at its new place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ScannerWorker, Simulated


@pytest.mark.parametrize("address", ["sane:auto", "sane:airscan:e7:Desk"])
def test_it_is_found_among_what_is_no_scanner_and_at_another_place_than_its_name_says(
    simulated: Simulated, worker_at: Callable[..., ScannerWorker], tmp_path: Path, address: str
) -> None:
    place = simulated.address[simulated.address.index("http:") :]
    (tmp_path / "airscan.conf").write_text(f'[devices]\n"Desk" = {place}, eSCL\n[options]\ndiscovery = disable\n')
    worker = worker_at(address, backends=["airscan", "test"], configuration=str(tmp_path))
    state = worker.until_state()
    assert (state.state, state.identity.get("address")) == ("ready", "sane:airscan:e0:Desk")
    assert len(worker.scan(resolution_dpi=75).pages) == 1


def test_of_several_none_is_picked_and_what_narrows_them_down_decides(
    simulated: Simulated, worker_at: Callable[..., ScannerWorker], tmp_path: Path
) -> None:
    place = simulated.address[simulated.address.index("http:") :]
    lines = f'[devices]\n"Desk" = {place}, eSCL\n"Back office" = {place}, eSCL\n[options]\ndiscovery = disable\n'
    (tmp_path / "airscan.conf").write_text(lines)
    state = worker_at("sane:auto", backends=["airscan"], configuration=str(tmp_path)).until_state()
    assert (state.state, state.code, state.facts) == ("faulted", "SCANNER-SEVERAL", {"count": 2})
    worker = worker_at("sane:auto", backends=["airscan"], configuration=str(tmp_path), model="Back*")
    assert worker.until_state().identity["model"] == "Back office"
    assert len(worker.scan(resolution_dpi=75).pages) == 1


def test_a_strangers_name_is_shown_without_what_cannot_be_printed_and_still_means_that_scanner(
    simulated: Simulated, worker_at: Callable[..., ScannerWorker], tmp_path: Path
) -> None:
    place = simulated.address[simulated.address.index("http:") :]
    named = f'[devices]\n"A[b]\u202e\x1b[2J\u0085{"长" * 300}" = {place}, eSCL\n[options]\ndiscovery = disable\n'
    (tmp_path / "airscan.conf").write_text(named)
    identity = worker_at("sane:auto", backends=["airscan"], configuration=str(tmp_path)).until_state().identity
    shown = f"A?b]???2J?{'长' * 300}"
    assert identity["address"] == f"sane:airscan:e0:{shown}"[:204] + "*"
    assert identity["model"] == f"A[b][2J{'长' * 300}"[:64]
    worker = worker_at(identity["address"], backends=["airscan"], configuration=str(tmp_path))
    assert worker.until_state().state == "ready"
    (tmp_path / "airscan.conf").write_bytes(named.encode().replace(b"A[b]", b"A\xff"))
    state = worker_at("sane:auto", backends=["airscan"], configuration=str(tmp_path)).until_state()
    assert (state.state, state.code) == ("faulted", "SCANNER-LIST")
