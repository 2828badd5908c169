"""The times of the reader driver, scaled for tests."""

from __future__ import annotations

import pytest

from drivers import sam_commands
from drivers.reader_timings import Timings


def test_timings_are_scaled_but_not_below_the_machines_own_delays() -> None:
    tenth = Timings().scaled(0.1)
    assert tenth.base_first_byte_s == pytest.approx(0.3)
    assert tenth.gap_s == pytest.approx(0.1)
    assert Timings().scaled(0.001).ready_poll_s == 0.02
    assert Timings().scaled(1.0) == Timings()
    with pytest.raises(ValueError, match="above zero"):
        Timings().scaled(0)


def test_commands_that_read_the_chip_are_given_more_time() -> None:
    usual = Timings()
    assert usual.first_byte_of(sam_commands.READ_BASE) == usual.base_first_byte_s
    assert usual.first_byte_of(sam_commands.FIND) == usual.first_byte_s
    assert usual.whole_answer_of(sam_commands.READ_NEWEST_ADDRESS) == usual.base_whole_answer_s
