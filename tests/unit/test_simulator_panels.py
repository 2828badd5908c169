"""The practice page's panels beside the real simulators: what they show, and what they make of a form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.errors import CodedError
from agent.simulator_panels import FaultPanel, ReaderPanel, ScannerPanel
from agent.simulator_process import SimulatorProcess


@pytest.fixture(scope="module")
def processes() -> Iterator[dict[str, SimulatorProcess]]:
    started = {role: SimulatorProcess.start(role) for role in ("reader", "scanner")}
    yield started
    for process in started.values():
        process.stop()


def active(panel: ReaderPanel | ScannerPanel) -> set[str]:
    return {fault.name for group in panel.look().faults for fault in group.members if fault.is_active}


def values(process: SimulatorProcess, name: str) -> object:
    told = FaultPanel(process)._told()
    return next(fault["values"] for fault in told["faults"] if fault["name"] == name)


def test_the_reader_shows_its_cards_in_groups_and_what_lies_on_it(processes: dict[str, SimulatorProcess]) -> None:
    panel = ReaderPanel(processes["reader"])
    panel.lay("rare-extension-b")
    shown = panel.look()
    assert shown.lying == "rare-extension-b"
    assert shown.cards[0].name == "start"
    assert all(group.members and group.words["zh"] and group.words["en"] for group in [*shown.cards, *shown.faults])
    assert len({card.id for group in shown.cards for card in group.members}) > 130
    panel.lift()
    assert panel.look().lying == ""


def test_the_scanner_shows_what_lies_where_and_is_emptied(processes: dict[str, SimulatorProcess]) -> None:
    panel = ScannerPanel(processes["scanner"])
    panel.fill_feeder(["lease", "blank"])
    panel.lay_on_glass("id-card-resident-001", "back")
    shown = panel.look()
    assert (shown.feeder, shown.glass, shown.glass_side) == (["lease", "blank"], "id-card-resident-001", "back")
    panel.empty()
    shown = panel.look()
    assert (shown.feeder, shown.glass, shown.glass_side) == ([], "", "")


def test_a_form_is_understood_as_its_parameters_are(processes: dict[str, SimulatorProcess]) -> None:
    panel = ReaderPanel(processes["reader"])
    shown = {fault.name: fault for group in panel.look().faults for fault in group.members}
    status = {parameter.name: parameter for parameter in shown["status"].parameters}
    assert (status["status"].value, status["count"].low, "find" in status["command"].choices) == ("41", 1, True)
    panel.switch_on("status", {name: one.value for name, one in status.items()} | {"count": "", "status": "42"})
    told = values(processes["reader"], "status")
    assert isinstance(told, dict)
    assert (told["status"], told["count"], told["skip"], told["command"]) == (0x42, None, 0, None)
    panel.switch_on("bad-check", {"skip": ""})
    assert active(panel) == {"status", "bad-check"}
    panel.switch_off("bad-check")
    panel.switch_all_off()
    assert active(panel) == set()


def test_what_cannot_be_is_refused_in_words(processes: dict[str, SimulatorProcess]) -> None:
    reader = ReaderPanel(processes["reader"])
    for ask in (
        lambda: reader.lay("nobody"),
        lambda: reader.switch_on("no-such", {}),
        lambda: reader.switch_on("silent", {"count": "many"}),
        lambda: ScannerPanel(processes["scanner"]).fill_feeder(["nothing"]),
    ):
        with pytest.raises(CodedError) as refused:
            ask()
        assert refused.value.code == "PRACTICE-REFUSED"


def test_a_simulator_that_has_ended_is_told_of() -> None:
    process = SimulatorProcess.start("reader")
    process.stop()
    with pytest.raises(CodedError) as gone:
        ReaderPanel(process).look()
    assert gone.value.code == "PRACTICE-NO-SIMULATOR"
