"""One pass over a file, batch by batch: a dry run that writes nothing, or the run that writes the new rows.

A batch is one transaction: an import that ends in the middle, by wish, by a failure or with the agent, has written
whole batches, and `last_row` says how far.  Done once more it finds these rows in the register and doubles nothing.

What a dry run has read and judged is kept, in memory and packed, for the run of the same day: a row is judged once.
"""

from __future__ import annotations

import itertools
import threading
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from agent.accounts.audit import SignedInIds
from agent.accounts.storage import reading, writing
from agent.exchange.entering import Entering, Seen, Sorted, sort_out
from agent.exchange.mapping import Mapping
from agent.exchange.tables_read import Sheet
from agent.exchange.taking import RowReader, Taken, is_of_han
from agent.exchange.views import Counts, Rejection
from agent.register.evaluate import Setting
from agent.register.workplace import Workplace
from peewee_models import exchange

AT_ONCE: Final = 1000
"""So many rows are one transaction: others who save wait for one at most."""

LEAST_FOR_SHARE: Final = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file, read.

    Attributes:
        rows: those that say anything.
        empty: how many do not.
        last_line: of all of them.
    """

    rows: tuple[Taken, ...]
    empty: int
    last_line: int


_PACKED: Final = msgspec.msgpack.Decoder(Batch)


@dataclass(slots=True)
class Found:
    """What a pass has found so far.

    Attributes:
        rejections: the rows that are not taken in as they are, by their line.
        dwellings: where the rows say that people live, for the run after a dry run.
        groups: how many rows say an ethnic group, and how many of them 汉.
        packed: the batches as a dry run has read them, against `setting`.
    """

    done: int = 0
    last_line: int = 0
    made: int = 0
    equal: int = 0
    empty: int = 0
    rejections: dict[int, Rejection] = field(default_factory=dict)
    dwellings: set[tuple[str, ...]] = field(default_factory=set)
    groups: int = 0
    han: int = 0
    packed: list[bytes] = field(default_factory=list)
    setting: Setting | None = None

    @property
    def counts(self) -> Counts:
        """How many rows are what."""
        different = sum(one.kind == "different" for one in list(self.rejections.values()))
        rejected = len(self.rejections) - different
        rows = self.made + self.equal + different + rejected
        return Counts(rows, self.made, self.equal, different, rejected, self.empty)

    @property
    def share_of_han(self) -> int | None:
        """How many of a hundred are 汉; None where too few say their group to tell."""
        return self.han * 100 // self.groups if self.groups >= LEAST_FOR_SHARE else None

    def note(self, sorted_rows: Sequence[Sorted]) -> None:
        """Count a batch."""
        for one in sorted_rows:
            if one.kind == "new":
                self.made += 1
            elif one.kind == "equal":
                self.equal += 1
            else:
                self.rejections[one.taken.line] = Rejection(one.taken.line, one.kind, one.problems)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass works on.

    Attributes:
        told: called after each batch.
        is_over: set when it is to end after the batch that is under way.
    """

    place: Workplace
    sheet: Sheet
    mapping: Mapping
    found: Found
    told: Callable[[], None]
    is_over: threading.Event

    def check(self) -> bool:
        """Look at every row and write nothing; whether all were looked at."""
        seen, found = Seen(), self.found
        found.setting = self.place.setting()
        for batch in self._read(found.setting):
            with reading(self.place.store):
                sorted_rows = sort_out(batch.rows, seen)
            found.note(sorted_rows)
            for one in batch.rows:
                said = is_of_han(one)
                found.groups += said is not None
                found.han += bool(said)
            found.dwellings.update(
                one.taken.dwelling for one in sorted_rows if one.kind == "new" and one.taken.dwelling
            )
            found.packed.append(zlib.compress(msgspec.msgpack.encode(batch), 1))
            self._step(batch)
        return not self.is_over.is_set()

    def run(self, run_id: uuid.UUID, ids: SignedInIds, checked: Found) -> bool:
        """Write the new rows; whether all were gone through.

        Args:
            run_id: of the run.
            ids: who runs it.
            checked: what the dry run has found.
        """
        seen, found, setting = Seen(), self.found, self.place.setting()
        with self.place.store.writing_many():
            with reading(self.place.store):
                entering = Entering(self.place, run_id, ids, checked.dwellings)
            for batch in self._unpacked(checked) if setting == checked.setting else self._read(setting):
                with writing(self.place.store):
                    sorted_rows = sort_out(batch.rows, seen)
                    entering.write([one.taken for one in sorted_rows if one.kind == "new"])
                    found.note(sorted_rows)
                    found.last_line = batch.last_line
                    exchange.note_run(run_id, **state_of(found))
                self._step(batch)
        return not self.is_over.is_set()

    def _step(self, batch: Batch) -> None:
        """Count a batch that was gone through, and tell of it."""
        found = self.found
        found.done += len(batch.rows) + batch.empty
        found.empty += batch.empty
        found.last_line = batch.last_line
        self.told()

    def _read(self, setting: Setting) -> Iterator[Batch]:
        """The rows below the head, read, many at a time; ends early when it is over."""
        reader = RowReader(self.mapping, setting, self.place.clock.now())
        numbered = itertools.islice(enumerate(self.sheet.rows(), start=1), self.mapping.head_line, None)
        while not self.is_over.is_set():
            some = list(itertools.islice(numbered, AT_ONCE))
            if not some:
                return
            said = [(line, row) for line, row in some if not reader.is_empty(row)]
            rows = tuple(reader.read(line, row) for line, row in said)
            yield Batch(rows, len(some) - len(rows), some[-1][0])

    def _unpacked(self, checked: Found) -> Iterator[Batch]:
        """The rows as the dry run has read them; ends early when it is over."""
        for packed in checked.packed:
            if self.is_over.is_set():
                return
            yield _PACKED.decode(zlib.decompress(packed))


def state_of(found: Found) -> dict[str, int]:
    """How far a run has come, as it is written down."""
    counts = found.counts
    return {
        "last_row": found.last_line,
        "made": counts.made,
        "equal": counts.equal,
        "different": counts.different,
        "rejected": counts.rejected,
    }
