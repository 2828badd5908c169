"""The table of a scan job's states."""

import itertools

import pytest

from agent.documents.job_state import RUNNING, TRANSITIONS, JobHappening, JobState, after, is_ended


def reached_from(start):
    reached = {start}
    while True:
        more = {after(state, happening) for state in reached for happening in JobHappening} - {None} | reached
        if more == reached:
            return reached
        reached = more


def test_every_state_can_be_reached_from_queued():
    assert reached_from(JobState.QUEUED) == set(JobState)


@pytest.mark.parametrize("state", sorted(set(JobState) - RUNNING))
def test_nothing_happens_to_an_ended_job(state):
    assert is_ended(state)
    assert {after(state, happening) for happening in JobHappening} == {None}


@pytest.mark.parametrize("state", sorted(RUNNING))
def test_a_running_job_can_always_end_by_cancel_failure_and_restart(state):
    assert not is_ended(state)
    assert after(state, JobHappening.CANCELLED) is JobState.CANCELLED
    assert after(state, JobHappening.FAILED) is JobState.FAILED
    assert after(state, JobHappening.RESTARTED) is JobState.INTERRUPTED


def test_pages_come_while_scanning_only():
    taking = {state for state in JobState if after(state, JobHappening.PAGE) is not None}
    assert taking == {JobState.SCANNING}
    assert after(JobState.SCANNING, JobHappening.PAGE) is JobState.SCANNING


def test_a_job_starts_once_and_is_done_only_after_it_started():
    assert [state for state in JobState if after(state, JobHappening.STARTED)] == [JobState.QUEUED]
    assert [state for state in JobState if after(state, JobHappening.FINISHED)] == [JobState.SCANNING]


@pytest.mark.parametrize("pair", list(itertools.product(JobState, JobHappening)))
def test_the_table_knows_only_states(pair):
    assert after(*pair) in {None, *JobState}
    assert (after(*pair) is None) == (pair not in TRANSITIONS)
