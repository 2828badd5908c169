"""Before a page that is locked, or whose session has ended, no card is read; the desk tells the reader in time."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn


@pytest.fixture
def told(office: Any, clerk: SignedIn) -> list[bool]:
    """Whether somebody sits at the desk, as the reader hears it."""
    heard: list[bool] = []
    office.desk.on_attended = heard.append
    return heard


def test_the_reader_hears_of_the_lock_when_it_falls_and_of_the_unlocking(
    office: Any, clerk: SignedIn, told: list[bool]
) -> None:
    office.clock.forward(290)
    assert (office.desk.attend(), told) == (10, [])
    office.clock.forward(10)
    office.desk.attend()
    office.desk.attend()
    assert told == [False]
    office.accounts.unlock(office.sign_in("clerk"), office.passwords["clerk"])
    assert told == [False], "another session's page"
    office.accounts.unlock(clerk, office.passwords["clerk"])
    assert told == [False, True]


def test_a_session_that_is_used_all_day_ends_its_hold_of_the_desk_in_time(
    office: Any, clerk: SignedIn, told: list[bool]
) -> None:
    for _ in range(12 * 60 * 60 // 240 - 1):
        office.clock.forward(240)
        office.accounts.unlock(clerk, office.passwords["clerk"])
    office.clock.forward(220)
    assert (office.desk.attend(), office.desk.holder_session()) == (20, clerk.session_id)
    office.clock.forward(20)
    office.desk.attend()
    assert office.desk.holder_session() is None
    assert told == []
