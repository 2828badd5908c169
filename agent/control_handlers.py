"""What the command line may ask of the running agent, and what of it root alone."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from agent.accounts.service import AccountsService
from agent.control import Handler
from agent.devices.service import DevicesService
from agent.documents.service import DocumentsService
from agent.errors import Actor, CodedError, Retry
from agent.operations.database_watch import DatabaseWatch
from agent.station import card_json


def handlers(
    devices: DevicesService, accounts: AccountsService, documents: DocumentsService, watch: DatabaseWatch
) -> dict[str, Handler]:
    """What the command line may ask; each use leaves an audit row."""

    def card(question: dict[str, Any], uid: int) -> dict[str, Any]:
        limit_s = float(question.get("limit_s", 0.0))
        accounts.note_device_act(None, f"card by uid {uid}", "reader")
        return card_json(devices.borrow_card(limit_s), limit_s)

    def status(_question: dict[str, Any], uid: int) -> dict[str, Any]:
        accounts.note_device_act(None, f"status by uid {uid}", "reader")
        return {"devices": msgspec.to_builtins(devices.statuses())}

    def enrol(question: dict[str, Any], uid: int) -> dict[str, Any]:
        if uid not in {0, os.geteuid()}:
            raise CodedError("CONTROL-ROOT", Actor.TECHNICIAN, Retry.AFTER_ACTION)
        code = accounts.users.rescue(str(question.get("name", "")), uid)
        return {"code": code.text, "expires_at": code.expires_at.isoformat()}

    def audit(question: dict[str, Any], _uid: int) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(accounts.trail.look_for_command(str(question.get("mark", ""))))
        return found

    def media(_question: dict[str, Any], uid: int) -> dict[str, Any]:
        accounts.note_device_act(None, f"media by uid {uid}", "media")
        return {"lost": documents.look_for_lost_files()}

    def database(_question: dict[str, Any], uid: int) -> dict[str, Any]:
        accounts.note_device_act(None, f"database by uid {uid}", "database")
        return {"damaged": watch.look()}

    return {"card": card, "status": status, "enrol": enrol, "audit": audit, "media": media, "database": database}
