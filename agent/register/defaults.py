"""What a new form holds before anybody has said anything: this station's district, town and way of working."""

from __future__ import annotations

from datetime import datetime

from agent.register.form import Entry


def of_station(area: str, now: datetime) -> dict[str, Entry]:
    """The values that the station gives.

    Args:
        area: nine digits of the town that it registers for; "" where it has none.
        now: when.
    """
    values = {"district": "310112", "verify_mode": "2", "id_type": "111"}
    if area:
        values |= {"district": area[:6], "town": area}
    return {key: Entry(text, "station", now) for key, text in values.items()}
