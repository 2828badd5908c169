"""The control port's places for a simulated reader: the stack of cards, the plate, the frames, the pictures."""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus

from simulators.card import Card
from simulators.control import Asked, Picture, Places, RefusedError, unprocessable
from simulators.described import Descriptions, descriptions
from simulators.fault import Fault, Value
from simulators.photo_codec import PhotoError, to_png
from simulators.reader_sam import SimulatedReader
from simulators.sam_codec import OPERATION_NAMES


class ReaderControls:
    """What can be asked of a simulated reader besides its faults."""

    def __init__(self, device: SimulatedReader) -> None:
        self.device = device

    @property
    def described(self) -> Descriptions:
        """What the faults are told to people by."""
        return descriptions("reader_faults")

    def about(self) -> dict[str, object]:
        """Its wire, what it can do, and which card lies on it."""
        lying = self.device.plate.lying
        return {
            "wire": self.device.wire_name,
            "operations": list(OPERATION_NAMES),
            "card": lying.card.id if lying else None,
        }

    def about_fault(self, fault: Fault) -> dict[str, object]:
        """The wires on which the fault is possible."""
        return {"wires": list(fault.wires)}

    def check(self, fault: Fault, values: dict[str, Value]) -> None:
        """Refuse what this wire cannot show, and cards that do not exist.  Raises: RefusedError."""
        if self.device.wire_name not in fault.wires:
            raise unprocessable(f"{fault.name} is possible on {', '.join(fault.wires)} only")
        card = values.get("card")
        if isinstance(card, str):
            self._card(card)

    def places(self) -> Places:
        """Cards, plate, log and pictures."""
        return {
            "/cards": {"GET": self._cards},
            "/card": {"GET": self._one_card},
            "/plate": {"GET": self._plate, "PUT": self._lay, "DELETE": self._lift},
            "/log": {"GET": self._log},
            "/picture": {"GET": self._picture, "POST": self._drawn},
        }

    def _cards(self, _: Asked) -> object:
        told = descriptions("cards")
        cards = sorted(self.device.cards.values(), key=lambda card: told.order(card.id))
        listed = [
            {"id": card.id, "kind": card.holder.kind, "name": card.shown_name} | told.of(card.id).told()
            for card in cards
        ]
        return {"cards": listed, "groups": told.told_groups()}

    def _one_card(self, asked: Asked) -> object:
        card = self._card(asked.query.get("card", ""))
        return {"id": card.id} | card.facts()

    def _plate(self, _: Asked) -> object:
        lying = self.device.plate.lying
        return {"card": lying.card.id if lying else None}

    def _lay(self, asked: Asked) -> None:
        card = asked.body.get("card")
        if set(asked.body) != {"card"} or not isinstance(card, str):
            raise unprocessable('{"card": ID} is wanted')
        self.device.plate.lay(self._card(card))

    def _lift(self, _: Asked) -> None:
        self.device.plate.lift()

    def _log(self, _: Asked) -> object:
        return self.device.log.entries()

    def _picture(self, asked: Asked) -> Picture:
        try:
            return Picture(to_png(self._card(asked.query.get("card", "")).picture))
        except PhotoError as error:
            raise RefusedError(HTTPStatus.NOT_FOUND, str(error)) from error

    def _drawn(self, asked: Asked) -> Picture:
        """Draw the photo bytes of a simulated card as they came over the wire."""
        try:
            return Picture(to_png(base64.b64decode(str(asked.body.get("photo")), validate=True)))
        except (binascii.Error, PhotoError) as error:
            raise RefusedError(HTTPStatus.NOT_FOUND, "not a picture of ours") from error

    def _card(self, card_id: str) -> Card:
        cards = self.device.cards
        if card_id not in cards:
            raise unprocessable("no such card", cards=list(cards))
        return cards[card_id]
