"""Reading a card over a session: once from find, and again without a new find to compare byte for byte.

A card that is pulled or swapped never gives a mixture: whenever a card must be found again, the reading starts over,
and only two equal readings of one person's card in a row are verified.

Source: SAM_V communication protocol, card states; commands 20 01, 20 02, 30 01, 30 03.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers import card_text, reader_errors, sam_commands, sam_status
from drivers.api import Deadline, DeviceError, LinkError
from drivers.reader_session import Session
from drivers.sam_answers import BaseRecord, split_addresses, split_base
from drivers.sam_frame import Frame
from drivers.sam_status import Reaction

MAX_FINDS = 3
MAX_BASE_READS = 3
MAX_READINGS_AGAIN = 4

_PRESENT = frozenset({sam_status.DONE, sam_status.NO_CONTENT})
_REFUSES_REPEAT = frozenset({sam_status.WRONG_COMMAND, sam_status.NOT_PERMITTED})


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one reading gave, as bytes: two are equal only when all of it is."""

    text: bytes
    photo: bytes
    address_records: tuple[bytes, ...]


class _StartOver(Exception):
    """The card must be found again, because the module answered `answer`."""

    def __init__(self, answer: Frame) -> None:
        super().__init__()
        self.answer = answer


class _Unreadable(Exception):
    """What the card says is no record; resetting the module or the line would not change it."""

    def __init__(self, error: DeviceError) -> None:
        super().__init__()
        self.error = error


@dataclass(slots=True)
class _Course:
    """What happened so far to the card being read, also before the ladder's last rung.

    Attributes:
        has_card: whether a card was found at all.
        upsets: the session's upsets when it was found.
        failure: the last answer that sent the reading back to find.
        line_trouble: the line's bad bytes that made the ladder climb.
    """

    has_card: bool = False
    upsets: int = 0
    failure: Frame | None = None
    line_trouble: LinkError | None = None


class CardReading:
    """Reads cards over `session`, and remembers what its module cannot do."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answers_newest_address: bool | None = None

    def forget_module(self) -> None:
        """Another module may answer from now on."""
        self._answers_newest_address = None

    def find(self, deadline: Deadline) -> bool:
        """Ask whether an unread card lies there; a module out of order (21h, 24h) is reset once."""
        answer = self._session.exchange(sam_commands.FIND, deadline)
        if sam_status.reaction_to(answer.status) in {Reaction.FALL_BACK, Reaction.RESET}:
            self._session.reset(deadline)
            answer = self._session.exchange(sam_commands.FIND, deadline)
        if answer.status == sam_status.FOUND:
            return True
        if sam_status.reaction_to(answer.status) is Reaction.NO_CARD:
            return False
        raise reader_errors.refusal(answer)

    def is_resting(self, deadline: Deadline) -> bool:
        """Whether the selected card still lies there; a module without 30 03 is asked by 30 01, its data dropped."""
        has_command = self._answers_newest_address is not False
        command = sam_commands.READ_NEWEST_ADDRESS if has_command else sam_commands.READ_BASE
        return self._session.exchange(command, deadline).status in _PRESENT

    def read(self, deadline: Deadline, on_found: Callable[[], None] | None = None) -> Reading | None:
        """Find a card and read it; None when there is none, or only one that was read before.

        `on_found` is called whenever the card was found, before it is selected.

        Raises:
            DeviceRefused: the module or the card says no.
            NeedsOperator: the card went (READER-CARD-GONE) or must be laid anew (READER-RELAY).
            DeviceTimeout, LinkError: the line failed on every rung of the ladder.
        """
        course = _Course()
        return self._climbing(course, lambda: self._read_found(course, deadline, on_found), deadline)

    def read_again(self, first: Reading, deadline: Deadline) -> Reading | None:
        """Read until two readings in a row are equal; None when the module refuses to repeat.

        Raises:
            LinkError: never equal, or equal but not of the card of `first` (READER-CHANGED).
            NeedsOperator: the card went, or must be laid anew.
        """
        course = _Course(has_card=True, upsets=self._session.upsets)
        previous = first
        for _ in range(MAX_READINGS_AGAIN):
            reading = self._climbing(course, lambda: self._repeat(course, deadline), deadline)
            if reading is None and previous is first:
                return None
            if reading is None:
                break
            if reading == previous:
                if card_text.identity(reading.text) != card_text.identity(first.text):
                    break
                return reading
            previous = reading
        raise reader_errors.changed()

    def _climbing(self, course: _Course, work: Callable[[], Reading | None], deadline: Deadline) -> Reading | None:
        """Run `work` on the ladder, and remember in `course` what made it climb."""

        def remembering() -> Reading | None:
            try:
                return work()
            except LinkError as trouble:
                course.line_trouble = trouble
                raise

        try:
            return self._session.recovering(remembering, deadline)
        except _Unreadable as unreadable:
            raise unreadable.error from None

    def _read_found(self, course: _Course, deadline: Deadline, on_found: Callable[[], None] | None) -> Reading | None:
        for _ in range(MAX_FINDS):
            if not self.find(deadline):
                if not course.has_card:
                    return None
                raise self._lost(course, deadline)
            course.has_card, course.upsets = True, self._session.upsets
            if on_found is not None:
                on_found()
            try:
                return self._read_selected(deadline)
            except _StartOver as over:
                course.failure = over.answer
        raise self._refused(course)

    def _repeat(self, course: _Course, deadline: Deadline) -> Reading | None:
        """Read without a new find; find and select again where the module wants it.  None: it refuses to repeat."""
        try:
            base = self._base(deadline, may_refuse_repeat=True)
            return Reading(base.text, base.photo, self._addresses(base, deadline))
        except _StartOver as over:
            course.failure = over.answer
            is_refusing = over.answer.status in _REFUSES_REPEAT
        for _ in range(MAX_FINDS - 1):
            if not self.find(deadline):
                if is_refusing and course.upsets == self._session.upsets and self.is_resting(deadline):
                    return None
                raise self._lost(course, deadline)
            course.upsets = self._session.upsets
            try:
                return self._read_selected(deadline)
            except _StartOver as over:
                course.failure = over.answer
                is_refusing = False
        raise self._refused(course)

    def _read_selected(self, deadline: Deadline) -> Reading:
        """Select the card just found and read all of it."""
        answer = self._session.exchange(sam_commands.SELECT, deadline)
        if answer.status != sam_status.DONE:
            raise self._turn_back(answer, deadline)
        return self._of_one_card(self._base(deadline, may_refuse_repeat=False), deadline)

    def _of_one_card(self, base: BaseRecord, deadline: Deadline) -> Reading:
        """Add the newest addresses to `base`: only between two equal base records are they surely of the same card.

        A module that refuses to repeat the base record is believed: its readings are never verified.
        """
        for _ in range(MAX_BASE_READS):
            reading = Reading(base.text, base.photo, self._addresses(base, deadline))
            if not reading.address_records:
                return reading
            try:
                repeated = self._base(deadline, may_refuse_repeat=True)
            except _StartOver as over:
                if over.answer.status in _REFUSES_REPEAT:
                    return reading
                raise
            if repeated == base:
                return reading
            base = repeated
        raise reader_errors.changed()

    def _base(self, deadline: Deadline, *, may_refuse_repeat: bool) -> BaseRecord:
        """Read the base record; one that fails its verification or contradicts itself is asked for again."""
        trouble: DeviceError = reader_errors.line("length")
        for _ in range(MAX_BASE_READS):
            answer = self._session.exchange(sam_commands.READ_BASE, deadline)
            if answer.status == sam_status.DONE:
                base = split_base(answer.data)
                if base is None:
                    trouble = reader_errors.line("length")
                elif card_text.kind_of(base.text) is None:
                    trouble = reader_errors.refused(sam_status.UNRECOGNISED_CARD)
                else:
                    return base
            elif sam_status.reaction_to(answer.status) is Reaction.READ_AGAIN:
                trouble = reader_errors.refusal(answer)
            elif may_refuse_repeat and answer.status in _REFUSES_REPEAT:
                raise _StartOver(answer)
            else:
                raise self._turn_back(answer, deadline)
        raise _Unreadable(trouble)

    def _addresses(self, base: BaseRecord, deadline: Deadline) -> tuple[bytes, ...]:
        if self._answers_newest_address is False:
            return ()
        answer = self._session.exchange(sam_commands.READ_NEWEST_ADDRESS, deadline)
        if answer.status in _PRESENT:
            self._answers_newest_address = True
            return split_addresses(answer.data)
        if answer.status in _REFUSES_REPEAT and self._answers_newest_address is None:
            # Either the module has no such command, or it has lost the card: only the same base record tells.
            repeated = self._session.exchange(sam_commands.READ_BASE, deadline)
            if repeated.status == sam_status.DONE and split_base(repeated.data) == base:
                self._answers_newest_address = False
                return ()
        raise self._turn_back(answer, deadline)

    def _turn_back(self, answer: Frame, deadline: Deadline) -> Exception:
        """What a bad status while reading leads to: start over from find, or give up with the refusal."""
        reaction = sam_status.reaction_to(answer.status)
        if reaction in {Reaction.REJECT_CARD, Reaction.REFUSE}:
            return reader_errors.refusal(answer)
        if reaction is Reaction.RESET:
            self._session.reset(deadline)
        return _StartOver(answer)

    def _lost(self, course: _Course, deadline: Deadline) -> Exception:
        """A card was found and is found no more: it was refused, lies there unseen, or went."""
        failure = course.failure
        if failure is not None and sam_status.reaction_to(failure.status) is Reaction.READ_AGAIN:
            return reader_errors.refusal(failure)
        if course.line_trouble is not None:
            return course.line_trouble
        # A module that was reset, by us or by itself, has forgotten the card: 30 03 cannot tell whether it lies there.
        has_forgotten = failure is not None and failure.status == sam_status.WRONG_COMMAND
        if has_forgotten or course.upsets != self._session.upsets or self.is_resting(deadline):
            return reader_errors.relay()
        return reader_errors.card_gone()

    def _refused(self, course: _Course) -> Exception:
        return reader_errors.card_gone() if course.failure is None else reader_errors.refusal(course.failure)
