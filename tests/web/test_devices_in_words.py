"""What the technician's page says of a device names the address that was tried, and the button that it shows."""

import re

import msgspec
import pytest

from agent.devices.state import DeviceState

ADDRESS = "serial:/dev/renhu/raeder"


@pytest.fixture(scope="module")
def house(house_with_reader):
    with house_with_reader(address=ADDRESS) as opened:
        yield opened


def page_of(house, language):
    technician = house.signed_in("technician")
    technician.post("/language", {"language": language})
    technician.get("/devices")
    return technician.page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_configured_address_is_shown(house, language):
    shown = re.search(
        r"<dt>(配置的地址|Configured address)</dt><dd translate=\"no\">([^<]*)<", page_of(house, language)
    )
    assert shown[2] == ADDRESS


@pytest.mark.parametrize("role", ["reader", "scanner"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_device_that_is_switched_off_names_the_button_that_is_there(house, monkeypatch, role, language):
    (known,) = house.station.devices.statuses()
    off = msgspec.structs.replace(known, role=role, state=DeviceState.DISABLED, code=f"{role.upper()}-DISABLED")
    monkeypatch.setattr(house.station.devices, "statuses", lambda: [off])
    monkeypatch.setattr(house.station.devices, "configured_address", lambda _role: off.address)
    page = page_of(house, language)
    named = re.search(r"“([^”]+)”", re.search(r"<strong>(.*?)</strong>", page)[1])[1]
    assert f'btn-primary">{named}</button>' in page
