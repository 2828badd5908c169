"""The envelope of one file: what goes in comes out, for its owner only, and nothing that was touched comes out."""

import io
import tracemalloc
import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from agent.documents import media_envelope
from agent.documents.media_envelope import (
    CHUNK_BYTES,
    TAG_BYTES,
    WHOLE_BYTES,
    Binding,
    NotAuthentic,
    seal,
    unseal,
    unwrap,
    wrap,
)

KEY, KEY_ID, STATION = bytes(range(32)), b"key-id-8", uuid.UUID(int=7)
MINE = Binding(uuid.UUID(int=1), "original").as_bytes(STATION)
HEADER_BYTES = 26
SIZES = [0, 1, 50_000, WHOLE_BYTES, WHOLE_BYTES + 1, 9 * CHUNK_BYTES, 9 * CHUNK_BYTES + 5]


def sealed(content, binding=MINE):
    return b"".join(map(bytes, seal([content], KEY, KEY_ID, binding)))


def opened(file, key=KEY, key_id=KEY_ID, binding=MINE):
    return b"".join(unseal(io.BytesIO(file), key, key_id, binding))


def content_of(size):
    return (b"page-%08d" % size) * (size // 13 + 1)


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_in_comes_out_and_is_not_readable_inside(size):
    content = content_of(size)[:size]
    file = sealed(content)
    assert opened(file) == content
    assert size < 13 or content[:13] not in file


def test_the_format_is_what_the_docstring_says():
    content = content_of(WHOLE_BYTES + 5)[: WHOLE_BYTES + 5]
    file = sealed(content)
    header, prefix = file[:HEADER_BYTES], file[14:21]
    assert header[:6] == b"RHMD\x01\x02"
    assert header[6:14] == KEY_ID
    assert header[21:] == bytes(5)
    step = CHUNK_BYTES + TAG_BYTES
    third = file[HEADER_BYTES + 2 * step : HEADER_BYTES + 3 * step]
    assert (
        AESGCM(KEY).decrypt(prefix + b"\0\0\0\2\0", third, header + MINE) == content[2 * CHUNK_BYTES : 3 * CHUNK_BYTES]
    )
    assert AESGCM(KEY).decrypt(prefix + b"\0\0\0\x08\1", file[HEADER_BYTES + 8 * step :], header + MINE) == content[-5:]
    small = sealed(b"x")
    assert AESGCM(KEY).decrypt(small[14:26], small[26:], small[:26] + MINE) == b"x"


def test_content_may_come_in_any_pieces():
    content = content_of(WHOLE_BYTES + 3 * CHUNK_BYTES)
    pieces = [content[start : start + 700_001] for start in range(0, len(content), 700_001)]
    assert opened(b"".join(map(bytes, seal(iter(pieces), KEY, KEY_ID, MINE)))) == content


@pytest.mark.parametrize("size", [0, 300])
def test_every_bit_of_a_small_file_counts(size):
    file = sealed(bytes(size))
    for place in range(len(file)):
        touched = bytearray(file)
        touched[place] ^= 1
        with pytest.raises(NotAuthentic):
            opened(bytes(touched))


def chunks_of(file):
    step = CHUNK_BYTES + TAG_BYTES
    return file[:HEADER_BYTES], [file[at : at + step] for at in range(HEADER_BYTES, len(file), step)]


@pytest.mark.parametrize(
    "edit",
    [
        lambda chunks: chunks[:-1],
        lambda chunks: chunks[:1],
        lambda chunks: chunks[:0],
        lambda chunks: [chunks[1], chunks[0], *chunks[2:]],
        lambda chunks: [*chunks, chunks[-1]],
        lambda chunks: [*chunks[:3], *chunks[4:]],
        lambda chunks: [*chunks[:-1], chunks[-1][:-1]],
        lambda chunks: [*chunks[:-1], chunks[-1] + b"x"],
        lambda chunks: [chunks[0][:100], *chunks[1:]],
    ],
    ids=["last-cut", "one-left", "none-left", "swapped", "doubled", "left-out", "shorter", "longer", "gap"],
)
def test_a_long_file_is_whole_and_in_order(edit):
    header, chunks = chunks_of(sealed(content_of(WHOLE_BYTES + CHUNK_BYTES)))
    assert len(chunks) > 8
    with pytest.raises(NotAuthentic):
        opened(header + b"".join(edit(chunks)))


OTHERS = [
    Binding(uuid.UUID(int=2), "original").as_bytes(STATION),
    Binding(uuid.UUID(int=1), "finished").as_bytes(STATION),
    Binding(uuid.UUID(int=1), "original", 2).as_bytes(STATION),
    Binding(uuid.UUID(int=1), "original").as_bytes(uuid.UUID(int=8)),
]


@pytest.mark.parametrize("other", OTHERS, ids=["owner", "kind", "revision", "station"])
@pytest.mark.parametrize("size", [100, WHOLE_BYTES + 1])
def test_a_file_is_for_its_owner_kind_revision_and_station(other, size):
    file = sealed(bytes(size))
    with pytest.raises(NotAuthentic):
        opened(file, binding=other)
    with pytest.raises(NotAuthentic):
        opened(file, key=bytes(32))
    with pytest.raises(NotAuthentic):
        opened(file, key_id=b"other-id")


@pytest.mark.parametrize("other", OTHERS, ids=["owner", "kind", "revision", "station"])
def test_a_wrapped_key_is_for_its_owner_too(other):
    wrapped = wrap(KEY, b"d" * 32, MINE)
    assert len(wrapped) == media_envelope.WRAPPED_BYTES
    assert unwrap(KEY, wrapped, MINE) == b"d" * 32
    for key, blob, binding in [
        (KEY, wrapped, other),
        (bytes(32), wrapped, MINE),
        (KEY, wrapped[:-1], MINE),
        (KEY, b"", MINE),
    ]:
        with pytest.raises(NotAuthentic):
            unwrap(key, blob, binding)


def test_nothing_is_ever_sealed_the_same_way_twice():
    files = {sealed(b"same") for _ in range(200)}
    assert len({file[14:26] for file in files}) == 200
    assert len({wrap(KEY, KEY, MINE)[:12] for _ in range(200)}) == 200
    assert len({media_envelope.new_data_key() for _ in range(200)}) == 200


@given(st.lists(st.tuples(st.uuids(), st.text(max_size=20), st.integers(1, 9), st.uuids()), min_size=2, max_size=2))
def test_different_bindings_are_different_bytes(two):
    first, second = (Binding(owner, kind, revision).as_bytes(station) for owner, kind, revision, station in two)
    assert (first == second) == (two[0] == two[1])


def test_a_long_file_needs_little_memory():
    pieces = 64
    tracemalloc.start()
    try:
        length = sum(len(piece) for piece in seal((bytes(CHUNK_BYTES) for _ in range(pieces)), KEY, KEY_ID, MINE))
        assert tracemalloc.get_traced_memory()[1] < 4 * WHOLE_BYTES
        assert length > pieces * CHUNK_BYTES
    finally:
        tracemalloc.stop()
