"""What follows in a form from its address's door plate in the address base: number, committee, warnings; pure.

Of a plate that is withdrawn no more than its committee follows, but a registration that names it keeps it.  A door that
the base does not know is worth a word, and is never in the way.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.register import address_parts, separation
from agent.register.doors import ADDR_ID, DOOR_KEYS, Directory, Door
from agent.register.views import DoorView, Problem


def prefix_of(kind: str) -> str:
    """Which address of a form (RG, RZ, HZ) is here: "" where the person lives, "h_" where the household is."""
    return "h_" if kind == separation.HZ else ""


def found(base: Directory, values: Mapping[str, str], prefix: str) -> Door | None:
    """The plate of one of the two addresses of a form, an old name and a withdrawn one too."""
    town, *parts = (values.get(prefix + key, "") for key in ("town", *DOOR_KEYS))
    return base.at(town, *parts)


def number_of(base: Directory, values: Mapping[str, str], held: Mapping[str, str] | None = None) -> str:
    """The number of the plate that a form's address has; "" for none.

    Args:
        base: as it is now.
        values: of the form.
        held: of the registration behind it: it keeps a number that no newer base speaks against.
    """
    prefix = prefix_of(values.get(separation.FORM, ""))
    door, standing = found(base, values, prefix), "" if held is None else held.get(ADDR_ID, "")
    if door is not None:
        new = base.current(door)
        return new.addr_id if not new.is_withdrawn or new.addr_id == standing else ""
    is_as_held = held is not None and not are_apart(values, held, prefix)
    return standing if is_as_held and standing not in base.by_number else ""


def is_without_number(base: Directory, values: Mapping[str, str], held: Mapping[str, str] | None = None) -> bool:
    """Whether the plate that a form's address has is of a road and a lane alone, so that no number can be asked for."""
    door = base.by_number.get(number_of(base, values, held))
    return door is not None and not door.no


def are_apart(one: Mapping[str, str], other: Mapping[str, str], prefix: str) -> bool:
    """Whether two forms say another door."""
    return any(one.get(prefix + key, "") != other.get(prefix + key, "") for key in ("town", *DOOR_KEYS))


def committees(base: Directory, before: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The committees that follow where another door was typed just now, and no committee.

    Args:
        base: as it is now.
        before: the values as they were left last.
        values: as they are now.
    """
    follow: dict[str, str] = {}
    for prefix in ("", "h_"):
        key, door = f"{prefix}committee", found(base, values, prefix)
        is_typed = values.get(key, "") != before.get(key, "")
        if door is None or is_typed or not are_apart(values, before, prefix):
            continue
        follow[key] = base.current(door).committee
    return follow


def spread(base: Directory, typed: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Take apart what was typed or chosen as a road and names a whole door of the base, with its room or without.

    Args:
        base: as it is now.
        typed: what was typed just now, by key.
        values: what stood there before.

    Returns: what is typed then; the same where no road names a door.
    """
    said = dict(typed)
    for prefix in ("", "h_"):
        text = typed.get(f"{prefix}road", "")
        if not any(character.isdigit() for character in address_parts.plain(text)):
            continue
        parts = address_parts.parts_of(text)
        town = typed.get(f"{prefix}town") or values.get(f"{prefix}town", "")
        names = [parts.get(key, "") for key in DOOR_KEYS]
        door = base.at(town, *names) or base.at("", *names) if any(names[1:]) else None
        if door is None:
            continue
        new = base.current(door)
        told = {"town": new.town, "district": new.town[:6]} | {key: getattr(new, key) for key in DOOR_KEYS}
        told |= {"room": parts["room"]} if parts.get("room") else {}
        said |= {
            prefix + key: part for key, part in told.items() if key in DOOR_KEYS or values.get(prefix + key) != part
        }
    return said


def warnings_of(base: Directory, values: Mapping[str, str], kind: str) -> list[Problem]:
    """What of a form's addresses is worth a look beside the base; a town that is not in it is none of its business."""
    warnings = []
    for prefix in prefixes(kind):
        door = found(base, values, prefix)
        is_begun = door is None and not values.get(f"{prefix}no", "")
        if is_begun or values.get(f"{prefix}town", "") not in base.towns:
            continue
        new = None if door is None else base.current(door)
        if new is None:
            warnings.append(Problem("PLATE-UNKNOWN", f"{prefix}road"))
        elif new.is_withdrawn:
            warnings.append(Problem("PLATE-WITHDRAWN", f"{prefix}road"))
        elif new is not door:
            warnings.append(Problem("PLATE-OLD", f"{prefix}road"))
        if new is not None and values.get(f"{prefix}committee", "") not in {"", new.committee}:
            warnings.append(Problem("PLATE-COMMITTEE", f"{prefix}committee"))
    return warnings


def prefixes(kind: str) -> tuple[str, ...]:
    """Which addresses a form (RG, RZ, HZ) has in parts."""
    return {separation.RZ: ("", "h_"), separation.HZ: ("h_",)}.get(kind, ("",))


def view(base: Directory, addr_id: str) -> DoorView | None:
    """Show the plate that a form or a registration names; None where it names none that the base knows."""
    door = base.by_number.get(addr_id)
    return None if door is None else DoorView(addr_id, door.block, base.teams.get(door.block, ""), door.is_withdrawn)
