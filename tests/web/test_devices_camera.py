"""The camera on the technician's page: what it is, how it is, what it offers, and what is told while it is away."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable

import pytest

from agent.simulator_process import SimulatorProcess
from drivers.api import Candidate

PATIENCE_S = 60.0
TEXT = re.compile(r"<[^>]+>")
STRANGER = Candidate("gphoto2:usb:2034567", "Nikon DSC D750 2034567")


@pytest.fixture(scope="module")
def simulator():
    process = SimulatorProcess.start("camera", "--speed-factor", "50")
    yield process
    process.stop()


@pytest.fixture(scope="module")
def house(house_with_camera, simulator):
    with house_with_camera(address=simulator.address) as opened:
        yield opened


@pytest.fixture(autouse=True)
def whole(simulator):
    """A camera without faults, as it was at the start."""
    yield
    simulator.call("DELETE", "/faults")
    simulator.call("DELETE", "/camera")


def seen(house, condition: Callable[[dict[str, str]], object], language: str = "zh") -> str:
    """Open the page until its rows of the camera are as wanted."""
    technician = house.signed_in("technician")
    technician.post("/language", {"language": language, "back": "/devices"})
    end_s = time.monotonic() + PATIENCE_S
    while True:
        technician.get("/devices")
        if condition(rows(technician.page)):
            return technician.page
        assert time.monotonic() < end_s, rows(technician.page)
        time.sleep(0.05)


def rows(page: str) -> dict[str, str]:
    """What the page says of the camera, and why, row by row."""
    section = re.search(r'id="device-camera".*?</section>', page, re.DOTALL)[0]
    pairs = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", section, re.DOTALL)
    told = {name: html.unescape(" ".join(TEXT.sub(" ", words).split())) for name, words in pairs}
    state, code = re.search(r'data-state="([^"]+)"', page[page.index(section) :]), re.search(r"<code>([^<]+)", section)
    return told | {"state": state[1], "code": code[1] if code else ""}


def test_a_camera_that_is_there_says_what_it_is_and_what_it_offers(house, simulator):
    told = rows(seen(house, lambda told: told["state"] == "ready" and "电量" in told))
    assert told["地址"] == simulator.address
    assert (told["型号"], told["固件"], told["来历"]) == ("RENHU-SIM Camera", "V1.00", "模拟设备")
    assert told["序列号"].startswith("RENHU-SIM-")
    assert (told["电量"], told["取景画面"]) == ("80 %", "有")
    assert told["存储卡"] == "剩余 34.4 GB · 可拍 5000 张"
    assert told["ISO"] == "200 100 · 200 · 400 · 800 · 1600 · 3200"
    assert told["白平衡"].startswith("Automatic Automatic · Daylight")
    assert {"曝光补偿", "对焦方式"} <= told.keys()


def test_it_is_told_in_english_with_its_room_counted(house):
    told = rows(seen(house, lambda told: told["state"] == "ready" and "Battery" in told, "en"))
    assert (told["Card"], told["Live view"]) == ("34.4 GB free · room for 5000 pictures", "yes")
    seen(house, lambda told: "电量" in told)


def test_a_missing_card_and_a_low_battery_are_seen(house, simulator):
    simulator.call("PUT", "/faults/no-card", {})
    simulator.call("PUT", "/camera", {"battery": 11})
    seen(house, lambda told: told.get("存储卡") == "! 没有存储卡 请装上" and told.get("电量") == "11 %")
    simulator.call("PUT", "/camera", {"battery": 10})
    seen(house, lambda told: told.get("电量") == "! 10 % 请充电或换电池")


def test_a_camera_that_is_away_says_why_and_what_to_do_and_its_numbers_are_gone(house, simulator):
    simulator.call("PUT", "/faults/unplug", {})
    page = seen(house, lambda told: told["code"] == "CAMERA-ABSENT" and told["state"] != "ready")
    assert "登记台不受影响：照常登记，照片可以修好后再拍。" in page
    assert "请打开相机，检查数据线和电源" in page
    assert rows(page).keys().isdisjoint({"电量", "存储卡", "取景画面", "ISO"})
    simulator.call("DELETE", "/faults")
    seen(house, lambda told: told["state"] == "ready" and "电量" in told)


def test_another_camera_that_was_found_can_be_chosen_and_the_configured_one_again(house, monkeypatch, simulator):
    supervisor = house.station.supervisor
    monkeypatch.setattr(supervisor._hosts["camera"], "candidates", (STRANGER,))
    supervisor._remember()
    page = seen(house, lambda told: told["state"] == "ready")
    assert "找到的相机" in page
    person = house.signed_in("technician")
    person.get(f"/devices/camera/use?address={STRANGER.address}")
    assert "读卡、扫描或拍照会中断" in person.page
    meant = {"address": STRANGER.address, "meant": "yes"}
    assert person.post("/devices/camera/use", meant | {"address": "gphoto2:usb:1"}).status_code == 404
    assert person.post("/devices/camera/use", meant).status_code == 303
    told = rows(seen(house, lambda told: told["code"] == "CAMERA-ABSENT"))
    assert (told["选定的地址"], told["配置的地址"]) == (STRANGER.address, simulator.address)
    person.get("/devices")
    person.post("/devices/camera/use", meant | {"address": simulator.address})
    seen(house, lambda told: told["state"] == "ready" and "电量" in told)


def test_no_picture_of_anybody_stands_on_the_page(house):
    assert "<img" not in re.search(r"<main.*</main>", seen(house, lambda told: "电量" in told), re.DOTALL)[0]
