"""`renhu scan`: scan into a PDF, through the running agent where there is one, else directly."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from agent.clock import SystemClock
from agent.commands.arguments import seconds
from agent.commands.output import as_the_daemon, emit, fail, language, tell
from agent.commands.scan_file import ScanFile
from agent.config import SILENCE_S, Config, load
from agent.devices.host import DeviceSettings
from agent.devices.scan_alone import scan_pages
from agent.disk import growing
from agent.documents.papers import NewPage
from agent.documents.patience import LONGEST_S, SHORTEST_S, silence_s
from agent.documents.pictures import Pictures
from agent.documents.scanned_page import new_page
from agent.documents.size_asked import NAMES, size_mm, sized
from agent.errors import Actor, CodedError, Exit, Retry
from agent.messages.service import text
from agent.station import agent_address, scan_through_agent, scanner_settings
from drivers.scanner_api import ColourMode, Progress, ScannerOffers, ScanRequest, Source

BAR_CELLS = 30


def run(arguments: argparse.Namespace) -> Exit:
    """Scan and write the PDF; behind an error the pages that have come are written all the same."""
    wanted = ScanRequest(_source(arguments), ColourMode(arguments.mode), arguments.dpi)
    output: Path = arguments.output
    _on_call_off(signal.default_int_handler)
    try:
        config = load(arguments.config)
        _look_at(output)
        with _writing(output), growing(output) as part, _typesetting() as pictures:
            file = ScanFile(part.fileno(), pictures)
            error = _scan(config, arguments, wanted, file)
            if error is not None and not file.pages:
                raise error
            size = file.finish(output)
    except CodedError as refused:
        return fail(refused, as_json=arguments.json)
    if error is not None:
        tell("SCAN-FILE-PART", pages=file.pages, path=str(output))
        return fail(error, as_json=arguments.json)
    is_full = wanted.source is not Source.FLATBED and file.pages >= wanted.page_limit
    if is_full:
        tell("SCAN-FILE-LIMIT", most=wanted.page_limit)
    if arguments.json:
        emit({"file": str(output), "pages": file.pages, "bytes": size, "limit_reached": is_full})
    else:
        tell("SCAN-FILE", pages=file.pages, path=str(output))
    return Exit.DONE


def _source(arguments: argparse.Namespace) -> Source:
    if arguments.duplex:
        return Source.DUPLEX_FEEDER
    return Source(arguments.source or Source.FLATBED)


def _pages(config: Config, arguments: argparse.Namespace, wanted: ScanRequest) -> Iterator[tuple[NewPage, bool]]:
    """The pages as they come: from the agent that holds the scanner, else from a worker of our own.

    Each comes with whether it is practice's: of a practice station, or from a simulated scanner.

    Raises: CodedError as the agent or the scanner says; SCANNER-NOT-CONFIGURED.
    """
    address, size, timeout_s = arguments.address, arguments.size or "", arguments.timeout
    own = None if config.scanner is None else scanner_settings(config.scanner)
    if address is None or address == agent_address(config.folder, "scanner"):
        borrowed = scan_through_agent(config.folder, wanted, size, timeout_s, _show)
        if borrowed is not None:
            return borrowed
    if address is not None:
        own = own or DeviceSettings(role="scanner", driver="scanner_sane", address=address, options={})
        settings = msgspec.structs.replace(own, address=address)
    elif own is not None:
        settings = as_the_daemon(own, config.folder)
    else:
        raise CodedError("SCANNER-NOT-CONFIGURED", Actor.TECHNICIAN, Retry.AFTER_ACTION)
    usual_s = float(SILENCE_S if config.scanner is None else config.scanner.silence_s)

    def wish(offers: ScannerOffers) -> tuple[ScanRequest, float]:
        laid = sized(wanted, size, offers)
        return laid, timeout_s or silence_s(laid, usual_s)

    scanned = scan_pages(settings, SystemClock(), wish, timeout_s or usual_s, _show)
    return ((new_page(page, body, wanted.source), is_simulated) for page, body, is_simulated in scanned)


def _look_at(output: Path) -> None:
    """Before anything moves: the file can be written.  Raises: CodedError SCAN-OUTPUT."""
    if output.is_dir() or not os.access(output.parent, os.W_OK):
        raise CodedError("SCAN-OUTPUT", Actor.CLERK, Retry.AFTER_ACTION, path=str(output))


def _scan(config: Config, arguments: argparse.Namespace, wanted: ScanRequest, file: ScanFile) -> CodedError | None:
    """Keep the pages that come, and give why no more of them did; None at the regular end."""
    try:
        for page, is_practice in _pages(config, arguments, wanted):
            with _undisturbed(), _writing(arguments.output):
                file.add(page, is_practice=is_practice)
            _show(Progress(file.pages, 1, 1))
            tell("SCAN-PAGE", page=file.pages)
            for doubt in page.doubts:
                tell(str(doubt["code"]), **{name: doubt[name] for name in doubt if name != "code"})
    except KeyboardInterrupt:
        return CodedError("SCAN-CALLED-OFF", Actor.CLERK, Retry.NOW)
    except CodedError as error:
        return error
    finally:
        _on_call_off(signal.SIG_IGN)  # what has come is written to its end, which takes a moment
    return None


def _on_call_off(handler: Any) -> None:
    """Do this when it is called off, a closed terminal and an order to end among them; what is ignored stays so."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let a page be kept whole before the scan is called off."""
    called: list[int] = []
    _on_call_off(lambda number, _frame: called.append(number))
    try:
        yield
    finally:
        _on_call_off(signal.default_int_handler)
    if called:
        raise KeyboardInterrupt


@contextmanager
def _typesetting() -> Iterator[Pictures]:
    pictures = Pictures(SystemClock())
    try:
        yield pictures
    finally:
        pictures.end()


def _show(progress: Progress) -> None:
    """Draw the bar of the page under way, where a person looks."""
    if not sys.stderr.isatty() or not progress.lines_expected:
        return
    share = min(1.0, progress.lines / progress.lines_expected)
    bar = ("█" * round(BAR_CELLS * share)).ljust(BAR_CELLS, "░")
    label = text("SCAN-PAGE-UNDER-WAY", language(), page=progress.page)
    print(f"\r{label} {bar} {share:4.0%} ", end="", file=sys.stderr, flush=True)


@contextmanager
def _writing(output: Path) -> Iterator[None]:
    """Tell what the disk does wrong.  Raises: CodedError SCAN-OUTPUT, SCAN-OUTPUT-FULL."""
    try:
        yield
    except OSError as error:
        code = "SCAN-OUTPUT-FULL" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "SCAN-OUTPUT"
        raise CodedError(code, Actor.CLERK, Retry.AFTER_ACTION, path=str(output)) from error


def _size(asked: str) -> str:
    if size_mm(asked.lower()) is None:
        raise argparse.ArgumentTypeError(f"{', '.join(NAMES)}, 148x210")
    return asked.lower()


class _DuplexIsFeeder(argparse.Action):
    """Refuse both sides from the glass, which has one."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, *_: Any) -> None:
        setattr(namespace, self.dest, True if self.nargs == 0 else values)
        if namespace.duplex and namespace.source == Source.FLATBED:
            parser.error("--duplex: --source adf")


def add_to(commands: Any) -> None:
    """Describe the command line of `renhu scan`."""
    parser = commands.add_parser("scan", help="扫描成 PDF / scan into a PDF")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.pdf", help="写入的文件 / the file")
    parser.add_argument("--address", help="sane:NAME, sane:auto")
    parser.add_argument(
        "--source", choices=[Source.FLATBED.value, Source.FEEDER.value], action=_DuplexIsFeeder,
        help="平板或送纸器 / glass or feeder (flatbed)",
    )  # fmt: skip
    parser.add_argument(
        "--duplex", nargs=0, default=False, action=_DuplexIsFeeder, help="送纸器双面 / both sides, from the feeder"
    )
    parser.add_argument("--dpi", type=int, default=300, metavar="N", help="分辨率 / dots per inch (300)")
    parser.add_argument(
        "--size", type=_size, metavar="SIZE",
        help=f"幅面 / {', '.join(NAMES)}, WxH mm (a4)",
    )  # fmt: skip
    parser.add_argument(
        "--mode", choices=[mode.value for mode in ColourMode], default=ColourMode.COLOUR.value,
        help="彩色、灰度、黑白 / what of the paper is kept (colour)",
    )  # fmt: skip
    parser.add_argument(
        "--timeout",
        type=seconds(SHORTEST_S, LONGEST_S),
        metavar="S",
        help="扫描仪最多静默多少秒 / seconds of silence (60, more for fine pages)",
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    parser.set_defaults(run=run)
