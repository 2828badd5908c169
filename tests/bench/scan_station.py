"""A station with a scanner for the bench: `scan_station.py FOLDER PORT ADDRESS CONFIGURATION`, until SIGTERM.

The first line on stdout is JSON with its address and its users; then comes a line for each page: when it was kept, in
the time of the monotonic clock, which all processes share.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from agent.assembly import start
from agent.config import parse
from agent.documents.papers import Papers, StoredPage
from agent.folder import FolderKind
from agent.notify import Notifier
from agent.stop_signal import StopSignal

_store_page = Papers.store_page


def store_page(self: Papers, *arguments: Any, **more: Any) -> StoredPage:
    """Keep a page, then say when."""
    kept = _store_page(self, *arguments, **more)
    print(time.monotonic(), flush=True)
    return kept


def main(folder: Path, port: int, address: str, configuration: str) -> None:
    """Run until SIGTERM."""
    Papers.store_page = store_page  # type: ignore[method-assign]
    scanner = {"address": address, "configuration": configuration}
    document = {"data": {"folder": str(folder)}, "web": {"port": port}, "devices": {"scanner": scanner}}
    stop = StopSignal()
    running = start(parse(document, "bench"), FolderKind.PRACTICE, Notifier())
    print(json.dumps({"url": running.url, "sign_ins": running.accounts.create_demo_users()}), flush=True)
    stop.wait()
    running.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
