"""Rows of documents and pages as the pages are shown them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.documents import kinds, sheets
from agent.documents.crop_state import Crop, crop_of
from agent.documents.crops import Box, seen, whole
from agent.documents.dwellings import awaits, is_of
from agent.documents.views import CropView, DocumentView, Doubt, PageView
from peewee_models import card_queries, document_queries


def document_view(row: Any, values: Mapping[str, str], correction: Any = None) -> DocumentView:
    """A document with its pages, beside the values of its form, inside the caller's transaction.

    Args:
        row: the document.
        values: of the form.
        correction: what who looks has typed over them and not saved.
    """
    held, removed = document_queries.held_pages(row.id), document_queries.removed_pages(row.id)
    kind, is_here = kinds.kind(row.kind), is_of(row.dwelling, values)
    if kind is None:
        raise AssertionError(row.kind)
    return DocumentView(
        id=str(row.id),
        kind=kind,
        version=row.version,
        pages=[_page_view(page, row) for page in held],
        removed=[_page_view(page, row) for page in removed],
        elsewhere={} if is_here else row.dwelling,
        awaits=awaits(row, values, correction),
        brought_for=(row.brought_for or {}) if is_here else {},
    )


def _page_view(row: Any, document: Any) -> PageView:
    crop, card = crop_of(row), card_queries.of_page(row.id)
    shown_id = row.finished_id if card is None else row.finished_id or row.original_id
    return PageView(
        id=str(row.id),
        position=0 if row.removed_at is not None else row.position,
        side=row.side,
        origin=row.origin,
        rotation_deg=row.rotation_deg,
        doubts=[_doubt(one) for one in row.doubts],
        crop=None if crop is None or card is not None else crop_view(row, document, crop),
        card="" if card is None else "front" if card.back_id is None else "both",
        revision="" if row.finished_id is None else row.finished_id.hex[:8],
        shown="" if shown_id is None else shown_id.hex[:8],
    )


def _doubt(told: dict[str, Any]) -> Doubt:
    facts = {key: told[key] for key in told if key not in {"code", "side"}}
    return Doubt(str(told["code"]), facts, told.get("side", ""))


def crop_view(row: Any, document: Any, crop: Crop) -> CropView:
    """What a page is shown with."""
    width, height = crop.size
    quarters = row.rotation_deg // sheets.QUARTER_DEG
    box = crop.shown() or whole(width, height)
    found = None if crop.found is None else Box(*crop.found)
    return CropView(
        page_id=str(row.id),
        kind=document.kind,
        version=document.version,
        position=row.position,
        state=crop.state,
        rotation_deg=row.rotation_deg,
        size_mm=(width, height) if quarters % 2 == 0 else (height, width),
        box=seen(box, height, width, quarters).rounded(),
        found=None if found is None else seen(found, height, width, quarters).rounded(),
        original_size_mm=(width, height),
        original_box=box,
        is_finished=row.finished_id is not None,
        revision=crop.revision,
    )
