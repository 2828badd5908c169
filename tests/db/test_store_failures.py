"""What can be wrong with a database file is told apart, and nothing is overwritten in any of these cases."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from peewee_models import audit, failures, schema
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.database import (
    KEY_BYTES,
    SqlCipherStore,
    check_components,
    create_sqlcipher,
    find_damage,
    open_sqlcipher,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OTHER_KEY = bytes(KEY_BYTES)


def append_many(rows: int) -> None:
    for _ in range(rows):
        audit.append(NOW, None, "test", ("test", None), {"text": "x" * 500})


def fill(path: Path, key: bytes, rows: int = 200) -> None:
    store = open_sqlcipher(path, key)
    with store.write():
        append_many(rows)
    store.close()


def unchanged_by(path: Path, act: Callable[[], object], error: type[Exception]) -> None:
    before = path.read_bytes()
    with pytest.raises(error):
        act()
    assert path.read_bytes() == before
    assert not path.with_name(path.name + ".new").exists()


def test_wrong_key_is_no_damage(database_file: Path) -> None:
    unchanged_by(database_file, lambda: open_sqlcipher(database_file, OTHER_KEY), failures.WrongKey)


def test_wrong_key_without_mark_is_still_no_damage(database_file: Path) -> None:
    database_file.with_name(database_file.name + ".key-check").unlink()
    unchanged_by(database_file, lambda: open_sqlcipher(database_file, OTHER_KEY), failures.WrongKey)


def test_right_key_after_wrong_key(database_file: Path, key: bytes) -> None:
    with pytest.raises(failures.WrongKey):
        open_sqlcipher(database_file, OTHER_KEY)
    open_sqlcipher(database_file, key).close()


@pytest.mark.parametrize("place", [20, 5000, -100])
def test_one_flipped_bit_is_damage(database_file: Path, key: bytes, place: int) -> None:
    fill(database_file, key)
    content = bytearray(database_file.read_bytes())
    content[place] ^= 1
    database_file.write_bytes(content)
    unchanged_by(database_file, lambda: open_sqlcipher(database_file, key), failures.Damaged)


@pytest.mark.parametrize("kept", [0, 100, 4096 * 3, -5000])
def test_cut_file_is_damage(database_file: Path, key: bytes, kept: int) -> None:
    fill(database_file, key)
    database_file.write_bytes(database_file.read_bytes()[:kept])
    unchanged_by(database_file, lambda: open_sqlcipher(database_file, key), failures.Damaged)


def test_damage_met_while_working_is_named(database_file: Path, key: bytes) -> None:
    fill(database_file, key)
    store = open_sqlcipher(database_file, key)
    store.close()
    content = bytearray(database_file.read_bytes())
    for place in range(len(content) - 4096 * 20 + 50, len(content), 4096):
        content[place] ^= 255
    database_file.write_bytes(content)
    store = SqlCipherStore(database_file, key)
    assert find_damage(store)
    store.close()
    store.bind([AuditEntry])
    with pytest.raises(failures.Damaged), store.read():
        list(AuditEntry.select())
    store.close()


def test_missing_database_is_not_made_by_opening(tmp_path: Path, key: bytes) -> None:
    with pytest.raises(failures.DatabaseMissing):
        open_sqlcipher(tmp_path / "none.db", key)
    assert list(tmp_path.iterdir()) == []


def test_creating_never_overwrites(database_file: Path, key: bytes) -> None:
    unchanged_by(
        database_file, lambda: create_sqlcipher(database_file, OTHER_KEY, schema.upgrade), failures.DatabaseExists
    )


def test_a_crash_while_creating_leaves_no_database(tmp_path: Path, key: bytes) -> None:
    path = tmp_path / "register.db"

    def crash(_store: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        create_sqlcipher(path, key, crash)
    assert not path.exists()
    create_sqlcipher(path, key, lambda store: schema.upgrade(store) and None)
    open_sqlcipher(path, key).close()


def test_newer_schema_is_left_alone(database_file: Path, key: bytes) -> None:
    store = open_sqlcipher(database_file, key)
    store.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_from_the_future', '2030-01-01')")
    store.close()
    store = open_sqlcipher(database_file, key)
    unchanged_by(database_file, lambda: schema.upgrade(store), failures.NewerSchema)
    store.close()


@pytest.mark.parametrize(("version", "is_refused"), [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)])
def test_old_sqlite_is_refused(version: tuple[int, ...], is_refused: bool) -> None:
    if is_refused:
        with pytest.raises(failures.ComponentTooOld) as caught:
            check_components(version)
        assert caught.value.needed == "3.51.3"
    else:
        check_components(version)


def test_full_database_keeps_nothing_of_the_write(database_file: Path, key: bytes) -> None:
    fill(database_file, key, 5)
    store = open_sqlcipher(database_file, key)
    pages = store.execute_sql("PRAGMA page_count").fetchone()[0]
    store.execute_sql(f"PRAGMA max_page_count={pages + 2}").fetchall()
    with pytest.raises(failures.DiskFull), store.write():
        append_many(100)
    assert AuditEntry.select().count() == 5
    store.execute_sql("PRAGMA max_page_count=100000").fetchall()
    with store.write():
        append_many(100)
    assert AuditEntry.select().count() == 105
    store.close()


FULL_DISK = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from peewee_models import audit, failures
from peewee_models.audit import AuditEntry
from peewee_models.database import open_sqlcipher
store = open_sqlcipher(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
kept = 0
try:
    while kept < 5000:
        with store.write():
            audit.append(datetime.now(UTC), None, "test", ("test", None), {"text": "x" * 500})
        kept += 1
except (failures.DiskFull, failures.DiskFailed) as error:
    print(type(error).__name__, kept, AuditEntry.select().count())
"""


def run_full_disk(path: Path, key: bytes, limit_bytes: int | None) -> list[str]:
    def limit() -> None:
        if limit_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    command = [sys.executable, "-c", FULL_DISK, str(path), key.hex()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=limit, timeout=120)
    return done.stdout.split()


def test_disk_that_takes_no_more(database_file: Path, key: bytes) -> None:
    error, acknowledged, held = run_full_disk(database_file, key, 600_000)
    assert error in {"DiskFailed", "DiskFull"}
    assert 0 < int(acknowledged) == int(held)
    store = open_sqlcipher(database_file, key)
    assert AuditEntry.select().count() == int(acknowledged)
    assert look_over(store).bad_seq is None
    store.close()


def test_really_full_disk(tmp_path: Path, key: bytes) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=4m tmpfs "$0" || exit 77; exec "$@"', str(small)]
    program = [sys.executable, "-c", CREATE + FULL_DISK, str(small / "r.db"), key.hex()]
    done = subprocess.run([*mount, *program], capture_output=True, text=True, check=False, timeout=120)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("no right to mount here; the limit on file size stands in for it")
    error, acknowledged, held = done.stdout.split()
    assert error == "DiskFull"
    assert 0 < int(acknowledged) == int(held)


CREATE = """
import sys
from pathlib import Path
from peewee_models import schema
from peewee_models.database import create_sqlcipher
create_sqlcipher(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), schema.upgrade)
"""
