"""A scan without an agent: for `renhu scan`, with the same worker, driver and wire as in the agent."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress

import msgspec

from agent.devices.alone import STOP_LIMIT_S, settled
from agent.devices.host import DeviceSettings
from agent.devices.scanner_watch import progress_of
from agent.devices.state import DeviceState
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Page, Shown, Sign
from agent.memory import Buffer
from drivers.api import Actor, Clock, CodedError, DeviceError, Retry
from drivers.scanner_api import Progress, ScannedPage, ScannerOffers, ScanRequest

CANCEL_LIMIT_S = 3.0


def scan_pages(
    settings: DeviceSettings,
    clock: Clock,
    wish: Callable[[ScannerOffers], tuple[ScanRequest, float]],
    usual_s: float,
    report: Callable[[Progress], None],
) -> Iterator[tuple[ScannedPage, Buffer, bool]]:
    """Scan; every page comes as soon as it is whole.  A caller that stops iterating calls the scan off.

    Each comes with its bytes, and with whether the scanner is simulated.

    Args:
        settings: how the scanner is reached.
        clock: the time.
        wish: says, of what the scanner offers, what to scan, and how long it may show nothing then.
        usual_s: so long the scanner may take to open, and from one line of a page to the next.
        report: called while a page is read.

    Raises: CodedError as the scanner ended it; the pages before it have come.
    """
    shown: queue.SimpleQueue[Sign | Page | None] = queue.SimpleQueue()
    told: list[ScannerOffers] = []
    changed = threading.Event()

    def on_sign(_role: str, sign: Shown) -> None:
        if isinstance(sign, Page) or (isinstance(sign, Sign) and sign.name == "progress"):
            shown.put(sign)
        elif isinstance(sign, Sign) and sign.name == "offers":
            told.append(msgspec.json.decode(sign.data, type=ScannerOffers))

    supervisor = Supervisor(
        [settings], clock, lambda _event: changed.set(), on_sign, lambda: None, refuses_simulated=False
    )
    answer: Future[bytes] | None = None
    supervisor.start()
    try:
        status = settled(lambda: supervisor.statuses()["scanner"], changed, clock, usual_s)
        if status.state is not DeviceState.READY:
            raise DeviceError(status.code or "SCANNER-HUNG", Actor.TECHNICIAN, Retry.AFTER_ACTION, **status.facts)
        wanted, silence_s = wish(told[-1])
        answer = supervisor.request("scanner", "scan", msgspec.to_builtins(wanted), silence_s, usual_s)
        answer.add_done_callback(lambda _: shown.put(None))
        while (sign := shown.get()) is not None:
            if isinstance(sign, Page):
                yield msgspec.json.decode(sign.data, type=ScannedPage), sign.body, status.simulated
            else:
                report(progress_of(sign))
        answer.result()
    finally:
        if answer is not None and not answer.done():
            supervisor.cancel("scanner")
            with suppress(CodedError, TimeoutError):
                answer.result(CANCEL_LIMIT_S)
        supervisor.stop(STOP_LIMIT_S)
