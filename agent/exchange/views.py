"""The values that the exchange of files hands to the pages, and takes from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from agent.register.views import Problem

FORMS: Final = ("RG", "RZ", "HZ")
STATES: Final = ("active", "cancelled")
FILE_KINDS: Final = ("csv", "xlsx")
SHOWN: Final = 50
"""So many provisions, runs and refused rows a page shows."""

FileKind = Literal["csv", "xlsx"]
RequestState = Literal["waiting", "agreed", "refused", "withdrawn", "made", "lapsed"]
JobState = Literal["", "checking", "checked", "running", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Which registrations are wanted in a file, for whom and why.

    Attributes:
        forms: RG, RZ, HZ.
        states: active, cancelled.
        committee: as the board counts it, of the door's plate or else as typed, of HZ the household's; "" for all.
        since, until: days of registration, ISO; "" for any.
        columns: keys, in any order.
        file_kind: csv or xlsx.
        receiver, purpose: to whom, and why.
        is_full: whether numbers are not masked; then `full_reason` says why.
    """

    forms: tuple[str, ...] = ("RG",)
    states: tuple[str, ...] = ("active",)
    committee: str = ""
    since: str = ""
    until: str = ""
    columns: tuple[str, ...] = ()
    file_kind: str = "xlsx"
    receiver: str = ""
    purpose: str = ""
    is_full: bool = False
    full_reason: str = ""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that waits for the session that made it."""

    id: str
    session_id: str
    file_kind: str
    content: bytes = field(repr=False)
    made_s: float

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a wish: a file that waits, or, where `is_asked`, a request that waits for a second person."""

    id: str
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class RequestView:
    """An export that a second person has to agree to.

    Attributes:
        wish: what is wished, for whom and why.
        rows: how many registrations it meant when it was asked for.
        state: one of `RequestState`; `lapsed` where nobody decided, or used the word, in time.
        until: to when it waits, or the word holds; None where it is over.
        decided_by, decided_at, reason: the second person's word, and of a refusal why.
        is_own: whether who looks has asked.
        provision_id: of the file that was made; "" for none.
        gone: how many of `rows` did not fit any more when it was made, and are not in it.
        is_one_person: whether who looks may be who asked, by another account of theirs; told of one request alone.
        has_second: whether there is a supervisor whose word would count; told of one request alone.
    """

    id: str
    at: datetime
    user: str
    wish: ExportWish
    rows: int
    state: RequestState
    until: datetime | None
    decided_by: str
    decided_at: datetime | None
    reason: str
    is_own: bool
    provision_id: str
    gone: int
    is_one_person: bool = False
    has_second: bool = True


@dataclass(frozen=True, slots=True)
class ProvisionView:
    """A file that was given away.  `is_here`: it still waits for this session; `second`: who agreed, "" for nobody."""

    id: str
    at: datetime
    user: str
    second: str
    wish: ExportWish
    rows: int
    size_bytes: int
    sha256: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row of the file that is not taken in as it is.

    Attributes:
        line: which row of the file, from 1, its head counted.
        kind: `different` where the register holds the person with other values, else `rejected`.
        problems: why; of `IMPORT-DIFFERENT` the fields that differ.
    """

    line: int
    kind: Literal["different", "rejected"]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What became, or would become, of the rows of a file."""

    rows: int = 0
    made: int = 0
    equal: int = 0
    different: int = 0
    rejected: int = 0
    empty: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file that came: its head, the field it is for, and what stands first in it."""

    place: int
    head: str
    key: str


@dataclass(frozen=True, slots=True)
class FileView:
    """The file that lies here to be taken in, and how far that is.

    Attributes:
        is_own: whether who looks has brought it.
        owner: who has.
        columns: its columns, with the fields they are taken for.
        head_line: which row is its head, from 1.
        constants: what holds for every row, by field.
        legacy: the editions of code tables that its codes are of, by field.
        state: what was last begun with it.
        done, total: rows, while something is under way or was.
        counts: what came of it.
        rejections: the first rows that are not taken in as they are.
        share_of_han: how many of a hundred are 汉; None where fewer than a hundred say their group.
        error_code: why it failed.
    """

    is_own: bool
    owner: str
    encoding: str
    size_bytes: int
    head_line: int
    columns: tuple[Column, ...]
    constants: dict[str, str]
    legacy: dict[str, str]
    state: JobState
    done: int
    total: int
    counts: Counts
    rejections: tuple[Rejection, ...]
    share_of_han: int | None
    error_code: str
    facts: dict[str, str | int | float]

    @property
    def is_at_work(self) -> bool:
        """Whether something is under way."""
        return self.state in {"checking", "running"}


@dataclass(frozen=True, slots=True)
class RunView:
    """One import that was run, or runs."""

    id: str
    user: str
    begun_at: datetime
    ended_at: datetime | None
    state: str
    error_code: str
    sha256: str
    rows: int
    last_row: int
    counts: Counts
