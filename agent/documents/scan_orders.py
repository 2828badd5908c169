"""What the scan desk works with: the scanner as it sees it, an order, the scan under way, what goes on around it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from agent.documents.people import Person
from agent.documents.views import ScanWish
from agent.errors import CodedError
from peewee_models.document_queries import Owner


@dataclass(frozen=True, slots=True)
class Around:
    """What goes on around the scans.

    Attributes:
        keep_house: done about once a minute while nothing happens.
        is_ready: whether the scanner could begin now.
        leave: done last in the desk's thread: its connection to the database is its own to close.
    """

    keep_house: Callable[[], None]
    is_ready: Callable[[], bool]
    leave: Callable[[], object]


class Scanner(Protocol):
    """What is asked of the supervisor."""

    def request(self, role: str, operation: str, arguments: dict[str, object], limit_s: float) -> Future[bytes]:
        """Ask the device for something."""

    def cancel(self, role: str) -> None:
        """Call off what the device is doing."""


@dataclass(frozen=True, slots=True)
class Order:
    """One wish to scan: for whom, of what kind, how, whose; `replaces` is the page that the new one stands in for."""

    owner: Owner
    kind: str
    wish: ScanWish
    by: Person
    by_name: str
    replaces: uuid.UUID | None = None


@dataclass(slots=True)
class UnderWay:
    """The scan under way; `failure` is why a page of it could not be kept."""

    job_id: uuid.UUID
    order: Order
    is_cancelled: bool = False
    lines: int = 0
    lines_expected: int = 0
    failure: CodedError | None = None
