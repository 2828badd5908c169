"""How commands speak: words for people on stderr in the reader's language, JSON for programs on stdout."""

from __future__ import annotations

import json
import locale
import os
import sys
from pathlib import Path
from typing import Any

from agent.config import BadConfiguration
from agent.devices.chosen import without_key
from agent.devices.host import DeviceSettings
from agent.errors import CodedError, Exit, exit_code
from agent.messages.service import LANGUAGES, text


def language() -> str:
    """The language of the terminal: Chinese unless its locale is another one."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.startswith(("zh", "C", "POSIX")) else "en"
    return "zh" if (locale.getlocale()[0] or "zh").startswith("zh") else "en"


def tell(code: str, **facts: str | int | float) -> None:
    """Tell people one sentence of the catalogue."""
    print(text(code, language(), **facts), file=sys.stderr, flush=True)


def tell_everyone(code: str, **facts: str | int | float) -> None:
    """Tell one sentence in the terminal's language, then in the others: to people whose language nobody knows yet."""
    for one in sorted(LANGUAGES, key=lambda spoken: spoken != language()):
        print(text(code, one, **facts), file=sys.stderr, flush=True)


def emit(value: dict[str, Any]) -> None:
    """Give programs one line of JSON."""
    put(json.dumps(value, ensure_ascii=False))


def put(line: str) -> None:
    """Write a line to stdout; where nobody reads it any more (`| head`), to nobody, and the command goes on."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        nobody = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nobody, sys.stdout.fileno())  # what is still buffered goes there when the process ends
        os.close(nobody)


def as_the_daemon(device: DeviceSettings, folder: Path) -> DeviceSettings:
    """Look for a device where the daemon would; where only the register's key could tell, say so in words."""
    device, is_certain = without_key(device, folder)
    if not is_certain:
        tell("PORT-CHOICE-UNKNOWN", address=device.address)
    return device


def fail(error: CodedError, *, as_json: bool = False) -> Exit:
    """Tell why a command ends, and with which exit code."""
    sentence = text(error.code, language(), **error.facts)
    print(f"renhu: {sentence} [{error.code}]", file=sys.stderr)
    if isinstance(error, BadConfiguration):
        for mistake in error.mistakes:
            right = text(mistake.code, language(), **mistake.facts)
            print(f"  {mistake.key or '–'} = {mistake.value}: {right}", file=sys.stderr)
    if as_json:
        emit({"error": {"code": error.code, "actor": error.actor, "retry": error.retry, "text": sentence}})
    return exit_code(error)
