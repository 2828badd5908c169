"""The station's own values of the rule parameters: entered, withdrawn before their day, taken in from a file."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import SignedIn
from agent.accounts.storage import Store, writing
from agent.register import fields
from agent.register.rules import Value
from agent.tables import rule_change, stored
from agent.tables.csv_text import refused
from agent.tables.uploads import bases, seen_of
from agent.tables.views import RULES
from drivers.api import Clock
from peewee_models import code_tables as rows
from peewee_models import outbox
from peewee_models.code_tables import RuleValue

VALUE_SET: Final = "rules.value"
VALUE_WITHDRAWN: Final = "rules.value-withdrawn"


class RuleValues:
    """The values that supervisors enter."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def set(self, typed: Mapping[str, str], by: SignedIn) -> None:
        """Enter a value; planned ones that begin on its day or later are withdrawn.  A form that is sent twice is one.

        Raises: CodedError RULE-VALUE, RULE-DATE, RULE-BASIS, RULE-BEFORE, RULE-SAME, RULE-TOGETHER, REASON-MISSING.
        """
        key, reason = typed["key"], fields.reason(typed["reason"])
        new = rule_change.new_value(typed, bases())
        with writing(self._store):
            if self._is_done(key, new, reason, by):
                return
            rule_change.checked(stored.parameters(), key, new, self._clock.today())
            if not reason:
                raise refused("REASON-MISSING")
            for row in rows.standing_values(key):
                if row.valid_from >= new.begins:
                    self._withdraw(row, by)
            self._add(key, new, reason, by)

    def withdraw(self, key: str, value_id: str, by: SignedIn) -> None:
        """Take back a planned value.  Raises: CodedError RULE-HOLDS, RULE-TOGETHER."""
        with writing(self._store):
            row = next((one for one in rows.all_values(key) if str(one.id) == value_id), None)
            if row is not None and row.withdrawn_at is None:
                if row.valid_from <= self._clock.today():
                    raise refused("RULE-HOLDS")
                rule_change.without(stored.parameters(), key, row.valid_from)
                self._withdraw(row, by)

    def put_file_in_force(self, seen: str, by: SignedIn) -> None:
        """Take in the values of the file that waits.  Raises: CodedError TABLE-CHANGED, TABLE-REFUSED."""
        with writing(self._store):
            row = rows.upload_of(RULES)
            if row is None or seen != seen_of(None, row):
                raise refused("TABLE-CHANGED")
            made = rule_change.plan(stored.parameters(), row.text, bases(), self._clock.today())
            if made.refused or not made.steps:
                raise refused("TABLE-REFUSED")
            for key in {*made.added, *made.withdrawn}:
                gone: set[date] = {*made.withdrawn.get(key, ()), *(one.begins for one in made.added.get(key, ()))}
                for value in rows.standing_values(key):
                    if value.valid_from in gone:
                        self._withdraw(value, by)
            for key, values in made.added.items():
                for one in values:
                    self._add(key, one, row.source, by)
            rows.forget_upload(RULES)

    def _is_done(self, key: str, new: Value, reason: str, by: SignedIn) -> bool:
        """Whether the same has just been entered by the same person."""
        last = next(iter(rows.all_values(key)), None)
        if last is None or last.withdrawn_at is not None:
            return False
        held = (last.value, last.valid_from, last.basis, last.article, last.reason, str(last.entered_by_id))
        return held == (new.value, new.valid_from, new.basis, new.article, reason, by.user_id)

    def _add(self, key: str, new: Value, reason: str, by: SignedIn) -> None:
        """Write a value with its audit row and its outbox row; why stands with the value alone."""
        now = self._clock.now()
        columns = {"key": key, "value": new.value, "basis": new.basis, "article": new.article}
        row = RuleValue.create(
            **columns, valid_from=new.begins, reason=reason, entered_by=uuid.UUID(by.user_id), entered_at=now
        )
        told: dict[str, str | int] = {"key": key, "value": new.value, "valid_from": new.begins.isoformat()}
        audit.write(self._clock, by.audit_ids, Act.RULE_CHANGED, ("rule", row.id), **told)
        body = columns | told | {"reason": reason, "entered_by": by.user_id}
        outbox.append(now, VALUE_SET, row.id, 1, body)

    def _withdraw(self, row: Any, by: SignedIn) -> None:
        now = self._clock.now()
        RuleValue.update(withdrawn_at=now).where(RuleValue.id == row.id).execute()
        told = {"key": row.key, "valid_from": row.valid_from.isoformat()}
        audit.write(self._clock, by.audit_ids, Act.RULE_CHANGED, ("rule", row.id), **told, withdrawn=1)
        outbox.append(now, VALUE_WITHDRAWN, row.id, 2, told | {"entered_by": by.user_id})
