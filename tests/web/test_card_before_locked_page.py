"""A card laid on the reader before a locked page is found there and not read; once unlocked, it fills a form."""

import json
from datetime import timedelta

import pytest

from agent.accounts.storage import writing
from agent.simulator_process import SimulatorProcess
from peewee_models.accounts import Session


@pytest.fixture(scope="module")
def simulator():
    process = SimulatorProcess.start("reader", "--speed-factor", "20")
    yield process
    process.stop()


@pytest.fixture
def house(house_with_reader, simulator):
    with house_with_reader(address=simulator.address) as opened:
        opened.until(lambda: opened.station.devices.statuses()[0].state == "ready", "the reader is ready")
        yield opened


def test_nothing_is_read_before_a_locked_page(house, simulator):
    clerk, station = house.signed_in("clerk"), house.station
    holder = station.accounts.session(house.tokens["clerk"], is_attended=False)

    def asked():
        log = json.loads(simulator.call("GET", "/log"))
        return [entry["command"] for entry in log if entry["direction"] == "in"]

    with writing(station.register.place.store):
        Session.update(last_seen_at=station.clock.now() - timedelta(minutes=6)).execute()
    station.desk.attend()
    simulator.call("PUT", "/plate", {"card": "resident-001"})
    house.until(lambda: station.desk.view(holder).card_state != "none", "the card is seen")
    finds = asked().count("find")
    house.until(lambda: asked().count("find") >= finds + 3, "the reader looks on")
    assert not {"select", "read-base"} & set(asked())
    clerk.get("/locked")
    clerk.post("/locked", {"password": house.sign_ins["clerk"]["password"], "back": "/desk"})
    house.until(lambda: station.desk.view(holder).draft is not None, "a form")
    assert "read-base" in asked()
