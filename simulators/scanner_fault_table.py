"""The faults that a simulated scanner can show, by name.  How each ends is the driver's business and its matrix's.

What each does, for people, stands in `scanner_faults.toml`.
"""

from __future__ import annotations

from dataclasses import replace

from simulators.fault import Fault, Parameter, number, striking

CAPABILITIES, STATUS, CREATE, NEXT, DELETE = "capabilities", "status", "create-job", "next-document", "delete-job"
OPERATIONS = (CAPABILITIES, STATUS, CREATE, NEXT, DELETE)
OBSTACLES = {
    "jam": "ScannerAdfJam",
    "cover-open": "ScannerAdfDoorOpen",
    "double-feed": "ScannerAdfMultipickDetected",
}
REFUSALS = {
    "job-refused": CREATE,
    "page-refused": NEXT,
    "never-ready": NEXT,
    "unavailable": None,
    "access-denied": None,
}
HANGS = {
    "hang-in-open": CAPABILITIES,
    "hang-in-start": CREATE,
    "hang-in-read": NEXT,
    "hang-in-status": STATUS,
    "hang-in-cancel": DELETE,
}
HOSTILE_NAMES = {
    "markup": "<script>alert(1)</script>&\"'",
    "control": "RENHU-SIM\u0085\u2028\u202eRENNACS",
    "format": "%s%n%d{0}{{}}$(id)`id`",
    "path": "../../../etc/passwd",
    "long": "样" * 20_000,
    "newline": "RENHU-SIM\n[devices]\nx = http://127.0.0.1:9/eSCL/",
    "empty": "",
}
CAPABILITY_FAULTS = (
    "no-sources",
    "no-adf",
    "no-platen",
    "no-resolutions",
    "no-colour",
    "zero-size",
    "huge-size",
    "not-xml",
    "html",
    "empty",
)
_DELAY = 600_000
_STATUSES = (400, 401, 403, 404, 409, 410, 500, 503)


def _fault(name: str, command: str | None, count: int | None = 1, **own: Parameter) -> Fault:
    return Fault(name, striking(OPERATIONS, count, command) | own)


def _obstacle(name: str) -> Fault:
    return Fault(name, {"page": number(1, 1, 1000), "count": number(1, 1, 1_000_000)})


def _lasting(name: str) -> Fault:
    return Fault(name, {})


def _refusal(name: str, status: int) -> Fault:
    return _fault(name, REFUSALS[name], None, status=Parameter(status, choices=_STATUSES))


def _hang(name: str) -> Fault:
    return _fault(name, HANGS[name], delay_ms=Parameter(None, 1, _DELAY, is_optional=True))


def _page(name: str, **own: Parameter) -> Fault:
    return Fault(name, striking(OPERATIONS, 1, NEXT) | own)


def _held(fault: Fault, after_ms: int | None) -> Fault:
    more = {"replug_after_ms": number(after_ms, 0, _DELAY)}
    return replace(fault, parameters=fault.parameters | more, is_held=True)


_TABLE = (
    _lasting("feeder-empty"),
    _obstacle("jam"),
    _obstacle("cover-open"),
    _obstacle("double-feed"),
    _lasting("busy"),
    _lasting("stopped"),
    _refusal("job-refused", 409),
    _refusal("page-refused", 500),
    _refusal("never-ready", 503),
    _refusal("unavailable", 503),
    _refusal("access-denied", 401),
    _page("page-lost"),
    _page("wrong-size", percent_size=number(50, 1, 400)),
    _page("fewer-lines", percent_lines=number(50, 1, 99)),
    _page("more-lines", percent_lines=number(150, 101, 400)),
    _page("grey-tail", percent_lines=number(30, 1, 99)),
    _page("other-mode"),
    _page("fewer-bytes", missing_bytes=number(1000, 1, 100_000_000)),
    _page("more-bytes", extra_bytes=number(1000, 1, 10_000_000)),
    _page("slow-page", delay_ms=number(3000, 1, _DELAY)),
    _page("late-page", delay_ms=number(3000, 1, _DELAY)),
    _page(
        "cut",
        tenth=number(5, 0, 9),
        how=Parameter("end", choices=("end", "reset")),
    ),
    _page("truncated-jpeg", percent_kept=number(50, 0, 99)),
    _page("bad-jpeg", flips=number(200, 1, 100_000)),
    _page("bomb", edge_px=number(20_000, 1000, 65_500)),
    _page("html-page"),
    _page("png-page"),
    _page("empty-page"),
    _hang("hang-in-open"),
    _hang("hang-in-start"),
    _hang("hang-in-read"),
    _hang("hang-in-status"),
    _hang("hang-in-cancel"),
    _fault("slow-answers", None, None, delay_ms=number(1000, 1, _DELAY)),
    _fault("reset", CREATE),
    _fault("no-location", CREATE),
    _fault("status-garbage", STATUS, None),
    _fault(
        "wrong-capabilities",
        CAPABILITIES,
        None,
        what=Parameter("no-adf", choices=CAPABILITY_FAULTS),
    ),
    _fault(
        "hostile-name",
        CAPABILITIES,
        None,
        text=Parameter("markup", choices=tuple(HOSTILE_NAMES)),
    ),
    _held(_fault("unplug", None), None),
    _held(
        Fault(
            "return-other-name",
            {"serial": Parameter("same", choices=("same", "other"))},
        ),
        200,
    ),
)
FAULTS = {fault.name: fault for fault in _TABLE}
