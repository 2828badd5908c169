"""The correction of a saved registration: what is new is judged, old and new values are kept, nobody is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.accounts.audit import Act
from agent.accounts.storage import writing
from agent.events.service import Event
from agent.register import evaluate, fields
from agent.register.errors import Problems, refused
from agent.register.form import Form
from agent.register.records import EDITED, Records
from agent.register.views import Problem, RecordView
from agent.register.workplace import Person, Workplace
from peewee_models import register_queries

_OF_THE_NUMBER = ("id_no", "id_type", "sex", "birth_date")


class Corrections:
    """Changes of saved registrations."""

    def __init__(self, place: Workplace, records: Records) -> None:
        self._place = place
        self._records = records

    def save(self, record_id: str, values: Mapping[str, str], version: int, by: Person, reason: str) -> RecordView:
        """Change fields of a registration and keep the old values as history.

        Raises: Problems; CodedError RECORD-UNKNOWN, RECORD-CHANGED (somebody was faster), FIELD-UNKNOWN,
            REASON-MISSING.
        """
        if not values.keys() <= set(fields.KEYS):
            raise refused("FIELD-UNKNOWN")
        if not fields.reason(reason):
            raise refused("REASON-MISSING")
        is_practice = self._place.station.is_practice
        with writing(self._place.store):
            record = self._records.row_of(record_id)
            if record.version != version:
                raise refused("RECORD-CHANGED")
            held = register_queries.values_of(record)
            typed = fields.newly_typed(values, held, is_practice=is_practice)
            new = {**held, **typed}
            form = self._records.form_of(record, new)
            self._refuse_new_problems(record, held, form, new)
            if self._records.apply(record, new, form, by, fields.reason(reason)):
                record.save()
                self._place.note(by, Act.RECORD_EDITED, ("record", record.id), version=record.version)
                self._records.send(EDITED, record)
            shown = self._records.shown(register_queries.by_key(record.id))
        self._place.publish(Event("register", None, {"record": shown.id, "version": shown.version}))
        return shown

    def _refuse_new_problems(self, record: Any, held: dict[str, str], form: Form, new: dict[str, str]) -> None:
        """Refuse what the edit makes wrong; what was wrong before and let pass may stay."""
        setting = self._place.setting()
        old = evaluate.judge(self._records.form_of(record, held), setting)
        judgement = evaluate.judge(form, setting)
        if judgement.scope.reason is not None and judgement.scope != old.scope:
            raise Problems([judgement.scope.reason])
        problems = [one for one in judgement.problems if one not in old.problems or not _stands(one, held, new)]
        problems += [Problem("FIELD-MISSING", key) for key in judgement.missing if key not in old.missing]
        holder = register_queries.by_id_number(new["id_no"]) if new["id_no"] else None
        if holder is not None and holder.id != record.id:
            problems.append(Problem("PERSON-REGISTERED", "id_no"))
        if problems:
            raise Problems(problems)


def _stands(problem: Problem, held: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Whether what a problem speaks of is as it was: only then is it excused by having been there before."""
    keys = _OF_THE_NUMBER if problem.field in _OF_THE_NUMBER else (problem.field,)
    return all(held.get(key or "") == new.get(key or "") for key in keys)
