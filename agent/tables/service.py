"""The code tables and the rules as the supervisor looks after them, and the loading of what is in force.

Whatever is put in force is written with its audit row and its outbox row in one transaction, and only then takes the
place of what was in force before, as a whole: see `agent.register.in_force`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from agent.accounts.service import Right, SignedIn, require
from agent.accounts.storage import Store, reading
from agent.register import code_tables, in_force, rules
from agent.register.code_tables import CodeTable
from agent.register.rules import Rules
from agent.tables import rule_change, shown, stored, table_change
from agent.tables.csv_text import refused
from agent.tables.rule_values import RuleValues
from agent.tables.uploads import Uploads
from agent.tables.views import RULES, Brought, DryRun, RuleView, TablesView, TableView
from drivers.api import Clock
from peewee_models import code_tables as rows

__all__ = ["RULES", "Brought", "TablesService"]


class TablesService:
    """The code tables and rule parameters of a station.

    Args:
        store: the database.
        clock: the time.
        time_zone: in which the station counts its days, by its IANA name.
    """

    def __init__(self, store: Store, clock: Clock, time_zone: str) -> None:
        self._store = store
        self._clock = clock
        self._zone = ZoneInfo(time_zone)
        self._uploads = Uploads(store, clock)
        self._values = RuleValues(store, clock)
        self._loading = threading.Lock()

    def load(self) -> None:
        """Put in force what the database has: called at the start, and after every change."""
        with self._loading:  # who reads later puts later: of two changes at once the newer stays
            with reading(self._store):
                tables = stored.tables()
                parameters = stored.parameters()
            in_force.put(in_force.InForce(tables, parameters, self._clock.today, self._zone))

    @property
    def rules_today(self) -> Rules:
        """What the rules read today."""
        return in_force.now().parameters.on(self._clock.today())

    def all(self, by: SignedIn) -> TablesView:
        """All tables and parameters.  Raises: RightsDenied."""
        require(by, Right.TABLES)
        with reading(self._store):
            waiting = rows.waiting_uploads()
            own = {row.name for row in rows.newest_editions()}
        held = in_force.now()
        tables = (shown.table_line(table, own, waiting) for table in held.tables.values())
        lines = shown.rule_lines(held, self._clock.today())
        return TablesView(tuple(tables), tuple(code_tables.maps().values()), lines, RULES in waiting)

    def one(self, name: str, by: SignedIn) -> TableView:
        """One table.  Raises: RightsDenied; CodedError TABLE-UNKNOWN."""
        require(by, Right.TABLES)
        table = _table(name)
        with reading(self._store):
            return shown.table_view(table, self._clock.today())

    def csv(self, name: str, by: SignedIn) -> bytes:
        """A table, or the parameters, as a file.  Raises: RightsDenied; CodedError TABLE-UNKNOWN."""
        require(by, Right.TABLES)
        if name == RULES:
            return rule_change.written(in_force.now().parameters)
        return table_change.written(_table(name))

    def bring(self, name: str, brought: Brought, by: SignedIn) -> None:
        """Let a file wait for a table, or for the parameters, so that what it would do can be looked at.

        Raises: RightsDenied; CodedError TABLE-UNKNOWN, TABLE-NO-FILE, TABLE-ENCODING, TABLE-NOT-CSV, TABLE-HEAD,
            TABLE-LONG, TABLE-EDITION, TABLE-SOURCE, TABLE-DATE.
        """
        require(by, Right.TABLES)
        self._uploads.bring(None if name == RULES else _table(name), brought, by)

    def dry_run(self, name: str, by: SignedIn) -> DryRun:
        """What the file that waits would do.  Raises: RightsDenied; CodedError TABLE-UNKNOWN, TABLE-WAITING-GONE."""
        require(by, Right.TABLES)
        return self._uploads.dry_run(None if name == RULES else _table(name))

    def give_up(self, name: str, by: SignedIn) -> None:
        """Let no file wait any more.  Raises: RightsDenied."""
        require(by, Right.TABLES)
        self._uploads.give_up(name, by)

    def put_in_force(self, name: str, seen: str, by: SignedIn) -> None:
        """Put the file that waits in force, as it was looked at; of a table, twice changes nothing.

        Args:
            name: of the table, or of the parameters.
            seen: what the dry run showed.
            by: the supervisor.

        Raises: RightsDenied; CodedError TABLE-UNKNOWN, TABLE-CHANGED, TABLE-REFUSED.
        """
        require(by, Right.TABLES)
        if name == RULES:
            self._values.put_file_in_force(seen, by)
        else:
            self._uploads.put_in_force(_table(name), seen, by)
        self.load()

    def rule(self, key: str, by: SignedIn) -> RuleView:
        """One parameter.  Raises: RightsDenied; CodedError RULE-UNKNOWN."""
        require(by, Right.TABLES)
        _rule(key)
        with reading(self._store):
            return shown.rule_view(key, in_force.now(), self._clock.today())

    def set_rule(self, typed: Mapping[str, str], by: SignedIn) -> None:
        """Give a parameter another value from a day on.

        Args:
            typed: `key`, `value`, `valid_from`, `basis`, `article`, `reason`.
            by: the supervisor.

        Raises: RightsDenied; CodedError RULE-UNKNOWN, RULE-VALUE, RULE-DATE, RULE-BASIS, RULE-BEFORE, RULE-SAME,
            RULE-TOGETHER, REASON-MISSING.
        """
        require(by, Right.TABLES)
        _rule(typed["key"])
        self._values.set(typed, by)
        self.load()

    def withdraw_rule(self, key: str, value_id: str, by: SignedIn) -> None:
        """Take back a planned value before its day; twice changes nothing.

        Raises: RightsDenied; CodedError RULE-UNKNOWN, RULE-HOLDS, RULE-TOGETHER.
        """
        require(by, Right.TABLES)
        _rule(key)
        self._values.withdraw(key, value_id, by)
        self.load()


def _table(name: str) -> CodeTable:
    table = in_force.now().tables.get(name)
    if table is None:
        raise refused("TABLE-UNKNOWN")
    return table


def _rule(key: str) -> None:
    if key not in rules.about():
        raise refused("RULE-UNKNOWN")
