"""The command line beside a running agent: it asks the agent, never takes the device from it, and leaves a trace."""

import base64
import importlib.util
import json
import os
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.folder import KEY_BYTES

SPEC = importlib.util.spec_from_file_location("clerk_of_commands", Path(__file__).with_name("clerk.py"))
clerk = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(clerk)


@pytest.fixture
def beside(demo, tmp_path):
    """What the demo told, and `renhu` run with a configuration that names the same data folder."""
    told, _ = demo
    config = tmp_path / "renhu.toml"
    config.write_text(f'[data]\nfolder = "{told["data"]}"\n')

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "agent", *arguments, "--config", str(config)],
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False,
            env={**os.environ, "LC_ALL": "en_US.UTF-8"},
        )  # fmt: skip

    def plate(method, body=None):
        request = urllib.request.Request(  # noqa: S310 - the control port's own address
            told["faults"]["reader"].rstrip("/") + "/plate",
            method=method,
            headers={"X-Renhu-Control": told["token"], "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode(),
        )
        urllib.request.urlopen(request).close()  # noqa: S310

    return told, run, plate


def test_a_card_is_read_through_the_agent_while_no_desk_is_held(beside):
    _, run, plate = beside
    plate("PUT", {"card": "resident-003"})
    result = run("card", "--json", "--timeout", "20")
    assert result.returncode == 0, result.stderr
    card = json.loads(result.stdout)
    assert (card["readings"], card["sam_id"][:6]) == (2, "99.99-")
    assert len(base64.b64decode(card["text_raw"])) == 256
    plate("DELETE")
    assert run("card", "--json", "--timeout", "1").returncode == 4


def test_a_card_that_a_command_has_read_is_to_be_laid_anew_for_the_desk(beside):
    told, run, plate = beside
    plate("PUT", {"card": "resident-003"})
    result = run("card", "--json", "--timeout", "20")
    assert result.returncode == 0, result.stderr
    person = clerk.Clerk(told["url"], told["sign_ins"][0])
    person.get("/desk")
    assert "没有用在您的登记表里" in person.page
    assert "draft-form" not in person.page
    plate("DELETE")


def test_a_held_desk_keeps_its_reader(beside):
    told, run, _ = beside
    person = clerk.Clerk(told["url"], told["sign_ins"][0])
    result = run("card", "--json", "--timeout", "5")
    assert result.returncode == 7
    assert json.loads(result.stdout)["error"]["code"] == "READER-IN-SERVICE"
    person.post("/sign-out")
    assert run("card", "--json", "--timeout", "1").returncode == 4


def test_a_waiting_command_gives_way_to_a_clerk_who_opens_the_desk(beside):
    told, run, plate = beside
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(run, "card", "--json", "--timeout", "30")
        person = clerk.Clerk(told["url"], told["sign_ins"][0])
        result = waiting.result(60)
    assert result.returncode == 7, result.stdout
    plate("PUT", {"card": "resident-005"})
    person.post("/desk/read-card")
    person.get("/desk")
    assert "draft-form" in person.page


def test_doctor_asks_the_agent_how_its_devices_are(beside):
    _, run, _ = beside
    told = json.loads(run("doctor", "--json").stdout)
    names = {check["name"]: check for check in told["checks"]}
    assert names["agent"]["code"] == "DOCTOR-AGENT-RUNS"
    assert names["audit"]["code"] == "DOCTOR-AUDIT"
    assert names["reader"]["ok"]


def test_a_second_agent_on_the_same_folder_is_refused(beside):
    told, _, _ = beside
    second = subprocess.run(
        [sys.executable, "-m", "agent", "demo", "--port", "0", "--no-open", "--data", told["data"]],
        capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert second.returncode == 3
    assert "DATA-IN-USE" in second.stderr
    assert len((Path(told["data"]) / "practice.key").read_bytes()) == KEY_BYTES


def test_a_stop_does_not_wait_for_a_silent_reader(beside, demo):
    told, _, _ = beside
    _, process = demo
    technician = next(sign_in for sign_in in told["sign_ins"] if sign_in["role"] == "technician")
    person = clerk.Clerk(told["url"], technician)
    request = urllib.request.Request(  # noqa: S310 - the control port's own address
        told["faults"]["reader"].rstrip("/") + "/faults/silent",
        method="PUT",
        headers={"X-Renhu-Control": told["token"], "Content-Type": "application/json"},
        data=b'{"count": 1000}',
    )  # fmt: skip
    with ThreadPoolExecutor() as pool:
        urllib.request.urlopen(request).close()  # noqa: S310
        asked = pool.submit(person.post, "/devices/reader/self-test")
        time.sleep(0.5)
        process.terminate()
        process.wait(10)
        asked.exception(20)
    assert process.returncode == 0


def test_a_supervisor_without_a_password_gets_a_way_back_from_root_and_nobody_else_does(beside):
    told, run, _ = beside
    (supervisor,) = [one for one in told["sign_ins"] if one["role"] == "supervisor"]
    result = run("enrol", supervisor["name"])
    assert result.returncode == 0, result.stderr
    code, new = result.stdout.strip(), "一个新的长口令 7391"
    assert "24 hours" in result.stderr
    visitor = clerk.Clerk(told["url"])
    visitor.get("/enrol")
    status, _ = visitor.post("/enrol", name=supervisor["name"], code=code, password=new, again=new)
    assert status == 303, visitor.page
    clerk.Clerk(told["url"], {**supervisor, "password": new})
    refused = run("enrol", "clerk", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (2, "USER-NO-SUPERVISOR")


def test_without_a_running_agent_there_is_no_way_back(beside, tmp_path):
    _, run, _ = beside
    tmp_path.joinpath("renhu.toml").write_text(f'[data]\nfolder = "{tmp_path}"\n')
    refused = run("enrol", "supervisor", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (2, "AGENT-STOPPED")
