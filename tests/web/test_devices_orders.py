"""What a technician orders a reader's module to do: asked about first, done over the real line, told in words."""

from __future__ import annotations

import logging
import os
import signal

import psutil
import pytest

from agent.devices.service import SPEEDS_BAUD
from agent.simulator_process import SimulatorProcess
from drivers import sam_commands
from peewee_models.audit import AuditEntry


@pytest.fixture(scope="module")
def house(request, house_with_reader):
    """A station with a simulated reader on the wire that a test names."""
    simulator = SimulatorProcess.start("reader", "--wire", request.param, "--speed-factor", "20")
    with house_with_reader(address=simulator.address) as opened:
        opened.until(lambda: reader(opened).state == "ready", "the reader is ready")
        yield opened
    simulator.stop()


on_serial = pytest.mark.parametrize("house", ["pty"], indirect=True)
on_usb = pytest.mark.parametrize("house", ["usb-split"], indirect=True)


def reader(house):
    return house.station.devices.statuses()[0]


def order(house, name, value):
    """Ask about an order and give it, as a browser without JavaScript does; returns the page that tells its end."""
    technician = house.signed_in("technician")
    question = technician.get(f"/devices/reader/order/{name}?value={value}")
    assert question.status_code == 200, question.status_code
    answer = technician.post(f"/devices/reader/order/{name}", {"value": str(value), "meant": "yes"})
    assert answer.status_code == 303
    technician.get("/devices")
    return technician.page


def ordered(house):
    """What the audit says was ordered."""
    with house.station.accounts._store.read():
        rows = AuditEntry.select().where(AuditEntry.action == "device.act").order_by(AuditEntry.seq)
        return [row.facts["what"] for row in rows]


@on_serial
@pytest.mark.parametrize("speed_baud", [9600, 19200, 38400, 57600, 115200])
def test_after_each_speed_the_reader_is_ready_again(house, speed_baud, caplog):
    with caplog.at_level(logging.WARNING, "renhu.devices"):
        page = order(house, "speed", speed_baud)
    assert f"串口速率已改为 {speed_baud} 波特" in page
    assert reader(house).state == "ready"
    assert reader(house).identity["speed_baud"] == str(speed_baud)
    assert house.station.devices.self_test("reader").status == "90"
    assert ordered(house)[-1] == f"speed {speed_baud}"
    (line,) = [record.getMessage() for record in caplog.records if "ordered by user" in record.getMessage()]
    assert f"set_speed {speed_baud}" in line
    assert line.endswith("done")


@on_serial
def test_a_new_worker_finds_the_changed_speed_by_itself(house):
    order(house, "speed", 19200)
    worker = next(child for child in psutil.Process().children() if "agent.devices.worker" in child.cmdline())
    os.kill(worker.pid, signal.SIGKILL)
    house.until(lambda: not worker.is_running() and reader(house).state == "ready", "ready after the kill")
    assert reader(house).identity["speed_baud"] == "19200"
    assert "115200" in order(house, "speed", 115200)


@on_serial
@pytest.mark.parametrize("size_bytes", [24, 255])
def test_the_largest_rf_frame_is_set(house, size_bytes):
    assert f"最大射频帧已改为 {size_bytes} 字节" in order(house, "rf-frame", size_bytes)
    assert ordered(house)[-1] == f"rf-frame {size_bytes}"
    assert reader(house).state == "ready"


@on_usb
def test_a_reader_on_usb_has_no_speed_to_set(house):
    technician = house.signed_in("technician")
    assert 'id="speed-reader"' not in technician.page
    assert "USB 读卡器没有串口速率" in technician.page
    page = order(house, "speed", 9600)
    assert "没有改成" in page
    assert "READER-SPEED-FIXED" in page
    assert reader(house).state == "ready"
    assert "最大射频帧已改为 80 字节" in order(house, "rf-frame", 80)


@pytest.mark.parametrize("house", ["pty", "usb-split"], indirect=True)
def test_that_no_reader_is_there_is_told_in_words(house):
    address = reader(house).address
    house.station.supervisor.restart("reader", "serial:/dev/renhu/none")
    house.until(lambda: reader(house).code == "READER-NO-SUCH-PORT", "absent")
    page = order(house, "rf-frame", 80)
    house.station.supervisor.restart("reader", address)
    house.until(lambda: reader(house).state == "ready", "ready")
    assert "没有改成" in page
    assert "没有 serial:/dev/renhu/none 这个端口" in page


@on_serial
@pytest.mark.parametrize(
    ("name", "value", "meant", "status"),
    [
        ("speed", "1200", "yes", 400),
        ("speed", "", "yes", 400),
        ("speed", "9600", "", 400),
        ("rf-frame", "23", "yes", 400),
        ("rf-frame", "256", "yes", 400),
        ("rf-frame", "0x50", "yes", 400),
        ("reset", "1", "yes", 404),
    ],
)
def test_what_was_not_asked_or_makes_no_sense_is_refused_and_not_written_down(house, name, value, meant, status):
    before = ordered(house)
    technician = house.signed_in("technician")
    answer = technician.post(f"/devices/reader/order/{name}", {"value": value, "meant": meant})
    assert answer.status_code == status
    assert ordered(house) == before


@on_serial
def test_only_a_technician_may(house):
    for role in ("clerk", "supervisor"):
        person = house.signed_in(role)
        assert person.get("/devices/reader/order/speed?value=9600").status_code == 403
        assert person.post("/devices/reader/order/speed", {"value": "9600", "meant": "yes"}).status_code == 403


def test_the_role_and_the_protocol_mean_the_same_speeds():
    assert SPEEDS_BAUD == sam_commands.SPEEDS_BAUD
