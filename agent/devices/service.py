"""What pages and commands may ask of the devices: how they are, self-tests, restarts, settings, which port to use.

Nothing here returns personal data; cards go to the desk alone.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as FutureTimeout

import msgspec

from agent.devices.orders import Order, Orders, Outcome
from agent.devices.photo_decoder import Photo, PhotoDecoder, PhotoState
from agent.devices.role_codes import READING_BROKEN
from agent.devices.state import DeviceState
from agent.devices.status import DeviceStatus
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Sign
from agent.errors import Actor, DeviceError, Retry
from drivers.api import RF_FRAME_BYTES, SPEEDS_BAUD, Clock, DeviceBusy, IdCard, SelfTest
from drivers.camera_api import CameraCondition, CameraOffers

__all__ = [
    "RF_FRAME_BYTES", "SPEEDS_BAUD", "CameraCondition", "CameraOffers", "DeviceStatus", "DevicesService", "Order",
    "Outcome", "PhotoState", "Port",
]  # fmt: skip

SELF_TEST_LIMIT_S = 15.0
LONGEST_BORROWING_S = 600.0
STILL_TRYING = "READER-NOT-ANSWERING"
_LAID_AGAIN = frozenset({"READER-CARD-GONE", READING_BROKEN})


class Port(msgspec.Struct, frozen=True):
    """A port that a technician may choose: how the configuration would name it, what the system says of it."""

    address: str
    description: str
    is_chosen: bool


class DevicesService:
    """The devices of this station.

    Args:
        supervisor: runs them.
        clock: the time.
        remember_address: keeps where a technician has found a device; None: where the configuration says.
        configured: the addresses that the configuration names, by role.
        photos: calls the configured vendor's library.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        clock: Clock,
        remember_address: Callable[[str, str | None], None],
        configured: Mapping[str, str],
        photos: PhotoDecoder,
    ) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._remember_address = remember_address
        self._configured = configured
        self._photos = photos
        self._orders = Orders(supervisor, clock)
        self._lock = threading.Lock()
        self._borrower: queue.SimpleQueue[Sign | None] | None = None
        self._is_desk_held = self._is_attended = False
        self._turn = 0

    def statuses(self) -> list[DeviceStatus]:
        """How each configured device is, in the order reader, scanner, camera."""
        known = self._supervisor.statuses()
        return [known[role] for role in ("reader", "scanner", "camera") if role in known]

    def restart(self, role: str) -> None:
        """Start a device's worker afresh; the way out of "disabled"."""
        self._supervisor.restart(role)

    def self_test(self, role: str) -> SelfTest:
        """Ask the device everything that diagnostics may ask.

        Raises: DeviceError as the device ended it.
        """
        answer = self._supervisor.request(role, "self_test", {}, SELF_TEST_LIMIT_S)
        try:
            return msgspec.json.decode(answer.result(SELF_TEST_LIMIT_S + 5.0), type=SelfTest)
        except FutureTimeout as error:
            raise DeviceError("READER-HUNG", Actor.TECHNICIAN, Retry.NOW, deadline_s=SELF_TEST_LIMIT_S) from error

    def set_module(self, role: str, order: Order, value: int, by_user: str) -> Outcome:
        """Change a setting of the device's module on a technician's order, as `Orders.give` does."""
        return self._orders.give(role, order, value, by_user)

    def last_order(self, role: str) -> Outcome | None:
        """How the last such order ended; None when there was none since the start."""
        return self._orders.last(role)

    def photo_state(self) -> PhotoState:
        """Which library draws card photos, and how it went the last time."""
        return self._photos.state

    def decode_photo(self, wlt: bytes) -> Photo:
        """Have the library draw a photo that this station's reader has read; its licence may be bound to the reader."""
        return self._photos.decode(wlt, self.sam_id())

    def sam_id(self) -> str:
        """The SAM id that the reader has told last; "" before it has told any."""
        reader = self._supervisor.statuses().get("reader")
        return "" if reader is None else reader.identity.get("sam_id", "")

    def candidates(self, role: str) -> list[Port]:
        """The ports that might be this device, those that nobody named in the configuration among them."""
        known = self._supervisor.statuses().get(role)
        if known is None:
            return []
        chosen = known.identity.get("address", known.address).partition("?")[0]
        return [Port(port.address, port.description, port.address == chosen) for port in known.candidates]

    def configured_address(self, role: str) -> str:
        """Where the configuration says that the device is; a technician may have chosen another port since."""
        return self._configured[role]

    def use(self, role: str, address: str) -> None:
        """Use the device at `address` from now on, also after a restart of the agent.

        The configured address is not kept as a choice: the device follows the configuration again.
        """
        self._remember_address(role, None if address == self._configured[role] else address)
        self._orders.forget(role)
        self._supervisor.restart(role, address)

    def desk_held(self, *, is_held: bool, turn: int) -> None:
        """Note whether a session holds the desk: only then are cards read.  A command that borrowed it gives way.

        `turn` grows with each change of holder: the readings come back with the one in which they began.
        """
        with self._lock:
            self._is_desk_held = self._is_attended = is_held
            self._turn = turn
            if is_held and self._borrower is not None:
                self._borrower.put(None)
                self._borrower = None
            self._watch()

    def desk_attended(self, is_attended: bool) -> None:
        """Note whether somebody sits at the desk that is held: before a page that is locked no card is read."""
        with self._lock:
            self._is_attended = self._is_desk_held and is_attended
            self._watch()

    def offer(self, sign: Sign) -> bool:
        """Give a sign of the reader to a command that has borrowed it; says whether one took it."""
        borrower = self._borrower
        if borrower is not None:
            borrower.put(sign)
        return borrower is not None

    def borrow_card(self, limit_s: float) -> IdCard | None:
        """Read one card for a command while no desk is held.

        Returns: the card after its second reading; None when none came within `limit_s`.
        Raises: DeviceBusy when a desk or another command holds the reader; DeviceError as the device ended it.
        """
        signs: queue.SimpleQueue[Sign | None] = queue.SimpleQueue()
        with self._lock:
            if self._is_desk_held or self._borrower is not None:
                raise DeviceBusy("READER-IN-SERVICE", Actor.CLERK, Retry.AFTER_ACTION)
            self._borrower = signs
            self._watch()
        try:
            return self._await_card(signs, limit_s)
        finally:
            with self._lock:
                if self._borrower is signs:
                    self._borrower = None
                self._watch()

    def _watch(self) -> None:
        """Tell reader and scanner what is so, inside the lock: they must hear of changes in their order."""
        is_reading = self._is_attended or self._borrower is not None
        self._supervisor.watch("reader", is_reading=is_reading, turn=self._turn)
        self._supervisor.watch("scanner", is_reading=self._is_desk_held, turn=self._turn)

    def _await_card(self, signs: queue.SimpleQueue[Sign | None], limit_s: float) -> IdCard | None:
        end_s = self._clock.monotonic() + min(limit_s, LONGEST_BORROWING_S)
        while (left_s := end_s - self._clock.monotonic()) > 0:
            self._raise_if_unwell()
            try:
                sign = signs.get(timeout=min(left_s, 0.5))
            except queue.Empty:
                continue
            if sign is None:
                raise DeviceBusy("READER-IN-SERVICE", Actor.CLERK, Retry.AFTER_ACTION)
            if sign.name in {"verified", "single"}:
                return msgspec.json.decode(sign.data, type=IdCard)
            is_to_be_laid_again = sign.name == "refused" and sign.code in _LAID_AGAIN
            if sign.name in {"refused", "changed"} and sign.code is not None and not is_to_be_laid_again:
                raise DeviceError(sign.code, Actor.CLERK, Retry.AFTER_ACTION, **sign.facts)
        self._raise_if_unwell()
        return None

    def _raise_if_unwell(self) -> None:
        """A command does not wait for a reader that has said why it cannot read."""
        status = self._supervisor.statuses().get("reader")
        if status is None:
            raise DeviceError("READER-NOT-CONFIGURED", Actor.TECHNICIAN, Retry.AFTER_ACTION)
        is_settled = status.state is not DeviceState.STARTING and status.code != STILL_TRYING
        if status.code is not None and is_settled:
            raise DeviceError(status.code, Actor.TECHNICIAN, Retry.AFTER_ACTION, **status.facts)
