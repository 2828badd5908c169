"""The command `renhu`: read the command line, run one command, end with the contract's exit code."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.commands import card, demo, doctor, enrol, run, scan, simulate
from agent.config import DEFAULT_PATH
from agent.errors import Exit

COMMANDS = (run, demo, simulate, card, scan, doctor, enrol)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `renhu`; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("peewee").setLevel(logging.WARNING)  # it says each step of the schema; ours says how many
    parsed = _parser().parse_args(arguments)
    if parsed.version:
        return doctor.print_versions()
    if "run" not in parsed:
        _parser().print_help(sys.stderr)
        return Exit.CONFIGURATION
    if parsed.run not in {run.run, demo.run}:
        logging.getLogger("renhu").setLevel(logging.ERROR)
    result: Exit = parsed.run(parsed)
    return int(result)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="renhu", description="人户：登记站终端 / the agent of a registration desk")
    fallback = Path(os.environ.get("RENHU_CONFIG") or DEFAULT_PATH)
    parser.add_argument("--version", action="store_true", help="各组成部分的版本 / versions of every part")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    for sub in commands.choices.values():
        sub.add_argument("--config", type=Path, default=fallback, metavar="FILE", help="配置文件 / configuration file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
