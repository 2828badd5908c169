"""What the bench prints: rows of ours, peer, ratio, budget, verdict; and the raw samples as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        name: what was measured, with its unit.
        ours: our figure.
        peer: the peer's, measured in the same run; None where the row has no peer, only a budget.
        peer_name: who the peer is; "" where there is none.
        budget: the largest figure that passes.
        samples: every single measurement, by series.
    """

    name: str
    ours: float
    peer: float | None
    peer_name: str
    budget: float
    samples: dict[str, list[float]] = field(default_factory=dict)

    @property
    def has_passed(self) -> bool:
        """Within budget, and the peer ran where there is one."""
        return self.ours <= self.budget and (self.peer is not None or not self.peer_name)


def percentile(values: list[float], share: float) -> float:
    """The smallest value that is not below `share` of all (nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


def show(rows: list[Row]) -> bool:
    """Print the table; says whether every row passed."""
    print(f"{'':58}{'ours':>10}{'peer':>10}{'ratio':>8}{'budget':>10}")
    for row in rows:
        peer = "–" if row.peer is None else f"{row.peer:.2f}"
        ratio = "–" if not row.peer else f"{row.ours / row.peer:.2f}"
        verdict = "pass" if row.has_passed else "FAIL"
        print(f"{row.name:58}{row.ours:>10.2f}{peer:>10}{ratio:>8}{row.budget:>10.2f}  {verdict}  {row.peer_name}")
    return all(row.has_passed for row in rows)


def keep(rows: list[Row], path: Path) -> None:
    """Write the raw samples."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({row.name: row.samples for row in rows}, indent=1))
