"""`make bench`: every figure that the project claims, ours beside a peer's, measured in one run.

Machines are shared and noisy: what counts is the ratio.  Exit code 1 when a row fails; a peer that did not run makes
its row fail.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bench_camera
import bench_exchange
import bench_idle
import bench_orphan
import bench_papers
import bench_register
import bench_scan
import bench_start
import bench_tabs
import bench_tap
import bench_unplug
import bench_wire
from table import keep, show

BENCHES = (
    bench_wire,
    bench_unplug,
    bench_orphan,
    bench_tap,
    bench_tabs,
    bench_scan,
    bench_camera,
    bench_papers,
    bench_register,
    bench_exchange,
    bench_start,
    bench_idle,
)
SAMPLES = Path(__file__).parents[2] / ".cache" / "bench" / "samples.json"


def main() -> int:
    """Run every bench and print one table."""
    rows = [row for bench in BENCHES for row in bench.rows()]
    keep(rows, SAMPLES)
    return 0 if show(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
