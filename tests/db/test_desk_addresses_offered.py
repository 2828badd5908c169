"""Each address of a card is offered once, whatever stood in the field before."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn

NEWEST, PRINTED = "测试地区新路2号", "测试地区测试路1号"


def offered(draft: Any) -> list[tuple[str, str]]:
    return sorted((offer.source, offer.value) for offer in draft.fields["hukou_address"].offers)


def test_a_cleared_address_is_offered_once(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people(newest_addresses=(NEWEST,)))
    draft = office.register.type_fields(office.draft(clerk).id, {"hukou_address": ""}, clerk)
    assert offered(draft) == [("chip-newest-1", NEWEST), ("chip-printed", PRINTED)]
    draft = office.register.take_offer(draft.id, "hukou_address", "chip-newest-1", clerk)
    address = draft.fields["hukou_address"]
    assert (address.value, address.source, address.verified) == (NEWEST, "chip", True)
    assert offered(draft) == [("chip-printed", PRINTED)]


def test_so_it_is_beside_an_address_that_was_typed_first(office: Any, clerk: SignedIn, people: Any) -> None:
    draft = office.register.type_fields(office.desk.open_draft(clerk).id, {"hukou_address": "手写路1号"}, clerk)
    office.tap(people(newest_addresses=(NEWEST,)))
    assert offered(office.draft(clerk)) == [("chip-newest-1", NEWEST), ("chip-printed", PRINTED)]
    draft = office.register.take_offer(draft.id, "hukou_address", "chip-newest-1", clerk)
    draft = office.register.take_offer(draft.id, "hukou_address", "typed", clerk)
    assert offered(draft) == [("chip-newest-1", NEWEST), ("chip-printed", PRINTED)]


@pytest.mark.parametrize("typed", ["", "手写路1号"])
def test_a_card_without_a_newer_address_offers_its_own(office: Any, clerk: SignedIn, people: Any, typed: str) -> None:
    office.tap(people())
    draft = office.register.type_fields(office.draft(clerk).id, {"hukou_address": typed}, clerk)
    assert offered(draft) == [("chip", PRINTED)]
