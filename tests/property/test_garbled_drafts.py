"""A wrong or mixed person is never verified in a draft nor saved: garbled, cut and swapped readings, every fault.

The way: simulated reader → driver in its worker → card feed → desk → draft → record, in a real database.  The negative
control believes every first reading, and must let wrong ones through.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.accounts.service import AccountsPolicy, AccountsService
from agent.clock import SystemClock
from agent.devices.host import DeviceSettings
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Sign, raw
from agent.errors import CodedError
from agent.register.desk import Desk
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from agent.simulator_process import SimulatorProcess
from agent.station import CardFeed
from drivers.api import IdCard
from peewee_models import register_queries, schema, station
from peewee_models.database import create_sqlcipher, open_sqlcipher
from peewee_models.drafts import Draft, DraftField
from peewee_models.register import Registration
from simulators.fault_table import FAULTS

WIRES = ("pty", "usb-split", "usb-pair")
KEY = bytes(range(32))
PEOPLE = ("resident-001", "resident-002", "one-address", "two-addresses", "family-a-1", "family-a-2")
GARBLES = ("flip", "flip", "flip", "flip", "burst", "lost", "doubled", "inserted", "cut")
SWAPS = ("card-swapped-before-read", "card-swapped-before-address", "card-pulled")
OF_THE_PERSON = ("name", "sex", "ethnic", "birth_date", "id_no")
REST = {
    "soldier": "0", "arrive_city_date": "2026-01-02", "arrive_here_date": "2026-01-03", "reason": "12",
    "proof_type": "2", "town": "310112101", "road": "测试路", "mobile": "13800000000", "education": "20",
    "place_type": "30", "committee": "测试居委", "no": "12",
    "notice_given": "1",
}  # fmt: skip
OF_THE_FIRST = REST | {"employer": "测试厂", "room": "101"}
ENDS = {"verified", "single", "refused", "removed"}
ANOTHER_PHOTO = "preamble-in-photo"
PATIENCE_S = 60.0
SLOW = pytest.mark.drill


def prepare(store: Any) -> None:
    schema.upgrade(store)
    with store.write():
        station.set_folder_kind("practice")


class Office:
    """A desk held by a clerk, with its reader; all that is verified or saved is held against the true people.

    Args:
        wire: of the simulated reader.
        folder: for the database.
        is_compared: False believes each first reading: the desk is told that a second one was equal.
    """

    def __init__(self, wire: str, folder: Path, *, is_compared: bool) -> None:
        self.true: list[dict[str, str]] = []
        self.raw: set[tuple[bytes, bytes]] = set()
        self.wrong: list[str] = []
        self.verified = self.saved = 0
        self._is_compared = is_compared
        self._is_learning = True
        self._first: dict[object, str] = {}
        self._lock = threading.Lock()
        self._told: list[str] = []
        create_sqlcipher(folder / "register.db", KEY, prepare)
        self.store = open_sqlcipher(folder / "register.db", KEY)
        self.clock = SystemClock()
        accounts = AccountsService(self.store, self.clock, AccountsPolicy(memory_kib=64, passes=1))
        user = next(user for user in accounts.create_demo_users() if user["role"] == "clerk")
        self.by = accounts.sign_in(user["name"], user["password"])
        settings = StationSettings("310112101", "测试站", "Asia/Shanghai", is_practice=True)
        self.register = RegisterService(self.store, self.clock, settings, lambda _: None)
        self.desk = Desk(self.register, self.clock, self._seen)
        self.feed = CardFeed(self.desk, self.register, self.clock)
        self.simulator = SimulatorProcess.start("reader", "--wire", wire, "--speed-factor", "20")
        reader = DeviceSettings(
            role="reader", driver="reader_sam", address=self.simulator.address, options={"timing_scale": 0.05},
            poll_ms=20, idle_poll_ms=100,
        )  # fmt: skip
        self.supervisor = Supervisor(
            [reader], self.clock, lambda _: None, self._sign, lambda: None, refuses_simulated=False
        )
        self.feed.start()
        self.supervisor.start()
        self.desk.on_holder_changed = lambda session, turn: self.supervisor.watch(
            "reader", is_reading=session is not None, turn=turn
        )
        self.desk.take(self.by)

    def close(self) -> None:
        self.supervisor.stop(10)
        self.feed.stop()
        self.store.close()
        self.simulator.stop()

    def _sign(self, _role: str, sign: Sign) -> None:
        if self._is_compared or sign.name not in {"read", "verified", "changed"}:
            self.feed.put(sign)
        elif sign.name == "read":
            self.feed.put(sign)
            card = msgspec.json.decode(sign.data, type=IdCard)
            self.feed.put(Sign("verified", raw(msgspec.structs.replace(card, readings=2))))
        with self._lock:
            self._told.append(sign.name)

    def told(self) -> list[str]:
        """The names of all signs so far."""
        with self._lock:
            return list(self._told)

    def _seen(self, _event: object) -> None:
        """After each thing that the desk took: hold every draft against the true people."""
        if self._is_learning:
            return
        with self.store.read():
            for draft in Draft.select():
                self._look_at(draft)

    def _look_at(self, draft: Any) -> None:
        rows = {row.key: row for row in DraftField.select().where(DraftField.draft == draft.id)}
        number = rows["id_no"].value if "id_no" in rows else ""
        whose = self._first.setdefault(draft.id, number) if draft.card_state == "read" else self._first.get(draft.id)
        typed = {key: row.value for key, row in rows.items() if row.source == "typed"}
        if draft.card_state == "verified" and whose not in {None, number} and OF_THE_FIRST.items() & typed.items():
            self.wrong.append("what was typed of one is in the verified draft of another")
        trusted = {key: row.value for key, row in rows.items() if row.source == "chip" and row.is_verified}
        if trusted and not any(trusted.items() <= person.items() for person in self.true):
            self.wrong.append("a field of nobody, or of two, is verified")
        if draft.card_state == "verified":
            self.verified += 1
            if (bytes(draft.card_text), bytes(draft.card_photo)) not in self.raw:
                self.wrong.append("the chip's raw data are of nobody")

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end_s, f"never {what}: {self.told()[-8:]}"
            time.sleep(0.002)

    @property
    def state(self) -> str:
        return self.supervisor.statuses()["reader"].state

    def settle(self) -> None:
        """No faults, an empty plate, a reader that is ready, and a desk that has heard of it."""
        self.simulator.call("DELETE", "/faults")
        self.simulator.call("DELETE", "/plate")
        self.wait_for(
            lambda: self.state == "ready" and (not (told := self.told()) or told[-1] in {"removed", "changed"}),
            "an empty plate",
        )

    def learn(self) -> None:
        """Read everybody undisturbed, and keep what a draft then holds of the chip."""
        for card_id in PEOPLE:
            self.settle()
            self.simulator.call("PUT", "/plate", {"card": card_id})
            self.wait_for(lambda: self._current_state() == "verified", f"{card_id} read")
            with self.store.read():
                draft = Draft.get(Draft.state == "open")
                fields = DraftField.select().where(DraftField.draft == draft.id, DraftField.source == "chip")
                self.true.append({row.key: row.value for row in fields})
                self.raw.add((bytes(draft.card_text), bytes(draft.card_photo)))
            assert self.true[-1].keys() >= set(OF_THE_PERSON)
            self._discard()
        self.settle()
        self._is_learning = False

    def _current_state(self) -> str:
        draft = self.register.current_draft(self.by)
        return "" if draft is None or draft.card is None else draft.card.state

    def _discard(self) -> None:
        draft = self.register.current_draft(self.by)
        if draft is not None:
            self.desk.discard(draft.id, self.by, "MISTAKE")

    def suffer(self, chance: random.Random) -> None:
        """Lay a card down while the line garbles, or the card is swapped or pulled; then try to save what is there."""
        garble = {"kind": chance.choice(GARBLES), "flips": chance.choice((1, 2, 2, 2, 4, 8))}
        where: dict[str, object] = {
            "count": None,
            "percent": chance.choice((10, 30, 60)),
            "seed": chance.getrandbits(30),
        }
        if not self._is_compared:
            garble, where = {"kind": "flip", "flips": 2}, {"count": None, "command": "read-base", "seed": where["seed"]}
        self.simulator.call("PUT", "/faults/bit-flips", garble | where)
        if self._is_compared and chance.random() < 0.4:
            swap: dict[str, object] = {"skip": chance.randrange(2)}
            fault = chance.choice(SWAPS)
            if fault != "card-pulled":
                swap |= {"card": chance.choice(PEOPLE), "noticed": chance.choice(("yes", "no"))}
            self.simulator.call("PUT", f"/faults/{fault}", swap)
        self._lay_down(chance)

    def be_swapped(self, chance: random.Random) -> None:
        """Lay a card down that is pulled before its second reading; then try to save what is there."""
        self.simulator.call("PUT", "/faults/card-pulled", {"skip": 1, "command": "read-base"})
        self._lay_down(chance)

    def meet(self, fault: str, chance: random.Random) -> None:
        """Lay a card down while a fault is on; then try to save what is there."""
        given: dict[str, object] = {"card": chance.choice(PEOPLE)} if "card" in FAULTS[fault].parameters else {}
        if fault.startswith("unplug"):
            given["command"] = "read-base"
        self.simulator.call("PUT", f"/faults/{fault}", given)
        self._lay_down(chance)

    def _lay_down(self, chance: random.Random) -> None:
        """Lay down the card of somebody of whom the clerk has typed already; taken back, another's is laid next."""
        self.register.type_fields(self.desk.open_draft(self.by).id, OF_THE_FIRST, self.by)
        before = len(self.told())
        laid = chance.choice(PEOPLE)
        self.simulator.call("PUT", "/plate", {"card": laid})
        self.wait_for(lambda: ENDS & set(self.told()[before:]) or self.state != "ready", "an end of all readings")
        if "changed" in self.told()[before:]:
            self.settle()
            before = len(self.told())
            self.simulator.call("PUT", "/plate", {"card": chance.choice([one for one in PEOPLE if one != laid])})
            self.wait_for(lambda: (ENDS - {"removed"}) & set(self.told()[before:]), "an end of the next card's reading")
        self._try_to_save()
        self.settle()
        self._try_to_save()
        self._discard()

    def _try_to_save(self) -> None:
        draft = self.register.current_draft(self.by)
        if draft is None:
            return
        try:
            self.register.type_fields(draft.id, REST, self.by)
            self.desk.save(draft.id, self.by)
        except CodedError:
            return
        self.saved += 1
        with self.store.read():
            for record in Registration.select():
                values = register_queries.values_of(record)
                held = {key: values[key] for key in (*OF_THE_PERSON, "hukou_address")}
                if not any(held.items() <= person.items() for person in self.true):
                    self.wrong.append("a record of nobody, or of two")


def drill(wire: str, folder: Path, count: int, *, is_compared: bool = True) -> Office:
    office = Office(wire, folder, is_compared=is_compared)
    try:
        office.learn()
        chance = random.Random(f"{wire} {count}")
        office.be_swapped(chance)
        for _ in range(count):
            office.suffer(chance)
    finally:
        office.close()
    return office


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("count", [10, pytest.param(340, marks=[pytest.mark.drill, pytest.mark.timeout(3600)])])
def test_nobody_wrong_or_mixed_is_verified_or_saved(tmp_path: Path, wire: str, count: int) -> None:
    office = drill(wire, tmp_path, count)
    assert office.wrong == []
    assert office.verified > 0
    assert office.saved > 0


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("wire", [pytest.param("pty", marks=SLOW), pytest.param("usb-split", marks=SLOW), "usb-pair"])
def test_no_fault_brings_anybody_wrong_or_mixed_into_the_database(tmp_path: Path, wire: str) -> None:
    office = Office(wire, tmp_path, is_compared=True)
    try:
        office.learn()
        chance = random.Random(wire)
        for fault in (fault for fault in FAULTS if wire in FAULTS[fault].wires and fault != ANOTHER_PHOTO):
            office.meet(fault, chance)
    finally:
        office.close()
    assert office.wrong == []
    assert office.verified > 0
    assert office.saved > 0


def test_without_the_second_reading_somebody_wrong_is_verified(tmp_path: Path) -> None:
    office = drill("usb-pair", tmp_path, 12, is_compared=False)
    assert "the chip's raw data are of nobody" in office.wrong
