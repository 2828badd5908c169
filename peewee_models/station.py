"""Facts about the data folder itself, and what was chosen on this station's own pages."""

from __future__ import annotations

from peewee import CharField, TextField

from peewee_models.base import Table


class StationMeta(Table):
    """One fact: `folder_kind` is `practice` or `register` for life; `address.ROLE` is a technician's choice."""

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
    StationMeta.replace(key=f"address.{role}", value=address).execute()
