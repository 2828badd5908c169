"""The fields that the forms have beyond the Shanghai form: work, lease and landlord, permit, study, contact, family.

Of who is registered nobody has asked them yet.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

_COLUMNS = {
    "person": {
        "former_name": 50,
        "tel": 20,
        "email": 100,
        "marital": 2,
        "political": 2,
        "occupation_kind": 2,
        "job": 60,
        "employer_kind": 1,
        "employer_addr": 200,
        "not_working_reason": 1,
        "income_source": 1,
        "studying": 1,
        "school": 100,
        "school_addr": 200,
        "study_from": 10,
        "study_to": 10,
    },
    "registration": {
        "owner_name": 50,
        "owner_id": 18,
        "owner_mobile": 11,
        "lease_from": 10,
        "lease_to": 10,
        "lease_record_no": 40,
        "permit_has": 1,
        "permit_no": 18,
        "permit_valid_to": 10,
        "wants_permit": 1,
    },
}


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make room: with a default in the column nothing that is there is written anew."""
    for table, columns in _COLUMNS.items():
        for name, length in columns.items():
            db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {name} VARCHAR({length}) NOT NULL DEFAULT ''")


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Forget them."""
    for table, columns in _COLUMNS.items():
        for name in columns:
            migrator.drop_column(table, name).run()
