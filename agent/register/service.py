"""The register as the pages and the desk call it: drafts, saved registrations, with rights checked at the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from agent.accounts.service import AccountsService, Right, SignedIn, require
from agent.accounts.storage import Store
from agent.events.service import Event
from agent.register import draft_view
from agent.register.board import BoardOfRegister
from agent.register.cancellation_view import CancellationView
from agent.register.cancellations import Cancellations
from agent.register.cards import Cards
from agent.register.correction_view import CorrectionView
from agent.register.corrections import Corrections
from agent.register.drafts import Drafts
from agent.register.duplicates import Duplicates, Wish
from agent.register.errors import Problems, refused
from agent.register.full_views import FullViews
from agent.register.household_views import HouseholdsFound
from agent.register.households import Households
from agent.register.record_views import RecordView
from agent.register.records import Records
from agent.register.views import DraftLine, DraftView, Problem, RecordLine, SecondWord, StationSettings
from agent.register.workplace import DraftPapers, NoPapers, Workplace
from drivers.api import Clock

__all__ = ["Problems", "RegisterService", "StationSettings", "Wish"]


class RegisterService:
    """Everything that can be done with persons, drafts and registrations at this station."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        station: StationSettings,
        publish: Callable[[Event], None],
        papers: DraftPapers | None = None,
        accounts: AccountsService | None = None,
    ) -> None:
        place = Workplace(store, clock, station, publish, papers or NoPapers())
        self._accounts = accounts or AccountsService(store, clock)
        self._drafts = Drafts(place)
        self._records = Records(place)
        self._corrections = Corrections(place, self._records)
        self._cancellations = Cancellations(place, self._records)
        self.full_views = FullViews(place, self._records)
        self.board = BoardOfRegister(place)
        self.duplicates = Duplicates(place, self._records, self.full_views, self._accounts)
        self._households = Households(place)
        self.cards = Cards(place, self._drafts)
        self.place = place

    @staticmethod
    def written_address(values: Mapping[str, str]) -> str:
        """Write a dwelling as people do."""
        return draft_view.dwelling(values)

    def drafts(self, by: SignedIn) -> list[DraftLine]:
        """The drafts of this user, the one saved last first."""
        require(by, Right.REGISTER_WRITE)
        return self._drafts.lines(by)

    def draft(self, draft_id: str, by: SignedIn) -> DraftView:
        """One draft of this user.  Raises: CodedError DRAFT-UNKNOWN, also for somebody else's."""
        require(by, Right.REGISTER_WRITE)
        return self._drafts.show(draft_id, by)

    def current_draft(self, by: SignedIn) -> DraftView | None:
        """The draft that this user works on, or None."""
        require(by, Right.REGISTER_WRITE)
        return self._drafts.current(by)

    def open_draft(self, by: SignedIn, member_id: str | None = None) -> DraftView:
        """Open a draft, empty but for the dwelling of a household's member; the one worked on is put aside.

        Raises: CodedError HOUSEHOLD-UNKNOWN.
        """
        require(by, Right.REGISTER_WRITE)
        return self._drafts.open(by, member_id)

    def households(self, address: str, by: SignedIn) -> HouseholdsFound:
        """Find households by the address where they live, to register one more person there."""
        require(by, Right.REGISTER_WRITE)
        return self._households.find(address, by)

    def confirm_household(self, member_id: str, seen: str, by: SignedIn) -> int:
        """Note that nothing has changed with all of a household; how many they are.

        Raises: CodedError HOUSEHOLD-UNKNOWN, HOUSEHOLD-CHANGED.
        """
        require(by, Right.REGISTER_WRITE)
        return self._households.confirm(member_id, seen, by)

    def type_fields(self, draft_id: str, values: Mapping[str, str], by: SignedIn) -> DraftView:
        """Keep what was typed.  Raises: CodedError DRAFT-UNKNOWN."""
        require(by, Right.REGISTER_WRITE)
        return self._drafts.type_fields(draft_id, values, by)

    def take_offer(self, draft_id: str, field: str, source: str, by: SignedIn) -> DraftView:
        """Take the value offered under a field.  Raises: CodedError DRAFT-UNKNOWN, OFFER-UNKNOWN."""
        require(by, Right.REGISTER_WRITE)
        return self._drafts.take_offer(draft_id, field, source, by)

    def saved_as(self, draft_id: str, by: SignedIn) -> str | None:
        """The registration that a draft of this user has become, for a form that is sent once more; or None."""
        require(by, Right.REGISTER_WRITE)
        return self._drafts.saved_as(draft_id, by)

    def leave_household(self, draft_id: str, by: SignedIn) -> DraftView:
        """Take back the choice of a draft's household.  Raises: CodedError DRAFT-UNKNOWN."""
        require(by, Right.REGISTER_WRITE)
        return self._drafts.leave_household(draft_id, by)

    def put_aside(self, draft_id: str, by: SignedIn) -> None:
        """Let a draft rest."""
        require(by, Right.REGISTER_WRITE)
        self._drafts.put_aside(draft_id, by)

    def resume(self, draft_id: str, by: SignedIn) -> DraftView:
        """Go on with a draft."""
        require(by, Right.REGISTER_WRITE)
        return self._drafts.resume(draft_id, by)

    def discard(self, draft_id: str, by: SignedIn, reason_code: str) -> None:
        """Erase a draft; only the reason's code stays.  Raises: CodedError DRAFT-UNKNOWN, DISCARD-REASON."""
        require(by, Right.REGISTER_WRITE)
        self._drafts.discard(draft_id, by, reason_code)

    def second_person(self, draft_id: str, by: SignedIn, name: str, password: str, word: SecondWord) -> DraftView:
        """Let a second person confirm that a problem of the number is officially so.

        Raises: CodedError ACCOUNT-WRONG, ACCOUNT-WAIT, ACCOUNT-SAME-PERSON, PROBLEM-NOT-PASSABLE, REASON-MISSING.
        """
        require(by, Right.REGISTER_WRITE)
        second = self._accounts.second_person(by, name, password)
        return self._drafts.approve(draft_id, by, second, word)

    def save(self, draft_id: str, by: SignedIn) -> RecordView:
        """Make a registration of a draft, or edit the one of the same person.

        Raises: Problems; CodedError DRAFT-UNKNOWN.
        """
        require(by, Right.REGISTER_WRITE)
        return self._records.save(draft_id, by)

    def find(self, query: str, by: SignedIn, page: int = 1) -> list[RecordLine]:
        """Find registrations by number, name, spelling, mobile or address; twenty a page."""
        require(by, Right.REGISTER_READ)
        return self._records.find(query, by, page)

    def recent(self, by: SignedIn, page: int = 1) -> list[RecordLine]:
        """The registrations saved last; twenty a page."""
        require(by, Right.REGISTER_READ)
        return self._records.recent(by, page)

    def lately_saved(self, by: SignedIn) -> list[RecordLine]:
        """The registrations saved last with masked names, for the desk that waits: no search, so no audit row."""
        require(by, Right.REGISTER_READ)
        return self._records.lately_saved()

    def record(self, record_id: str, by: SignedIn) -> RecordView:
        """One registration with its history, for what follows from it.  Raises: CodedError RECORD-UNKNOWN."""
        require(by, Right.REGISTER_READ)
        return self._records.record(record_id, by)

    def household_of(self, record_id: str, by: SignedIn) -> tuple[str, ...]:
        """The registrations of a registration's household, its own among them.  Raises: CodedError RECORD-UNKNOWN."""
        require(by, Right.REGISTER_READ)
        return self._records.household_of(record_id)

    def correction(self, record_id: str, by: SignedIn) -> CorrectionView:
        """The form of a registration's correction, as far as it is typed.

        Raises: CodedError RECORD-UNKNOWN, RECORD-CANCELLED.
        """
        require(by, Right.REGISTER_WRITE)
        return self._corrections.show(record_id, by)

    def correction_kept_at(self, record_id: str, by: SignedIn) -> datetime | None:
        """When this user typed last over a registration without saving; None where nothing is typed."""
        require(by, Right.REGISTER_READ)
        return self._corrections.kept_at(record_id, by)

    def keep_correction(
        self, record_id: str, values: Mapping[str, str], version: int, by: SignedIn, reason: str
    ) -> None:
        """Keep what was typed over a registration.  Raises: CodedError RECORD-UNKNOWN."""
        require(by, Right.REGISTER_WRITE)
        self._corrections.keep(record_id, values, version, by, reason)

    def second_person_on_correction(
        self, record_id: str, by: SignedIn, name: str, password: str, word: SecondWord
    ) -> None:
        """Let a second person confirm that a problem of a corrected number is officially so.

        Raises: CodedError RECORD-UNKNOWN, ACCOUNT-WRONG, ACCOUNT-WAIT, ACCOUNT-SAME-PERSON, PROBLEM-NOT-PASSABLE,
            REASON-MISSING.
        """
        require(by, Right.REGISTER_WRITE)
        second = self._accounts.second_person(by, name, password)
        self._corrections.approve(record_id, by, second, word)

    def take_stored(self, record_id: str, field: str, by: SignedIn) -> None:
        """Take the stored value of a field instead of the typed one.  Raises: CodedError RECORD-UNKNOWN."""
        require(by, Right.REGISTER_WRITE)
        self._corrections.take_stored(record_id, field, by)

    def give_up_correction(self, record_id: str, by: SignedIn) -> None:
        """Erase what was typed over a registration.  Raises: CodedError RECORD-UNKNOWN."""
        require(by, Right.REGISTER_WRITE)
        self._corrections.give_up(record_id, by)

    def edit(self, record_id: str, values: Mapping[str, str], version: int, by: SignedIn, reason: str) -> RecordView:
        """Correct a registration.

        Raises: Problems; CodedError RECORD-UNKNOWN, RECORD-CANCELLED, RECORD-CHANGED, REASON-MISSING.
        """
        require(by, Right.REGISTER_WRITE)
        return self._corrections.save(record_id, values, version, by, reason)

    def cancellation(self, record_id: str, by: SignedIn) -> CancellationView:
        """The form of a registration's cancellation.  Raises: CodedError RECORD-UNKNOWN, RECORD-CANCELLED."""
        require(by, Right.REGISTER_WRITE)
        return self._cancellations.show(record_id, by)

    def has_kept_cancellation(self, record_id: str, by: SignedIn) -> bool:
        """Whether this user has typed something of a cancellation that is not entered."""
        require(by, Right.REGISTER_READ)
        return self._cancellations.has_kept(record_id, by)

    def keep_cancellation(self, record_id: str, values: Mapping[str, str], version: int, by: SignedIn) -> None:
        """Keep what was typed of a cancellation.  Raises: CodedError RECORD-UNKNOWN."""
        require(by, Right.REGISTER_WRITE)
        self._cancellations.keep(record_id, values, version, by)

    def give_up_cancellation(self, record_id: str, by: SignedIn) -> None:
        """Erase what was typed of a cancellation.  Raises: CodedError RECORD-UNKNOWN."""
        require(by, Right.REGISTER_WRITE)
        self._cancellations.give_up(record_id, by)

    def cancel(
        self, record_id: str, values: Mapping[str, str], version: int, by: SignedIn, second: tuple[str, str]
    ) -> None:
        """Cancel a registration; somebody else approves with name and password, once nothing else is in the way.

        Raises: Problems; CodedError RECORD-UNKNOWN, RECORD-CANCELLED, RECORD-CHANGED, ACCOUNT-WRONG, ACCOUNT-WAIT,
            ACCOUNT-SAME-PERSON, RIGHTS-DENIED.
        """
        require(by, Right.REGISTER_WRITE)
        told = zip(("second_name", "second_password"), second, strict=True)
        missing = [Problem("FIELD-MISSING", key) for key, text in told if not text]
        if self._cancellations.check(record_id, values, version, by, missing):
            second_id = self._accounts.second_person(by, *second)
            self._cancellations.enter(record_id, values, version, by, second_id)

    def restore(self, record_id: str, reason: str, by: SignedIn, second: tuple[str, str]) -> None:
        """Undo a cancellation; somebody else approves with name and password.

        Raises: CodedError RECORD-UNKNOWN, RECORD-NOT-CANCELLED, RECORD-CAME-BACK, REASON-MISSING,
            SECOND-PERSON-MISSING, ACCOUNT-WRONG, ACCOUNT-WAIT, ACCOUNT-SAME-PERSON, RIGHTS-DENIED.
        """
        require(by, Right.REGISTER_WRITE)
        if self._cancellations.check_restore(record_id, reason, by):
            if not all(second):
                raise refused("SECOND-PERSON-MISSING")
            second_id = self._accounts.second_person(by, *second)
            self._cancellations.restore(record_id, reason, by, second_id)

    def chip_photo(self, draft_id: str, by: SignedIn) -> bytes | None:
        """The chip's photo behind a draft, in the reader's own coding; None when there is none."""
        require(by, Right.REGISTER_WRITE)
        return self._drafts.chip_photo(draft_id, by)

    def note_photo(self, draft_id: str, by: SignedIn, *, is_decodable: bool) -> None:
        """Keep whether the photo could be decoded here."""
        require(by, Right.REGISTER_WRITE)
        self._drafts.note_photo(draft_id, by, is_decodable=is_decodable)

    def erase_stale_chips(self) -> int:
        """Erase raw chip data of days gone by; called at start and after midnight, and with each opened draft."""
        return self._drafts.erase_stale_chips()

    def is_session_alive(self, session_id: str) -> bool:
        """Whether a session still lives."""
        return self._accounts.is_session_alive(session_id)

    def is_locked(self, by: SignedIn) -> bool:
        """Whether nobody has acted in a session for so long that it shows nothing."""
        return self.lock_left_s(by) == 0

    def lock_left_s(self, by: SignedIn) -> int:
        """After how many seconds a session shows nothing any more if nobody acts; 0 when it is so."""
        return self._accounts.lock_left_s(by)
