"""Numbers of a record are masked until somebody has them shown in full: for a reason, in one session, for a while.

Masked are the ID numbers, the numbers of telephones and permits, the names of e-mail, and the birth date without its
year, which would give the hidden part of the ID number away; also in the record's history.  Names and addresses stay:
by them people are found.  A form under work, a draft or a correction, is not masked.

That a record was shown in full stands in the audit with the reason's code, and with the clerk's words in the record's
history.  Which sessions see what in full is forgotten when the agent ends.
"""

from __future__ import annotations

import dataclasses
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from agent.accounts.audit import Act
from agent.accounts.service import Right, SignedIn, require
from agent.accounts.storage import writing
from agent.register import codes, fields, id_number
from agent.register.errors import key_of, refused
from agent.register.record_views import PRINTED, ChangeLine, RecordView
from agent.register.records import Records
from agent.register.workplace import Workplace
from peewee_models.register import FullView

SHOWN_FOR: Final = timedelta(minutes=5)
LONGEST_WORDS: Final = 200
OTHER: Final = "OTHER"
"""The reason that needs words."""

_NUMBERS: Final = frozenset({"id_no", "id_no_raw", "guardian_id", "owner_id", "permit_no"})
_MOBILES: Final = frozenset({"mobile", "guardian_mobile", "owner_mobile", "tel"})
_BIRTH: Final = "birth_date"
_EMAIL: Final = "email"


@dataclass(frozen=True, slots=True)
class Look:
    """A record that somebody looks at.

    Attributes:
        record: everything, for what follows from its values; not to be shown.
        shown: what the page may show.
        full_until: until when it is shown in full; None where it is masked.
    """

    record: RecordView
    shown: RecordView
    full_until: datetime | None


class FullViews:
    """Who sees which record in full."""

    def __init__(self, place: Workplace, records: Records) -> None:
        self._place = place
        self._records = records
        self._until: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def look(self, record_id: str, by: SignedIn) -> Look:
        """Look at a record; an audit row says so.  Raises: CodedError RECORD-UNKNOWN."""
        require(by, Right.REGISTER_READ)
        record = self._records.record(record_id, by)
        until = self._standing(record.id, by)
        return Look(record, masked(record) if until is None else record, until)

    def begin(self, record_id: str, reason: str, words: str, by: SignedIn) -> None:
        """Let this session see a record's numbers in full for five minutes.

        Args:
            record_id: the record.
            reason: a code of the table `full_view_reason`.
            words: why, in the user's own words; needed with `OTHER`.
            by: who.

        Raises: CodedError RECORD-UNKNOWN, FULL-VIEW-REASON, FULL-VIEW-WORDS.
        """
        require(by, Right.REGISTER_READ)
        said = fields.reason(words)[:LONGEST_WORDS]
        if reason == PRINTED or not codes.is_taken("full_view_reason", reason, self._place.clock.today()):
            raise refused("FULL-VIEW-REASON")
        if reason == OTHER and not said:
            raise refused("FULL-VIEW-WORDS")
        with writing(self._place.store):
            record, now = self._records.row_of(record_id), self._place.clock.now()
            FullView.create(registration=record, user=uuid.UUID(by.user_id), at=now, reason=reason, words=said)
            self._place.note(by, Act.RECORD_SHOWN_IN_FULL, ("record", record.id), reason=reason)
        with self._lock:
            self._until = {key: until for key, until in self._until.items() if until > now}
            self._until[by.session_id, str(record.id)] = now + SHOWN_FOR

    def note_print(self, record_id: str, by: SignedIn) -> None:
        """Note in a record that its numbers were printed in full, inside the open transaction."""
        FullView.create(
            registration=uuid.UUID(record_id),
            user=uuid.UUID(by.user_id),
            at=self._place.clock.now(),
            reason=PRINTED,
            words="",
        )

    def end(self, record_id: str, by: SignedIn) -> None:
        """Mask a record again before its time is over."""
        require(by, Right.REGISTER_READ)
        key = key_of(record_id)
        with self._lock:
            self._until.pop((by.session_id, str(key)), None)

    def _standing(self, record_id: str, by: SignedIn) -> datetime | None:
        """Until when this session sees a record in full; None where it does not."""
        now = self._place.clock.now()
        with self._lock:
            until = self._until.get((by.session_id, record_id))
        # A clock that was set back must not show anything for longer.
        return until if until is not None and now < until <= now + SHOWN_FOR else None


def masked(record: RecordView) -> RecordView:
    """A record as it is shown to whoever has given no reason to see more."""
    shown = dict(record.fields)
    for key in (*_NUMBERS, *_MOBILES, _BIRTH, _EMAIL):
        if key in shown and shown[key].value:
            text = masked_value(key, shown[key].value)
            shown[key] = dataclasses.replace(shown[key], value=text, shown=text, doubts=(), offers=())
    raw = masked_value("id_no_raw", record.id_no_raw)
    return dataclasses.replace(record, id_no_raw=raw, fields=shown, history=tuple(map(_masked_line, record.history)))


def masked_value(key: str, value: str) -> str:
    """A value of a field as a masked record shows it."""
    if key in _NUMBERS:
        return id_number.masked(value)
    if key in _MOBILES:
        return f"{value[:3]}****{value[-4:]}" if len(value) == 11 else "*" * len(value)
    if key == _BIRTH and value:
        return f"{value[:4]}-**-**"
    if key == _EMAIL and value:
        return f"{value[:1]}***@{value.rpartition('@')[2]}"
    return value


def _masked_line(line: ChangeLine) -> ChangeLine:
    old, new = masked_value(line.field, line.old), masked_value(line.field, line.new)
    return dataclasses.replace(line, old=old, new=new)
