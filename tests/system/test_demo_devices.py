"""A demo has a reader, a scanner and a camera of its own, which are all found, and leaves none of them behind."""

import json
import signal
import subprocess
import sys

import psutil

from agent.station import ask_agent

ENDS_WITHIN_S = 30
ASK_LIMIT_S = 5.0
DEVICES = {"reader": "reader_sam", "scanner": "scanner_sane", "camera": "camera_gphoto2"}


def test_all_three_devices_of_a_demo_are_ready_and_gone_with_it(tmp_path, wait_for):
    command = [sys.executable, "-m", "agent", "demo", "--port", "0", "--no-open", "--data", str(tmp_path / "data")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        told = json.loads(process.stdout.readline())
        assert set(told["faults"]) == set(DEVICES)

        def devices():
            answer = ask_agent(tmp_path / "data", {"ask": "status"}, ASK_LIMIT_S)
            found = {device["role"]: device for device in answer["devices"]}
            return found if all(device["state"] == "ready" for device in found.values()) else None

        found = wait_for(devices, "all ready")
        assert {role: device["driver"] for role, device in found.items()} == DEVICES
        assert all(device["simulated"] for device in found.values())
        begun = psutil.Process(process.pid).children(recursive=True)
        assert len(begun) >= 2 * len(DEVICES)
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDS_WITHIN_S) == 0
        assert [one for one in begun if one.is_running()] == []
    finally:
        process.kill()
        process.communicate()
