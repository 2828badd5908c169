"""A reader that comes and goes, and a worker that is killed: the agent notices, recovers, and leaks nothing."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from agent.devices.wire import Sign


def own_state():
    me = psutil.Process()
    return me.num_fds(), me.num_threads()


def has_not_grown_since(before):
    """Fewer is well: what a test before this one left behind may go at any time."""
    descriptors, threads = own_state()
    return descriptors <= before[0] and threads <= before[1]


def worker_of(parent=None):
    children = (parent or psutil.Process()).children()
    return next(child for child in children if "agent.devices.worker" in " ".join(child.cmdline()))


def unplug_cycle(simulator, supervised, wait_for):
    simulator.call("PUT", "/faults/unplug-before", {"replug_after_ms": 100})
    supervised.wait_until("absent")
    supervised.wait_until("ready")


@pytest.mark.parametrize("simulator", ["pty", "usb-split", "usb-pair"], indirect=True)
def test_a_reading_is_told_from_its_beginning_to_the_card_leaving(simulator, supervise, wait_for):
    supervised = supervise(simulator.address)
    supervised.supervisor.watch("reader", is_reading=True)
    supervised.wait_until("ready")
    simulator.call("PUT", "/plate", {"card": "resident-001"})
    wait_for(lambda: supervised.count("verified") == 1, "verified")
    simulator.call("DELETE", "/plate")
    wait_for(lambda: supervised.count("removed") == 1, "removed")
    assert supervised.names() == ["reading", "read", "verified", "removed"]


def test_with_no_desk_held_a_card_is_seen_but_nothing_is_read_of_it(simulator, supervise, wait_for):
    supervised = supervise(simulator.address)
    supervised.wait_until("ready")
    simulator.call("PUT", "/plate", {"card": "resident-001"})
    wait_for(lambda: supervised.count("placed") == 1, "placed")
    simulator.call("DELETE", "/plate")
    wait_for(lambda: supervised.count("removed") == 1, "removed")
    assert supervised.signs == [Sign("placed"), Sign("removed")]


def test_a_card_that_lay_there_is_read_as_soon_as_a_desk_is_held(simulator, supervise, wait_for):
    supervised = supervise(simulator.address)
    simulator.call("PUT", "/plate", {"card": "resident-001"})
    wait_for(lambda: supervised.count("placed") == 1, "placed")
    supervised.supervisor.watch("reader", is_reading=True)
    wait_for(lambda: supervised.count("verified") == 1, "verified")
    assert supervised.names() == ["placed", "reading", "read", "verified"]


def test_a_card_belongs_to_the_turn_in_which_its_first_reading_began_until_it_has_left(simulator, supervise, wait_for):
    supervised = supervise(simulator.address)
    supervised.supervisor.watch("reader", is_reading=True, turn=4)
    supervised.wait_until("ready")
    simulator.call("PUT", "/faults/slow-plate", {"delay_ms": 4000})
    simulator.call("PUT", "/faults/status", {"status": "41", "count": 3, "command": "read-base"})
    simulator.call("PUT", "/plate", {"card": "resident-001"})
    wait_for(lambda: supervised.count("reading") == 1, "reading")
    supervised.supervisor.watch("reader", is_reading=True, turn=5)
    wait_for(lambda: supervised.count("refused") == 1, "refused")
    simulator.call("DELETE", "/faults")
    wait_for(lambda: supervised.count("verified") == 1, "verified")
    simulator.call("DELETE", "/plate")
    wait_for(lambda: supervised.names()[-1] == "removed", "removed")
    simulator.call("PUT", "/plate", {"card": "resident-002"})
    wait_for(lambda: supervised.count("verified") == 2, "verified")
    told = [(sign.name, sign.turn) for sign in supervised.signs]
    assert told == [
        *(("reading", 4), ("refused", 4), ("removed", None), ("read", 4), ("verified", 4), ("removed", None)),
        *(("reading", 5), ("read", 5), ("verified", 5)),
    ]


@pytest.mark.parametrize("simulator", ["pty", "usb-split", "usb-pair"], indirect=True)
@pytest.mark.parametrize("cycles", [6, pytest.param(100, marks=pytest.mark.drill)])
def test_unplug_and_return_leave_nothing_behind(simulator, supervise, wait_for, cycles):
    supervised = supervise(simulator.address)
    supervised.wait_until("ready")
    unplug_cycle(simulator, supervised, wait_for)
    before, worker = own_state(), worker_of()
    worker_fds, worker_threads = worker.num_fds(), worker.num_threads()
    for _ in range(cycles):
        unplug_cycle(simulator, supervised, wait_for)
    wait_for(lambda: has_not_grown_since(before), "no more descriptors and threads than before")
    assert worker_of().pid == worker.pid
    assert worker.num_threads() == worker_threads
    assert abs(worker.num_fds() - worker_fds) <= 1


@pytest.mark.parametrize("kills", [8, pytest.param(200, marks=pytest.mark.drill)])
def test_a_killed_worker_comes_back_and_reads_again(simulator, supervise, wait_for, kills):
    chance = random.Random(1)
    supervised = supervise(simulator.address)
    supervised.supervisor.watch("reader", is_reading=True)
    supervised.wait_until("ready")
    before = own_state()
    for number in range(1, kills + 1):
        simulator.call("PUT", "/plate", {"card": "resident-001"})
        time.sleep(chance.uniform(0, 0.05))
        worker_of().send_signal(signal.SIGKILL)
        simulator.call("DELETE", "/plate")
        wait_for(
            lambda: supervised.status.code is None and supervised.status.state == "ready", f"ready after kill {number}"
        )
        seen = supervised.count("verified")
        simulator.call("PUT", "/plate", {"card": "resident-002"})
        wait_for(lambda seen=seen: supervised.count("verified") > seen, f"a card after kill {number}")
        simulator.call("DELETE", "/plate")
        wait_for(lambda: supervised.names()[-1] == "removed", "removed")
    wait_for(lambda: has_not_grown_since(before), "no more descriptors and threads than before")


def test_five_deaths_without_an_exchange_switch_it_off_until_a_technician_restarts_it(supervise, wait_for, tmp_path):
    supervised = supervise(f"serial:{tmp_path}/none")
    for _ in range(5):
        worker = wait_for(lambda: supervised.status.state != "disabled" and _worker_or_none(), "a worker")
        worker.kill()
        wait_for(lambda worker=worker: not worker.is_running() or supervised.status.state == "disabled", "its end")
    supervised.wait_until("disabled")
    assert supervised.status.code == "READER-DISABLED"
    supervised.supervisor.restart("reader")
    wait_for(lambda: supervised.status.code == "READER-NO-SUCH-PORT", "started again")


def _worker_or_none():
    return next(
        (child for child in psutil.Process().children() if "agent.devices.worker" in " ".join(child.cmdline())), None
    )


def test_a_register_switches_a_simulated_reader_off(simulator, supervise):
    supervised = supervise(simulator.address, refuses_simulated=True)
    supervised.wait_until("disabled")
    assert supervised.status.code == "READER-SIMULATED"
    assert supervised.status.simulated


def test_a_worker_that_stops_answering_past_its_deadline_is_ended_and_replaced(simulator, supervise, wait_for):
    supervised = supervise(simulator.address)
    supervised.wait_until("ready")
    worker = worker_of()
    worker.suspend()
    answer = supervised.supervisor.request("reader", "self_test", {}, 0.2)
    with pytest.raises(Exception, match="READER-HUNG"):
        answer.result(30)
    supervised.wait_until("ready")
    assert worker_of().pid != worker.pid


def test_a_busy_reader_says_so_and_queues_nothing(simulator, supervise):
    supervised = supervise(simulator.address)
    supervised.wait_until("ready")
    first = supervised.supervisor.request("reader", "self_test", {}, 10)
    second = supervised.supervisor.request("reader", "self_test", {}, 10)
    with pytest.raises(Exception, match="READER-IN-SERVICE"):
        second.result(10)
    assert b'"status":"90"' in first.result(10)


def test_no_worker_outlives_a_killed_agent(simulator, wait_for):
    program = (
        "import sys, time; from agent.devices.alone import read_card; from agent.devices.host import DeviceSettings\n"
        "from agent.clock import SystemClock\n"
        "reader = DeviceSettings(role='reader', driver='reader_sam', address=sys.argv[1], options={})\n"
        "read_card(reader, SystemClock(), 60)"
    )
    agent = subprocess.Popen([sys.executable, "-c", program, simulator.address], stderr=subprocess.DEVNULL)
    parent = psutil.Process(agent.pid)
    worker = wait_for(lambda: next(iter(parent.children()), None), "a worker")
    agent.kill()
    agent.wait()
    wait_for(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, "the worker's end")


def test_a_worker_sees_nothing_of_the_station(simulator, supervise):
    supervised = supervise(simulator.address)
    supervised.wait_until("ready")
    worker = worker_of()
    assert set(worker.environ()) <= {"PATH", "LANG", "TMPDIR", "LC_CTYPE"}
    assert worker.cwd() == "/"
    named = [str(link.readlink()) for link in Path(f"/proc/{worker.pid}/fd").iterdir()]
    assert not [name for name in named if "register.db" in name or ".key" in name]
    assert "NoNewPrivs:\t1" in Path(f"/proc/{worker.pid}/status").read_text()
