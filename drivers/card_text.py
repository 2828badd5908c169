"""The 256-byte text of the four kinds of card, and the card that comes of it.

UTF-16-LE without a mark; fields are padded on the right.  Only trailing U+0020 and U+0000 are trimmed: inner spaces,
U+00B7, private-use code points and surrogate pairs belong to the data.  Unpaired surrogates and NUL cannot be stored,
so they become U+FFFD in the card's strings and are marked; `text_raw` keeps the truth.

Source: SAM_V communication protocol, base record; layouts of the resident card, the residence permit for residents of
Hong Kong, Macao and Taiwan (J), and the foreigners' permanent resident cards of 2017 (I) and 2023 (Y).
"""

from __future__ import annotations

from drivers import card_doubts, card_layout, id_number
from drivers.api import CardKind, IdCard
from drivers.stored_text import storable

LONG_TERM = "long-term"

_LONG_TERM_ON_CARD = "长期"
_KIND_AT = slice(248, 250)
_KINDS = {
    " ": CardKind.RESIDENT,
    "\0": CardKind.RESIDENT,
    "J": CardKind.HMT,
    "I": CardKind.FOREIGNER_2017,
    "Y": CardKind.FOREIGNER_2023,
}

_DATES = ("birth_date", "valid_from", "valid_to")


def kind_of(text: bytes) -> CardKind | None:
    """Which of the four kinds `text` is, or None for a letter that no known card carries."""
    return _KINDS.get(card_layout.decode(text[_KIND_AT]))


def identity(text: bytes) -> tuple[CardKind | None, bytes]:
    """Kind and number: what two readings must share to be of one person's card."""
    kind = kind_of(text)
    return kind, b"" if kind is None else card_layout.field(text, card_layout.LAYOUTS[kind]["id_number"])


def make_card(
    text: bytes, photo: bytes, address_records: tuple[bytes, ...], *, sam_id: str | None, readings: int
) -> IdCard:
    """Make the card of one reading, held against itself.

    Raises:
        ValueError: `text` is not 256 bytes or of none of the four kinds.
    """
    kind = kind_of(text)
    if kind is None or len(text) != 256:
        raise ValueError("not the text of a known card")
    layout = card_layout.LAYOUTS[kind]
    on_card = card_layout.on_card(kind, text)
    sizes_units = {field: sum(size for _, size in parts) // 2 for field, parts in layout.items()}
    addresses = tuple(
        record for record in (card_layout.decode(raw).rstrip(card_layout.BLANKS) for raw in address_records) if record
    )
    doubts = card_doubts.doubts_of(kind, on_card, sizes_units, addresses, photo)
    values = {field: storable(value) or None for field, value in on_card.items()}
    for field in _DATES:
        values[field] = _date(field, on_card[field])
    return IdCard(
        kind=kind,
        name=values.get("name"),
        name_latin=values.get("name_latin"),
        sex=values.get("sex"),
        ethnic_group=values.get("ethnic_group"),
        birth_date=values["birth_date"],
        address=values.get("address"),
        newest_addresses=tuple(storable(record) for record in addresses),
        id_number=values.get("id_number"),
        issuer=values.get("issuer"),
        valid_from=values["valid_from"],
        valid_to=values["valid_to"],
        nationality=values.get("nationality"),
        pass_number=values.get("pass_number"),
        issues=values.get("issues"),
        sam_id=sam_id,
        readings=readings,
        doubtful=doubts,
        text_raw=text,
        photo_wlt=photo,
    )


def _date(field: str, on_card: str) -> str | None:
    if field == "valid_to" and on_card == _LONG_TERM_ON_CARD:
        return LONG_TERM
    found = id_number.compact_date(on_card)
    return None if found is None else found.isoformat()
