"""What was written down of exports and has had its time: found, and deleted."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from peewee_models.exchange import Provision
from peewee_models.export_requests import ExportRequest

AT_ONCE: Final = 100
Found = list[uuid.UUID]


def begin_to_wait(day: int) -> None:
    """Let what is new be kept from this day of work on, inside the open transaction."""
    for table in (Provision, ExportRequest):
        table.update(since_day=day).where(table.since_day.is_null()).execute()


def over_provisions(day: int, before: datetime) -> Found:
    """What was given away before a time and has been kept since before a day of work; some, the oldest first."""
    return _over(Provision, Provision.at, day, before)


def over_requests(day: int, before: datetime) -> Found:
    """The same of the requests of which nothing came."""
    return _over(ExportRequest, ExportRequest.asked_at, day, before, ExportRequest.provision.is_null())


def delete_provision(key: uuid.UUID) -> list[uuid.UUID]:
    """Delete what was written down of a file, with the request for it; the keys of such requests."""
    requests = [row.id for row in ExportRequest.select(ExportRequest.id).where(ExportRequest.provision == key)]
    ExportRequest.delete().where(ExportRequest.provision == key).execute()
    Provision.delete().where(Provision.id == key).execute()
    return requests


def delete_request(key: uuid.UUID) -> None:
    """Delete a request."""
    ExportRequest.delete().where(ExportRequest.id == key).execute()


def _over(table: Any, at: Any, day: int, before: datetime, *more: Any) -> Found:
    rows = table.select(table.id).where(table.since_day < day, at < before, *more)
    return [row.id for row in rows.order_by(at, table.id).limit(AT_ONCE)]
