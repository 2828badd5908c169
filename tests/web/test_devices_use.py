"""A technician chooses another port and goes back: asked about first, told with its address; a failed self-test too."""

from __future__ import annotations

import html
import re
import time

import msgspec
import pytest

from agent.simulator_process import SimulatorProcess
from drivers.api import Candidate
from peewee_models.audit import AuditEntry
from peewee_models.station import chosen_address

WRONG = "serial:/dev/renhu/wrong"
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def house(house_with_reader):
    """A station with a simulated reader where the configuration says."""
    simulator = SimulatorProcess.start("reader", "--speed-factor", "20")
    with house_with_reader(address=simulator.address) as opened:
        wait_for(opened, lambda reader: reader.state == "ready")
        yield opened
    simulator.stop()


@pytest.fixture
def offers_wrong_port(house, monkeypatch):
    """The machine has another port besides."""
    statuses = house.station.supervisor.statuses

    def with_port():
        known = statuses()
        port = (Candidate(WRONG, "wrong"),)
        return known | {"reader": msgspec.structs.replace(known["reader"], candidates=port)}

    monkeypatch.setattr(house.station.supervisor, "statuses", with_port)


def wait_for(house, is_so):
    end = time.monotonic() + PATIENCE_S
    while not is_so(house.station.devices.statuses()[0]):
        assert time.monotonic() < end
        time.sleep(0.02)


def shown(technician):
    technician.get("/devices")
    return html.unescape(technician.page)


def chosen(house):
    with house.station.accounts._store.read():
        return chosen_address("reader")


def uses(house):
    with house.station.accounts._store.read():
        rows = AuditEntry.select().where(AuditEntry.action == "device.act")
        return [row.facts["what"] for row in rows].count("use")


def go_to(technician, address):
    """Press the page's button for an address, read the question, mean it: as a browser without JavaScript does."""
    form = re.search(rf'<form[^>]*action="([^"]+)"[^>]*>(?:(?!</form>).)*value="{re.escape(address)}"',
                     shown(technician), re.DOTALL)  # fmt: skip
    assert form, address
    assert technician.get(f"{form[1]}?address={address}").status_code == 200
    question = html.unescape(technician.page)
    fields = dict(re.findall(r'name="(address|meant)" value="([^"]*)"', question))
    assert technician.post(form[1], fields).status_code == 303
    return question


def test_a_wrong_port_is_asked_about_told_and_left_again(house, offers_wrong_port):
    configured = house.station.devices.statuses()[0].address
    technician = house.signed_in("technician")
    technician.post("/devices/reader/self-test")
    page = shown(technician)
    assert "自检通过" in page
    assert "chosen-reader" not in page
    question = go_to(technician, WRONG)
    assert WRONG in question
    assert configured in question
    wait_for(house, lambda reader: reader.code == "READER-NO-SUCH-PORT")
    assert chosen(house) == WRONG
    page = shown(technician)
    assert "self-test-reader" not in page
    assert f'选定的地址</dt><dd translate="no">{WRONG}<' in page
    assert f'配置的地址</dt><dd translate="no">{configured}<' in page
    go_to(technician, configured)
    wait_for(house, lambda reader: reader.state == "ready")
    assert chosen(house) is None
    assert "chosen-reader" not in shown(technician)
    assert uses(house) == 2


@pytest.mark.parametrize(
    ("address", "meant", "status"), [(WRONG, "", 400), ("serial:/dev/renhu/unheard", "yes", 404)]
)  # fmt: skip
def test_without_the_question_or_off_the_page_no_port_is_used(house, offers_wrong_port, address, meant, status):
    before = uses(house)
    technician = house.signed_in("technician")
    assert technician.post("/devices/reader/use", {"address": address, "meant": meant}).status_code == status
    assert (chosen(house), uses(house)) == (None, before)


def test_a_self_test_that_fails_is_told_on_the_devices_card(house):
    configured = house.station.devices.statuses()[0].address
    house.station.supervisor.restart("reader", WRONG)
    wait_for(house, lambda reader: reader.code == "READER-NO-SUCH-PORT")
    technician = house.signed_in("technician")
    answer = technician.post("/devices/reader/self-test")
    assert answer.status_code == 303
    told = re.search(r'id="self-test-reader">.*?</div>', shown(technician), re.DOTALL)[0]
    assert "自检没有做成" in told
    assert f"没有 {WRONG[7:]} 这个端口" in told or f"没有 {WRONG} 这个端口" in told
    assert "<code>READER-NO-SUCH-PORT</code>" in told
    house.station.supervisor.restart("reader", configured)
    wait_for(house, lambda reader: reader.state == "ready")
