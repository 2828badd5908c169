"""The biggest words of the waiting desk say what the clerk can do now: lay a card only where one can be read."""

from __future__ import annotations

import re

import msgspec
import pytest

from agent.devices.state import DeviceState

ADDRESS = "serial:/dev/renhu/none"
TYPE = "读卡器没有就绪：请键入查找，或无证登记"
LAY = "请把身份证放上读卡器"


@pytest.fixture(scope="module")
def house(house_with_reader):
    with house_with_reader(address=ADDRESS) as opened:
        yield opened


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        (DeviceState.ABSENT, "READER-NO-SUCH-PORT", TYPE),
        (DeviceState.DISABLED, "READER-DISABLED", TYPE),
        (None, None, TYPE),
        (DeviceState.STARTING, None, LAY),
        (DeviceState.READY, None, LAY),
    ],
)
def test_the_headline_follows_the_reader(house, monkeypatch, state, code, words):
    (known,) = house.station.devices.statuses()
    there = [] if state is None else [msgspec.structs.replace(known, state=state, code=code)]
    monkeypatch.setattr(house.station.devices, "statuses", lambda: there)
    clerk = house.signed_in("clerk")
    clerk.post("/desk/take")
    clerk.get("/desk")
    headline = re.search(r'<h1 id="idle-title">(.*?)</h1>', clerk.page)[1]
    assert words in headline
    assert ("<kbd>N</kbd>" in headline) is (words == TYPE)
