"""The forms of separated persons, RZ and HZ, beside the registration of who came from elsewhere.

Going down is refused where a separated person is registered: the older schema has no room for them.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import PostgresqlDatabase

_COLUMNS = {
    "lives_here": 1,
    "h_district": 6,
    "h_town": 9,
    "h_committee": 12,
    "h_police": 30,
    "h_road": 40,
    "h_lane": 10,
    "h_sublane": 10,
    "h_no": 12,
    "h_room": 12,
    "present_address": 200,
    "separation_scope": 1,
    "separation_reason": 2,
    "separated_since": 10,
    "residence_reason": 2,
    "owner_relation": 2,
    "house_use": 1,
    "informant": 1,
    "result": 2,
}


def up(migrator: Any, db: Any) -> None:
    """Make room: with a default in the column nothing that is there is written anew."""
    columns = {"form": (2, "RG")} | {name: (length, "") for name, length in _COLUMNS.items()}
    for name, (length, default) in columns.items():
        made = f"ALTER TABLE registration ADD COLUMN {name} VARCHAR({length}) NOT NULL DEFAULT '{default}'"
        db.execute_sql(made)
    migrator.drop_not_null("registration", "arrive_here_date").run()


def down(migrator: Any, db: Any) -> None:
    """Take the room away.  Raises: ValueError where somebody is registered on one of the new forms."""
    if db.execute_sql("SELECT 1 FROM registration WHERE form <> 'RG' LIMIT 1").fetchone():
        raise ValueError("separated persons are registered: the older schema has no room for them")
    if not isinstance(db, PostgresqlDatabase):
        # What keeps the finding index names these columns; the program makes it anew at the next opening.
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'finding\\_%' ESCAPE '\\'"
        for (name,) in db.execute_sql(named).fetchall():
            db.execute_sql(f"DROP TRIGGER {name}")
    migrator.add_not_null("registration", "arrive_here_date").run()
    for name in (*_COLUMNS, "form"):
        migrator.drop_column("registration", name).run()
