"""The faults of a simulated camera's connection: refused, cut at each step, mixed up, pulled out, slow, silent."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from simulators.camera_device import MODEL, OTHER_MODEL
from simulators.camera_fault_table import CUT_MOMENTS, HANGS

if TYPE_CHECKING:
    from conftest import Bench, Client

OK = 0x2001
CARD = 0
ROOT = 0xFFFFFFFF
LIMIT_S = 20
GONE = (ConnectionError, OSError)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=["JPEG"])
    image.load()
    return image


def becomes(wanted: Callable[[], bool]) -> None:
    end_s = time.monotonic() + LIMIT_S
    while not wanted():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def names(bench: Bench) -> list[str]:
    return [stored.file.name for stored in bench.camera.store.pictures()]


@pytest.mark.parametrize("name", ["in-use", "asleep", "event-refused"])
def test_connections_are_refused(bench: Bench, name: str) -> None:
    how = {"asleep": {"how": "refuse"}, "event-refused": {"how": "fail"}}.get(name, {})
    bench.on(name, **how)
    with pytest.raises(ConnectionRefusedError) as refused:
        bench.client()
    assert refused.value.args[0] == 5
    bench.off(name)
    assert bench.opened().ask(0x1004).code == OK


def test_an_event_connection_that_is_closed_at_once(bench: Bench) -> None:
    bench.on("event-refused")
    with pytest.raises(ConnectionError, match="hung up"):
        bench.client()


def test_asleep_it_answers_nothing_and_wakes_after_some_questions(bench: Bench, client: Client) -> None:
    bench.on("asleep", how="refuse", count=2)
    with pytest.raises(GONE):
        client.ask(0x1004)
    with pytest.raises(GONE):
        bench.client()
    assert bench.opened().ask(0x1004).code == OK


@pytest.mark.parametrize("how", ["end", "reset"])
@pytest.mark.parametrize("tenth", range(10))
def test_the_connection_is_cut_at_each_tenth_of_a_file(bench: Bench, client: Client, tenth: int, how: str) -> None:
    (handle,) = client.shoot()
    size = len(client.fetch(handle))
    bench.on("cut-in-data", tenth=tenth, how=how)
    with pytest.raises(ConnectionError, match="reset" if how == "reset" else "hung up"):
        client.ask(0x1009, handle)
    log = bench.camera.log.entries
    becomes(lambda: log()[-1]["status"] is not None)
    again = bench.opened()
    assert len(again.fetch(handle)) == size
    bench.on("cut-in-data", tenth=tenth, how=how)
    half = size // 2
    for start, length in ((0, half), (half, size - half)):
        if start <= size * tenth // 10 < start + length:
            with pytest.raises(GONE):
                again.ask(0x101B, handle, start, length)
            break
        assert len(again.ask(0x101B, handle, start, length).data) == length


@pytest.mark.parametrize(("name", "when"), [(name, when) for name in CUT_MOMENTS for when in ("before", "after")])
def test_the_connection_is_cut_at_each_question(bench: Bench, client: Client, name: str, when: str) -> None:
    (handle,) = client.shoot()
    bench.on(name, when=when)
    code = {"cut-in-capture": (0x9207, ROOT, CARD), "cut-in-events": (0x90C7,), "cut-in-delete": (0x100B, handle)}
    with pytest.raises(GONE):
        client.ask(*code[name])
    left = len(names(bench))
    assert left == {("cut-in-capture", "after"): 2, ("cut-in-delete", "after"): 0}.get((name, when), 1)
    assert bench.opened().ask(0x1004).code == OK


@pytest.mark.parametrize("tenth", [0, 9])
def test_the_connection_is_cut_in_a_frame(bench: Bench, client: Client, tenth: int) -> None:
    client.begin_preview().frame()
    bench.on("cut-in-preview", tenth=tenth)
    with pytest.raises(GONE):
        client.frame()
    assert opened(bench.opened().begin_preview().frame()).size == (640, 480)


@pytest.mark.parametrize("phase", ["command", "event", "session"])
def test_the_connection_is_cut_while_it_is_made(bench: Bench, phase: str) -> None:
    bench.on("cut-in-init", phase=phase)
    with pytest.raises(GONE):
        bench.opened()
    assert bench.camera.faults.active() == {}
    assert bench.opened().ask(0x1004).code == OK


def test_answers_to_another_question(bench: Bench, client: Client) -> None:
    asked = client.ask(0x1004).transaction
    bench.on("wrong-transaction")
    assert client.ask(0x1004).transaction == asked + 2
    bench.on("wrong-transaction", where="data")
    reply = client.ask(0x1004)
    assert (reply.transaction, reply.data_transaction) == (asked + 2, asked + 3)


def fails(deed: Callable[[], object], how: type[OSError] = OSError) -> bool:
    """Whether something does not work any more: an unplugging takes its moment."""
    try:
        deed()
    except how:
        return True
    except OSError:
        return False
    return False


def test_it_is_unplugged(bench: Bench, client: Client) -> None:
    bench.on("unplug")
    becomes(lambda: fails(lambda: client.ask(0x1004)))
    becomes(lambda: fails(bench.client, ConnectionRefusedError))
    assert not bench.camera.is_plugged
    bench.off("unplug")
    assert bench.opened().ask(0x1004).code == OK
    bench.on("unplug", command="get-object", replug_after_ms=1)
    with pytest.raises(GONE):
        bench.opened().picture()
    becomes(lambda: bench.camera.is_plugged)
    assert opened(bench.opened().picture()).size == (1000, 750)


@pytest.mark.parametrize("serial", ["same", "other"])
def test_it_comes_back_under_another_name(bench: Bench, client: Client, serial: str) -> None:
    before, address = bench.camera.nameplate(), bench.camera.address
    bench.on("return-other-name", serial=serial)
    becomes(lambda: bench.camera.is_plugged)
    model = OTHER_MODEL.encode("utf-16-le")
    again = bench.opened()
    assert model in again.ask(0x1001).data
    after = bench.camera.nameplate()
    assert (after[1] == before[1], bench.camera.address) == (serial == "same", address)
    assert (again.guid == client.guid) is (serial == "same")
    bench.off("return-other-name")
    assert bench.camera.nameplate() == before == (MODEL, "RENHU-SIM-00000001")


@pytest.mark.parametrize(("name", "given"), [("slow-data", {"kb_per_s": 20}), ("slow-answers", {"delay_ms": 3000})])
def test_times_of_faults_pass_before_the_answer(bench: Bench, client: Client, name: str, given: dict[str, int]) -> None:
    (handle,) = client.shoot()
    known = len(bench.camera.log.entries())
    bench.on(name, **given)
    client.fetch(handle)

    def longest_s() -> float:
        """Of the requests since; one is noted only when its answer has gone."""
        new = bench.camera.log.entries()[known:]
        return max((float(str(one["end_s"])) - float(str(one["t_s"])) for one in new), default=0.0)

    becomes(lambda: longest_s() >= 0.029)


@pytest.mark.parametrize("name", HANGS)
def test_a_hang_lasts_until_it_is_switched_off(bench: Bench, client: Client, name: str) -> None:
    (handle,) = client.shoot()
    client.begin_preview()
    wishes = {
        "hang-in-capture": (0x9207, ROOT, CARD),
        "hang-in-ready": (0x90C8,),
        "hang-in-events": (0x90C7,),
        "hang-in-data": (0x1009, handle),
        "hang-in-preview": (0x9203,),
        "hang-in-storage": (0x1004,),
        "hang-in-delete": (0x100B, handle),
    }
    bench.on(name)
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(client.ask, *wishes[name]) if name in wishes else other.submit(bench.opened)
        while name in bench.camera.faults.active():
            assert not waiting.done()
        assert not waiting.done()
        bench.off(name)
        with pytest.raises(GONE):
            waiting.result(LIMIT_S)
