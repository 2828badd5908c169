"""`renhu card`: read one card, through the running agent where there is one, else directly."""

from __future__ import annotations

import argparse
import base64
import sys
from typing import Any

import msgspec

from agent.clock import SystemClock
from agent.commands.arguments import seconds
from agent.commands.output import as_the_daemon, emit, fail, language, put, tell
from agent.config import Config, load
from agent.devices.alone import read_card
from agent.errors import Actor, CodedError, Exit, Retry
from agent.messages.service import text
from agent.station import agent_address, ask_agent, card_json, reader_settings
from drivers.stored_text import character_at

SHORTEST_S = 0.1
LONGEST_S = 3600.0


def run(arguments: argparse.Namespace) -> Exit:
    """Read one card and print it."""
    try:
        config = load(arguments.config)
        card = _through_agent(config, arguments) or _directly(config, arguments)
    except CodedError as error:
        return fail(error, as_json=arguments.json)
    if arguments.json:
        emit(card)
    else:
        _print_for_people(card)
    return Exit.DONE


def _through_agent(config: Config, arguments: argparse.Namespace) -> dict[str, Any] | None:
    """Ask the agent that runs for this configuration; None when none runs or another device is meant."""
    if arguments.address is not None and arguments.address != agent_address(config.folder, "reader"):
        return None
    return ask_agent(config.folder, {"ask": "card", "limit_s": arguments.timeout}, arguments.timeout)


def _directly(config: Config, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the reader's worker for this one card.

    Raises: CodedError as the device ended it; READER-NO-CARD when none came in time.
    """
    if config.reader is None:
        raise CodedError("READER-NOT-CONFIGURED", Actor.TECHNICIAN, Retry.AFTER_ACTION)
    settings = reader_settings(config.reader)
    if arguments.address is None:
        settings = as_the_daemon(settings, config.folder)
    else:
        settings = msgspec.structs.replace(settings, address=arguments.address)
    return card_json(read_card(settings, SystemClock(), arguments.timeout), arguments.timeout)


def _print_for_people(card: dict[str, Any]) -> None:
    names = [name for name in card if name not in {"text_raw", "photo_wlt", "doubtful"}]
    for name in names:
        value = card[name]
        if value not in (None, []):
            shown = " / ".join(value) if isinstance(value, list) else value
            label = text("CARD-" + name.upper().replace("_", "-"), language())
            put(f"{label}: {shown}")
    for doubt in card["doubtful"]:
        place = "" if doubt["position"] is None else f" {_place(card[doubt['field']], doubt)}"
        print(f"? {doubt['field']}{place}: {doubt['reason']} {doubt['code_point'] or ''}".rstrip(), file=sys.stderr)
    tell("CARD-READ", readings=card["readings"], photo_bytes=len(base64.b64decode(card["photo_wlt"])))


def _place(value: str | list[str] | None, doubt: dict[str, Any]) -> int:
    """Which character is doubtful, counted from one; of several records it is the one in which it stands."""
    texts = [value] if isinstance(value, str) else value or [""]
    places = [character_at(text, doubt["position"]) for text in texts]
    meant = chr(int((doubt["code_point"] or "U+FFFD").removeprefix("U+"), 16))
    standing = (place for text, place in zip(texts, places, strict=True) if text[place - 1 : place] == meant)
    return next(standing, places[0])


def add_to(commands: Any) -> None:
    """Describe the command line of `renhu card`."""
    parser = commands.add_parser("card", help="读一张证件 / read one card")
    parser.add_argument("--address", help="serial:/dev/…[?baud=N], serial:auto, usb:0400:c35a …")
    parser.add_argument(
        "--timeout", type=seconds(SHORTEST_S, LONGEST_S), default=30.0, metavar="S",
        help="最多等多少秒 / seconds to wait (30)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    parser.set_defaults(run=run)
