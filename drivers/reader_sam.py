"""The ID-card reader with a SAM_V module, on a serial port or on USB.

Source: SAM_V communication protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import msgspec

from drivers import card_text, reader_address, reader_errors, sam_commands, sam_status, serial_identity
from drivers.api import (
    Candidate,
    Clock,
    Deadline,
    DeviceAbsent,
    DeviceError,
    IdCard,
    IdReader,
    LineStatistics,
    ReaderIdentity,
    SelfTest,
)
from drivers.card_reading import CardReading, Reading
from drivers.reader_address import SerialAddress
from drivers.reader_search import Place, Search
from drivers.reader_session import Session
from drivers.reader_timings import Timings
from drivers.sam_answers import format_sam_id
from drivers.sam_commands import SPEEDS_BAUD
from drivers.serial_identity import SerialPortInfo
from drivers.serial_port import SerialPort
from drivers.usb_port import UsbPort, list_usb_readers


def create(address: str, settings: dict[str, object], clock: Clock) -> IdReader:
    """Make the driver for `address`; nothing is opened yet.

    Args:
        address: see `reader_address`.
        settings: `ports` (paths) and `vid_pid` (`vvvv:pppp`) for `serial:auto`, `timing_scale` (1.0);
            `last`, the identity of the reader that answered last.
        clock: the only source of time.

    Raises:
        CodedError: the address has no meaning (READER-ADDRESS).
    """
    return SamReader(address, settings, clock)


class SamReader(IdReader):
    """A SAM_V reader.  After it went, any call looks for it again, until `close`."""

    def __init__(self, address: str, settings: dict[str, object], clock: Clock) -> None:
        self._address = address
        self._parsed = reader_address.parse(address)
        self._configured_paths = tuple(cast("list[str]", settings.get("ports") or ()))
        self._adapters = tuple(cast("list[str]", settings.get("vid_pid", reader_address.KNOWN_ADAPTERS)))
        scale = float(cast("float", settings.get("timing_scale", 1.0)))
        self._session = Session(clock, Timings().scaled(scale))
        last = cast("dict[str, str]", settings.get("last") or {})
        self._search = Search(self._session, clock, last.get("place", ""))
        self._cards = CardReading(self._session)
        self._is_wanted = False
        self._identity: ReaderIdentity | None = None
        self._openings_known = 0
        self._reading: Reading | None = None

    def open(self, deadline: Deadline) -> ReaderIdentity:
        """Open the first port meant by the address at which a SAM answers."""
        self._is_wanted = True
        self._open_somewhere(deadline)
        return self._identified(deadline)

    def close(self) -> None:
        """Release the device and forget the card."""
        self._is_wanted = False
        self._reading = None
        self._session.close()

    def fileno(self) -> int | None:
        """The serial port's descriptor; None on USB or while closed."""
        return self._session.transport.fileno() if self._session.is_open else None

    def find(self, deadline: Deadline) -> bool:
        """Ask whether an unread card is on the plate."""
        self._ensure_open(deadline)
        return self._session.recovering(lambda: self._cards.find(deadline), deadline)

    def read_card(self, deadline: Deadline, on_found: Callable[[], None] | None = None) -> IdCard | None:
        """Read the card on the plate once."""
        self._ensure_open(deadline)
        self._reading = None
        reading = self._cards.read(deadline, on_found)
        if reading is None:
            return None
        self._reading = reading
        return self._card(reading, 1, deadline)

    def read_again(self, card: IdCard, deadline: Deadline) -> IdCard:
        """Read the same card until two readings in a row are equal."""
        self._ensure_open(deadline)
        first = self._reading
        if first is None:
            raise reader_errors.relay()
        if (first.text, first.photo) != (card.text_raw, card.photo_wlt):
            raise reader_errors.changed()
        try:
            reading = self._cards.read_again(first, deadline)
        except DeviceError:
            self._reading = None
            raise
        if reading is None:
            return msgspec.structs.replace(card, readings=1)
        self._reading = reading
        return self._card(reading, 2, deadline)

    def is_card_resting(self, deadline: Deadline) -> bool:
        """Ask by 30 03 whether the card that was read still lies there."""
        self._ensure_open(deadline)
        return self._session.recovering(lambda: self._cards.is_resting(deadline), deadline)

    def self_test(self, deadline: Deadline) -> SelfTest:
        """Ask the SAM's status and id, and how long the management number of a card on the plate is."""
        self._ensure_open(deadline)
        status = self._session.exchange(sam_commands.STATUS, deadline)
        identity = self._asked_identity(deadline)
        number = self._session.exchange(sam_commands.READ_MANAGEMENT_NUMBER, deadline)
        return SelfTest(
            status=f"{status.status:02X}",
            identity=identity,
            management_number_bytes=len(number.data) if number.status == sam_status.DONE else None,
            statistics=self._session.statistics(),
        )

    def reset(self, deadline: Deadline) -> None:
        """Reset the SAM and wait until it answers."""
        self._ensure_open(deadline)
        self._reading = None
        self._session.reset(deadline)

    def set_speed(self, speed_baud: int, deadline: Deadline) -> ReaderIdentity:
        """Change the line's speed; on USB there is none to change (READER-REFUSED, 23h)."""
        if speed_baud not in SPEEDS_BAUD:
            raise ValueError(f"the speeds are {', '.join(map(str, SPEEDS_BAUD))}")
        self._ensure_open(deadline)
        if self._session.transport.speed_baud is None:
            raise reader_errors.refused(sam_status.NOT_PERMITTED)
        self._session.change_speed(speed_baud, deadline)
        return self._asked_identity(deadline)

    def set_largest_rf_frame(self, size_bytes: int, deadline: Deadline) -> None:
        """Set the largest RF frame."""
        data = sam_commands.largest_rf_frame(size_bytes)
        self._ensure_open(deadline)
        answer = self._session.exchange(sam_commands.SET_LARGEST_RF_FRAME, deadline, data)
        if answer.status != sam_status.DONE:
            raise reader_errors.refusal(answer)

    def listen(self, on_struggle: Callable[[DeviceError | None], None]) -> None:
        """Have it told that the reader does not answer as it should, and when it does again."""
        self._session.on_struggle = on_struggle

    def candidates(self) -> tuple[Candidate, ...]:
        """All places where a reader may be plugged in.  Nothing is opened."""
        on_serial = [Candidate(f"serial:{port.stable_path}", port.description) for port in serial_identity.list_ports()]
        return (*(Candidate(found, description) for found, description in list_usb_readers()), *on_serial)

    def statistics(self) -> LineStatistics:
        """Counters since this object was made."""
        return self._session.statistics()

    def _ensure_open(self, deadline: Deadline) -> None:
        if self._session.is_open:
            return
        if not self._is_wanted:
            raise reader_errors.absent(self._address)
        self._open_somewhere(deadline)

    def _open_somewhere(self, deadline: Deadline) -> None:
        self._reading = None
        if not isinstance(self._parsed, SerialAddress):
            self._session.open(UsbPort(self._parsed, self._address), deadline)
            return
        known = serial_identity.list_ports()
        places = self._places(self._parsed, known)
        looked = {place.label for place in places}
        unlisted = tuple(port.description for port in known if port.description not in looked)
        if not places:
            raise reader_errors.absent(self._address, [(label, reader_errors.NOT_LISTED) for label in unlisted])
        if self._parsed.is_auto or len(places) > 1:
            self._search.open(places, deadline, unlisted)
        else:
            self._open_there(places[0], deadline)
            self._search.last = places[0].name

    def _open_there(self, place: Place, deadline: Deadline) -> None:
        """Open the one place that is meant; that it was never there is told apart from its having gone."""
        try:
            self._session.open(place.port, deadline)
        except DeviceAbsent as error:
            if self._identity is None:
                raise reader_errors.no_such_port(self._address) from error
            raise

    def _places(self, address: SerialAddress, known: list[SerialPortInfo]) -> list[Place]:
        meant = serial_identity.ports_meant_by(address, known, self._configured_paths, self._adapters)
        speeds = tuple(sorted(SPEEDS_BAUD, key=lambda speed: speed != address.speed_baud))
        return [
            Place(SerialPort(path, description, speeds), serial_identity.place_of(path, known), description)
            for path, description in meant
        ]

    def _identified(self, deadline: Deadline) -> ReaderIdentity:
        """Who answers; asked again after each opening, for another module may have taken the place."""
        if self._identity is None or self._openings_known != self._session.openings:
            return self._asked_identity(deadline)
        return self._identity

    def _asked_identity(self, deadline: Deadline) -> ReaderIdentity:
        answer = self._session.exchange(sam_commands.SAM_ID, deadline)
        transport = self._session.transport
        identity = ReaderIdentity(
            sam_id=format_sam_id(answer.data) if answer.status == sam_status.DONE else "",
            address=transport.address,
            description=transport.description,
            speed_baud=transport.speed_baud,
            place=self._search.last,
        )
        if self._identity is not None and self._identity.sam_id != identity.sam_id:
            self._cards.forget_module()
        self._identity = identity
        self._openings_known = self._session.openings
        return identity

    def _card(self, reading: Reading, readings: int, deadline: Deadline) -> IdCard:
        sam_id = self._identified(deadline).sam_id or None
        return card_text.make_card(
            reading.text, reading.photo, reading.address_records, sam_id=sam_id, readings=readings
        )
