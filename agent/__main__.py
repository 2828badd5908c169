"""The command `renhu`: read the command line, run one command, end with the contract's exit code."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.config import DEFAULT_PATH
from agent.errors import Exit
from agent.memory import loading

COMMANDS = ("run", "demo", "simulate", "card", "scan", "photo", "doctor", "enrol")
SERVICES = ("run", "demo")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `renhu`; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("peewee").setLevel(logging.WARNING)  # it says each step of the schema; ours says how many
    given = sys.argv[1:] if arguments is None else arguments
    with loading():
        parser = _parser(given[0] if given else "")
    parsed = parser.parse_args(given)
    if parsed.version:
        return int(importlib.import_module("agent.commands.doctor").print_versions())
    if parsed.command is None:
        parser.print_help(sys.stderr)
        return Exit.CONFIGURATION
    if parsed.command not in SERVICES:
        logging.getLogger("renhu").setLevel(logging.ERROR)
    result: Exit = parsed.run(parsed)
    return int(result)


def _parser(first: str) -> argparse.ArgumentParser:
    """The whole command line, or what a line needs that begins with a command: no command waits for another's parts."""
    parser = argparse.ArgumentParser(prog="renhu", description="人户：登记站终端 / the agent of a registration desk")
    fallback = Path(os.environ.get("RENHU_CONFIG") or DEFAULT_PATH)
    parser.add_argument("--version", action="store_true", help="各组成部分的版本 / versions of every part")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for name in [first] if first in COMMANDS else COMMANDS:
        importlib.import_module(f"agent.commands.{name}").add_to(commands)
    for sub in commands.choices.values():
        sub.add_argument("--config", type=Path, default=fallback, metavar="FILE", help="配置文件 / configuration file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
