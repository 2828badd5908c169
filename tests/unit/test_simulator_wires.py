"""The simulated reader on its three wires, seen by a host written for this test alone: pyserial or pyusb, and bytes."""

from __future__ import annotations

import errno
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial
import usb.core
import usb.util

from simulators.fault import Value
from simulators.fault_table import FAULTS
from simulators.pty_wire import PtyWire
from simulators.reader_sam import SimulatedReader
from simulators.sam_codec import Answer, pack
from simulators.usb_backend import create_backend
from simulators.usb_wire import UsbWire
from simulators.wire import Segment

FACTOR = 20.0
GONE_WITHIN_S = 10.0
STATUS, SAM_ID, FIND, SELECT, READ, ADDRESS = "11FF", "12FF", "2001", "2002", "3001", "3003"
DONE = Answer(0x90).frame()


class Host(ABC):
    """The other side of a wire."""

    @abstractmethod
    def say(self, body: str) -> None: ...

    @abstractmethod
    def catch(self) -> bytes:
        """What comes within a moment."""

    @abstractmethod
    def close(self) -> None: ...

    def hear(self, size: int = 0) -> bytes:
        """At least so many bytes, or one whole frame."""
        heard, end_s = b"", time.monotonic() + GONE_WITHIN_S
        while len(heard) < (size or (7 + int.from_bytes(heard[5:7], "big") if len(heard) > 6 else 7)):
            assert time.monotonic() < end_s, heard.hex()
            heard += self.catch()
        return heard

    def ask(self, body: str, size: int = 0) -> bytes:
        self.say(body)
        return self.hear(size)

    def is_ready(self) -> bool:
        """Whether the module says so within a moment."""
        self.say(STATUS)
        return DONE in b"".join(self.catch() for _ in range(4))

    def drain(self) -> None:
        """Throw away what still comes."""
        while self.catch():
            pass

    def is_ignored(self, body: str) -> bool:
        self.say(body)
        return not any(self.catch() for _ in range(4))

    def statuses(self, *bodies: str) -> list[int]:
        return [self.ask(body)[9] for body in bodies]


class SerialHost(Host):
    def __init__(self, address: str, baud: int = 115200) -> None:
        self.port = serial.Serial(address.removeprefix("serial:"), baud, timeout=0.02, exclusive=True)

    def say(self, body: str) -> None:
        self.port.write(pack(bytes.fromhex(body)))

    def catch(self) -> bytes:
        return bytes(self.port.read(self.port.in_waiting or 1))

    def close(self) -> None:
        self.port.close()


class UsbHost(Host):
    def __init__(self, address: str) -> None:
        found = usb.core.find(idVendor=0x0400, idProduct=0xC35A, backend=create_backend(address.rpartition("at=")[2]))
        assert found is not None
        self.device = found
        try:
            usb.util.claim_interface(found, 0)
        except usb.core.USBError:
            usb.util.dispose_resources(found)
            raise
        endpoints = [endpoint.bEndpointAddress for endpoint in found[0][(0, 0)]]
        self.out = [one for one in endpoints if one < 0x80]
        self.into = [one for one in endpoints if one >= 0x80]
        self.is_answered = False

    def say(self, body: str) -> None:
        self.is_answered = False
        wire = pack(bytes.fromhex(body))
        if len(self.out) == 1:
            self.device.write(self.out[0], wire)
        else:
            self.device.write(0x02, wire[:7])
            self.device.write(0x06, wire[7:])

    def catch(self) -> bytes:
        heard = b""
        for endpoint in self.into:
            # The rest of a frame may be there before we look for its head a second time: never take it first.
            if endpoint == self.into[0] or self.is_answered:
                try:
                    heard += bytes(self.device.read(endpoint, 4096, 10))
                except usb.core.USBTimeoutError:
                    continue
                self.is_answered = True
        return heard

    def close(self) -> None:
        usb.util.dispose_resources(self.device)


class Scene:
    """A reader and whoever talks to it."""

    def __init__(self, wire_name: str) -> None:
        wire = PtyWire(115200, None, is_paced=False) if wire_name == "pty" else UsbWire(wire_name, "RENHU-SIM-7")
        self.reader = SimulatedReader(wire, wire_name, seed=1, speed_factor=FACTOR)
        self.reader.start()
        self.make: Callable[[str], Host] = SerialHost if wire_name == "pty" else UsbHost
        self.host = self.make(self.reader.address)

    def fault(self, name: str, **given: Value) -> None:
        self.reader.switch_on(name, FAULTS[name].check(dict(given)))

    def read(self, card_id: str) -> bytes:
        self.reader.plate.lay(self.reader.cards[card_id])
        assert self.host.statuses(FIND, SELECT) == [0x9F, 0x90]
        return self.host.ask(READ)

    def again(self) -> None:
        """Open the reader anew as soon as it is there."""
        self.host.close()
        end_s = time.monotonic() + GONE_WITHIN_S
        while True:
            try:
                self.host = self.make(self.reader.address)
                if self.host.is_ready():
                    return
                self.host.close()
            except (OSError, AssertionError):
                assert time.monotonic() < end_s

    def is_gone(self) -> bool:
        """Whether the open reader reports that it has gone, now or with the next request."""
        try:
            self.host.ask(STATUS)
        except usb.core.USBError as error:
            return error.errno == errno.ENODEV
        except OSError:
            return True
        return False


@pytest.fixture(params=["pty", "usb-split", "usb-pair"])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    made = Scene(request.param)
    yield made
    made.host.close()
    made.reader.stop()


@pytest.fixture
def pty() -> Iterator[Scene]:
    made = Scene("pty")
    yield made
    made.host.close()
    made.reader.stop()


def test_a_card_is_read_byte_for_byte(scene: Scene) -> None:
    card = scene.reader.cards["four-addresses"]
    assert scene.read("four-addresses") == Answer(0x90, bytes.fromhex("01000400") + card.text + card.picture).frame()
    assert scene.host.ask(ADDRESS) == Answer(0x90, card.newest).frame()
    assert scene.host.statuses(FIND) == [0x80]


@pytest.mark.parametrize("name", ["unplug-before", "replug-other-name", "unplug-mid-frame", "unplug-after"])
def test_a_reader_that_is_pulled_out_comes_back_at_the_same_address(scene: Scene, name: str) -> None:
    scene.fault(name, replug_after_ms=1000)
    if name == "unplug-after":
        scene.host.say(STATUS)
    assert scene.is_gone() or scene.is_gone()
    scene.again()
    assert scene.reader.faults.active() == {}
    assert scene.read("resident-001")[9] == 0x90


def test_a_reader_stays_out_until_the_fault_is_cleared(scene: Scene) -> None:
    scene.fault("unplug-before", command="find")
    assert scene.host.statuses(STATUS) == [0x90]
    scene.host.say(FIND)
    assert scene.is_gone() or scene.is_gone()
    assert scene.reader.faults.is_on("unplug-before")
    with pytest.raises((OSError, AssertionError)):
        scene.make(scene.reader.address)
    scene.reader.switch_off("unplug-before")
    scene.again()


def test_faults_of_the_line(scene: Scene) -> None:
    plain = scene.host.ask(SAM_ID)
    assert len(plain) == 27
    scene.fault("silent", count=1)
    assert scene.host.is_ignored(SAM_ID)
    assert scene.host.ask(SAM_ID) == plain
    more = {
        "echo": pack(bytes.fromhex(SAM_ID)) + plain,
        "dribble": plain,
        "split": plain,
        "duplicate-answer": plain * 2,
        "merge": plain + DONE,
    }
    for name, expected in more.items():
        scene.fault(name, **({"count": 1} if name == "echo" else {}))
        assert sorted(scene.host.ask(SAM_ID, len(expected))) == sorted(expected), name
    scene.fault("noise-before", noise_bytes=5)
    assert Counter(scene.host.ask(SAM_ID, 32)) > Counter(plain)
    for name in ("bad-check", "bad-length", "bit-flips"):
        scene.fault(name)
        assert scene.host.ask(SAM_ID, len(plain)) != plain
    scene.fault("late-answer", delay_ms=5000)
    assert scene.host.is_ignored(SAM_ID)
    assert scene.host.hear() == plain
    assert scene.host.ask(SAM_ID) == plain


def test_babble_ends_when_it_is_switched_off(scene: Scene) -> None:
    scene.fault("babble", interval_ms=200, size_bytes=8)
    scene.host.say(STATUS)
    assert DONE not in scene.host.hear(100)
    scene.reader.switch_off("babble")
    scene.host.drain()
    assert scene.host.ask(STATUS) == DONE


def test_a_reset_during_the_reading_leaves_the_host_without_an_answer(scene: Scene) -> None:
    scene.fault("reset-during-read")
    scene.reader.plate.lay(scene.reader.cards["resident-001"])
    assert scene.host.statuses(FIND, SELECT) == [0x9F, 0x90]
    assert scene.host.is_ignored(READ)
    assert scene.host.statuses(READ, FIND) == [0x21, 0x9F]


def test_a_request_cut_short_is_complained_of(pty: Scene) -> None:
    assert isinstance(pty.host, SerialHost)
    pty.host.port.write(pack(bytes.fromhex(STATUS))[:-1])
    assert pty.host.hear() == Answer(0x11).frame()
    pty.host.port.write(pack(bytes.fromhex(STATUS))[:-1] + b"\x00")
    assert pty.host.hear() == Answer(0x10).frame()


@pytest.mark.parametrize(("nn", "baud"), [("00", 115200), ("01", 57600), ("02", 38400), ("03", 19200), ("04", 9600)])
def test_the_speed_changes_after_the_answer_at_the_old_one(pty: Scene, nn: str, baud: int) -> None:
    assert isinstance(pty.host, SerialHost)
    assert pty.host.ask(f"60{nn}") == DONE
    pty.host.port.baudrate = baud
    assert pty.host.ask(STATUS) == DONE
    pty.host.port.baudrate = 9600 if baud != 9600 else 19200
    assert b"\x96\x69" not in pty.host.ask(STATUS, 11)


def test_a_wrong_speed_lasts_until_it_is_cleared_or_set(pty: Scene) -> None:
    assert isinstance(pty.host, SerialHost)
    pty.fault("wrong-baud", baud=19200)
    assert DONE not in pty.host.ask(STATUS, 11)
    pty.reader.switch_off("wrong-baud")
    end_s = time.monotonic() + GONE_WITHIN_S
    while not pty.host.is_ready():
        assert time.monotonic() < end_s
    pty.host.drain()
    pty.fault("wrong-baud", baud=19200)
    pty.host.port.baudrate = 19200
    assert pty.host.ask("6000") == DONE
    while pty.reader.faults.is_on("wrong-baud"):
        assert time.monotonic() < end_s


def test_a_second_opener_takes_answers_or_holds_the_lock(pty: Scene) -> None:
    pty.host.close()
    pty.fault("second-opener", mode="lock")
    with pytest.raises(OSError, match=r"Resource temporarily unavailable|lock"):
        SerialHost(pty.reader.address)
    pty.reader.switch_off("second-opener")
    pty.host = SerialHost(pty.reader.address)
    assert pty.host.ask(STATUS) == DONE
    pty.fault("second-opener", command="sam-id")
    for _ in range(5):
        pty.host.say(SAM_ID)
        assert pty.host.ask(STATUS) == DONE
    pty.reader.switch_off("second-opener")
    assert len(pty.host.ask(SAM_ID)) == 27


def test_the_other_name_is_another_name(pty: Scene) -> None:
    path = pty.reader.address.removeprefix("serial:")
    names = {str(Path(path).readlink())}
    pty.host.close()  # an open port would keep its name from being given again
    pty.fault("replug-other-name", replug_after_ms=0)
    pty.again()
    names.add(str(Path(path).readlink()))
    assert len(names) == 2


@pytest.mark.parametrize("scene", ["usb-split", "usb-pair"], indirect=True)
def test_usb_says_what_libusb_says(scene: Scene) -> None:
    assert isinstance(scene.host, UsbHost)
    device, into = scene.host.device, scene.host.into[0]
    assert device.serial_number == "RENHU-SIM-7"
    with pytest.raises(usb.core.USBTimeoutError):
        device.read(into, 64, 1)
    scene.host.say(FIND)
    with pytest.raises(usb.core.USBError) as overflow:
        device.read(into, 3, 1000)
    assert overflow.value.errno == errno.EOVERFLOW
    with pytest.raises(usb.core.USBError) as busy:
        UsbHost(scene.reader.address)
    assert busy.value.errno == errno.EBUSY
    scene.fault("unplug-before")
    with pytest.raises(usb.core.USBError) as gone:
        scene.host.say(FIND)
    assert gone.value.errno == errno.ENODEV


def test_an_answer_is_cut_as_an_adapter_cuts_it() -> None:
    wire = PtyWire(115200, None, is_paced=True)
    frame = Answer(0x90, bytes(1284)).frame()
    whole = deliver_lengths(wire, frame)
    wire.baud = 9600
    slow = deliver_lengths(wire, frame)
    wire.close()
    assert (len(frame), whole[:2], whole[-1], len(whole)) == (1295, [62, 62], 55, 21)
    assert (set(slow[:-1]), sum(slow)) == ({15}, 1295)


def deliver_lengths(wire: PtyWire, frame: bytes) -> list[int]:
    chunks = list(wire.chunks(Segment(frame)))
    assert sum(chunk.wire_s for chunk in chunks) == pytest.approx(len(frame) * 10 / wire.baud)
    return [len(chunk.data) for chunk in chunks]


def test_every_fault_can_be_switched_on_and_off_and_the_reader_is_ready_again(scene: Scene) -> None:
    for fault in FAULTS.values():
        if scene.reader.wire_name not in fault.wires:
            continue
        scene.reader.switch_on(fault.name, fault.check({}))
        scene.reader.switch_all_off()
        scene.again()


def test_the_log_knows_when_the_first_bytes_went_out(scene: Scene) -> None:
    before_s = time.monotonic()
    scene.read("resident-001")
    after_s = time.monotonic()
    said: list[dict[str, object]] = []
    while len(said) < 3:
        assert time.monotonic() < after_s + GONE_WITHIN_S
        said = [entry for entry in scene.reader.log.entries() if entry["direction"] == "out"]
    assert [(entry["command"], entry["status"], entry["bytes"]) for entry in said] == [
        ("find", "9F", 15),
        ("select", "90", 19),
        ("read-base", "90", 1295),
    ]
    assert all(before_s <= float(str(entry["t_s"])) <= after_s for entry in said)
