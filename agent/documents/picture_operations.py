"""All that the pictures process can be asked for: the whole table stands here."""

from __future__ import annotations

from agent.documents.picture_card import card
from agent.documents.picture_outside import page_of, pages_of
from agent.documents.picture_pdf import finish, typeset
from agent.documents.picture_straighten import look, straighten
from agent.documents.picture_view import as_png, thumbnail
from agent.documents.picture_wire import Operation

OPERATIONS: dict[str, Operation] = {
    "card": card,
    "file-page": page_of,
    "file-pages": pages_of,
    "look": look,
    "pdf-end": finish,
    "pdf-pages": typeset,
    "png": as_png,
    "straighten": straighten,
    "thumbnail": thumbnail,
}
