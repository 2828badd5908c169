"""`renhu enrol`: a way back for a supervisor who has lost the password and has no other supervisor to ask."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any, Final

from agent.clock import SystemClock
from agent.commands.output import emit, fail, put, tell
from agent.config import load
from agent.errors import Actor, CodedError, Exit, Retry
from agent.station import ask_agent

ASK_LIMIT_S: Final = 5.0


def run(arguments: argparse.Namespace) -> Exit:
    """Ask the running agent for a one-time code and print it; the agent answers root and its own user only."""
    try:
        answer = _ask(arguments)
    except CodedError as error:
        return fail(error, as_json=arguments.json)
    left = datetime.fromisoformat(answer["expires_at"]) - SystemClock().now()
    if arguments.json:
        emit(answer)
    else:
        put(answer["code"])
        tell("ENROL-CODE", hours=round(left.total_seconds() / 3600))
    return Exit.DONE


def _ask(arguments: argparse.Namespace) -> dict[str, Any]:
    answer = ask_agent(load(arguments.config).folder, {"ask": "enrol", "name": arguments.name}, ASK_LIMIT_S)
    if answer is None:
        raise CodedError("AGENT-STOPPED", Actor.TECHNICIAN, Retry.AFTER_ACTION)
    return answer


def add_to(commands: Any) -> None:
    """Describe the command line of `renhu enrol`."""
    parser = commands.add_parser(
        "enrol", help="主管忘记密码时的一次性代码 / a one-time code for a locked-out supervisor"
    )
    parser.add_argument("name", help="主管的用户名 / the supervisor's user name")
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    parser.set_defaults(run=run)
