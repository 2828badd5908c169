"""Which program holds a camera: the worker is kept from `/proc`, so the agent looks there for it."""

from __future__ import annotations

from pathlib import Path

from drivers.usb_holder import holder_of

CLAIMED = "CAMERA-CLAIMED"


def with_holder(code: str | None, facts: dict[str, str | int | float]) -> dict[str, str | int | float]:
    """The facts of an error, with the name of the program that holds the device where the system tells it."""
    if code != CLAIMED or "holder" in facts or not (node := facts.get("node")):
        return facts
    holder = holder_of(Path(str(node)))
    return {**facts, "holder": holder} if holder else facts
