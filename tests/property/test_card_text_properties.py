"""Whatever 256 bytes a chip gives: a card whose values can be stored, or a plain refusal."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from drivers.card_text import kind_of, make_card
from drivers.id_card import IdCard
from drivers.stored_text import storable

KIND_AT = 248
RECORD_BYTES = 70
letters = st.sampled_from(["I", "J", "Y", " ", "\0", "x"]).map(lambda letter: letter.encode("utf-16-le"))
texts = st.one_of(
    st.binary(min_size=256, max_size=256),
    st.tuples(st.binary(min_size=256, max_size=256), letters).map(
        lambda told: told[0][:KIND_AT] + told[1] + told[0][KIND_AT + 2 :]
    ),
)
records = st.lists(st.binary(min_size=RECORD_BYTES, max_size=RECORD_BYTES), max_size=4).map(tuple)


@given(texts, st.binary(max_size=1024), records)
def test_any_256_bytes_make_a_card_that_can_be_stored_or_none(
    text: bytes, photo: bytes, addresses: tuple[bytes, ...]
) -> None:
    if kind_of(text) is None:
        try:
            make_card(text, photo, addresses, sam_id=None, readings=1)
        except ValueError:
            return
        raise AssertionError("a card of no kind")
    card = make_card(text, photo, addresses, sam_id=None, readings=1)
    told = msgspec.to_builtins(card)
    fields = [value for key, value in told.items() if isinstance(value, str) and key not in {"text_raw", "photo_wlt"}]
    words = [*fields, *told["newest_addresses"]]
    assert [word for word in words if storable(word) != word or len(word) > 128] == []
    assert card.text_raw == text
    assert len(card.doubtful) <= 256 * (len(IdCard.__struct_fields__) + len(addresses))
    assert msgspec.json.decode(msgspec.json.encode(card), type=IdCard) == card
