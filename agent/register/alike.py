"""Who may be the same person though no number says so: looked up by index, a hint, for two persons may share all that.

Nobody is compared with everybody: a number's own slips are looked up, and those who have the name.
"""

from __future__ import annotations

import uuid
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from agent.register import id_number, likeness, number_slips
from agent.register.alike_views import Alike
from agent.register.draft_view import record_line
from agent.register.form import Form, as_date, source
from agent.register.likeness import Compared
from peewee_models import duplicates, register_queries
from peewee_models.register import ACTIVE

_MOST: Final = 3


class Found(NamedTuple):
    """Somebody who may be the same person: their row, the reasons, and what of them was compared."""

    person: Any
    reasons: tuple[str, ...]
    compared: Compared


def who_is_alike(one: Compared, own: uuid.UUID | None) -> list[Found]:
    """Everybody who is alike, with the reasons, inside the open transaction; they may be two all the same.

    Args:
        one: what is compared.
        own: key of the person whose values these are, None where there is none.
    """
    numbers = one.numbers | number_slips.slips(one.id_no)
    near = duplicates.with_numbers(numbers, _old(one.id_no)) if numbers else []
    birth = as_date(one.birth_date)
    if one.name_key and (birth is not None or one.guardian_id):
        near += duplicates.namesakes(one.name_key, birth, one.guardian_id)
    others = {person.id: person for person in near if person.id != own}
    of_chip = register_queries.with_numbers_of_chips([key for key, person in others.items() if person.id_no])
    found = []
    for key in sorted(others, key=lambda key: key.hex):
        other = likeness.of(register_queries.person_values(others[key]), is_of_chip=key in of_chip)
        reasons = likeness.reasons(one, other)
        if reasons:
            found.append(Found(others[key], reasons, other))
    return found


def compared(person: Any) -> Compared:
    """What is compared of a person's row, inside the open transaction."""
    is_of_chip = bool(register_queries.with_numbers_of_chips([person.id]))
    return likeness.of(register_queries.person_values(person), is_of_chip=is_of_chip)


def on_the_form(form: Form, own: uuid.UUID | None, zone: tzinfo) -> tuple[Alike, ...]:
    """Who is registered now and may be the person of an unsaved form.

    Args:
        form: as it stands.
        own: key of the person who comes back, None where it is nobody.
        zone: in which the station counts its days.
    """
    values = {key: entry.value for key, entry in form.items()}
    found = who_is_alike(likeness.of(values, is_of_chip=source(form, "id_no") == "chip"), own)
    return _lines([other for other in found if likeness.is_suspicion(other.reasons)], zone, is_needed=True)


def of_record(record: Any, zone: tzinfo) -> tuple[Alike, ...]:
    """Who may be the person of a registration, the person's last, as far as nobody has decided that they are two.

    Of each two one at least is registered now.
    """
    last = register_queries.last_of(record.person_id)
    if last is None or last.id != record.id:
        return ()
    one = compared(record.person)
    undecided = [
        other
        for other in who_is_alike(one, record.person_id)
        if not duplicates.decision_on(record.person_id, other.person.id, likeness.digest(one, other.compared))
    ]
    return _lines(undecided, zone, is_needed=record.state != ACTIVE)


def _lines(found: list[Found], zone: tzinfo, *, is_needed: bool) -> tuple[Alike, ...]:
    """The last registration of each, the newest first; `is_needed`: only of those who are registered now."""
    records = [(register_queries.last_of(other.person.id), other.reasons) for other in found]
    here = [(one, why) for one, why in records if one is not None and (one.state == ACTIVE or not is_needed)]
    here.sort(key=lambda pair: (pair[0].registered_at, pair[0].form_no), reverse=True)
    lines = [(record_line(one, zone), why) for one, why in here[:_MOST]]
    return tuple(Alike(line.id, line.name_masked, line.registered_on, why, line.is_cancelled) for line, why in lines)


def _old(number: str) -> str:
    """The 15 digits that a number of 18 was once written with, "" for any other."""
    if not number_slips.is_valid(number):
        return ""
    old = number[:6] + number[8:17]
    return old if id_number.upgraded(old) == number else ""
