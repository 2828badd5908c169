"""What one reading of a card gives, and what in it is doubtful."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class CardKind(StrEnum):
    """The four kinds of card that a SAM reads.  Source: card text, offset 248."""

    RESIDENT = "resident"
    HMT = "hmt"
    FOREIGNER_2017 = "foreigner-2017"
    FOREIGNER_2023 = "foreigner-2023"


class DoubtReason(StrEnum):
    """Why a value of a reading is shown as doubtful."""

    PRIVATE_USE = "private-use"
    UNPAIRED_SURROGATE = "unpaired-surrogate"
    CONTROL = "control"
    UNASSIGNED = "unassigned"
    CHECK_DIGIT = "check-digit"
    BIRTH_DATE = "birth-date"
    SEX = "sex"
    DATE = "date"
    CODE = "code"
    FULL_FIELD = "full-field"
    PHOTO_HEADER = "photo-header"


class Doubt(msgspec.Struct, frozen=True):
    """One thing in a reading that contradicts the rest of it, or that cannot be shown for certain.

    Attributes:
        field: the key of the card's field, as in `IdCard`.
        reason: why.
        position: 0-based UTF-16 unit within the field, or None when the whole field is meant.
        code_point: `U+E863`, or None.
    """

    field: str
    reason: DoubtReason
    position: int | None = None
    code_point: str | None = None


class IdCard(msgspec.Struct, frozen=True):
    """One reading of a card.  Absent or invalid values are None; text is kept code point for code point.

    Attributes:
        kind: which of the four cards.
        name: 姓名, Chinese name; None where blank.
        name_latin: English name of the foreigners' cards.
        sex: 性别 as on the card: "1", "2", "0", "9" or whatever else stands there.
        ethnic_group: 民族, two digits as on the card.
        birth_date: ISO date.
        address: 住址 as in the base record (printed on the card).
        newest_addresses: the non-blank newest-address records in card order.
        id_number: 公民身份号码, 18 characters; 15 on the 2017 foreigner's card.
        issuer: 签发机关.
        valid_from: ISO date.
        valid_to: ISO date or "long-term".
        nationality: three letters, foreigners' cards.
        pass_number: 通行证号码, Hong Kong/Macao/Taiwan permit.
        issues: 签发次数 of the permit, 换证次数 of the 2023 foreigner's card.
        sam_id: the module that read it.
        readings: 2 when two readings were equal byte for byte, else 1.
        doubtful: what to look at.
        text_raw: the 256 bytes of the base record, then nothing else.
        photo_wlt: the photo in the reader's own coding (1024 bytes), maybe empty.
    """

    kind: CardKind
    name: str | None
    name_latin: str | None
    sex: str | None
    ethnic_group: str | None
    birth_date: str | None
    address: str | None
    newest_addresses: tuple[str, ...]
    id_number: str | None
    issuer: str | None
    valid_from: str | None
    valid_to: str | None
    nationality: str | None
    pass_number: str | None
    issues: str | None
    sam_id: str | None
    readings: int
    doubtful: tuple[Doubt, ...]
    text_raw: bytes
    photo_wlt: bytes
