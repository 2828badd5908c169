"""Cut the power of a disk while pages are stored on it.  Run as root, in a mount namespace of its own, by the drill.

    unshare --mount --propagation private python power_cut.py drive FOLDER CYCLES SEED MODE

A writer stores pages on an ext4 in a file; it is stopped, and the file as it then stands is what a power cut would
leave: everything in the kernel's cache is lost, what reached the block device stays.  It does not reorder or tear the
device's writes.  One line of JSON for each cycle.  Source: security requirements 7.2.
"""

from __future__ import annotations

import base64
import filecmp
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
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
from peewee_models.audit import AuditEntry, find_gap
from peewee_models.database import SqlCipherStore, create_sqlcipher, open_sqlcipher
from peewee_models.document_queries import Owner
from peewee_models.documents import Document, Media, Page
from peewee_models.drafts import Draft
from peewee_models.register import Household

CANARY = "金丝雀-7f3a"
KEY = b"k" * 32
MEDIA_KEY = MediaKey.of(b"m" * 32, uuid.UUID(int=7))
IMAGE_BYTES = 64 * 1024 * 1024
MODES = {
    "honest": "as shipped",
    "no-file-sync": "a file is not synced before it is renamed",
    "normal": "the database syncs with its checkpoints only",
    "early": "a page is acknowledged before it is stored",
    "plain": "a file is not encrypted",
}
COPY_S = 60.0


class Clerk:
    """Whoever stores the pages."""

    user_id = str(uuid.UUID(int=1))
    session_id = str(uuid.UUID(int=2))


def content_of(number: int) -> bytes:
    """A page of 20 to 80 kB that holds a mark and can be made again from its number."""
    noise = random.Random(number)
    mark = b"\xff\xd8\xff\xe0" + f"{CANARY}:{number}:".encode()
    return mark + noise.randbytes(noise.randrange(20_000, 80_000)) + mark


def forms() -> list[bytes]:
    """The mark in every form in which it could lie on a disk."""
    text = CANARY.encode()
    encoded = [base64.b64encode(bytes(shift) + text)[4 if shift else 0 : -4] for shift in range(3)]
    return [text, CANARY.encode("utf-16-le"), CANARY.encode("gbk"), text.hex().encode(), *encoded, MEDIA_KEY.key, KEY]


def parts(place: Path) -> tuple[SqlCipherStore, MediaStore, Papers]:
    """Open what the real program would open."""
    store, clock = open_sqlcipher(place / "register.db", KEY), SystemClock()
    media = MediaStore(store, MediaFiles(place / "media"), MEDIA_KEY, clock)
    return store, media, Papers(store, clock, media)


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
        media_files.sync_file = lambda _descriptor: None
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
        print(number, flush=True)


def inspect(place: Path, acknowledged: int) -> dict[str, Any]:
    """Look at what is left: pages lost, rows without a whole file, and what the sweep finds."""
    store, media, papers = parts(place)
    draft = Owner("draft", Draft.get().id)
    bad: dict[str, int] = {}
    held = set()
    for row in Page.select():
        number = row.doubts[0]["number"]
        try:
            is_same = papers.page_content(draft, row.id).content == content_of(number)
            code = "" if is_same else "OTHER-CONTENT"
        except CodedError as error:
            code = error.code
        if code:
            bad[code] = bad.get(code, 0) + 1
        else:
            held.add(number)
    swept = media.sweep(is_start=True)
    names = {path.name for path in (place / "media").rglob("*") if path.is_file()}
    rows = {row.address for row in Media.select()}
    stored_acts = AuditEntry.select().where(AuditEntry.action == "document.page-stored").count()
    answer = {
        "acknowledged": acknowledged,
        "lost": acknowledged - len(held & set(range(acknowledged))),
        "rows": len(rows),
        "bad": bad,
        "orphans": swept.orphans,
        "strays": len(names - rows),
        "is_audit_whole": find_gap() is None and stored_acts == Page.select().count() == len(rows),
    }
    store.close()
    return answer


def run(*command: object) -> None:
    """Run a tool; its words are shown when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr}{done.stdout}")


def drive(folder: Path, cycles: int, seed: int, mode: str) -> None:
    """Cut the power again and again, each time on a disk that is new but for a database."""
    chance = random.Random(seed)
    template, disk, cut, place = (folder / name for name in ("template", "disk", "cut", "mounted"))
    place.mkdir()
    with template.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", template)
    run("mount", "-o", "loop", template, place)
    create(place)
    run("umount", place)
    for _ in range(cycles):
        run("cp", "--sparse=always", template, disk)
        run("mount", "-o", "loop,commit=30", disk, place)
        acknowledged = interrupted_writer(disk, cut, place, chance.uniform(0.1, 0.5), mode)
        run("umount", place)
        raw = cut.read_bytes()
        readable = [form.hex() for form in forms() if form in raw]
        subprocess.run(["e2fsck", "-fy", str(cut)], capture_output=True, check=False)
        run("mount", "-o", "loop", cut, place)
        print(json.dumps(inspect(place, acknowledged) | {"readable": readable}), flush=True)
        run("umount", place)


def interrupted_writer(disk: Path, cut: Path, place: Path, after_s: float, mode: str) -> int:
    """Let a writer work for a moment, stop it, keep the disk as it stands; give how many pages it said were kept."""
    command = [sys.executable, __file__, "write", str(place), "0", mode]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    try:
        heard = writer.stdout.readline()
        assert heard, "the writer said nothing"
        time.sleep(after_s)
        writer.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, writer.pid, os.WSTOPPED)
        os.set_blocking(writer.stdout.fileno(), False)
        heard += writer.stdout.read() or b""
        copy_settled(disk, cut)
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    return heard.count(b"\n")


def copy_settled(disk: Path, cut: Path) -> None:
    """Copy the disk until two copies are equal: the kernel may still be writing, which only makes it better."""
    second = cut.with_suffix(".second")
    until = time.monotonic() + COPY_S
    shutil.copyfile(disk, cut)
    while time.monotonic() < until:
        shutil.copyfile(disk, second)
        if filecmp.cmp(cut, second, shallow=False):
            return
        second.replace(cut)
    sys.exit("the disk does not come to rest")


if __name__ == "__main__":
    if sys.argv[1] == "drive":
        drive(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
    else:
        write(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
