"""Audit rows in the words of the agent: which acts there are, and how one is written beside its fact."""

from __future__ import annotations

import uuid
from enum import StrEnum

from drivers.api import Clock
from peewee_models import audit


class Act(StrEnum):
    """An act that leaves an audit row."""

    SIGN_IN = "accounts.sign-in"
    SIGN_IN_FAILED = "accounts.sign-in-failed"
    SIGN_OUT = "accounts.sign-out"
    UNLOCKED = "accounts.unlocked"
    ENROL = "accounts.enrol"
    ENROL_FAILED = "accounts.enrol-failed"
    USER_MADE = "accounts.user-made"
    USER_DISABLED = "accounts.user-disabled"
    USER_ENABLED = "accounts.user-enabled"
    CODE_ISSUED = "accounts.code-issued"
    CREDENTIAL_CHANGED = "accounts.password-changed"
    DESK_TAKEN = "desk.taken"
    DESK_HANDED_OVER = "desk.handed-over"
    DESK_LEFT = "desk.left"
    OUT_OF_SCOPE = "register.out-of-scope"
    DRAFT_OPENED = "draft.opened"
    DRAFT_VIEWED = "draft.viewed"
    DRAFT_PUT_ASIDE = "draft.put-aside"
    DRAFT_RESUMED = "draft.resumed"
    DRAFT_DISCARDED = "draft.discarded"
    SECOND_PERSON = "draft.second-person"
    RECORD_SAVED = "register.saved"
    RECORD_EDITED = "register.edited"
    RECORD_CONFIRMED = "register.confirmed"
    RECORD_VIEWED = "register.viewed"
    RECORD_SHOWN_IN_FULL = "register.shown-in-full"
    CORRECTION_BEGUN = "register.correction-begun"
    CORRECTION_SECOND_PERSON = "register.second-person"
    CORRECTION_GIVEN_UP = "register.correction-given-up"
    CANCELLATION_BEGUN = "register.cancellation-begun"
    CANCELLATION_GIVEN_UP = "register.cancellation-given-up"
    RECORD_CANCELLED = "register.cancelled"
    RECORD_RESTORED = "register.restored"
    RECORD_MERGED = "register.merged"
    RECORD_UNMERGED = "register.unmerged"
    DISTINCT_DECIDED = "register.distinct"
    DISTINCT_UNDONE = "register.distinct-undone"
    LISTED = "register.listed"
    SEARCHED = "register.searched"
    PAGE_STORED = "document.page-stored"
    PAGES_UPLOADED = "document.pages-uploaded"
    PAGE_CHANGED = "document.page-changed"
    DOCUMENT_VIEWED = "document.viewed"
    GLASS_VIEWED = "document.glass-viewed"
    DOCUMENTS_MOVED = "document.moved"
    DOCUMENTS_SHREDDED = "document.shredded"
    ORIGINALS_SHREDDED = "document.originals-shredded"
    PHOTO_TAKEN = "photo.taken"
    PHOTO_FRAMED = "photo.framed"
    PHOTO_USED = "photo.used"
    PHOTO_SHREDDED = "photo.shredded"
    PHOTOS_MOVED = "photo.moved"
    PAPER_MADE = "paper.made"
    DEVICE_ACT = "device.act"
    EXPORT_ASKED = "exchange.export-asked"
    EXPORT_AGREED = "exchange.export-agreed"
    EXPORT_REFUSED = "exchange.export-refused"
    EXPORT_WITHDRAWN = "exchange.export-withdrawn"
    EXPORTED = "exchange.exported"
    PROVISION_DELETED = "exchange.provision-deleted"
    IMPORT_FILE_TAKEN = "exchange.file-taken"
    IMPORT_CHECKED = "exchange.checked"
    IMPORT_BEGUN = "exchange.import-begun"
    IMPORT_ENDED = "exchange.import-ended"
    REJECTIONS_TAKEN = "exchange.rejections-taken"
    RECORD_IMPORTED = "register.imported"
    TRAIL_LOOKED_OVER = "audit.looked-over"
    TABLE_BROUGHT = "tables.brought"
    TABLE_GIVEN_UP = "tables.given-up"
    TABLE_PUT_IN_FORCE = "tables.put-in-force"
    RULE_CHANGED = "tables.rule-changed"
    ADDRESSES_BROUGHT = "addresses.brought"
    ADDRESSES_GIVEN_UP = "addresses.given-up"
    ADDRESSES_TAKEN_IN = "addresses.taken-in"
    ADDRESSES_GIVEN_OUT = "addresses.given-out"


class SignedInIds:
    """The keys by which an audit row names who did it."""

    def __init__(self, user_id: str, session_id: str) -> None:
        self.keys = (uuid.UUID(user_id), uuid.UUID(session_id))


def write(
    clock: Clock, by: SignedInIds | None, act: Act, subject: tuple[str, str | uuid.UUID | None], **facts: str | int
) -> None:
    """Write one audit row inside the caller's transaction.

    Args:
        clock: tells when.
        by: who; None when nobody is signed in.
        act: what was done.
        subject: kind and key of what it was done to.
        **facts: codes, counts and surrogate keys; never a name, a number or a query.
    """
    kind, key = subject
    subject_key = uuid.UUID(key) if isinstance(key, str) else key
    audit.append(clock.now(), None if by is None else by.keys, act.value, (kind, subject_key), facts)
