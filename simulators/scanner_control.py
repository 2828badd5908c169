"""The control port's places for a simulated scanner: the papers, the feeder, the glass, the lid, the requests."""

from __future__ import annotations

import io

from simulators.control import Asked, Picture, Places, unprocessable
from simulators.described import Descriptions, descriptions
from simulators.fault import Fault, Value
from simulators.papers import Paper
from simulators.scanner_bed import SIDE_NAMES
from simulators.scanner_escl import SimulatedScanner
from simulators.scanner_fault_table import OPERATIONS

MOST_SHEETS = 100
SIDES = {name: side for side, name in SIDE_NAMES.items()}
SHOWN_DPI = 100


class ScannerControls:
    """What can be asked of a simulated scanner besides its faults."""

    def __init__(self, device: SimulatedScanner) -> None:
        self.device = device

    @property
    def described(self) -> Descriptions:
        """What the faults are told to people by."""
        return descriptions("scanner_faults")

    def about(self) -> dict[str, object]:
        """What it can be asked for, and what lies in it."""
        return {"operations": list(OPERATIONS), "plugged": self.device.is_plugged} | self.device.bed.lying()

    def about_fault(self, fault: Fault) -> dict[str, object]:  # noqa: ARG002 (the faults of a reader have more)
        """Nothing besides the parameters."""
        return {}

    def check(self, fault: Fault, values: dict[str, Value]) -> None:
        """Every fault is always possible."""

    def places(self) -> Places:
        """Papers, feeder, glass, lid and log."""
        return {
            "/papers": {"GET": self._papers},
            "/paper": {"GET": self._picture},
            "/feeder": {"GET": self._lying, "PUT": self._fill, "DELETE": self._empty},
            "/platen": {"GET": self._lying, "PUT": self._lay, "DELETE": self._lift},
            "/lid": {"GET": self._lying, "PUT": self._lid},
            "/log": {"GET": self._log},
        }

    def _papers(self, _: Asked) -> object:
        told = descriptions("papers")
        papers = sorted(self.device.papers.values(), key=lambda paper: told.order(paper.id))
        listed = [
            {"id": paper.id, "name": paper.name, "sides": paper.sides} | told.of(paper.id).told() for paper in papers
        ]
        return {"papers": listed, "groups": told.told_groups()}

    def _lying(self, _: Asked) -> object:
        return self.device.bed.lying()

    def _fill(self, asked: Asked) -> None:
        sheets = asked.body.get("papers")
        if set(asked.body) != {"papers"} or not isinstance(sheets, list) or len(sheets) > MOST_SHEETS:
            raise unprocessable(f'{{"papers": [ID, …]}} is wanted, at most {MOST_SHEETS}')
        self.device.bed.fill([self._paper(sheet) for sheet in sheets])

    def _empty(self, _: Asked) -> None:
        self.device.bed.fill([])

    def _lay(self, asked: Asked) -> None:
        if "paper" not in asked.body or not set(asked.body) <= {"paper", "side"}:
            raise unprocessable('{"paper": ID} is wanted, and "side" if it is the back')
        self.device.bed.lay(self._paper(asked.body["paper"]), _side(asked.body.get("side", "front")))

    def _lift(self, _: Asked) -> None:
        self.device.bed.lay(None)

    def _lid(self, asked: Asked) -> None:
        is_open = asked.body.get("open")
        if set(asked.body) != {"open"} or not isinstance(is_open, bool):
            raise unprocessable('{"open": true} or {"open": false} is wanted')
        self.device.bed.open_lid(is_open=is_open)

    def _log(self, _: Asked) -> object:
        return self.device.log.entries()

    def _picture(self, asked: Asked) -> Picture:
        paper, side = self._paper(asked.query.get("paper")), _side(asked.query.get("side", "front"))
        out = io.BytesIO()
        self.device.drawn.side(paper, side, SHOWN_DPI).save(out, "PNG")
        return Picture(out.getvalue())

    def _paper(self, paper_id: object) -> Paper:
        papers = self.device.papers
        if not isinstance(paper_id, str) or paper_id not in papers:
            raise unprocessable("no such paper", papers=list(papers))
        return papers[paper_id]


def _side(name: object) -> int:
    if not isinstance(name, str) or name not in SIDES:
        raise unprocessable("side: front or back")
    return SIDES[name]
