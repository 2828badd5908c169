"""A station for the bench: `practice_station.py FOLDER PORT ADDRESS` runs the agent as a service does, in practice.

`renhu run` refuses simulated devices and `renhu demo` starts its simulator first; this does neither, and is otherwise
the same composition, with all loaded that the daemon loads.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from pathlib import Path

from agent.memory import loading

with loading():
    import agent.commands.run  # noqa: F401
    from agent.assembly import start
    from agent.config import parse
    from agent.folder import FolderKind
    from agent.notify import Notifier
    from agent.stop_signal import StopSignal


def main(folder: Path, port: int, address: str) -> None:
    """Run until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    base = parse({"data": {"folder": str(folder)}, "devices": {"reader": {"address": "serial:auto"}}}, "bench")
    reader = None if base.reader is None else replace(base.reader, address=address)
    stop = StopSignal()
    running = start(replace(base, port=port, reader=reader), FolderKind.PRACTICE, Notifier())
    stop.wait()
    running.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
