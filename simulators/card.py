"""A simulated card: what the chip holds, under a stable name; and the numbers that made-up people carry."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from simulators.card_text import LONG_TERM, Foreigner2017, Foreigner2023, Holder, Permit, newest_address
from simulators.portrait import portrait

REGION = "990000"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Card:
    """One card that can be laid on the plate."""

    id: str
    holder: Holder
    addresses: tuple[str, ...] = ()
    photo: bytes = field(default=b"", repr=False)

    @property
    def text(self) -> bytes:
        """The 256 bytes of text."""
        return self.holder.text()

    @property
    def newest(self) -> bytes:
        """The records of newest addresses, 70 bytes each; empty when the chip has none."""
        return b"".join(newest_address(address) for address in self.addresses)

    @property
    def picture(self) -> bytes:
        """The 1024 photo bytes: a drawn figure, unless the card was given others."""
        return self.photo or portrait(self.id)

    @property
    def management_number(self) -> bytes:
        """28 bytes: IIN (4, zeros), SN (8), DN (16), made up for this card body."""
        return bytes(4) + hashlib.sha256(self.id.encode()).digest()[:24]

    @property
    def shown_name(self) -> str:
        """The name to call the card by in a list; a lone surrogate is shown as U+FFFD."""
        name = self.holder.name or (self.holder.name_latin if isinstance(self.holder, Foreigner2017) else "")
        return name.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()

    def facts(self) -> dict[str, object]:
        """What was written on the card, under the names that `renhu card --json` uses for the same fields."""
        holder = self.holder
        facts: dict[str, object] = {
            "kind": holder.kind,
            "name": holder.name,
            "name_latin": holder.name_latin if isinstance(holder, Foreigner2017 | Foreigner2023) else None,
            "sex": holder.sex,
            "ethnic_group": getattr(holder, "ethnic_group", None),
            "birth_date": _iso(holder.birth_date),
            "address": getattr(holder, "address", None),
            "newest_addresses": [address for address in self.addresses if address.strip()],
            "id_number": holder.id_number,
            "issuer": getattr(holder, "issuer", None),
            "valid_from": _iso(holder.valid_from),
            "valid_to": "long-term" if holder.valid_to == LONG_TERM else _iso(holder.valid_to),
            "nationality": getattr(holder, "nationality", None),
            "pass_number": holder.pass_number if isinstance(holder, Permit) else None,
            "issues": getattr(holder, "issues", None) or getattr(holder, "renewals", None),
        }
        return facts


def check_digit(seventeen: str) -> str:
    """The eighteenth character of a citizen number.

    Source: GB 11643-1999, check code by ISO 7064 MOD 11-2.
    """
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True)) % 11]


def id_number(birth_date: str, sequence: int, region: str = REGION) -> str:
    """A made-up number with a valid check digit; `sequence` is odd for a man, even for a woman."""
    seventeen = f"{region}{birth_date}{sequence:03d}"
    return seventeen + check_digit(seventeen)


def _iso(eight: str) -> str:
    """YYYYMMDD as YYYY-MM-DD."""
    return f"{eight[:4]}-{eight[4:6]}-{eight[6:]}"
