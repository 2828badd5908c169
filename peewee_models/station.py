"""Facts about the data folder itself, and what was chosen on this station's own pages."""

from __future__ import annotations

import uuid

from peewee import CharField, TextField

from peewee_models.base import Table

MEDIA_MARK = ("media_key", "media_station")
SCAN_CHOICE = "scan."


class StationMeta(Table):
    """One fact: `folder_kind` is `practice` or `register` for life; `address.ROLE` is a technician's choice.

    `scan.KIND` is how a kind of document was last scanned; `worked_days` is how long the station has been at work.
    `media_key` names the key of the encrypted files and `media_station` what they are bound to, both for life.
    """

    key = CharField(max_length=40, primary_key=True)
    value = TextField()


def folder_kind() -> str | None:
    """Say what this folder was born as; None in one that was never finished."""
    row = StationMeta.get_or_none(StationMeta.key == "folder_kind")
    return None if row is None else str(row.value)


def set_folder_kind(kind: str) -> None:
    """Say once what this folder is."""
    StationMeta.insert(key="folder_kind", value=kind).execute()


def chosen_address(role: str) -> str | None:
    """The address that a technician chose for a device on its page; None where the configuration stands."""
    row = StationMeta.get_or_none(StationMeta.key == f"address.{role}")
    return None if row is None else str(row.value)


def choose_address(role: str, address: str) -> None:
    """Keep a technician's choice; it goes before the configuration."""
    _put(f"address.{role}", address)


def forget_address(role: str) -> None:
    """Let the configuration stand again."""
    StationMeta.delete().where(StationMeta.key == f"address.{role}").execute()


def media_mark() -> tuple[str, uuid.UUID] | None:
    """The keyed hash of the media key, and the folder's own identity; None where there never was a media key."""
    rows = {row.key: str(row.value) for row in StationMeta.select().where(StationMeta.key.in_(MEDIA_MARK))}
    return (rows[MEDIA_MARK[0]], uuid.UUID(rows[MEDIA_MARK[1]])) if rows else None


def set_media_mark(check: str, station: uuid.UUID) -> None:
    """Say once which media key belongs to this folder."""
    for key, value in zip(MEDIA_MARK, (check, str(station)), strict=True):
        StationMeta.insert(key=key, value=value).execute()


def scan_choices() -> dict[str, str]:
    """How each kind of document was last scanned at this station, as JSON; nothing of a kind that never was."""
    rows = StationMeta.select().where(StationMeta.key.startswith(SCAN_CHOICE))
    return {row.key.removeprefix(SCAN_CHOICE): str(row.value) for row in rows}


def remember_scan_choice(kind: str, choice: str) -> None:
    """Keep how a kind of document was scanned."""
    _put(SCAN_CHOICE + kind, choice)


def worked_days() -> str | None:
    """How many days the station has been at work, as JSON; None where none was counted yet."""
    row = StationMeta.get_or_none(StationMeta.key == "worked_days")
    return None if row is None else str(row.value)


def set_worked_days(counted: str) -> None:
    """Keep how many days the station has been at work."""
    _put("worked_days", counted)


def _put(key: str, value: str) -> None:
    """Write a fact that may change; said so that both engines understand it."""
    StationMeta.insert(key=key, value=value).on_conflict(
        conflict_target=[StationMeta.key], update={StationMeta.value: value}
    ).execute()
