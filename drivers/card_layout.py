"""Where in the 256-byte text of a card each field stands, for the four kinds of card.

Source: SAM_V communication protocol, base record; layouts of the resident card, the residence permit for residents of
Hong Kong, Macao and Taiwan (J), and the foreigners' permanent resident cards of 2017 (I) and 2023 (Y).
"""

from __future__ import annotations

from drivers.id_card import CardKind

BLANKS = " \0"

# Offset and size in bytes.  A field of several parts is joined before it is trimmed.
Layout = dict[str, tuple[tuple[int, int], ...]]
_RESIDENT: Layout = {
    "name": ((0, 30),),
    "sex": ((30, 2),),
    "ethnic_group": ((32, 4),),
    "birth_date": ((36, 16),),
    "address": ((52, 70),),
    "id_number": ((122, 36),),
    "issuer": ((158, 30),),
    "valid_from": ((188, 16),),
    "valid_to": ((204, 16),),
}
_HMT: Layout = {
    "name": ((0, 30),),
    "sex": ((30, 2),),
    "birth_date": ((36, 16),),
    "address": ((52, 70),),
    "id_number": ((122, 36),),
    "issuer": ((158, 30),),
    "valid_from": ((188, 16),),
    "valid_to": ((204, 16),),
    "pass_number": ((220, 18),),
    "issues": ((238, 4),),
}
_FOREIGNER_2017: Layout = {
    "name_latin": ((0, 120),),
    "sex": ((120, 2),),
    "id_number": ((122, 30),),
    "nationality": ((152, 6),),
    "name": ((158, 30),),
    "valid_from": ((188, 16),),
    "valid_to": ((204, 16),),
    "birth_date": ((220, 16),),
}
_FOREIGNER_2023: Layout = {
    "name": ((0, 30),),
    "sex": ((30, 2),),
    "issues": ((32, 4),),
    "birth_date": ((36, 16),),
    "name_latin": ((52, 70), (220, 22)),
    "id_number": ((122, 36),),
    "valid_from": ((188, 16),),
    "valid_to": ((204, 16),),
    "nationality": ((242, 6),),
}
LAYOUTS = {
    CardKind.RESIDENT: _RESIDENT,
    CardKind.HMT: _HMT,
    CardKind.FOREIGNER_2017: _FOREIGNER_2017,
    CardKind.FOREIGNER_2023: _FOREIGNER_2023,
}


def decode(raw: bytes) -> str:
    """Decode one field, paired surrogates joined, unpaired ones kept."""
    return raw.decode("utf-16-le", "surrogatepass")


def field(text: bytes, parts: tuple[tuple[int, int], ...]) -> bytes:
    """The bytes of one field, its parts joined."""
    return b"".join(text[start : start + size] for start, size in parts)


def on_card(kind: CardKind, text: bytes) -> dict[str, str]:
    """The trimmed text of each field as it stands on the card."""
    return {key: decode(field(text, parts)).rstrip(BLANKS) for key, parts in LAYOUTS[kind].items()}
