"""A clerk who is cut off at one step of bringing a page to the disk: a page, a file's pages, one anew, one put right.

A mode names an act and the step behind which the writer stands still, as `page@synced`; `page` alone stands for all the
steps of that act, one a cut; a third part weakens it.  Source: security requirements 7.2.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import stored_pages
from stored_pages import KEY, MEDIA_KEY

from agent.accounts.audit import SignedInIds
from agent.clock import SystemClock
from agent.documents import media_envelope, media_files
from agent.documents.media_files import MediaFiles, Step
from agent.documents.media_store import MediaStore
from agent.documents.papers import FINISHED, NewPage, Papers
from agent.documents.pictures import Pictures
from agent.documents.refs import OwnerRef
from agent.documents.straightening import Straightening
from agent.errors import CodedError
from peewee_models import document_queries
from peewee_models.audit_chain import look_over
from peewee_models.database import SqlCipherStore, open_sqlcipher
from peewee_models.document_queries import Owner
from peewee_models.documents import Document, Media, Page
from peewee_models.drafts import Draft
from simulators.papers import papers as stack
from simulators.papers_drawn import DrawnPapers
from simulators.scanner_picture import Lying, Region, Wanted, jpeg, see

ROW, COMMITTED = "row", "committed"
STEPS = [*map(str, Step), ROW, COMMITTED]
ACTS = {"page": ["0", "1"], "file": ["0", "2", "3", "4"], "anew": ["1"], "right": ["0 finished"]}
MIDST_OF_FILE = 2
DPI = 75
MARK_BYTES = 48
MARKS_A_PAGE = 8


class Clerk(stored_pages.Clerk):
    """Whoever stores the pages and puts them right."""

    role = "clerk"
    audit_ids = SignedInIds(stored_pages.Clerk.user_id, stored_pages.Clerk.session_id)


class Steps:
    """Stand still for ever behind one step of an act."""

    def __init__(self, act: str, wanted: str) -> None:
        self._told, self._wanted = f"{act} {wanted}", wanted
        self._left = MIDST_OF_FILE if act == "file" and wanted in set(Step) else 1
        self.is_armed = False

    def at(self, step: str) -> None:
        """Tell that a step is done, and wait for the power to go if it is the one."""
        if not self.is_armed or step != self._wanted:
            return
        self._left -= 1
        if self._left == 0:
            print(self._told, flush=True)
            signal.pause()


@cache
def content_of(number: int) -> bytes:
    """A page: the first is one that can be put right."""
    if number:
        return stored_pages.content_of(number)
    paper = Lying(stack(1)["rent-receipt-a5"])
    return jpeg(see(DrawnPapers(), paper, Wanted(Region(0, 0, 2480, 3508), DPI, "RGB24")), DPI)


def secrets() -> list[str | bytes]:
    """What nobody may be able to read on the disk: marks, keys, and pieces of each page's picture."""
    pieces = []
    for content in map(content_of, range(5)):
        pieces += [content[len(content) * part // 10 :][:MARK_BYTES] for part in range(1, MARKS_A_PAGE + 1)]
    return [*stored_pages.secrets(), *pieces]


def turns(mode: str) -> list[str]:
    """The modes of the cuts that follow one another."""
    return [mode] if "@" in mode else [f"{mode}@{step}" for step in STEPS]


def parts(place: Path, steps: Steps | None = None) -> tuple[SqlCipherStore, MediaStore, Papers]:
    """Open what the real program would open."""
    store, clock = open_sqlcipher(place / "register.db", KEY), SystemClock()
    files = MediaFiles(place / "media", lambda step: None if steps is None else steps.at(step))
    media = MediaStore(store, files, MEDIA_KEY, clock)
    return store, media, Papers(store, clock, media)


def straightening(parted: tuple[SqlCipherStore, MediaStore, Papers], pictures: Pictures) -> Straightening:
    """What puts pages right."""
    store, media, papers = parted
    return Straightening(store, SystemClock(), papers, media, pictures)


def create(place: Path) -> None:
    """Make a folder with a page in it that could be put right."""
    stored_pages.create(place)
    parted = parts(place)
    owner, pictures = Owner("draft", Draft.get().id), Pictures(SystemClock())
    kept = parted[2].store_page(owner, "D04", NewPage(content_of(0), "image/jpeg"), Clerk())
    assert straightening(parted, pictures).look(owner, kept.id).state == "proposed"
    pictures.end()
    parted[0].close()


def write(place: Path, _first: int, mode: str) -> None:
    """Do one act, and stand still in the midst of it."""
    act, wanted, weakness = (*mode.split("@"), "")[:3]
    steps = Steps(act, wanted)
    store, media, papers = parts(place, steps)
    if weakness == "no-file-sync":
        media_files.sync_file = media_files.begin_to_sync = lambda _descriptor: None
    if weakness == "plain":
        media_envelope.seal = lambda content, *_rest: iter(list(content))
    begun = store.write

    @contextmanager
    def writing() -> Iterator[Any]:
        with begun() as transaction:
            yield transaction
            steps.at(COMMITTED if weakness == "early" else ROW)

    store.write = writing  # type: ignore[method-assign]
    done = acts((store, media, papers))[act]
    steps.is_armed = True
    done()
    steps.at(COMMITTED)


def acts(parted: tuple[SqlCipherStore, MediaStore, Papers]) -> dict[str, Callable[[], object]]:
    """What a clerk does."""
    papers, owner, first = parted[2], Owner("draft", Draft.get().id), Page.get()

    def page(number: int) -> NewPage:
        return NewPage(content_of(number), "image/jpeg")

    def put_right() -> None:
        ref = OwnerRef("draft", str(owner.id))
        straightening(parted, Pictures(SystemClock())).accept(ref, str(first.id), first.document.version, None, Clerk())

    return {
        "page": lambda: papers.store_page(owner, "D04", page(1), Clerk()),
        "file": lambda: papers.store_file(owner, "D04", map(page, (2, 3, 4)), Clerk()),
        "anew": lambda: papers.store_page(owner, "D04", page(1), Clerk(), in_place_of=first.id),
        "right": put_right,
    }


def inspect(place: Path, heard: list[str]) -> dict[str, Any]:
    """Look at what is left: all of the act when it was acknowledged, nothing of it before, and every file whole."""
    act, step = heard[0].split()
    store, media, papers = parts(place)
    owner = Owner("draft", Draft.get().id)
    is_kept = step == COMMITTED
    shown = [what_is(papers, media, owner, row) for row in document_queries.held_pages(Document.get().id)]
    found = [] if shown == (ACTS[act] if is_kept else ["0"]) else [f"{act} cut behind {step} shows {shown}"]
    media.sweep(1, is_start=True)
    names = {path.name for path in (place / "media").rglob("*") if path.is_file()}
    found += [f"{name} is nobody's" for name in names - {row.address for row in Media.select()}]
    if look_over(store).bad_seq is not None:
        found.append("the audit has a gap")
    store.close()
    return {"acknowledged": int(is_kept), "found": found, "step": f"{act} {step}"}


def what_is(papers: Papers, media: MediaStore, owner: Owner, row: Any) -> str:
    """Which page it is by its content, and whether it was put right; or why it cannot be read."""
    known = {content_of(number): str(number) for number in range(5)}
    try:
        name = known.get(papers.page_content(owner, row.id).content, "other")
        if row.finished_id is not None:
            name += " finished" if media.get(row.finished_id, owner.id, FINISHED) else " empty"
    except CodedError as error:
        return error.code
    return name
