"""Files taken into the register: brought, read as its columns say, looked at in a dry run, then run as a job.

One file lies here at a time, in memory only; it goes an hour after it was last touched.  What a run has written stays,
whatever ends it.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import threading
import uuid
from collections.abc import Mapping as Table
from collections.abc import Sequence
from typing import Any, Final

from agent.accounts import audit
from agent.accounts.service import AccountsService, Right, SignedIn, require
from agent.accounts.storage import reading, writing
from agent.errors import Actor, CodedError, Retry
from agent.events.service import Event
from agent.exchange import mapping, rejects, views
from agent.exchange.lying import AT_WORK, Lying, run_view, view
from agent.exchange.passes import Found, Pass
from agent.exchange.tables_read import sheet_of
from agent.exchange.views import FileView, JobState, RunView
from agent.register import defaults
from agent.register.workplace import Workplace
from peewee_models import exchange

log = logging.getLogger("renhu.exchange")

MOST_MEGABYTES: Final = 40
KEPT_S: Final = 3600.0
LEAST_HAN: Final = 50
"""Of a hundred rows; with fewer the groups are most likely numbered otherwise.  Source: domain reference 2.5, T4."""
STOP_LIMIT_S: Final = 10.0
_FIRST_ROWS: Final = 20
_TELL_EVERY: Final = 2000


class Imports:
    """What is taken into the register from files.

    Args:
        place: the register's store, clock and station.
        accounts: checks that who runs an import sits there still.
    """

    def __init__(self, place: Workplace, accounts: AccountsService) -> None:
        self._place = place
        self._accounts = accounts
        self._lock = threading.Lock()
        self._lying: Lying | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Mark what the last start of the agent left unended."""
        with writing(self._place.store):
            ended = exchange.interrupt_runs(self._place.clock.now())
        if ended:
            log.warning("%d imports were interrupted; what they had written stays", len(ended))

    def stop(self) -> None:
        """End what is under way after its batch, and let go of the file."""
        with self._lock:
            lying, thread, self._lying = self._lying, self._thread, None
        if lying is not None:
            lying.is_over.set()
        if thread is not None:
            thread.join(STOP_LIMIT_S)

    def wait(self) -> None:
        """Wait until what is under way has ended."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def runs(self, by: SignedIn) -> list[RunView]:
        """The imports that were run, the newest first.  Raises: RightsDenied."""
        require(by, Right.IMPORT)
        with reading(self._place.store):
            return [run_view(row) for row in exchange.runs(views.SHOWN)]

    def look(self, by: SignedIn) -> FileView | None:
        """The file that lies here; None where there is none.  Raises: RightsDenied."""
        require(by, Right.IMPORT)
        lying = self._lying
        return None if lying is None else view(lying, by)

    def take(self, content: bytes, by: SignedIn) -> None:
        """Take a file; one of one's own that lies here goes.

        Raises: RightsDenied; CodedError IMPORT-NONE, IMPORT-TOO-LARGE, IMPORT-HELD, IMPORT-AT-WORK, and as
            `sheet_of` and `Sheet.rows` refuse a file; IMPORT-NO-ROWS.
        """
        require(by, Right.IMPORT)
        if not content:
            raise _refused("IMPORT-NONE")
        if len(content) > MOST_MEGABYTES * 1_000_000:
            raise _refused("IMPORT-TOO-LARGE", megabytes=MOST_MEGABYTES)
        with self._lock:
            self._free(by)
        sheet = sheet_of(content)
        rows = sheet.rows()
        first = list(itertools.islice(rows, _FIRST_ROWS))
        total = len(first) + sum(1 for _ in rows)
        how = mapping.guessed(first, self._usual())
        if total <= how.head_line:
            raise _refused("IMPORT-NO-ROWS")
        digest = hashlib.sha256(content).hexdigest()
        lying = Lying(by, sheet, digest, total - how.head_line, how, self._place.clock.monotonic())
        with writing(self._place.store):
            facts: dict[str, str | int] = {"rows": lying.rows, "sha256": digest}
            self._place.note(by, audit.Act.IMPORT_FILE_TAKEN, ("import", None), **facts)
        with self._lock:
            self._free(by)
            self._lying = lying

    def drop(self, by: SignedIn) -> None:
        """Let go of the file, whoever brought it.  Raises: RightsDenied; CodedError IMPORT-AT-WORK."""
        require(by, Right.IMPORT)
        with self._lock:
            if self._lying is not None and self._lying.state in AT_WORK:
                raise _refused("IMPORT-AT-WORK")
            self._lying = None

    def drop_old(self) -> None:
        """Let go of a file that nobody has touched for a while."""
        with self._lock:
            lying = self._lying
            is_old = lying is not None and self._place.clock.monotonic() - lying.touched_s > KEPT_S
            if lying is not None and is_old and lying.state not in AT_WORK:
                self._lying = None

    def check(self, keys: Sequence[str], constants: Table[str, str], legacy: Table[str, str], by: SignedIn) -> None:
        """Begin a dry run with the columns as they are chosen.

        Args:
            keys: the field of each column, "" for none.
            constants: what holds for all rows, by field.
            legacy: the editions of codes, by field.
            by: who.

        Raises: RightsDenied; CodedError IMPORT-GONE, IMPORT-HELD, IMPORT-AT-WORK, IMPORT-NO-COLUMNS.
        """
        require(by, Right.IMPORT)
        with self._lock:
            lying = self._own(by)
            lying.mapping = mapping.chosen(lying.mapping, keys, constants, legacy)
            if not lying.mapping.places:
                raise _refused("IMPORT-NO-COLUMNS")
            lying.checked = None
            self._begin(lying, "checking")
        self._work(lying, self._check)

    def run(self, by: SignedIn, own_password: str, *, has_seen_groups: bool = False) -> None:
        """Begin to write the new rows.

        Raises: RightsDenied; CodedError IMPORT-GONE, IMPORT-HELD, IMPORT-AT-WORK, IMPORT-NOT-CHECKED,
            IMPORT-NOTHING-NEW, IMPORT-GROUPS, ACCOUNT-OWN-PASSWORD, ACCOUNT-WAIT.
        """
        require(by, Right.IMPORT)
        with self._lock:
            checked = self._own(by).checked
        if checked is None:
            raise _refused("IMPORT-NOT-CHECKED")
        if not checked.made:
            raise _refused("IMPORT-NOTHING-NEW")
        share = checked.share_of_han
        if share is not None and share < LEAST_HAN and not has_seen_groups:
            raise _refused("IMPORT-GROUPS", share=share)
        self._accounts.confirm(by, own_password)
        with self._lock:
            lying = self._own(by)
            self._begin(lying, "running")
        self._work(lying, lambda at: self._run(at, checked))

    def cancel(self, by: SignedIn) -> None:
        """End what is under way after its batch.  Raises: RightsDenied."""
        require(by, Right.IMPORT)
        lying = self._lying
        if lying is not None:
            lying.is_over.set()

    def rejections(self, by: SignedIn) -> bytes:
        """The rows that are not taken in as they are, as they came, with the reasons; CSV.

        Raises: RightsDenied; CodedError IMPORT-GONE, IMPORT-HELD, IMPORT-AT-WORK.
        """
        require(by, Right.IMPORT)
        with self._lock:
            lying = self._own(by)
        rows = dict(lying.found.rejections)
        with writing(self._place.store):
            self._place.note(by, audit.Act.REJECTIONS_TAKEN, ("import", None), rows=len(rows))
        return rejects.as_csv(lying.sheet, lying.mapping, rows, by.language)

    def _usual(self) -> dict[str, str]:
        """What holds for all rows where a file does not say it: the station's own, and that they are old."""
        given = {
            key: entry.value for key, entry in defaults.of_station(self._place.area, self._place.clock.now()).items()
        }
        return given | {"verify_mode": mapping.OLD_REGISTER}

    def _free(self, by: SignedIn) -> None:
        """Make sure that the place is free for a file.  Raises: CodedError IMPORT-HELD, IMPORT-AT-WORK."""
        if self._lying is not None:
            self._own(by)

    def _own(self, by: SignedIn) -> Lying:
        """The file that this person has brought, while nothing is done with it."""
        lying = self._lying
        if lying is None:
            raise _refused("IMPORT-GONE")
        if lying.owner.user_id != by.user_id:
            raise _refused("IMPORT-HELD")
        if lying.state in AT_WORK:
            raise _refused("IMPORT-AT-WORK")
        lying.touched_s = self._place.clock.monotonic()
        return lying

    def _begin(self, lying: Lying, state: JobState) -> None:
        lying.state, lying.found, lying.error, lying.told = state, Found(), None, 0
        lying.is_over = threading.Event()

    def _work(self, lying: Lying, deed: Any) -> None:
        """Do something with a file in a thread of its own, whose end is told, whatever it is."""

        def work() -> None:
            try:
                lying.state = deed(lying)
            except CodedError as error:
                lying.error, lying.state = error, "failed"
            finally:
                if lying.state in AT_WORK:
                    lying.error, lying.state = _refused("IMPORT-OURS"), "failed"
                lying.touched_s = self._place.clock.monotonic()
                self._tell(lying)
                self._place.store.close()

        thread = threading.Thread(target=work, name="exchange")
        self._thread = thread
        thread.start()

    def _pass(self, lying: Lying) -> Pass:
        return Pass(self._place, lying.sheet, lying.mapping, lying.found, lambda: self._told(lying), lying.is_over)

    def _check(self, lying: Lying) -> JobState:
        is_whole = self._pass(lying).check()
        counts = lying.found.counts
        with writing(self._place.store):
            facts: dict[str, str | int] = {"new": counts.made, "rejected": counts.rejected, "rows": counts.rows}
            self._place.note(lying.owner, audit.Act.IMPORT_CHECKED, ("import", None), **facts)
        lying.checked = lying.found if is_whole else None
        return "checked" if is_whole else "cancelled"

    def _run(self, lying: Lying, checked: Found) -> JobState:
        owner, how = lying.owner, lying.mapping
        settings = {"columns": list(how.keys), "constants": dict(how.constants), "legacy": dict(how.legacy)}
        of_file = {"sha256": lying.sha256, "encoding": lying.sheet.encoding, "rows": lying.rows}
        with writing(self._place.store):
            key = exchange.begin_run(self._place.clock.now(), uuid.UUID(owner.user_id), settings=settings, **of_file)
            self._place.note(owner, audit.Act.IMPORT_BEGUN, ("import", key), rows=lying.rows)
        state: JobState = "failed"
        code = "IMPORT-OURS"
        try:
            state, code = ("done" if self._pass(lying).run(key, owner.audit_ids, checked) else "cancelled"), ""
        except CodedError as error:
            code = error.code
            raise
        finally:
            self._ended(lying, key, state, code)
        return state

    def _ended(self, lying: Lying, key: uuid.UUID, state: JobState, code: str) -> None:
        """Write down how a run ended; where the database fails, the next start tells that it was interrupted."""
        with writing(self._place.store):
            exchange.note_run(key, state=state, error_code=code, ended_at=self._place.clock.now())
            made = lying.found.counts.made
            self._place.note(lying.owner, audit.Act.IMPORT_ENDED, ("import", key), state=state, made=made)
        lying.checked = None
        self._place.publish(Event("register", None, {"imported": made}))

    def _told(self, lying: Lying) -> None:
        if lying.found.done - lying.told >= _TELL_EVERY:
            lying.told = lying.found.done
            self._tell(lying)

    def _tell(self, lying: Lying) -> None:
        self._place.publish(Event("exchange", None, {"state": lying.state, "done": lying.found.done}))


def _refused(code: str, **facts: int) -> CodedError:
    return CodedError(code, Actor.SUPERVISOR, Retry.AFTER_ACTION, **facts)
