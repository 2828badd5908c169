"""The 256 bytes of text of the four card kinds, and the 70-byte records of newest addresses, as the chip holds them.

Source: machine-readable content of the resident ID card and of the three residence cards: UTF-16-LE, each field filled
up with U+0020, kind letter at offset 248 (blank resident, J Hong Kong/Macao/Taiwan, I foreigner 2017, Y 2023).
"""

from __future__ import annotations

from dataclasses import dataclass

TEXT_BYTES = 256
ADDRESS_BYTES = 70
LONG_TERM = "长期"


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident ID card (居民身份证)."""

    name: str
    sex: str
    ethnic_group: str
    birth_date: str
    address: str
    id_number: str
    issuer: str = "测试市公安局"
    valid_from: str = "20200101"
    valid_to: str = LONG_TERM

    kind = "resident"

    def text(self) -> bytes:
        """The chip's 256 bytes."""
        return _fields(
            " ",
            (0, 15, self.name),
            (30, 1, self.sex),
            (32, 2, self.ethnic_group),
            (36, 8, self.birth_date),
            (52, 35, self.address),
            (122, 18, self.id_number),
            (158, 15, self.issuer),
            (188, 8, self.valid_from),
            (204, 8, self.valid_to),
        )


@dataclass(frozen=True, slots=True)
class Permit:
    """A residence permit for Hong Kong, Macao and Taiwan residents (港澳台居民居住证)."""

    name: str
    sex: str
    birth_date: str
    address: str
    id_number: str
    pass_number: str
    issuer: str = "测试市公安局"
    valid_from: str = "20220101"
    valid_to: str = "20270101"
    issues: str = "01"

    kind = "hmt"

    def text(self) -> bytes:
        """The chip's 256 bytes."""
        return _fields(
            "J",
            (0, 15, self.name),
            (30, 1, self.sex),
            (36, 8, self.birth_date),
            (52, 35, self.address),
            (122, 18, self.id_number),
            (158, 15, self.issuer),
            (188, 8, self.valid_from),
            (204, 8, self.valid_to),
            (220, 9, self.pass_number),
            (238, 2, self.issues),
        )


@dataclass(frozen=True, slots=True)
class Foreigner2017:
    """A foreign permanent resident's card of the form of 2017."""

    name_latin: str
    sex: str
    id_number: str
    nationality: str
    name: str
    birth_date: str
    valid_from: str = "20180101"
    valid_to: str = "20280101"
    version: str = "01"
    authority: str = "9900"

    kind = "foreigner-2017"

    def text(self) -> bytes:
        """The chip's 256 bytes."""
        return _fields(
            "I",
            (0, 60, self.name_latin),
            (120, 1, self.sex),
            (122, 15, self.id_number),
            (152, 3, self.nationality),
            (158, 15, self.name),
            (188, 8, self.valid_from),
            (204, 8, self.valid_to),
            (220, 8, self.birth_date),
            (236, 2, self.version),
            (240, 4, self.authority),
        )


@dataclass(frozen=True, slots=True)
class Foreigner2023:
    """A foreign permanent resident's card of the form of 2023."""

    name: str
    sex: str
    renewals: str
    birth_date: str
    name_latin: str
    id_number: str
    nationality: str
    valid_from: str = "20240101"
    valid_to: str = "20340101"
    association: str = "000"

    kind = "foreigner-2023"

    def text(self) -> bytes:
        """The chip's 256 bytes."""
        return _fields(
            "Y",
            (0, 15, self.name),
            (30, 1, self.sex),
            (32, 2, self.renewals),
            (36, 8, self.birth_date),
            (52, 35, self.name_latin[:35]),
            (122, 18, self.id_number),
            (188, 8, self.valid_from),
            (204, 8, self.valid_to),
            (220, 11, self.name_latin[35:]),
            (242, 3, self.nationality),
            (250, 3, self.association),
        )


Holder = Resident | Permit | Foreigner2017 | Foreigner2023


def newest_address(text: str) -> bytes:
    """One 70-byte record of the answer to 30 03."""
    return _units(text, ADDRESS_BYTES // 2)


def _fields(kind: str, *fields: tuple[int, int, str]) -> bytes:
    """Lay fields (offset in bytes, width in units, text) on a blank record."""
    record = bytearray(" ".encode("utf-16-le") * (TEXT_BYTES // 2))
    for offset, width, text in (*fields, (248, 1, kind)):
        record[offset : offset + 2 * width] = _units(text, width)
    return bytes(record)


def _units(text: str, width: int) -> bytes:
    """Write text as exactly `width` UTF-16 units; a lone surrogate is written as it stands."""
    wire = text.encode("utf-16-le", "surrogatepass")
    if len(wire) > 2 * width:
        raise ValueError(f"a field of {width} units cannot hold {len(wire) // 2}")
    return wire + " ".encode("utf-16-le") * (width - len(wire) // 2)
