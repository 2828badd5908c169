"""A document scanner through SANE: python-sane above libsane above any backend.

libsane may hang or crash at any call and keeps the interpreter's lock in some; this driver lives in a worker process
that can be ended.  Options are set by `scanner_options`, texts of errors are understood by `scanner_errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import msgspec

from drivers import scanner_button, scanner_errors, scanner_options, scanner_region
from drivers.api import Candidate, Clock, CodedError, Deadline, DeviceAbsent, DeviceBusy, LinkError
from drivers.scanner_api import (
    DocumentScanner,
    Progress,
    ScannedPage,
    ScannerIdentity,
    ScannerOffers,
    ScanRequest,
    Source,
)
from drivers.scanner_library import SaneLibrary, last_of
from drivers.scanner_names import PREFIX, Listed, Wanted, addressable, hidden_node, parse
from drivers.scanner_pixels import RawPage, coded

REPORTS_A_PAGE = 50


def create(address: str, settings: dict[str, object], clock: Clock) -> SaneScanner:
    """Make the driver; touches no device.

    Args:
        address: `sane:NAME`, NAME maybe a pattern, or `sane:auto`.
        settings: `vendor`, `model`, `serial` narrow down which scanner is meant; `backends` is the list of SANE
            backends to load instead of the system's (by default the one that the address names); `configuration` is a
            folder with configuration of backends that goes before the system's; `last` is the identity of the scanner
            that was meant by this address before, which is tried first where the name alone does not say.
        clock: unused: libsane has no time limits of its own to scale.

    Raises: CodedError SCANNER-ADDRESS.
    """
    del clock
    wanted = parse(address, settings)
    listed = settings.get("backends")
    backends = [str(name) for name in listed] if isinstance(listed, list) else []
    if not backends and wanted.backend is not None:
        backends = [wanted.backend]
    library = SaneLibrary(wanted, backends, str(settings.get("configuration") or ""))
    return SaneScanner(address, wanted, library, last_of(settings.get("last")))


class SaneScanner(DocumentScanner):
    """The scanner that an address means."""

    def __init__(self, address: str, wanted: Wanted, library: SaneLibrary, last: ScannerIdentity | None) -> None:
        self._address = address
        self._wanted = wanted
        self._library = library
        self._last = last
        self._device: Any = None
        self._name: str | None = None
        self._offers: ScannerOffers | None = None
        self._is_cancelled = False
        self._press = scanner_button.Press()

    def open(self, deadline: Deadline) -> ScannerIdentity:
        """Find the scanner, open it and learn what it offers.

        A name without a pattern, and the scanner that was meant before, are opened without a list: it takes seconds and
        is looked at only when nobody is there.
        """
        del deadline
        self.close()
        try:
            return self._open_wanted()
        except (DeviceAbsent, LinkError) as error:  # some backends call it an error of the line
            node = hidden_node(self._wanted.name)
            if node is not None:
                raise scanner_errors.denied(str(node)) from error
            raise

    def _open_wanted(self) -> ScannerIdentity:
        if self._last is not None and not self._wanted.is_exact:
            last, self._last = self._last, None
            known = self._open_last(last)
            if known is not None:
                return known
        listed = self._library.found(self._address)
        try:
            return self._start(listed)
        except DeviceAbsent:
            elsewhere = self._wanted.moved(self._library.listed())
            if elsewhere is None or elsewhere.name == listed.name:
                raise
            return self._start(elsewhere)

    def _open_last(self, last: ScannerIdentity) -> ScannerIdentity | None:
        """Open the scanner that was meant before, without a list; None where it is not there, or is another one."""
        listed = Listed(last.address.removeprefix(PREFIX), last.vendor, last.model)
        try:
            found = self._start(listed)
        except DeviceBusy:
            raise
        except CodedError:
            return None
        if (found.serial, found.usb) == (last.serial, last.usb):
            return found
        self.close()
        return None

    def _start(self, listed: Listed) -> ScannerIdentity:
        sane = self._library.loaded()
        try:
            self._device = sane.open(listed.name)
            self._name = listed.name
            self._offers = self._learn()
        except self._library.error as error:
            self.close()
            told = scanner_errors.said_by_library(str(error))
            if told.code in {"SCANNER-INVALID", "SCANNER-UNSUPPORTED"}:  # so libsane says of a name it does not know
                raise scanner_errors.absent(self._address) from error
            raise told from error
        self._last = self._library.identity(listed)
        return self._last

    def close(self) -> None:
        """Release the scanner."""
        self._name = self._offers = None
        self._let_go()

    def _let_go(self) -> None:
        device, self._device = self._device, None
        self._press.forget()
        if device is not None:
            with suppress(self._library.error):
                device.close()

    def _handle(self) -> Any:
        """The open scanner; one that was let go behind a scan is opened again, by the name that it had."""
        if self._device is None:
            if self._name is None:
                raise scanner_errors.absent(self._address)
            try:
                self._device = self._library.loaded().open(self._name)
            except self._library.error as error:
                raise scanner_errors.said_by_library(str(error)) from error
        return self._device

    def offers(self) -> ScannerOffers:
        """What the open scanner can do."""
        if self._offers is None:
            raise scanner_errors.absent(self._address)
        return self._offers

    def scan(self, request: ScanRequest, report: Callable[[Progress], None]) -> Iterator[tuple[ScannedPage, bytes]]:
        """Scan; every page comes as soon as it is whole.  See the role."""
        device = self._handle()
        self._is_cancelled = has_more = False
        limit = 1 if request.source is Source.FLATBED else request.page_limit
        try:
            scanner_options.choose(device, request)
            cut_mm = scanner_region.choose(device, request)
            for number in range(1, limit + 1):
                raw = self._one_page(number, report)
                if raw is None:
                    break
                page, body = coded(raw, number, request.mode, request.resolution_dpi)
                yield msgspec.structs.replace(page, cut_to_mm=cut_mm), body
                has_more = number == limit and request.source is not Source.FLATBED
        except self._library.error as error:
            if not self._is_cancelled:
                raise scanner_errors.said_by_library(str(error)) from error
            return
        self._finish()
        if has_more:
            self._end_job()

    def _end_job(self) -> None:
        """Make sure that a feeder's scan which we ended is over for the backend too.

        `airscan` takes no cancel between two pages: it goes on drawing sheets in, and gives them to the next scan,
        whatever that asks for.  Only closing the scanner ends its job.
        """
        self._let_go()
        with suppress(CodedError):  # if it does not open now, the next call says why
            self._handle()

    def _finish(self) -> None:
        """Tell the backend that the scan is over.  Behind an error this call may wait for ever, so it is not made."""
        if self._device is not None:
            with suppress(self._library.error):
                self._device.cancel()

    def cancel(self) -> None:
        """End the scan under way; libsane allows this call from another thread."""
        self._is_cancelled = True
        self._finish()

    def is_button_pressed(self) -> bool:
        """Whether the scanner's own button went down since this was last asked, where its backend tells."""
        device = self._handle()
        name = scanner_button.found(device)
        if name is None:
            return False
        try:
            return self._press.is_new(device, name)
        except self._library.error as error:
            raise scanner_errors.said_by_library(str(error)) from error

    def forget_button(self) -> None:
        """Take what is down now for no press."""
        self._press.forget()

    def candidates(self) -> tuple[Candidate, ...]:
        """The scanners that SANE lists."""
        return tuple(
            Candidate(PREFIX + addressable(each.name), " ".join(filter(None, (each.vendor, each.model, each.serial))))
            for each in self._library.listed()
        )

    def _learn(self) -> ScannerOffers:
        """Ask each source in turn what it can do; the one that was set is set again."""
        device = self._device
        known = scanner_options.sources(device)
        offers = []
        for source in [*reversed(known)]:
            scanner_options.choose_source(device, source)
            offers.append(scanner_options.offer(device, source))
        return ScannerOffers(tuple(reversed(offers)), scanner_button.found(device) is not None)

    def _one_page(self, number: int, report: Callable[[Progress], None]) -> RawPage | None:
        """Take one side; None when there is no further one, or when the scan was cancelled."""
        device = self._device
        if self._is_cancelled:
            return None
        try:
            device.start()
        except self._library.error as error:
            if str(error) == scanner_errors.NO_MORE_SHEETS and number > 1:
                return None
            raise
        _, is_last_frame, (width_expected_px, lines_expected), _, _ = device.get_parameters()
        if not is_last_frame:
            raise scanner_errors.said_by_library(scanner_errors.UNSUPPORTED)
        step = max(1, lines_expected // REPORTS_A_PAGE)

        def told(lines: int, _: int) -> None:
            if lines % step == 0:
                report(Progress(number, lines, max(0, lines_expected)))

        pixels, width_px, height_px, samples, _ = device.dev.snap(1, 0, told)
        if self._is_cancelled:
            return None
        page = RawPage(pixels, width_px, height_px, samples)
        _check_size(page, number, width_expected_px, lines_expected)
        return page


def _check_size(page: RawPage, number: int, width_expected_px: int, lines_expected: int) -> None:
    """Hold a page against what was announced of it; no line at all is not the same as an unknown number, which is -1.

    Sizes hold until the last byte only: over the network that may have gone by before they were asked for.
    """
    if not page.pixels:
        raise scanner_errors.said_by_library(scanner_errors.END_OF_DATA)
    if page.height_px < lines_expected:
        raise scanner_errors.short_page(number, page.height_px, lines_expected)
    size_bytes = page.width_px * page.height_px * page.samples
    if lines_expected == 0 or page.width_px != width_expected_px or len(page.pixels) != size_bytes:
        raise scanner_errors.contradictory()
