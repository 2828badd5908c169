"""A database on either engine for each test, a clock that only moves when told, and a station with its three users.

PostgreSQL is Debian's, in a private cluster on a unix socket; without it these tests fail, they are never skipped.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import psycopg
import pytest

from agent.accounts.service import AccountsPolicy, AccountsService, SignedIn
from agent.events.service import Event
from agent.register.desk import CardEvent, Desk
from agent.register.service import RegisterService
from agent.register.views import DraftView, StationSettings
from drivers.api import CardKind, IdCard
from drivers.id_number import check_digit
from peewee_models import schema, station
from peewee_models.audit import AuditEntry
from peewee_models.database import Store, create_sqlcipher, open_sqlcipher
from peewee_models.drafts import Draft, DraftField
from peewee_models.outbox import OutboxRow
from peewee_models.postgresql import open_postgresql
from peewee_models.register import Person
from peewee_models.station import StationMeta
from peewee_models.tables import TABLES

KEY = bytes(range(32))
# Two clerks of these tests are often one user twice; that a person is in one place has tests of its own.
FAST = AccountsPolicy(memory_kib=64, passes=1, places=9)


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.at.timestamp()

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.astimezone(ZoneInfo("Asia/Shanghai")).date()

    def sleep(self, seconds: float) -> None:
        self.forward(seconds)

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Cluster:
    """A private PostgreSQL cluster, owned and run by an unprivileged user."""

    def __init__(self, folder: Path) -> None:
        tools = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        self._bin = tools[-1] if tools else Path(shutil.which("initdb") or "/usr/lib/postgresql/15/bin/initdb").parent
        self._folder = folder
        self._made = 0
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            self._as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "renhu", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c timezone=Asia/Shanghai"
        self._run("pg_ctl", "-D", str(folder / "data"), "-w", "-o", options, "-l", str(folder / "log"), "start")
        self._shared: tuple[str, str] | None = None
        store = open_postgresql(self._create(None))
        prepare(store)
        store.close()

    def _run(self, tool: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._bin / tool), *arguments],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            **self._as,
        )
        assert done.returncode == 0, done.stderr + done.stdout

    def _address(self, name: str) -> str:
        return f"postgresql://renhu@/{name}?host={self._folder}"

    def _create(self, template: str | None) -> str:
        self._made += 1
        name = f"station{self._made}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            like = f" TEMPLATE {template}" if template else ""
            connection.execute(f"CREATE DATABASE {name}{like}".encode())
        return self._address(name)

    def fresh_database(self) -> str:
        """Give the address of a database with all tables and as good as new.

        It is one that all tests share, emptied, for a new one takes an eighth of a second; where a test has changed the
        tables themselves, a new one takes its place.
        """
        if self._shared is not None:
            address, tables = self._shared
            with psycopg.connect(address) as connection:
                if fingerprint(connection) == tables:
                    empty(connection)
                    return address
        address = self._create("station1")
        with psycopg.connect(address) as connection:
            self._shared = (address, fingerprint(connection))
        return address

    def new_empty_database(self) -> str:
        """Give the address of a new database without tables."""
        return self._create(None)

    def stop(self) -> None:
        """End the server."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")


def fingerprint(connection: psycopg.Connection[Any]) -> str:
    """What a change of any table or column would change, also one that was taken back."""
    columns = (
        "string_agg(concat_ws(' ', attrelid, attnum, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum)"
    )
    found = connection.execute(
        f"SELECT md5({columns}) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "  # noqa: S608
        "WHERE relnamespace = 'public'::regnamespace".encode()
    ).fetchone()
    assert found is not None
    return str(found[0])


def empty(connection: psycopg.Connection[Any]) -> None:
    """Take every row away but those of a new practice folder."""
    connection.execute("SET lock_timeout = '10s'")
    connection.execute("SET session_replication_role = replica")
    for table in TABLES:
        kept = " WHERE key <> 'folder_kind'" if table is StationMeta else ""
        connection.execute(f'DELETE FROM "{table._meta.table_name}"{kept}'.encode())  # noqa: S608


def prepare(store: Store) -> None:
    """Make the tables of a practice folder."""
    schema.upgrade(store)
    with store.write():
        station.set_folder_kind("practice")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="renhu-pg-", dir="/tmp"))
    running = Cluster(folder)
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new database, to be copied: making one runs every migration."""
    folder = tmp_path_factory.mktemp("template")
    create_sqlcipher(folder / "register.db", KEY, prepare)
    return folder


@pytest.fixture
def database_file(template: Path, tmp_path: Path) -> Path:
    for file in template.iterdir():
        shutil.copy(file, tmp_path)
    return tmp_path / "register.db"


@pytest.fixture(params=["sqlcipher", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    opened: Store
    if request.param == "sqlcipher":
        opened = open_sqlcipher(request.getfixturevalue("database_file"), KEY)
    else:
        opened = open_postgresql(request.getfixturevalue("cluster").fresh_database())
    yield opened
    opened.close()


@pytest.fixture(params=["sqlcipher", "postgresql"])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened: Store
    if request.param == "sqlcipher":
        path = tmp_path / "register.db"
        create_sqlcipher(path, KEY, lambda _store: None)
        opened = open_sqlcipher(path, KEY)
    else:
        opened = open_postgresql(request.getfixturevalue("cluster").new_empty_database())
    yield opened
    opened.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def id_number(first_17: str) -> str:
    return first_17 + check_digit(first_17)


def resident(number: int = 1, **changes: Any) -> IdCard:
    """A made-up person: an odd number is a man, the name counts."""
    card = IdCard(
        kind=CardKind.RESIDENT,
        name="测试" + "一二三四五六七八九"[number % 9],
        name_latin=None,
        sex="1" if number % 2 else "2",
        ethnic_group="01",
        birth_date="1985-06-12",
        address="测试地区测试路1号",
        newest_addresses=(),
        id_number=id_number(f"99000019850612{number:03d}"),
        issuer="测试公安局",
        valid_from="2020-01-01",
        valid_to="2040-01-01",
        nationality=None,
        pass_number=None,
        issues=None,
        sam_id="99.99-1",
        readings=1,
        doubtful=(),
        text_raw=f"{number:0256d}".encode(),
        photo_wlt=b"WLf\x00" + bytes(1020),
    )
    return msgspec.structs.replace(card, **changes)


def twice(card: IdCard) -> IdCard:
    return msgspec.structs.replace(card, readings=2)


REST = {
    "soldier": "0",
    "arrive_city_date": "2026-01-02",
    "arrive_here_date": "2026-01-03",
    "reason": "12",
    "proof_type": "2",
    "place_type": "30",
    "committee": "测试居委",
    "no": "12",
    "town": "310112101",
    "road": "测试路",
    "mobile": "13800000000",
    "education": "20",
    "notice_given": "1",
}


@dataclass
class Office:
    """A station with its parts and users."""

    store: Store
    clock: HandClock
    accounts: AccountsService
    register: RegisterService
    desk: Desk
    passwords: dict[str, str]
    events: list[Event] = field(default_factory=list)

    def sign_in(self, role: str) -> SignedIn:
        return self.accounts.sign_in(role, self.passwords[role])

    def tap(self, card: IdCard) -> None:
        """Lay a card on the reader and let it be read twice."""
        self.desk.reader_event(CardEvent("placed"))
        self.desk.reader_event(CardEvent("read", card))
        self.desk.reader_event(CardEvent("verified", twice(card)))

    def lift(self) -> None:
        self.desk.reader_event(CardEvent("removed"))

    def draft(self, by: SignedIn) -> DraftView:
        """The draft on the desk."""
        draft = self.desk.view(by).draft
        assert draft is not None
        return draft

    def register_person(self, by: SignedIn, card: IdCard, **values: str) -> Any:
        """The whole path of one person, from tap to saved."""
        self.tap(card)
        draft = self.register.type_fields(self.draft(by).id, REST | values, by)
        if "relation_to_head" in draft.missing:
            draft = self.register.type_fields(draft.id, {"relation_to_head": "97"}, by)
        record = self.desk.save(draft.id, by)
        self.lift()
        return record


@pytest.fixture
def office(store: Store, clock: HandClock) -> Office:
    accounts = AccountsService(store, clock, FAST)
    passwords = {user["role"]: user["password"] for user in accounts.create_demo_users()}
    events: list[Event] = []
    settings = StationSettings("310112101", "测试站", "Asia/Shanghai", is_practice=True)
    register = RegisterService(store, clock, settings, events.append)
    desk = Desk(register, clock, events.append)
    accounts.on_unlocked = desk.come_back
    return Office(store, clock, accounts, register, desk, passwords, events)


@pytest.fixture
def clerk(office: Office) -> SignedIn:
    by = office.sign_in("clerk")
    office.desk.take(by)
    return by


@pytest.fixture
def people() -> Callable[..., IdCard]:
    return resident


@pytest.fixture
def numbers() -> Callable[[str], str]:
    return id_number


@pytest.fixture
def rest() -> dict[str, str]:
    return dict(REST)


@pytest.fixture
def key() -> bytes:
    return KEY


@pytest.fixture
def everything_stored() -> Callable[[], str]:
    """All text in the tables that may hold personal data, and the audit."""

    def read() -> str:
        tables = (DraftField, Person, AuditEntry, OutboxRow)
        rows = [row for table in tables for row in table.select().dicts()]
        return repr(rows) + repr([(row.card_text, row.card_photo) for row in Draft.select()])

    return read
