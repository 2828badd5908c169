"""eSCL's documents: the capabilities and the status that a scanner tells, the settings that a client asks for."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from simulators.scanner_picture import FEEDER_HEIGHT, FEEDER_WIDTH, FLATBED_HEIGHT, FLATBED_WIDTH, Region, Wanted

RESOLUTIONS_DPI = (75, 100, 150, 200, 300, 600)
MODES = ("RGB24", "Grayscale8", "BlackAndWhite1")
_NAMESPACES = (
    'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SMALLEST = 16


class BadSettings(ValueError):
    """Not a document in this language."""


class Unsupported(ValueError):
    """Settings that the scanner does not offer."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a job was asked to be."""

    is_feeder: bool
    is_duplex: bool
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What the scanner calls itself."""

    model: str
    serial: str
    uuid: str


def capabilities(plate: Nameplate, wrong: str | None = None) -> bytes:
    """What the scanner can do; `wrong` names the one thing that shall be wrong with it."""
    if wrong in {"html", "empty", "not-xml"}:
        return {"html": b"<html><body>It works!</body></html>", "empty": b"", "not-xml": b"<scan:ScannerCap"}[wrong]
    platen = _source("PlatenInputCaps", FLATBED_WIDTH, FLATBED_HEIGHT, wrong)
    feeder = "".join(
        _source(name, FEEDER_WIDTH, FEEDER_HEIGHT, wrong) for name in ("AdfSimplexInputCaps", "AdfDuplexInputCaps")
    )
    platen = "" if wrong in {"no-platen", "no-sources"} else f"<scan:Platen>{platen}</scan:Platen>"
    feeder = (
        ""
        if wrong in {"no-adf", "no-sources"}
        else f"<scan:Adf>{feeder}<scan:FeederCapacity>50</scan:FeederCapacity>"
        "<scan:Justification><pwg:XImagePosition>Center</pwg:XImagePosition><pwg:YImagePosition>Top</pwg:YImagePosition>"
        "</scan:Justification><scan:AdfOptions>"
        "<scan:AdfOption>DetectPaperLoaded</scan:AdfOption><scan:AdfOption>Duplex</scan:AdfOption></scan:AdfOptions></scan:Adf>"
    )
    return (
        f"{_HEAD}<scan:ScannerCapabilities {_NAMESPACES}><pwg:Version>2.63</pwg:Version>"
        f"<pwg:MakeAndModel>{escape(plate.model)}</pwg:MakeAndModel>"
        f"<pwg:SerialNumber>{escape(plate.serial)}</pwg:SerialNumber><scan:UUID>{plate.uuid}</scan:UUID>"
        f"{platen}{feeder}</scan:ScannerCapabilities>"
    ).encode()


def _source(name: str, width: int, height: int, wrong: str | None) -> str:
    if wrong in {"zero-size", "huge-size"}:
        width = height = 0 if wrong == "zero-size" else 2_000_000_000
    resolutions = () if wrong == "no-resolutions" else RESOLUTIONS_DPI
    modes = () if wrong == "no-colour" else MODES
    discrete = "".join(
        f"<scan:DiscreteResolution><scan:XResolution>{dpi}</scan:XResolution><scan:YResolution>{dpi}</scan:YResolution>"
        "</scan:DiscreteResolution>"
        for dpi in resolutions
    )
    colours = "".join(f"<scan:ColorMode>{mode}</scan:ColorMode>" for mode in modes)
    return (
        f"<scan:{name}><scan:MinWidth>{min(_SMALLEST, width)}</scan:MinWidth><scan:MaxWidth>{width}</scan:MaxWidth>"
        f"<scan:MinHeight>{min(_SMALLEST, height)}</scan:MinHeight><scan:MaxHeight>{height}</scan:MaxHeight>"
        f"<scan:MaxScanRegions>1</scan:MaxScanRegions><scan:SettingProfiles><scan:SettingProfile>"
        f"<scan:ColorModes>{colours}</scan:ColorModes><scan:DocumentFormats>"
        "<pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>"
        "<scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>"
        f"<scan:SupportedResolutions><scan:DiscreteResolutions>{discrete}</scan:DiscreteResolutions>"
        f"</scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles></scan:{name}>"
    )


def status(state: str, adf_state: str, job: tuple[int, str, int] | None) -> bytes:
    """What the scanner is doing; `job` is the number of the last job, its state and how many pages it has given."""
    jobs = ""
    if job is not None:
        number, job_state, pages = job
        jobs = (
            f"<scan:Jobs><scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/{number}</pwg:JobUri>"
            f"<pwg:ImagesCompleted>{pages}</pwg:ImagesCompleted><pwg:JobState>{job_state}</pwg:JobState>"
            "</scan:JobInfo></scan:Jobs>"
        )
    return (
        f"{_HEAD}<scan:ScannerStatus {_NAMESPACES}><pwg:Version>2.63</pwg:Version><pwg:State>{state}</pwg:State>"
        f"<scan:AdfState>{adf_state}</scan:AdfState>{jobs}</scan:ScannerStatus>"
    ).encode()


def read_settings(document: bytes) -> Settings:
    """Read what a client asks for.

    Raises:
        BadSettings: the document cannot be read.
        Unsupported: the scanner does not offer it.
    """
    try:
        # expat bounds what entities may grow to, and only this machine can speak to the port.
        tree = ET.fromstring(document)  # noqa: S314
    except ET.ParseError as error:
        raise BadSettings("no XML") from error
    told = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in tree.iter()}
    is_feeder = told.get("InputSource", "Platen") == "Feeder"
    limits = (FEEDER_WIDTH, FEEDER_HEIGHT) if is_feeder else (FLATBED_WIDTH, FLATBED_HEIGHT)
    try:
        region = Region(
            int(told.get("XOffset", "0")),
            int(told.get("YOffset", "0")),
            int(told.get("Width", str(limits[0]))),
            int(told.get("Height", str(limits[1]))),
        )
        dpi, down_dpi = int(told.get("XResolution", "300")), int(told.get("YResolution", "300"))
    except ValueError as error:
        raise BadSettings("a number is none") from error
    mode = told.get("ColorMode", "RGB24")
    picture = told.get("DocumentFormatExt") or told.get("DocumentFormat") or "image/jpeg"
    is_inside = (
        min(region.left, region.top) >= 0
        and min(region.width, region.height) >= 1
        and region.left + region.width <= limits[0]
        and region.top + region.height <= limits[1]
    )
    if mode not in MODES or dpi not in RESOLUTIONS_DPI or dpi != down_dpi or not is_inside or picture != "image/jpeg":
        raise Unsupported("not offered")
    return Settings(is_feeder, is_feeder and told.get("Duplex") == "true", Wanted(region, dpi, mode))
