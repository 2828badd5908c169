"""The migrated schema is the models' schema, on both engines, and goes down and up with data in it."""

from __future__ import annotations

from typing import Any

from playhouse.schema_diff import diff_models

from peewee_models import schema
from peewee_models.accounts import User
from peewee_models.database import SqlCipherStore
from peewee_models.tables import TABLES

FIRST = "0001_first_schema"
ALL = [
    FIRST,
    "0002_codes_for_colleagues",
    "0003_documents",
    "0004_corrections",
    "0005_chosen_households",
    "0006_sources_of_changes",
    "0007_versions_of_the_notice",
    "0008_audit_chain",
    "0009_page_origin",
    "0010_card_pages",
    "0011_words_on_fields",
    "0012_guardians_consent",
    "0013_retention_waits",
    "0014_proven_dwellings",
    "0015_followed_corrections",
    "0016_photos",
    "0017_cancellations",
    "0018_finding",
    "0019_verified_registrations",
    "0020_merges",
    "0021_code_tables",
    "0022_separated_persons",
    "0023_files_of_the_register",
    "0024_heads_of_households",
    "0025_address_base",
    "0026_further_fields",
    "0027_second_person_and_second_address",
    "0028_asked_registrations",
    "0029_sides_of_roads",
]


INDEX_TABLES = {"finding", "finding_row", "finding_stale"}


def is_of_finding(name: str) -> bool:
    """Whether a table or an index serves the search alone: each engine has its own, and no model has either."""
    return name.startswith("finding")


def unlike_the_models(store: Any) -> list[Any]:
    """In what the schema differs from the models, but for the search."""
    differences = diff_models(store, list(TABLES))
    indexes = [one for one in differences.drop_indexes if not is_of_finding(one.name)]
    return [*(part for parts in differences[:-1] for part in parts), *indexes]


def catalogue(store: Any) -> dict[str, Any]:
    """Everything the engine itself tells of the tables: columns with type and null, keys, indexes."""
    answer: dict[str, Any] = {}
    for table in TABLES:
        name = table._meta.table_name
        columns = {(c.name, c.data_type, c.null, c.primary_key, c.full_type) for c in store.get_columns(name)}
        keys = {(k.column, k.dest_table, k.dest_column) for k in store.get_foreign_keys(name)}
        indexes = {(tuple(i.columns), bool(i.unique)) for i in store.get_indexes(name) if not is_of_finding(i.name)}
        answer[name] = (columns, keys, indexes)
        if isinstance(store, SqlCipherStore):
            rows = store.execute_sql(f"PRAGMA foreign_key_list({name})").fetchall()
            answer[name] += ({(row[2], row[3], row[4], row[6]) for row in rows},)
        else:
            rules = "SELECT conname, confdeltype FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'"
            answer[name] += (set(store.execute_sql(rules, (name,)).fetchall()),)
    return answer


def test_migrated_schema_equals_models(empty_store: Any) -> None:
    schema.upgrade(empty_store)
    assert unlike_the_models(empty_store) == []
    migrated = catalogue(empty_store)
    schema.downgrade(empty_store, FIRST)
    assert set(empty_store.get_tables()) == {"schema_migration"}
    empty_store.create_tables(list(TABLES))
    assert catalogue(empty_store) == migrated


def test_down_and_up_with_data(office: Any, clerk: Any, people: Any) -> None:
    office.register_person(clerk, people())
    office.tap(people(2))
    assert User.select().count() == 3
    schema.downgrade(office.store, FIRST)
    assert schema.upgrade(office.store) == ALL
    assert User.select().count() == 0
    assert unlike_the_models(office.store) == []


def test_the_second_step_goes_down_and_up_with_users_in_it(office: Any) -> None:
    schema.downgrade(office.store, ALL[1])
    columns = {column.name for column in office.store.get_columns("enrolment_code")}
    assert columns == {"id", "code_hash", "expires_at", "failures"}
    assert schema.upgrade(office.store) == ALL[1:]
    assert User.select().count() == 3
    assert unlike_the_models(office.store) == []


def test_every_table_takes_part(empty_store: Any) -> None:
    schema.upgrade(empty_store)
    made = set(empty_store.get_tables()) - {"schema_migration"}
    kept = {name for name in made if is_of_finding(name)}
    assert kept >= INDEX_TABLES or not isinstance(empty_store, SqlCipherStore)
    made -= kept
    assert made == {table._meta.table_name for table in TABLES}


def test_upgrade_twice_does_nothing(empty_store: Any) -> None:
    assert schema.upgrade(empty_store) == ALL
    assert schema.upgrade(empty_store) == []
    assert empty_store.execute_sql("SELECT count(*) FROM schema_migration").fetchone()[0] == len(ALL)
