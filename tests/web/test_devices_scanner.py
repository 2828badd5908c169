"""Which of several scanners is the station's: a technician chooses from those that were found, nobody guesses."""

from __future__ import annotations

import re
import time

import pytest

from agent.simulator_process import SimulatorProcess

PATIENCE_S = 60.0
# Whoever has a scanner on the network names it.
STRANGER = f"<b>Hall</b>\u202e\x1b[2J\u0085{'长' * 300}"


@pytest.fixture(scope="module")
def house(house_with_scanner, tmp_path_factory):
    """A station whose scanner is to be found, with two of them there."""
    simulator = SimulatorProcess.start("scanner", "--speed-factor", "100")
    place = simulator.address[simulator.address.index("http:") :]
    folder = tmp_path_factory.mktemp("sane")
    folder.joinpath("dll.conf").write_text("airscan\n")
    lines = f'[devices]\n"Desk" = {place}, eSCL\n"{STRANGER}" = {place}, eSCL\n[options]\ndiscovery = disable\n'
    folder.joinpath("airscan.conf").write_text(lines)
    with house_with_scanner(address="sane:auto", configuration=str(folder)) as opened:
        yield opened
    simulator.stop()


def wait_for(house, condition):
    technician = house.signed_in("technician")
    end_s = time.monotonic() + PATIENCE_S
    while True:
        technician.get("/devices")
        if condition(technician.page):
            return technician
        assert time.monotonic() < end_s, technician.page
        time.sleep(0.05)


def test_several_scanners_are_listed_and_the_chosen_one_is_used(house):
    person = wait_for(house, lambda page: "SCANNER-SEVERAL" in page and page.count("/devices/scanner/use") == 2)
    assert "登记台不受影响" in person.page
    assert "<b>Hall" not in person.page, "what a device calls itself is never markup"
    assert not re.search("[\u202e\x1b\x85]", person.page)
    assert "长" * 300 not in person.page
    addresses = re.findall(r'name="address" value="(sane:[^"]+)"', person.page)
    [desk] = [address for address in addresses if address.endswith("Desk")]
    assert person.post("/devices/scanner/use", {"address": "sane:elsewhere"}).status_code == 404
    assert person.post("/devices/scanner/use", {"address": desk, "meant": "yes"}).status_code == 303
    person = wait_for(house, lambda page: re.search(r'id="device-scanner" data-state="ready"', page))
    assert "正在使用" in person.page
    assert "RENHU-SIM" in person.page, "a simulator is known for one, by whatever name it is found"
    assert "/devices/scanner/self-test" not in person.page
    assert "75–600 dpi · 216 × 297 mm" in person.page
    assert "驱动没有提供" in person.page
