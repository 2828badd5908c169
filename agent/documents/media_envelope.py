"""The envelope of one file: what is encrypted how, under which key, and what it is bound to.  Bytes only, no disk.

A file is a header and what it announces: up to 8 MiB of content in one piece (AES-256-GCM), more in chunks of 1 MiB
(STREAM: each chunk's nonce is a random prefix, its number, and whether it is the last), so that memory stays bounded.
Every file has its own random key; that key is wrapped by the media key.

Source: security requirements 5.2; STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and
its Nonce-Reuse Misuse-Resistance" (2015), 7.
"""

from __future__ import annotations

import os
import struct
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, cycle
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agent.memory import Buffer

VERSION = 1
KEY_BYTES = 32
KEY_ID_BYTES = 8
NONCE_BYTES = 12
TAG_BYTES = 16
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES
WHOLE_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
_GCM, _GCM_STREAM = 1, 2
_MAGIC = b"RHMD"
_HEADER = struct.Struct(f">4sBB{KEY_ID_BYTES}s{NONCE_BYTES}s")
_PREFIX_BYTES = NONCE_BYTES - 5
_MOST_CHUNKS = 2**32


class NotAuthentic(Exception):
    """This is not what was sealed, or not sealed for this owner under this key."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a file is sealed for.

    Attributes:
        owner: key of the draft or record.
        kind: which of its files it is, as `original` or `finished`.
        revision: counts from 1 when a file of this kind is made anew.
    """

    owner: uuid.UUID
    kind: str
    revision: int = 1

    def as_bytes(self, station: uuid.UUID) -> bytes:
        """Write it, and the station, so that no two different ones are the same bytes."""
        kind = self.kind.encode()
        return struct.pack(
            f">B16s16sB{len(kind)}sI", VERSION, station.bytes, self.owner.bytes, len(kind), kind, self.revision
        )


def new_data_key() -> bytes:
    """Make the key of one file."""
    return os.urandom(KEY_BYTES)


def seal(content: Iterable[Buffer], data_key: bytes, key_id: bytes, binding: bytes) -> Iterator[Buffer]:
    """Encrypt content; gives the file piece by piece, never holding more than `WHOLE_BYTES` and two pieces of it.

    A piece is good until the second one behind it is asked for: two buffers take turns, because memory that was never
    touched costs more time than the cipher.
    """
    cipher = AESGCM(data_key)
    rest = iter(content)
    first = _up_to(rest, WHOLE_BYTES)
    if sum(map(len, first)) <= WHOLE_BYTES:
        nonce = os.urandom(NONCE_BYTES)
        header = _HEADER.pack(_MAGIC, VERSION, _GCM, key_id, nonce)
        yield header
        yield cipher.encrypt(nonce, first[0] if len(first) == 1 else b"".join(first), header + binding)
        return
    prefix = os.urandom(_PREFIX_BYTES)
    header = _HEADER.pack(_MAGIC, VERSION, _GCM_STREAM, key_id, prefix.ljust(NONCE_BYTES, b"\0"))
    yield header
    turns = cycle([memoryview(bytearray(CHUNK_BYTES + TAG_BYTES)) for _ in range(2)])
    for (number, (chunk, is_last)), room in zip(enumerate(_chunks(chain(first, rest))), turns, strict=False):
        sealed = room[: len(chunk) + TAG_BYTES]
        cipher.encrypt_into(_stream_nonce(prefix, number, is_last=is_last), chunk, header + binding, sealed)
        yield sealed


def unseal(file: BinaryIO, data_key: bytes, key_id: bytes, binding: bytes) -> Iterator[bytes]:
    """Decrypt a file from its beginning; gives content only after it was authenticated.

    Raises: NotAuthentic.  Where it comes after the first piece, what was given is genuine, but not all.
    """
    header = file.read(_HEADER.size)
    if len(header) != _HEADER.size:
        raise NotAuthentic
    magic, version, algorithm, sealed_under, nonce = _HEADER.unpack(header)
    if (magic, version, sealed_under) != (_MAGIC, VERSION, key_id) or algorithm not in {_GCM, _GCM_STREAM}:
        raise NotAuthentic
    cipher = AESGCM(data_key)
    try:
        if algorithm == _GCM:
            sealed = file.read(WHOLE_BYTES + TAG_BYTES)
            if file.read(1):
                raise NotAuthentic
            yield cipher.decrypt(nonce, sealed, header + binding)
            return
        prefix = nonce[:_PREFIX_BYTES]
        for number, (sealed, is_last) in enumerate(_sealed_chunks(file)):
            yield cipher.decrypt(_stream_nonce(prefix, number, is_last=is_last), sealed, header + binding)
    except InvalidTag as error:
        raise NotAuthentic from error


def wrap(media_key: bytes, data_key: bytes, binding: bytes) -> bytes:
    """Encrypt a file's key under the media key, bound to whoever owns the file now."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(media_key).encrypt(nonce, data_key, b"key" + binding)


def unwrap(media_key: bytes, wrapped: bytes, binding: bytes) -> bytes:
    """Get a file's key back.  Raises: NotAuthentic."""
    try:
        return AESGCM(media_key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], b"key" + binding)
    except (InvalidTag, ValueError) as error:
        raise NotAuthentic from error


def _stream_nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    if number >= _MOST_CHUNKS:
        raise NotAuthentic
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


def _up_to(content: Iterator[Buffer], limit_bytes: int) -> list[memoryview]:
    """Take pieces, as they are, until there are more than `limit_bytes`, or no more pieces."""
    taken, size_bytes = [], 0
    for piece in content:
        taken.append(memoryview(piece))
        size_bytes += len(piece)
        if size_bytes > limit_bytes:
            break
    return taken


def _chunks(content: Iterable[Buffer]) -> Iterator[tuple[Buffer, bool]]:
    """Cut content into chunks of one size; says of each whether it is the last.

    A chunk that lies whole in one piece is given as it lies there: to copy a page would hold up every other thread.
    """
    held: Buffer = b""
    for piece in content:
        rest = memoryview(piece)
        while rest:
            if len(held) == CHUNK_BYTES:
                yield held, False
                held = b""
            more, rest = rest[: CHUNK_BYTES - len(held)], rest[CHUNK_BYTES - len(held) :]
            held = bytes(held) + more if held else more
    yield held, True


def _sealed_chunks(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    chunk, is_last = file.read(CHUNK_BYTES + TAG_BYTES), False
    while not is_last:
        following = file.read(CHUNK_BYTES + TAG_BYTES)
        is_last = not following
        yield chunk, is_last
        chunk = following
