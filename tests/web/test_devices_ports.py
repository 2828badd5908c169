"""Why no reader was found among the ports, told on the technician's page in both languages, port by port."""

from __future__ import annotations

import html
import os
import time

import pytest


@pytest.fixture
def house(house_with_reader):
    """A station that looks for its reader at a port where nobody answers."""
    ours, theirs = os.openpty()
    with house_with_reader(address="serial:auto", ports=[os.ttyname(theirs)]) as opened:
        end = time.monotonic() + 60
        while opened.station.devices.statuses()[0].code is None:
            assert time.monotonic() < end
            time.sleep(0.02)
        yield opened
    os.close(ours)
    os.close(theirs)


def test_each_port_has_its_reason(house):
    technician = house.signed_in("technician")
    looked = house.station.devices.statuses()[0].facts["looked"]
    for language, reason in (("zh", "：打开了，没有应答"), ("en", "opened, no answer")):
        technician.post("/language", {"language": language, "back": "/devices"})
        technician.get("/devices")
        page = html.unescape(technician.page)
        assert f'<li><span translate="no">{looked}</span>' in page
        assert reason in page
