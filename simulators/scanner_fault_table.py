"""The faults that a simulated scanner can show, by name.  How each ends is the driver's business and its matrix's."""

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


def _fault(name: str, about: str, command: str | None, count: int | None = 1, **own: Parameter) -> Fault:
    return Fault(name, about, striking(OPERATIONS, count, command) | own)


def _obstacle(name: str, about: str) -> Fault:
    return Fault(name, about, {"page": number(1, 1, 1000), "count": number(1, 1, 1_000_000)})


def _lasting(name: str, about: str) -> Fault:
    return Fault(name, about, {})


def _refusal(name: str, about: str, status: int) -> Fault:
    return _fault(name, about, REFUSALS[name], None, status=Parameter(status, choices=_STATUSES))


def _hang(name: str, about: str) -> Fault:
    return _fault(name, about, HANGS[name], delay_ms=Parameter(None, 1, _DELAY, is_optional=True))


def _page(name: str, about: str, **own: Parameter) -> Fault:
    return Fault(name, about, striking(OPERATIONS, 1, NEXT) | own)


def _held(fault: Fault, after_ms: int | None) -> Fault:
    more = {"replug_after_ms": number(after_ms, 0, _DELAY)}
    return replace(fault, parameters=fault.parameters | more, is_held=True)


_TABLE = (
    _lasting("feeder-empty", "The feeder does not feel its paper."),
    _obstacle("jam", "The paper jams when page `page` of a job is due; until the feeder is filled anew or cleared."),
    _obstacle("cover-open", "The feeder's cover springs open when page `page` is due; until it is closed."),
    _obstacle("double-feed", "Two sheets are drawn in when page `page` is due; until the feeder is filled anew."),
    _lasting("busy", "Somebody else's job runs: the scanner is processing and takes no job."),
    _lasting("stopped", "The scanner has stopped itself and takes no job."),
    _refusal("job-refused", "A job is refused with `status`.", 409),
    _refusal("page-refused", "A page is refused with `status`.", 500),
    _refusal("never-ready", "A page is never ready: 503 for ever.", 503),
    _refusal("unavailable", "Everything is answered with `status`.", 503),
    _refusal("access-denied", "Everything is answered with `status`: a password is wanted.", 401),
    _page("page-lost", "The job ends before its last page: 404, though paper lies in the feeder."),
    _page("wrong-size", "The picture has `percent_size` of the size asked for.", percent_size=number(50, 1, 400)),
    _page("fewer-lines", "The picture has only `percent_lines` of its lines.", percent_lines=number(50, 1, 99)),
    _page("more-lines", "The picture has `percent_lines` of its lines.", percent_lines=number(150, 101, 400)),
    _page("grey-tail", "The picture's lower `percent_lines` are flat grey.", percent_lines=number(30, 1, 99)),
    _page("other-mode", "The picture is grey where colour was asked for, colour otherwise."),
    _page("fewer-bytes", "`missing_bytes` fewer come than announced.", missing_bytes=number(1000, 1, 100_000_000)),
    _page("more-bytes", "`extra_bytes` more come than announced.", extra_bytes=number(1000, 1, 10_000_000)),
    _page("slow-page", "The page takes longer, and its bytes dribble in.", delay_ms=number(3000, 1, _DELAY)),
    _page("late-page", "The page comes whole, but late.", delay_ms=number(3000, 1, _DELAY)),
    _page(
        "cut",
        "The connection is cut after `tenth` tenths of the page.",
        tenth=number(5, 0, 9),
        how=Parameter("end", choices=("end", "reset")),
    ),
    _page("truncated-jpeg", "A JPEG cut in the middle comes as a whole answer.", percent_kept=number(50, 0, 99)),
    _page("bad-jpeg", "Bytes of the JPEG are other ones, at `flips` places.", flips=number(200, 1, 100_000)),
    _page("bomb", "A small JPEG says that it is `edge_px` pixels wide and high.", edge_px=number(20_000, 1000, 65_500)),
    _page("html-page", "A web page comes instead of a picture, called a JPEG."),
    _page("png-page", "A PNG comes, called a JPEG."),
    _page("empty-page", "An answer without a body comes."),
    _hang("hang-in-open", "The question for the capabilities is not answered."),
    _hang("hang-in-start", "The wish for a job is not answered."),
    _hang("hang-in-read", "The wish for a page is not answered."),
    _hang("hang-in-status", "The question for the status is not answered."),
    _hang("hang-in-cancel", "The end of a job is not answered."),
    _fault("slow-answers", "Every answer comes late.", None, None, delay_ms=number(1000, 1, _DELAY)),
    _fault("reset", "The connection is reset instead of an answer.", CREATE),
    _fault("no-location", "A job is taken, but not said where it is.", CREATE),
    _fault("status-garbage", "The status is no XML.", STATUS, None),
    _fault(
        "wrong-capabilities",
        "The capabilities are wrong in one way.",
        CAPABILITIES,
        None,
        what=Parameter("no-adf", choices=CAPABILITY_FAULTS),
    ),
    _fault(
        "hostile-name",
        "The scanner calls itself something that somebody might swallow.",
        CAPABILITIES,
        None,
        text=Parameter("markup", choices=tuple(HOSTILE_NAMES)),
    ),
    _held(_fault("unplug", "The scanner is gone: at once, or when `command` comes in.", None), None),
    _held(
        Fault(
            "return-other-name",
            "The scanner goes and comes back at its address with another name, and if so wished another serial number.",
            {"serial": Parameter("same", choices=("same", "other"))},
        ),
        200,
    ),
)
FAULTS = {fault.name: fault for fault in _TABLE}
