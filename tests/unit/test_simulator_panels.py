"""The practice page's panels beside the real simulators: what they show, and what they make of a form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.errors import CodedError
from agent.simulator_panels import CameraPanel, FaultPanel, ReaderPanel, ScannerPanel
from agent.simulator_process import SimulatorProcess


@pytest.fixture(scope="module")
def processes() -> Iterator[dict[str, SimulatorProcess]]:
    started = {role: SimulatorProcess.start(role) for role in ("reader", "scanner", "camera")}
    yield started
    for process in started.values():
        process.stop()


def active(panel: ReaderPanel | ScannerPanel | CameraPanel) -> set[str]:
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


def test_who_has_a_card_can_sit_before_the_camera_and_is_shown(processes: dict[str, SimulatorProcess]) -> None:
    panel = CameraPanel(processes["camera"])
    shown = panel.look()
    assert (shown.seated, shown.look, len(shown.sitters)) == (shown.sitters[0].id, "good", 200)
    cards = {card.id: card.name for group in ReaderPanel(processes["reader"]).look().cards for card in group.members}
    assert cards.keys() <= {sitter.id for sitter in shown.sitters}
    assert all(sitter.name == cards[sitter.id] for sitter in shown.sitters if cards.get(sitter.id))
    assert shown.looks[0].name == "start"
    panel.seat("visitor-003", "dark")
    shown = panel.look()
    assert (shown.seated, shown.look) == ("visitor-003", "dark")
    assert panel.picture("visitor-003", "dark").startswith(b"\x89PNG")
    panel.leave()
    assert panel.look().seated == ""


def test_the_camera_is_set_as_its_form_says(processes: dict[str, SimulatorProcess]) -> None:
    panel = CameraPanel(processes["camera"])
    first = panel.look().settings
    assert first["size"] in panel.look().sizes
    assert first["quality"] in panel.look().qualities
    wanted = {"size": "1000x750", "quality": "raw+jpeg", "battery": "7", "turned": "yes"}
    panel.set(wanted)
    panel.set(wanted)
    assert panel.look().settings == wanted
    panel.set(wanted | {"turned": ""})
    assert panel.look().settings["turned"] == ""
    panel.switch_on("battery-low", {"level": "3"})
    panel.set(panel.look().settings)
    panel.switch_off("battery-low")
    assert panel.look().settings["battery"] == "7"
    panel.seat("visitor-003", "dark")
    panel.begin_anew()
    assert (panel.look().settings, panel.look().look) == (first, "good")
    assert panel.look().seated == panel.look().sitters[0].id


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
        lambda: CameraPanel(processes["camera"]).seat("nobody", "good"),
        lambda: CameraPanel(processes["camera"]).set({"battery": "full"}),
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
