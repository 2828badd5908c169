"""The table of device states and the restart budget."""

import itertools

import pytest

from agent.devices.state import BUDGET_DEATHS, TRANSITIONS, DeviceState, Happening, RestartBudget, after


def test_every_state_can_be_reached_from_absent():
    reached = {DeviceState.ABSENT}
    while True:
        more = {after(state, happening) for state in reached for happening in Happening} | reached
        if more == reached:
            break
        reached = more
    assert reached == set(DeviceState)


def test_a_disabled_device_leaves_that_state_only_by_a_technicians_reset():
    for happening in Happening:
        expected = DeviceState.ABSENT if happening is Happening.RESET else DeviceState.DISABLED
        assert after(DeviceState.DISABLED, happening) is expected


def test_a_busy_device_becomes_ready_by_its_answer_only_and_stays_busy_when_asked():
    assert after(DeviceState.BUSY, Happening.ANSWERED) is DeviceState.READY
    assert after(DeviceState.BUSY, Happening.OPENED) is DeviceState.BUSY
    assert after(DeviceState.BUSY, Happening.REQUESTED) is DeviceState.BUSY


def test_death_faults_every_living_state():
    for state in set(DeviceState) - {DeviceState.DISABLED}:
        assert after(state, Happening.DIED) is DeviceState.FAULTED


def test_only_ready_devices_take_requests():
    for state in set(DeviceState) - {DeviceState.READY}:
        assert after(state, Happening.REQUESTED) is state


@pytest.mark.parametrize("pair", list(itertools.product(DeviceState, Happening)))
def test_the_table_is_total(pair):
    assert after(*pair) in DeviceState
    if pair not in TRANSITIONS:
        assert after(*pair) is pair[0]


def test_the_first_restart_is_at_once_and_the_pauses_grow():
    budget = RestartBudget()
    assert [budget.died(at) for at in (0, 70, 140, 210, 280, 350, 420, 490, 560)] == [0, 0.5, 1, 2, 4, 8, 16, 30, 30]


def test_one_successful_exchange_forgets_the_pauses():
    budget = RestartBudget()
    budget.died(0)
    budget.died(1)
    budget.succeeded()
    assert budget.died(2) == 0.0


def test_five_deaths_in_a_minute_are_the_end():
    budget = RestartBudget()
    assert None not in [budget.died(at) for at in range(BUDGET_DEATHS - 1)]
    assert budget.died(5) is None


def test_five_deaths_over_more_than_a_minute_are_not():
    budget = RestartBudget()
    assert None not in [budget.died(at) for at in (0, 20, 40, 61, 82)]


def test_who_asks_for_fresh_processes_again_and_again_waits_longer_and_longer_and_never_for_good():
    budget = RestartBudget()
    assert [budget.renewed(at) for at in range(10)] == [0, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    budget.succeeded()
    assert budget.renewed(10) == 30, "to be opened is not yet to work"
    assert budget.renewed(1000) == 0
    budget.renewed(1001)
    budget.died(1001)
    budget.obeyed()
    assert (budget.renewed(1002), budget.died(1002)) == (0, 0)
