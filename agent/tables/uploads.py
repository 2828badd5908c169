"""Files that wait for a table or for the parameters: brought, looked at, put in force or given up."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date
from typing import Any, Final

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import SignedIn
from agent.accounts.storage import Store, reading, writing
from agent.register import codes, fields, in_force
from agent.register.code_tables import CodeTable
from agent.register.form import as_date
from agent.tables import csv_text, rule_change, stored, table_change
from agent.tables.csv_text import refused
from agent.tables.views import RULES, Brought, DryRun
from drivers.api import Clock
from drivers.stored_text import storable
from peewee_models import code_tables as rows
from peewee_models import outbox

EDITION_IN_FORCE: Final = "codes.edition"
MOST_EDITION: Final = 100
MOST_SOURCE: Final = 200
_TITLES: Final = ("规则参数", "Rule parameters")


class Uploads:
    """The files of a station's supervisors."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def bring(self, table: CodeTable | None, brought: Brought, by: SignedIn) -> None:
        """Let a file wait for a table, or (None) for the parameters, in place of one that waited.

        Raises: CodedError TABLE-NO-FILE, TABLE-ENCODING, TABLE-NOT-CSV, TABLE-HEAD, TABLE-LONG, TABLE-EDITION,
            TABLE-SOURCE, TABLE-DATE.
        """
        edition, source = (" ".join(storable(text).split()) for text in (brought.edition, brought.source))
        today = self._clock.today()
        holds_from = today if table is None else _day(brought.holds_from, today)
        if table is not None and not 1 <= len(edition) <= MOST_EDITION:
            raise refused("TABLE-EDITION", most=MOST_EDITION)
        if not 1 <= len(source) <= MOST_SOURCE:
            raise refused("TABLE-SOURCE" if table is not None else "RULE-REASON", most=MOST_SOURCE)
        if not brought.content.strip():
            raise refused("TABLE-NO-FILE")
        text = csv_text.decoded(brought.content)
        _plan(table, text, holds_from, today)
        name = RULES if table is None else table.about.name
        with writing(self._store):
            rows.put_upload(
                {
                    "name": name,
                    "edition": edition if table is not None else "",
                    "source": source,
                    "holds_from": holds_from,
                    "text": text,
                    "sha256": hashlib.sha256(brought.content).hexdigest(),
                    "entered_by": uuid.UUID(by.user_id),
                    "entered_at": self._clock.now(),
                }
            )
            audit.write(self._clock, by.audit_ids, Act.TABLE_BROUGHT, ("table", None), table=name)

    def dry_run(self, table: CodeTable | None) -> DryRun:
        """What the file that waits would do.  Raises: CodedError TABLE-WAITING-GONE."""
        with reading(self._store):
            row = rows.upload_of(RULES if table is None else table.about.name)
            if row is None:
                raise refused("TABLE-WAITING-GONE")
            today = self._clock.today()
            table = None if table is None else stored.tables()[table.about.name]
            made = _plan(table, row.text, max(row.holds_from, today), today)
            titles = _TITLES if table is None else (table.about.title_zh, table.about.title_en)
            told: dict[str, Any] = {"rules": made.steps}
            if isinstance(made, table_change.Plan):
                closed = [step.line.code for step in made.steps if step.kind == "closed"]
                told = {"steps": made.steps, "uses": rows.uses(row.name, closed)}
            return DryRun(
                name=row.name,
                title_zh=titles[0],
                title_en=titles[1],
                edition=row.edition,
                source=row.source,
                holds_from=max(row.holds_from, today),
                entered_by=row.entered_by.name,
                entered_at=row.entered_at,
                seen=seen_of(table, row),
                refused=made.refused,
                same=made.same,
                **told,
            )

    def give_up(self, name: str, by: SignedIn) -> None:
        """Let no file wait any more; twice changes nothing."""
        with writing(self._store):
            if rows.forget_upload(name):
                audit.write(self._clock, by.audit_ids, Act.TABLE_GIVEN_UP, ("table", None), table=name)

    def put_in_force(self, table: CodeTable, seen: str, by: SignedIn) -> None:
        """Put the file that waits for a table in force.  Raises: CodedError TABLE-CHANGED, TABLE-REFUSED."""
        name, now, today = table.about.name, self._clock.now(), self._clock.today()
        with writing(self._store):
            row = rows.upload_of(name)
            if row is None:
                newest = next(iter(rows.editions(name)), None)
                if newest is not None and seen.startswith(newest.sha256) and str(newest.entered_by_id) == by.user_id:
                    return
                raise refused("TABLE-CHANGED")
            if seen != seen_of(table, row):
                raise refused("TABLE-CHANGED")
            table = stored.tables()[name]
            holds_from = max(row.holds_from, today)
            made = table_change.plan(table, row.text, holds_from, today)
            if made.refused or not made.steps:
                raise refused("TABLE-REFUSED")
            told = {"name": name, "edition": row.edition, "source": row.source, "sha256": row.sha256}
            user = uuid.UUID(by.user_id)
            edition = rows.add_edition(
                told | {"holds_from": holds_from, "entered_by": user, "entered_at": now},
                map(stored.columns, made.lines),
            )
            rows.forget_upload(name)
            counts = {kind: made.count(kind) for kind in ("new", "changed", "closed", "dropped")}
            audit.write(
                self._clock,
                by.audit_ids,
                Act.TABLE_PUT_IN_FORCE,
                ("table", edition.id),
                table=name,
                number=edition.number,
                **counts,
            )
            body = told | {"holds_from": holds_from.isoformat(), "entered_by": by.user_id, "lines": _sent(made)}
            outbox.append(now, EDITION_IN_FORCE, edition.id, edition.number, body)


def seen_of(table: CodeTable | None, row: Any) -> str:
    """What a supervisor has seen: the file, when it was brought, and of a table which edition it is laid against."""
    number = 0 if table is None else len(rows.editions(table.about.name))
    return f"{row.sha256}-{row.id.hex}-{number}"


def bases() -> tuple[str, ...]:
    """The codes that the basis of a parameter can have."""
    return tuple(line.code for line in codes.table("legal_basis"))


def _plan(
    table: CodeTable | None, text: str, holds_from: date, today: date
) -> table_change.Plan | rule_change.RulePlan:
    if table is None:
        return rule_change.plan(in_force.now().parameters, text, bases(), today)
    return table_change.plan(table, text, holds_from, today)


def _sent(made: table_change.Plan) -> list[dict[str, Any]]:
    """The lines as the district gets them."""
    return [
        {key: value.isoformat() if isinstance(value, date) else value for key, value in stored.columns(line).items()}
        for line in made.lines
    ]


def _day(typed: str, today: date) -> date:
    """Read the day from which a file holds.  Raises: CodedError TABLE-DATE."""
    day = as_date(fields.understood("arrive_here_date", typed, is_practice=False)) if typed.strip() else today
    if day is None or day < today:
        raise refused("TABLE-DATE", date=today.isoformat())
    return day
