"""A small client of PTP/IP, written from the documents alone, and a simulated camera for it."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from simulators.camera_device import SimulatedCamera
from simulators.camera_fault_table import FAULTS
from simulators.fault import Value

LIMIT_S = 20
OK = 0x2001
SMALL = "1000x750"
GUID = bytes(range(16))
CARD, MEMORY = 0, 1
ROOT = 0xFFFFFFFF


@dataclass(frozen=True)
class Reply:
    """What came back: the response's code and numbers, the data before it, and the length that was announced."""

    code: int
    numbers: tuple[int, ...] = ()
    data: bytes = b""
    announced: int = 0
    transaction: int = 0
    data_transaction: int = 0


@dataclass(frozen=True)
class Info:
    """What is told of an object."""

    format: int
    size: int
    width: int
    height: int
    parent: int
    association: int
    name: str
    when: str


def text_at(data: bytes, at: int) -> tuple[str, int]:
    """A PTP text, and where what follows it begins."""
    end = at + 1 + 2 * data[at]
    return data[at + 1 : end].decode("utf-16-le", "surrogatepass").rstrip("\0"), end


def packet(kind: int, body: bytes) -> bytes:
    return struct.pack("<II", len(body) + 8, kind) + body


def read_packet(connection: socket.socket) -> tuple[int, bytes]:
    def exactly(count: int) -> bytes:
        got = b""
        while len(got) < count:
            more = connection.recv(count - len(got))
            if not more:
                raise ConnectionError("the camera hung up")
            got += more
        return got

    size, kind = struct.unpack("<II", exactly(8))
    return kind, exactly(size - 8)


class Client:
    """One session with a camera."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transaction = 0
        self._begun = 0
        self.sockets: list[socket.socket] = []
        try:
            self._greet()
        except OSError:
            self.close()
            raise

    def _greet(self) -> None:
        self.command = self._connected()
        host = "test".encode("utf-16-le") + b"\0\0"
        kind, body = self.exchange(self.command, packet(1, GUID + host + struct.pack("<I", 0x10000)))
        if kind != 2:
            raise ConnectionRefusedError(kind, body)
        self.number, self.guid = struct.unpack("<I", body[:4])[0], body[4:20]
        self.name = body[20:-6].decode("utf-16-le")
        self.event = self._connected()
        kind, body = self.exchange(self.event, packet(3, struct.pack("<I", self.number)))
        if kind != 4:
            raise ConnectionRefusedError(kind, body)

    def close(self) -> None:
        for connection in self.sockets:
            connection.close()

    def exchange(self, connection: socket.socket, sent: bytes) -> tuple[int, bytes]:
        connection.sendall(sent)
        return read_packet(connection)

    def ask(self, code: int, *parameters: int, data: bytes | None = None) -> Reply:
        """Ask for an operation and take all that comes back."""
        self._transaction += 1
        head = struct.pack("<IHI", 1 if data is None else 2, code, self._transaction)
        sent = packet(6, head + struct.pack(f"<{len(parameters)}I", *parameters))
        if data is not None:
            number = struct.pack("<I", self._transaction)
            sent += packet(9, number + struct.pack("<Q", len(data))) + packet(12, number + data)
        self.command.sendall(sent)
        came, announced, of_data = b"", 0, 0
        while True:
            kind, body = read_packet(self.command)
            if kind == 9:
                of_data, announced = struct.unpack("<IQ", body)
            elif kind in {10, 12}:
                came += body[4:]
            elif kind == 7:
                code, transaction = struct.unpack("<HI", body[:6])
                numbers = struct.unpack(f"<{(len(body) - 6) // 4}I", body[6:])
                return Reply(code, numbers, came, announced, transaction, of_data)
            else:
                raise AssertionError(kind)

    def open(self) -> Client:
        assert self.ask(0x1002, 1).code == OK
        return self

    def events(self) -> list[tuple[int, int]]:
        """What the camera has to tell, when asked."""
        data = self.ask(0x90C7).data
        return [struct.unpack_from("<HI", data, 2 + 6 * number) for number in range(struct.unpack("<H", data[:2])[0])]

    def wait_ready(self) -> int:
        """Ask until it is no longer busy."""
        while (code := self.ask(0x90C8).code) == 0x2019:
            pass
        return code

    def shoot(self, target: int = CARD) -> list[int]:
        """Release, and give the handles of what was made."""
        assert self.ask(0x9207, ROOT, target).code == OK
        assert self.wait_ready() == OK
        return self.handles_told()

    def handles_told(self) -> list[int]:
        """The handles that the events of a release name; waits until it is complete."""
        told: list[tuple[int, int]] = []
        while (0x400D, 0) not in told:
            told += self.events()
        return [handle for code, handle in told if code in {0x4002, 0xC101}]

    def picture(self) -> bytes:
        """Release, fetch and delete."""
        (handle,) = self.shoot()
        data = self.fetch(handle)
        assert self.ask(0x100B, handle).code == OK
        return data

    def fetch(self, handle: int) -> bytes:
        """The bytes of an object."""
        reply = self.ask(0x1009, handle)
        assert (reply.code, reply.announced) == (OK, len(reply.data))
        return reply.data

    def info(self, handle: int) -> Info:
        """What is told of an object."""
        data = self.ask(0x1008, handle).data
        fields = struct.unpack_from("<IHHIHIIIIIIIHII", data)
        name, at = text_at(data, struct.calcsize("<IHHIHIIIIIIIHII"))
        return Info(fields[1], fields[3], fields[8], fields[9], fields[11], fields[12], name, text_at(data, at)[0])

    def frame(self) -> bytes:
        """One picture of the live view, without what stands before it."""
        reply = self.ask(0x9203)
        assert reply.code == OK
        return reply.data[384:]

    def begin_preview(self) -> Client:
        assert self.ask(0x9201).code == OK
        return self

    def _connected(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self._port), LIMIT_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sockets.append(connection)
        return connection


class Bench:
    """A camera of its own, a hundred times faster than a real one, and its clients."""

    def __init__(self) -> None:
        self.camera = SimulatedCamera(1, 100.0)
        self.clients: list[Client] = []

    def on(self, name: str, **given: Value) -> None:
        self.camera.switch_on(name, FAULTS[name].check(dict(given)))

    def off(self, name: str) -> None:
        self.camera.switch_off(name)

    def client(self) -> Client:
        """A new connection without a session."""
        client = Client(self.camera.port_number)
        self.clients.append(client)
        return client

    def opened(self) -> Client:
        """A new session."""
        return self.client().open()

    def begin_anew(self) -> None:
        """As after switching it on: nobody connected, small pictures, an empty card."""
        while self.clients:
            self.clients.pop().close()
        self.camera.switch_all_off()
        for code, value in ((0x5003, SMALL), (0x5004, 2), (0x5010, 0), (0x5005, 2), (0x5001, 80)):
            self.camera.properties.put(code, value)
        self.camera.store.format_card()
        self.camera.shutter.is_turned = False
        self.camera.studio.seat("resident-001")


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.begin_anew()
    made.camera.stop()


@pytest.fixture
def bench(shared: Bench) -> Bench:
    shared.begin_anew()
    return shared


@pytest.fixture
def client(bench: Bench) -> Client:
    return bench.opened()


Connect = Callable[[int], Client]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connect to a camera by its port; whoever is connected goes at the end of the test."""
    clients: list[Client] = []

    def connected(port: int) -> Client:
        clients.append(Client(port))
        return clients[-1]

    yield connected
    for client in clients:
        client.close()


@pytest.fixture(name="text_at", scope="session")
def text_at_fixture() -> Callable[[bytes, int], tuple[str, int]]:
    return text_at
