"""Objects of a PDF as bytes, in the order in which they are met: what makes a file of many pages one after another.

Source: ISO 32000-1, 7.3 and 7.5; ISO 19005-1, 6.1.4, 6.1.7 and 6.1.8 (how the marks around an object are spaced).
"""

from __future__ import annotations

from decimal import Decimal

import pikepdf

PAGE_TREE = 1
"""Number of the object that all pages name as theirs; it is written last."""


class Objects:
    """Objects of one opened PDF on their way into a file that is longer than what is held of it.

    Args:
        source: the opened PDF.
        first: the next number that no object of the file has.
        start: so many bytes of the file are written.

    Attributes:
        offsets: where each object stands in the file, from number `first` on.
    """

    def __init__(self, source: pikepdf.Pdf, first: int, start: int) -> None:
        self.offsets: list[int] = []
        self._first = first
        self._end = start
        self._numbers = {source.Root.Pages.objgen: PAGE_TREE}
        self._waiting: list[pikepdf.Object] = []
        self._pieces: list[bytes] = []

    def number_of(self, indirect: pikepdf.Object) -> int:
        """The number that an object has in the file; one that is met for the first time is going to be written."""
        known = self._numbers.get(indirect.objgen)
        if known is None:
            known = self._numbers[indirect.objgen] = self._first + len(self._numbers) - 1
            self._waiting.append(indirect)
        return known

    def written(self) -> bytes:
        """All objects that are known by number, and those that they name."""
        for one in self._waiting:
            self._write(one)
        self._waiting = []
        return b"".join(self._pieces)

    def _write(self, one: pikepdf.Object) -> None:
        self.offsets.append(self._end)
        pieces = [b"%d 0 obj\n" % self.number_of(one)]
        if isinstance(one, pikepdf.Stream):
            content = one.read_raw_bytes()
            told = {**dict(one.stream_dict.items()), "/Length": len(content)}
            pieces += [self._dictionary(told), b"\nstream\n", content, b"\nendstream\nendobj\n"]
        else:
            pieces += [self._inside(one), b"\nendobj\n"]
        self._end += sum(map(len, pieces))
        self._pieces += pieces

    def _value(self, value: object) -> bytes:
        if isinstance(value, pikepdf.Object):
            return b"%d 0 R" % self.number_of(value) if value.is_indirect else self._inside(value)
        if value is None:
            return b"null"
        if isinstance(value, bool):
            return b"true" if value else b"false"
        return format(value, "f").encode() if isinstance(value, Decimal) else str(value).encode()

    def _inside(self, value: pikepdf.Object) -> bytes:
        if isinstance(value, pikepdf.Dictionary):
            return self._dictionary(dict(value.items()))
        if isinstance(value, pikepdf.Array):
            return b"[ %s ]" % b" ".join(self._value(one) for one in list(value))
        return value.unparse()

    def _dictionary(self, entries: dict[str, object]) -> bytes:
        told = (pikepdf.Name(name).unparse() + b" " + self._value(value) for name, value in entries.items())
        return b"<< %s >>" % b" ".join(told)
