"""`renhu doctor`: everything a technician would check, each with its next step; exit 0 only when all is well."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import msgspec

from agent.accounts.trail import TrailView
from agent.clock import SystemClock
from agent.commands.output import as_the_daemon, emit, fail, language, put
from agent.config import BadConfiguration, Config, load
from agent.devices.alone import probe
from agent.devices.status import DeviceStatus
from agent.documents.media_check import media_lost
from agent.errors import CodedError, Exit, exit_code, exit_of
from agent.folder import DATABASE
from agent.messages.service import text
from agent.operations.checks import Finding, data_folder, installation, photo_library, versions
from agent.operations.database_watch import pages_damaged
from agent.operations.register_check import check_register
from agent.station import ASK_LIMIT_S, ask_agent, configured_devices

DEVICE_LIMIT_S = 20.0
REGISTER_LIMIT_S = 120.0
NONE_OF = {"scanner": "DOCTOR-SCANNER-NONE", "camera": "DOCTOR-CAMERA-NONE"}


def run(arguments: argparse.Namespace) -> Exit:
    """Check everything and tell."""
    findings = list(installation())
    try:
        config = load(arguments.config)
    except BadConfiguration as error:
        fail(error)
        findings.append(Finding("configuration", False, error.code, error.facts))
        worst = Exit.CONFIGURATION
    else:
        code = "DOCTOR-CONFIGURATION" if arguments.config.exists() else "DOCTOR-NO-CONFIGURATION"
        findings.append(Finding("configuration", True, code, {"path": str(arguments.config)}))
        findings += data_folder(config)
        device_findings, worst = _devices(config, arguments.audit_mark)
        findings += [*device_findings, *photo_library(config)]
    if arguments.json:
        emit({"versions": versions(), "checks": [_as_json(finding) for finding in findings]})
    else:
        _print(findings)
    if all(finding.is_well for finding in findings):
        return Exit.DONE
    return worst if worst is not Exit.DONE else Exit.CONFIGURATION


def _devices(config: Config, mark: str) -> tuple[list[Finding], Exit]:
    """Ask the running agent how its devices and audit rows are, or look at them ourselves."""
    try:
        answer = ask_agent(config.folder, {"ask": "status"}, ASK_LIMIT_S)
    except CodedError as error:
        return [Finding("agent", False, error.code, error.facts)], exit_code(error)
    if answer is not None:
        statuses = [msgspec.convert(status, DeviceStatus) for status in answer["devices"]]
        findings = [Finding("agent", True, "DOCTOR-AGENT-RUNS")]
        findings += _of_devices(statuses)
        worst = Exit.DONE if all(finding.is_well for finding in findings) else Exit.NO_DEVICE
        kept, of_kept = _of_running_register(config, mark)
        return [*findings, *kept], of_kept if worst is Exit.DONE else worst
    findings = [Finding("agent", True, "DOCTOR-AGENT-STOPPED")]
    kept, worst = _of_closed_register(config, mark)
    findings += kept
    configured = [as_the_daemon(settings, config.folder) for settings in configured_devices(config)]
    statuses = [probe(settings, SystemClock(), DEVICE_LIMIT_S) for settings in configured]
    findings += _of_devices(statuses)
    codes = [status.code for status in statuses if status.code is not None]
    return findings, exit_of(codes[0]) if codes and worst is Exit.DONE else worst


def _of_running_register(config: Config, mark: str) -> tuple[list[Finding], Exit]:
    """Ask the running agent for its database's file, its scanned files and its audit rows."""
    findings: list[Finding] = []
    asked = "database"
    try:
        database = ask_agent(config.folder, {"ask": asked}, REGISTER_LIMIT_S)
        findings += [] if database is None else [_of_database(int(database["damaged"]), config)]
        asked = "media"
        media = ask_agent(config.folder, {"ask": asked}, REGISTER_LIMIT_S)
        findings += [] if media is None else [_of_media(int(media["lost"]), config)]
        asked = "audit"
        audit = ask_agent(config.folder, {"ask": asked, "mark": mark}, REGISTER_LIMIT_S)
        findings += [] if audit is None else [_of_trail(msgspec.convert(audit, TrailView))]
    except CodedError as error:
        return [*findings, Finding(asked, False, error.code, error.facts)], exit_code(error)
    return findings, _worst(findings)


def _of_closed_register(config: Config, mark: str) -> tuple[list[Finding], Exit]:
    """Open the register as the agent would, and look at its scanned files and audit rows."""
    try:
        found = check_register(config, mark)
    except CodedError as refused:
        return [Finding("register", False, refused.code, refused.facts)], exit_code(refused)
    if found.refused:
        refusals = [Finding("register", False, refused.code, refused.facts) for refused in found.refused]
        return refusals, exit_code(found.refused[0])
    findings = [Finding("register", True, "DOCTOR-REGISTER-NEW" if found.is_new else "DOCTOR-REGISTER")]
    findings += [] if found.is_new else [_of_media(found.lost, config)]
    findings += [] if found.trail is None else [_of_trail(found.trail)]
    return findings, _worst(findings)


def _worst(findings: list[Finding]) -> Exit:
    return Exit.DONE if all(finding.is_well for finding in findings) else Exit.DAMAGED


def _of_devices(statuses: list[DeviceStatus]) -> list[Finding]:
    """How each configured device is; that there is no scanner or no camera is told, and well."""
    findings = [finding for status in statuses for finding in findings_of(status)]
    there = {status.role for status in statuses}
    missing = [(role, code) for role, code in NONE_OF.items() if role not in there]
    return [*findings, *(Finding(role, True, code) for role, code in missing)]


def findings_of(status: DeviceStatus) -> Iterator[Finding]:
    """How a device is, and whether its worker is confined."""
    name = status.role.upper()
    if status.code is not None:
        yield Finding(status.role, False, status.code, status.facts)
    elif not status.is_usable:
        yield Finding(status.role, False, f"DOCTOR-{name}-NOT-YET", {"state": status.state})
    else:
        address = status.identity.get("address", status.address)
        yield Finding(status.role, True, f"DOCTOR-{name}", {"address": address})
    if status.layers is not None:
        is_confined = "landlock-files" in status.layers
        code = "DOCTOR-CONFINED" if is_confined else "DOCTOR-NOT-CONFINED"
        yield Finding(f"{status.role}-confinement", is_confined, code, {"driver": status.driver})


def _of_database(damaged: int, config: Config) -> Finding:
    if damaged:
        refusal = pages_damaged(damaged, config.folder / DATABASE)
        return Finding("database", False, refusal.code, refusal.facts)
    return Finding("database", True, "DOCTOR-DATABASE")


def _of_media(lost: int, config: Config) -> Finding:
    if lost:
        refusal = media_lost(lost, config.folder)
        return Finding("media", False, refusal.code, refusal.facts)
    return Finding("media", True, "DOCTOR-MEDIA")


def _of_trail(found: TrailView) -> Finding:
    if found.code:
        return Finding("audit", False, found.code, {"row": found.bad_row or 0})
    return Finding("audit", True, "DOCTOR-AUDIT", {"rows": found.rows, "mark": found.mark})


def _as_json(finding: Finding) -> dict[str, Any]:
    sentence = text(finding.code, language(), **finding.facts)
    return {"name": finding.name, "ok": finding.is_well, "code": finding.code, "text": sentence}


def _print(findings: list[Finding]) -> None:
    for line in _lines(findings):
        put(line)


def _lines(findings: list[Finding]) -> Iterator[str]:
    for finding in findings:
        mark = "✓" if finding.is_well else "✗"
        code = "" if finding.is_well else f"  [{finding.code}]"
        yield f"{mark} {text(finding.code, language(), **finding.facts)}{code}"


def print_versions() -> int:
    """Print the versions of every part, one a line."""
    for name, version in versions().items():
        put(f"{name} {version}")
    return int(Exit.DONE)


def add_to(commands: Any) -> None:
    """Describe the command line of `renhu doctor`."""
    parser = commands.add_parser("doctor", help="检查安装与设备 / check the installation and the devices")
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    parser.add_argument(
        "--audit-mark", default="", help="以前抄下的审计标记 / a mark of the audit rows, as it was noted before"
    )
    parser.set_defaults(run=run)
