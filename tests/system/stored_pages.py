"""A clerk who stores one page after the other while the power is cut; and what is left of the pages.

Source: security requirements 7.2.
"""

from __future__ import annotations

import random
import uuid
from pathlib import Path
from typing import Any

from agent.clock import SystemClock
from agent.documents import media_envelope, media_files
from agent.documents.media_files import MediaFiles
from agent.documents.media_key import MediaKey
from agent.documents.media_store import MediaStore
from agent.documents.papers import NewPage, Papers
from agent.errors import CodedError
from peewee_models import schema
from peewee_models.accounts import User
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.database import SqlCipherStore, create_sqlcipher, open_sqlcipher
from peewee_models.document_queries import Owner
from peewee_models.documents import Document, Media, Page
from peewee_models.drafts import Draft
from peewee_models.register import Household

CANARY = "金丝雀-7f3a"
KEY = b"k" * 32
MEDIA_KEY = MediaKey.of(b"m" * 32, uuid.UUID(int=7))
MODES = {
    "honest": "as shipped",
    "no-file-sync": "a file is not synced before it is renamed",
    "normal": "the database syncs with its checkpoints only",
    "early": "a page is acknowledged before it is stored",
    "plain": "a file is not encrypted",
}


class Clerk:
    """Whoever stores the pages."""

    user_id = str(uuid.UUID(int=1))
    session_id = str(uuid.UUID(int=2))


def content_of(number: int) -> bytes:
    """A page of 20 to 80 kB that holds a mark and can be made again from its number."""
    noise = random.Random(number)
    mark = b"\xff\xd8\xff\xe0" + f"{CANARY}:{number}:".encode()
    return mark + noise.randbytes(noise.randrange(20_000, 80_000)) + mark


def secrets() -> list[str | bytes]:
    """What nobody may be able to read on the disk."""
    return [CANARY, MEDIA_KEY.key, KEY]


def parts(place: Path) -> tuple[SqlCipherStore, MediaStore, Papers]:
    """Open what the real program would open."""
    store, clock = open_sqlcipher(place / "register.db", KEY), SystemClock()
    media = MediaStore(store, MediaFiles(place / "media"), MEDIA_KEY, clock)
    return store, media, Papers(store, clock, media)


def turns(mode: str) -> list[str]:
    """The modes of the cuts that follow one another: all are cut at any moment."""
    return [mode]


def create(place: Path) -> None:
    """Make a folder with a clerk and a draft in it."""
    create_sqlcipher(place / "register.db", KEY, lambda store: schema.upgrade(store) and None)
    store, _, _ = parts(place)
    now = SystemClock().now()
    with store.write():
        user = User.create(
            id=Clerk.user_id, name="clerk", role="clerk", password_hash="", created_at=now, language="zh"
        )
        household = Household.create(created_at=now)
        Draft.create(user=user, state="open", household=household, opened_at=now, saved_at=now)
    store.close()


def write(place: Path, first: int, mode: str) -> None:
    """Store one page after the other; say so only when it is kept, unless the mode is to lie."""
    store, _, papers = parts(place)
    assert mode in MODES
    if mode == "no-file-sync":
        media_files.sync_file = media_files.begin_to_sync = lambda _descriptor: None
    if mode == "normal":
        store.execute_sql("PRAGMA synchronous=normal")
    if mode == "plain":
        media_envelope.seal = lambda content, *_rest: iter(list(content))
    draft = Owner("draft", Draft.get().id)
    for number in range(first, first + 100_000):
        if mode == "early":
            print(number, flush=True)
        kind = f"D{number // 40 % 13 + 1:02d}"
        with store.write():
            Document.update(state="closed").where(Document.kind != kind).execute()
        doubts = [{"code": "drill", "number": number}]
        papers.store_page(draft, kind, NewPage(content_of(number), "image/jpeg", doubts=doubts), Clerk())
        if mode != "early":
            print(number, flush=True)


def inspect(place: Path, heard: list[str]) -> dict[str, Any]:
    """Look at what is left: pages lost, rows without a whole file, and what the sweep finds."""
    store, media, papers = parts(place)
    draft = Owner("draft", Draft.get().id)
    found = []
    held = set()
    for row in Page.select():
        number = row.doubts[0]["number"]
        try:
            is_same = papers.page_content(draft, row.id).content == content_of(number)
            code = "" if is_same else "OTHER-CONTENT"
        except CodedError as error:
            code = error.code
        if code:
            found.append(f"page {number} is bad: {code}")
        else:
            held.add(number)
    acknowledged = {int(line) for line in heard if line.endswith("\n")}
    found += [f"page {number} is lost" for number in sorted(acknowledged - held)]
    media.sweep(1, is_start=True)
    names = {path.name for path in (place / "media").rglob("*") if path.is_file()}
    rows = {row.address for row in Media.select()}
    found += [f"{name} is nobody's" for name in names - rows]
    stored_acts = AuditEntry.select().where(AuditEntry.action == "document.page-stored").count()
    if look_over(store).bad_seq is not None or not stored_acts == Page.select().count() == len(rows):
        found.append("the audit has a gap")
    store.close()
    return {"acknowledged": len(acknowledged), "found": found}
