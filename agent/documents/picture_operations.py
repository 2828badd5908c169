"""All that the pictures process can be asked for: the whole table stands here."""

from __future__ import annotations

from agent.documents.picture_card import card
from agent.documents.picture_outside import page_of, pages_of
from agent.documents.picture_pdf import finish, typeset
from agent.documents.picture_straighten import look, straighten
from agent.documents.picture_view import as_png, thumbnail
from agent.documents.picture_wire import Operation
from agent.photos import faces
from agent.photos.operations import finish as finish_photo
from agent.photos.operations import glance as glance_at_frame
from agent.photos.operations import make as make_photo
from agent.photos.operations import show as show_picture
from agent.printing import typesetting

OPERATIONS: dict[str, Operation] = {
    "card": card,
    "file-page": page_of,
    "file-pages": pages_of,
    "look": look,
    "paper": typesetting.typeset,
    "pdf-end": finish,
    "pdf-pages": typeset,
    "photo-finish": finish_photo,
    "photo-glance": glance_at_frame,
    "photo-make": make_photo,
    "photo-show": show_picture,
    "png": as_png,
    "straighten": straighten,
    "thumbnail": thumbnail,
}


def prepare() -> None:
    """Load what an operation would else load anew each time, in a child that is gone with it."""
    faces.load()
    typesetting.load()
