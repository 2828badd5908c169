"""From a card to the form: which chip value goes where, and what happens where a value stands already.

Rules: the newest address is preferred, the printed one offered beside it; with more than one newest record none is
chosen.  What a person typed is never overwritten; the chip's value is offered.  What the register holds gives way and
is offered as the difference.  Where the chip says the same, or its
value was taken instead, the typed one is kept beside it as an offer `typed` and comes back with a withdrawn reading.
The same card twice changes nothing.
"""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import datetime
from typing import Final

from agent.register import id_number
from agent.register.form import Entry, Form, StoredDoubt, StoredOffer
from agent.register.views import Source
from drivers import card_layout
from drivers.api import IdCard
from drivers.stored_text import storable

_FROM_CARD = {
    "name": "name",
    "sex": "sex",
    "ethnic_group": "ethnic",
    "birth_date": "birth_date",
    "issuer": "card_issuer",
    "valid_from": "card_valid_from",
    "valid_to": "card_valid_to",
}
_YIELDING = frozenset({"", "station", "derived"})
_OFFERED_IN_TURN = frozenset({"chip", "household", "register", "typed"})
_OTHERS_VALUES: Final[dict[str, Source]] = {"household": "household", "register": "register"}
RESIDENT_CARD = "111"
RAW: Final = "id_no_raw"
TYPED: Final = "typed"


def digest(card: IdCard) -> str:
    """Name a card's content, so that the same card is known again."""
    parts = [card.kind.value.encode(), card.text_raw, *(_encoded(address) for address in card.newest_addresses)]
    return hashlib.sha256(b"\x00".join(parts)).hexdigest()


def withdrawn_digest(draft_id: str, kind: str, number: str | None, whole: str) -> str:
    """Name whose reading was taken back from a draft, so that only that card fills it again without a question.

    Args:
        draft_id: of the draft, without which the name says nothing.
        kind: of the card.
        number: of the card; by it one whose text was garbled is known again.
        whole: the digest of the reading, which names a card without a number.
    """
    return hashlib.sha256("\x00".join([draft_id, kind, number or whole]).encode()).hexdigest()


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def number_of(card: IdCard) -> str | None:
    """The card's number as the register knows it: X written large, 18 characters; None where the card has none."""
    return id_number.upgraded(id_number.clean(storable(card.id_number))) if card.id_number else None


def addresses(card: IdCard) -> tuple[str, tuple[StoredOffer, ...]]:
    """Choose the household address of a card: the value ("" when the clerk must pick) and what stands beside it."""
    printed = storable(card.address or "")
    newest = [storable(address) for address in card.newest_addresses]
    beside = (StoredOffer("chip-printed", printed),) if printed else ()
    if not newest:
        return printed, ()
    numbered = tuple(StoredOffer(f"chip-newest-{number}", text) for number, text in enumerate(newest, 1))
    if len(newest) == 1:
        return newest[0], (*numbered, *beside) if printed != newest[0] else ()
    return "", (*numbered, *beside)


def fill(form: Form, card: IdCard, now: datetime) -> dict[str, Entry]:
    """Put the values of a resident card into the form, verified when it was read twice."""
    filled = {key: _without_chip_offers(entry) for key, entry in form.items()}
    is_verified = card.readings >= 2
    for card_key, key in _FROM_CARD.items():
        text = getattr(card, card_key)
        if text:
            entry = Entry(storable(text), "chip", now, is_verified, doubts=_doubts(card, card_key))
            filled[key] = _meet(filled.get(key), entry)
        else:
            _mark(filled, key, card, card_key, now)
    if card.id_number:
        _fill_number(filled, card, now, is_verified=is_verified)
    filled["id_type"] = _meet(filled.get("id_type"), Entry(RESIDENT_CARD, "chip", now, is_verified))
    chosen, offers = addresses(card)
    doubts = _doubts(card, "address")
    standing = filled.get("hukou_address")
    if chosen:
        filled["hukou_address"] = _meet(standing, Entry(chosen, "chip", now, is_verified, offers, doubts))
    elif offers:
        base = standing or Entry("", "", now)
        filled["hukou_address"] = dataclasses.replace(base, offers=offers, doubts=doubts)
    return filled


def _mark(filled: dict[str, Entry], key: str, card: IdCard, card_key: str, now: datetime) -> None:
    """Mark a field in which the chip has something that is no value, where nobody gave one: it is not just empty."""
    standing = filled.get(key) or Entry("", "", now)
    doubts = _doubts(card, card_key)
    if doubts:
        said = storable(card_layout.on_card(card.kind, card.text_raw)[card_key])
        doubts = tuple(dataclasses.replace(doubt, said=said) for doubt in doubts if said)
    if doubts != standing.doubts and (not standing.value or standing.source in _YIELDING):
        filled[key] = dataclasses.replace(standing, doubts=doubts)


def _fill_number(filled: dict[str, Entry], card: IdCard, now: datetime, *, is_verified: bool) -> None:
    """Put the number in as the register knows it, by which a person is found, and beside it as it is on the chip."""
    on_chip, number = storable(card.id_number or ""), number_of(card) or ""
    doubts = _doubts(card, "id_number")
    filled["id_no"] = _meet(filled.get("id_no"), Entry(number, "chip", now, is_verified, doubts=doubts))
    if on_chip != number:
        filled[RAW] = _meet(filled.get(RAW), Entry(on_chip, "chip", now, is_verified))


def _without_chip_offers(entry: Entry) -> Entry:
    """Drop what an earlier card had offered: another reading makes its own offers."""
    offers = tuple(offer for offer in entry.offers if not offer.source.startswith("chip"))
    return entry if offers == entry.offers else dataclasses.replace(entry, offers=offers)


def _meet(standing: Entry | None, chip: Entry) -> Entry:
    """Decide between what stands in the field and what the chip says."""
    if standing is None or standing.value == "" or standing.source in _YIELDING:
        return chip
    if standing.value == chip.value:
        if standing.source == "chip" and standing.is_verified >= chip.is_verified:
            return standing
        return _over(standing, chip)
    if standing.source == "chip":
        return _over(standing, chip)
    if standing.source == "register":
        return _over(standing, chip).with_offer(StoredOffer("register", standing.value))
    kept = standing
    for offer in chip.offers:
        kept = kept.with_offer(offer)
    return _offering_chip(kept, chip.value)


def _offering_chip(entry: Entry, text: str) -> Entry:
    """Put the chip's value beside another, unless it stands there already under the name of an address."""
    is_there = any(offer.value == text and offer.source.startswith("chip-") for offer in entry.offers)
    return entry if is_there else entry.with_offer(StoredOffer("chip", text))


def _over(standing: Entry, chip: Entry) -> Entry:
    """Put a chip's value over one that a person may have typed, and keep that beside it."""
    kept = standing.value if standing.source == TYPED else standing.offered(TYPED)
    return chip if kept is None else chip.with_offer(StoredOffer(TYPED, kept))


def _doubts(card: IdCard, card_key: str) -> tuple[StoredDoubt, ...]:
    return tuple(
        StoredDoubt(doubt.reason.value, doubt.position, doubt.code_point)
        for doubt in card.doubtful
        if doubt.field == card_key or (card_key == "address" and doubt.field == "newest_addresses")
    )


def verify(form: Form) -> dict[str, Entry]:
    """Mark all chip values as verified: a second reading was equal byte for byte."""
    return {
        key: dataclasses.replace(entry, is_verified=True) if entry.source == "chip" else entry
        for key, entry in form.items()
    }


def withdraw(form: Form, now: datetime) -> dict[str, Entry]:
    """Take back every chip value and offer: the second reading was of something else, so nothing of it may be used.

    What had been typed where a chip value stands now takes its place again.
    """
    kept: dict[str, Entry] = {}
    for key, entry in form.items():
        bare = _without_chip_offers(entry)
        if entry.source == "chip":
            typed_before = bare.offered(TYPED)
            offers = _without(bare.offers, TYPED)
            kept[key] = Entry(typed_before or "", TYPED if typed_before else "", now, offers=offers)
        else:
            kept[key] = dataclasses.replace(bare, doubts=())
    return kept


def typed(standing: Entry | None, new: str, now: datetime) -> Entry:
    """Put what a clerk typed into a field; a value of chip or register that it replaces stays on offer, unverified."""
    if standing is None:
        return Entry(new, "typed" if new else "", now)
    if standing.value == new:
        return standing
    offers = _without(standing.offers, TYPED)
    if standing.source == "chip" and standing.value:
        offers = _without(_offering_chip(standing, standing.value).offers, TYPED)
    elif standing.source == "register" and standing.value:
        offers = _without(standing.with_offer(StoredOffer("register", standing.value)).offers, TYPED)
    doubts = standing.doubts if standing.source == "chip" and not new else ()
    return Entry(new, "typed" if new else "", now, offers=offers, doubts=doubts)


def taken(standing: Entry, offer_source: str, now: datetime, *, is_verified: bool) -> Entry | None:
    """Take an offer; what stood before is offered in turn.  None when there is no such offer.

    Args:
        standing: the field as it is.
        offer_source: names the offer.
        now: the time.
        is_verified: whether the card behind a chip's offer was read twice.
    """
    new = standing.offered(offer_source)
    if new is None:
        return None
    is_chip = offer_source.startswith("chip")
    source: Source = "chip" if is_chip else _OTHERS_VALUES.get(offer_source, TYPED)
    offers = standing.offers if offer_source.startswith("chip-") else _without(standing.offers, offer_source)
    entry = Entry(new, source, now, is_chip and is_verified, offers, standing.doubts)
    is_offered_still = standing.source == "chip" and offer_source.startswith("chip-")
    is_corrected = standing.source == TYPED and offer_source == "proposal"
    if standing.value and standing.source in _OFFERED_IN_TURN and not is_offered_still and not is_corrected:
        if standing.source == "chip":
            return _offering_chip(entry, standing.value)
        entry = entry.with_offer(StoredOffer(standing.source, standing.value))
    return entry


def raw_beside(form: Form, field: str, offer_source: str, number: Entry) -> dict[str, Entry]:
    """What stands beside a number that is taken: how the chip has it, or nothing where it was typed with 15 digits."""
    standing = form.get(RAW)
    if field != "id_no" or standing is None:
        return {}
    on_chip = standing.value if standing.source == "chip" else standing.offered("chip") or ""
    text = on_chip if offer_source == "chip" else ""
    offers = _without(standing.offers, "chip")
    return {RAW: dataclasses.replace(number, value=text, source="chip" if text else "", offers=offers, doubts=())}


def has_taken(standing: Entry, offer_source: str) -> bool:
    """Whether a value that was once offered stands in the field by now: who presses twice has what they wanted."""
    return standing.source == offer_source and standing.offered(offer_source) is None


def _without(offers: tuple[StoredOffer, ...], source: str) -> tuple[StoredOffer, ...]:
    return tuple(offer for offer in offers if offer.source != source)
