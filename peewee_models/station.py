"""Facts about the data folder itself."""

from __future__ import annotations

from peewee import CharField, TextField

from peewee_models.base import Table


class StationMeta(Table):
    """One fact: `folder_kind` is `practice` or `register` for life."""

    key = CharField(max_length=40, primary_key=True)
    value = TextField()


def folder_kind() -> str | None:
    """Say what this folder was born as; None in one that was never finished."""
    row = StationMeta.get_or_none(StationMeta.key == "folder_kind")
    return None if row is None else str(row.value)


def set_folder_kind(kind: str) -> None:
    """Say once what this folder is."""
    StationMeta.insert(key="folder_kind", value=kind).execute()
