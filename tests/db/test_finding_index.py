"""The finding index follows every fact, whichever statement wrote it, and keeps no word of what is no longer so."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from peewee_models import finding_index, schema
from peewee_models.database import SqlCipherStore
from peewee_models.failures import ExtensionMissing
from peewee_models.register import AcceptedProblem, Change, FieldOrigin, Person, Registration

STEP = "0018_finding"


@pytest.fixture
def found(office: Any, clerk: SignedIn) -> Any:
    """Who is found, as a set of keys."""

    def find(query: str) -> set[str]:
        return {line.id for line in office.register.find(query, clerk)}

    return find


def vocabulary(store: SqlCipherStore) -> set[str]:
    """Every word that stands in the pages of the index."""
    store.execute_sql("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab(main, finding, 'row')")
    return {row[0] for row in store.execute_sql("SELECT term FROM temp.words").fetchall()}


def pages(store: SqlCipherStore) -> bytes:
    """All bytes of the index and its texts."""
    rows = store.execute_sql("SELECT block FROM finding_data").fetchall()
    texts = store.execute_sql("SELECT * FROM finding_content").fetchall()
    return b"".join(bytes(row[0]) for row in rows) + repr(texts).encode()


def test_a_correction_is_found_and_what_it_corrected_is_not(
    office: Any, clerk: SignedIn, people: Any, found: Any
) -> None:
    record = office.register_person(clerk, people(1, name="测𰻝龘"), lane="88", mobile="13900001234")
    for query in ("𰻝龘", "1234", "测试路88弄", record.fields["id_no"].value[8:]):
        assert found(query) == {record.id}, query
    new = {"name": "测鿫", "road": "样例东路", "lane": "99", "mobile": "13700005678"}
    office.register.edit(record.id, new, 1, clerk, "本人申报")
    for query in ("测鿫", "样例东路 99弄", "5678", "0612"):
        assert found(query) == {record.id}, query
    for query in ("𰻝", "龘", "测试路", "88弄", "1234"):
        assert found(query) == set(), query


def test_no_word_of_what_was_corrected_stays_in_the_index(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people(1, name="测𰻝龘"), road="玑珩路", mobile="13900001234")
    store = office.store
    if isinstance(store, SqlCipherStore):
        assert {"𰻝", "龘", "玑珩", "234", "390000", "13900001234"} <= vocabulary(store)
        assert "玑珩".encode() in pages(store)
    office.register.edit(record.id, {"name": "测鿫", "road": "东路", "mobile": "13700005678"}, 1, clerk, "本人申报")
    if isinstance(store, SqlCipherStore):
        assert not {"𰻝", "𰻝龘", "龘", "玑", "珩", "玑珩", "234", "13900001234"} & vocabulary(store)
        assert not [part for part in ("𰻝", "玑珩", "390 900", "139000") if part.encode() in pages(store)]
    assert Change.select().count() == 3


def test_statements_that_know_nothing_of_the_index_are_followed(
    office: Any, clerk: SignedIn, people: Any, found: Any
) -> None:
    first = office.register_person(clerk, people(1))
    second = office.register_person(clerk, people(2), mobile="13900001234")
    with office.store.write():
        Person.update(name_key="样例甲", name_pinyin="yanglijia", name_initials="ylj").where(
            Person.id_no == first.fields["id_no"].value
        ).execute()
        Registration.update(road="样例北路", state="cancelled").execute()
    assert found("样例甲") == found("yangli") == found("ylj") == {first.id}
    assert found("样例北路") == {first.id, second.id}
    assert office.register.households("样例北路", clerk).lines == ()
    with office.store.write():
        for table in (FieldOrigin, AcceptedProblem, Change):
            table.delete().execute()
        Registration.delete().where(Registration.id == uuid.UUID(second.id)).execute()
    assert found("样例北路") == {first.id}
    assert found("1234") == set()


def test_what_was_written_outside_of_a_write_is_caught_up_with(
    office: Any, clerk: SignedIn, people: Any, found: Any
) -> None:
    record = office.register_person(clerk, people(1))
    Registration.update(road="样例北路").execute()
    if isinstance(office.store, SqlCipherStore):
        assert finding_index.faults(office.store) == 1
    schema.upgrade(office.store)
    if isinstance(office.store, SqlCipherStore):
        assert finding_index.faults(office.store) == 0
    assert found("样例北路") == {record.id}


def test_a_household_that_moves_is_found_where_it_lives(office: Any, clerk: SignedIn, people: Any, found: Any) -> None:
    east = office.register_person(clerk, people(1), road="测试东路", lane="12", room="401")
    west = office.register_person(clerk, people(3), road="测试西路", room="7")
    assert [line.id for line in office.register.households("测试路", clerk).lines] == []
    assert {line.id for line in office.register.households("测试", clerk).lines} == {west.id, east.id}
    office.register.edit(east.id, {"road": "测试西路", "lane": "", "room": "8"}, 1, clerk, "搬家")
    assert [line.id for line in office.register.households("测试西路8室", clerk).lines] == [east.id]
    assert office.register.households("测试东路", clerk).lines == ()
    assert found("测试西路 8室") == {east.id}


def test_towns_are_found_by_their_whole_name(office: Any, clerk: SignedIn, people: Any, found: Any) -> None:
    record = office.register_person(clerk, people(1), room="12A", mobile="13900000000")
    assert found("莘庄镇") == found("闵行区") == found("莘庄镇 测试") == found("莘庄镇12A室") == {record.id}
    assert found("七宝镇") == found("莘庄") == found("莘庄镇 88弄") == set()
    assert found("12a室") == found("12A") == {record.id}, "a letter of a door in any case"


def test_a_few_digits_are_a_door_and_three_a_part_of_a_number(
    office: Any, clerk: SignedIn, people: Any, found: Any
) -> None:
    first = office.register_person(clerk, people(1), no="5", room="12", mobile="13900000000")
    second = office.register_person(clerk, people(2), no="5", room="99", mobile="13900000000")
    assert found("12") == found("测试 12") == {first.id}
    assert found("612") == {first.id, second.id}
    assert found("99") == {second.id}


def test_the_step_goes_down_and_up_with_persons_in_it(office: Any, clerk: SignedIn, people: Any, found: Any) -> None:
    keys = [office.register_person(clerk, people(number)).id for number in (1, 2, 3)]
    schema.downgrade(office.store, STEP)
    assert not [name for name in office.store.get_tables() if name.startswith("finding") or name == "full_view"]
    assert STEP in schema.upgrade(office.store)
    assert found("测试") == set(keys)
    if isinstance(office.store, SqlCipherStore):
        assert finding_index.faults(office.store) == 0


def test_lost_triggers_and_a_stale_index_are_mended(office: Any, clerk: SignedIn, people: Any, found: Any) -> None:
    record = office.register_person(clerk, people(1))
    store = office.store
    if isinstance(store, SqlCipherStore):
        store.execute_sql("DROP TRIGGER finding_registration_changed")
        with store.write():
            Registration.update(road="样例北路").execute()
        assert finding_index.faults(store) == 1
        schema.upgrade(store)
        assert finding_index.faults(store) == 0
        with store.write():
            store.execute_sql("DELETE FROM finding")
        assert finding_index.faults(store) == 1
        finding_index.rebuild(store)
        assert finding_index.faults(store) == 0
        assert found("样例北路") == {record.id}
    assert found("测试") == {record.id}


def test_a_write_that_fails_leaves_the_index_as_it_was(office: Any, clerk: SignedIn, people: Any, found: Any) -> None:
    record = office.register_person(clerk, people(1))

    def half() -> None:
        with office.store.write():
            Registration.update(road="样例北路").execute()
            office.register.edit(record.id, {"road": "别路"}, 9, clerk, "x")

    with pytest.raises(CodedError, match="RECORD-CHANGED"):
        half()
    assert found("样例北路") == set()
    assert found("测试路") == {record.id}


def test_a_server_without_trigrams_is_told_so(empty_store: Any) -> None:
    """A view in the place of the server's own list of extensions makes it one that has none."""
    if isinstance(empty_store, SqlCipherStore):
        assert STEP in schema.upgrade(empty_store)
        return
    shown = "SELECT name FROM pg_catalog.pg_available_extensions WHERE false"
    empty_store.execute_sql(f"CREATE VIEW public.pg_available_extensions AS {shown}")
    empty_store.execute_sql("SET search_path = public, pg_catalog")
    with pytest.raises(ExtensionMissing, match="no extension pg_trgm"):
        schema.upgrade(empty_store)
    assert not [index for index in empty_store.get_indexes("person") if index.name.startswith("finding")]
