"""What a second person has let pass, in a draft or a correction: one problem of one field, as its facts stood then.

The word goes when a fact changes that it was about, and with no other.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from agent.register import fields, id_number
from agent.register.errors import refused
from agent.register.evaluate import Judgement
from agent.register.form import Form, of_chip, value
from agent.register.views import PassedProblem, Problem, SecondWord
from peewee_models import approvals, register_queries
from peewee_models.corrections import Correction
from peewee_models.drafts import Draft
from peewee_models.register import AcceptedProblem

Key = tuple[str, str]
Words = Mapping[Key, Any]
_BESIDE: Final = {"ID-SEX-MISMATCH": ("sex",), "ID-BIRTH-MISMATCH": ("birth_date",)}


def key(problem: Problem) -> Key:
    """What a word is about: the field, and what is wrong with it."""
    return problem.field or "", problem.code


def facts(about: Key) -> tuple[str, ...]:
    """The fields whose values a problem speaks of: its own, and the one that it is held against."""
    field, code = about
    return (field, *_BESIDE.get(code, ()))


def _hashed(form: Form, about: Key) -> str:
    said = [value(form, one) for one in facts(about)]
    if about[1] == id_number.NOT_OF_CARD:
        said.append(of_chip(form, about[0]) or "")
    return hashlib.sha256("|".join(said).encode()).hexdigest()


def give(
    owner: Draft | Correction, form: Form, judgement: Judgement, word: SecondWord, second_id: str, at: datetime
) -> None:
    """Note a second person's word that a problem is officially so, inside the open transaction.

    Args:
        owner: the draft or correction.
        form: as it stands: for these values alone the word holds.
        judgement: what is wrong with it.
        word: the problem, and the reason.
        second_id: key of the second person.
        at: when.

    Raises: CodedError PROBLEM-NOT-PASSABLE, REASON-MISSING.
    """
    reason = fields.reason(word.reason)
    if not reason:
        raise refused("REASON-MISSING")
    about = (word.field, word.code)
    if word.code not in id_number.PASSABLE or about not in {key(problem) for problem in judgement.problems}:
        raise refused("PROBLEM-NOT-PASSABLE")
    approvals.put(owner, about, _hashed(form, about), reason, uuid.UUID(second_id), at)


def standing(owner: Draft | Correction | None, form: Form) -> dict[Key, Any]:
    """The second persons' words that hold for a form as it is, by field and code."""
    given = {} if owner is None else approvals.of(owner)
    return {about: word for about, word in given.items() if word.value_hash == _hashed(form, about)}


def let_pass(judgement: Judgement, words: Words) -> None:
    """Take what a second person has let pass out of what blocks, and keep by whom and why."""
    for problem in [problem for problem in judgement.problems if key(problem) in words]:
        word = words[key(problem)]
        judgement.problems.remove(problem)
        judgement.passed.append(PassedProblem(problem, word.second_user.name, word.reason))


def new_to(record_id: uuid.UUID, words: Words, changed: set[str]) -> frozenset[Key]:
    """Which words a registration does not hold yet, where the values of some fields are to change."""
    known = {(line.field, line.code) for line in register_queries.accepted_of(record_id)}
    return frozenset(about for about in words if about not in known or changed & set(facts(about)))


def note_accepted(record: Any, user_id: str, words: Words) -> None:
    """Let a registration say what was let pass in it, by whom and why, inside the open transaction."""
    for (field, code), word in words.items():
        AcceptedProblem.create(
            registration=record,
            field=field,
            code=code,
            reason=word.reason,
            user=uuid.UUID(user_id),
            second_user=word.second_user_id,
            at=word.at,
        )
