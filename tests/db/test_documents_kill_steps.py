"""`kill -9` between every two steps of storing and of shredding a page: it is whole or not there, and none is lost.

A step is each thing done with a file, and each statement and commit; the process kills itself before and after it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DRILL = """
import json, os, shutil, signal, sys, uuid
from pathlib import Path
from agent.clock import SystemClock
from agent.documents.job_state import JobHappening
from agent.documents.jobs import Jobs
from agent.documents.media_files import MediaFiles
from agent.documents.media_key import MediaKey
from agent.documents.media_store import MediaStore
from agent.documents.papers import NewPage, Papers
from agent.errors import CodedError
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from agent.accounts.service import SignedIn
from peewee_models import schema
from peewee_models.accounts import User
from peewee_models.audit_chain import look_over
from peewee_models.database import SqlCipherStore, create_sqlcipher, open_sqlcipher
from peewee_models.document_queries import Owner
from peewee_models.documents import Document, Media, Page, ScanJob
from peewee_models.drafts import Draft

home, act, mode = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
KEY, MEDIA_KEY, CLOCK = b"k" * 32, MediaKey.of(b"m" * 32, uuid.UUID(int=7)), SystemClock()
BY = SignedIn(str(uuid.uuid4()), str(uuid.UUID(int=1)), "clerk", "clerk", "zh", "")
OLD, NEW = NewPage(b"old page " * 2000, "image/jpeg"), NewPage(b"new page " * 2000, "image/jpeg")


class RowFirst(MediaStore):
    '''The order that must not be: the row is kept, then the file is written.'''
    late = []

    def put(self, *arguments):
        stored = super().put(*arguments)
        path = place / "media" / stored.address[:2] / stored.address
        self.late.append((path, path.read_bytes()))
        path.unlink()
        return stored


def parts(at_step=lambda step: None):
    store = open_sqlcipher(place / "register.db", KEY)
    kind = RowFirst if mode == "row-first" else MediaStore
    media = kind(store, MediaFiles(place / "media", at_step), MEDIA_KEY, CLOCK)
    papers = Papers(store, CLOCK, media)
    station = StationSettings("310112101", "测试站", "Asia/Shanghai", True)
    return store, media, papers, RegisterService(store, CLOCK, station, lambda event: None, papers)


def begin():
    create_sqlcipher(place / "register.db", KEY, lambda store: schema.upgrade(store) and None)
    store, media, papers, register = parts()
    User.create(id=BY.user_id, name="clerk", role="clerk", password_hash="", created_at=CLOCK.now(), language="zh")
    draft = Owner("draft", uuid.UUID(register.open_draft(BY).id))
    papers.store_page(draft, "D04", OLD, BY)
    job = Jobs(store, CLOCK).queue(draft, "D04", {}, BY)
    Jobs(store, CLOCK).note(job, JobHappening.STARTED)
    if act == "discard":
        papers.store_page(draft, "D01", NEW, BY)
        Jobs(store, CLOCK).note(job, JobHappening.CANCELLED)
    for path, content in getattr(media, "late", []):
        path.write_bytes(content)
    store.close()


def do(die_at, said):
    steps = 0

    def step(*_):
        nonlocal steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    store, media, papers, register = parts(step)

    def stepping(plain):
        def act(self, *arguments, **more):
            step()
            answer = plain(self, *arguments, **more)
            step()
            return answer
        return act

    draft, job = Draft.get().id, ScanJob.get().id
    SqlCipherStore.execute_sql = stepping(SqlCipherStore.execute_sql)
    SqlCipherStore.commit = stepping(SqlCipherStore.commit)
    MediaFiles.remove = stepping(MediaFiles.remove)
    if act == "store":
        if mode == "early":
            os.write(said, b"kept")
        papers.store_page(Owner("draft", draft), "D04", NEW, BY, job)
        for path, content in getattr(media, "late", []):
            step()
            path.write_bytes(content)
    else:
        register.discard(str(draft), BY, "MISTAKE")
    step()
    if mode != "early":
        os.write(said, b"kept")
    os._exit(0)


def look(was_acknowledged):
    store, media, papers, register = parts()
    found = []
    drafts = [row.id for row in Draft.select()]
    pages = list(Page.select())
    for row in pages:
        try:
            content = papers.page_content(Owner("draft", drafts[0]), row.id).content
            found += [] if content in (OLD.content, NEW.content) else ["a page has other content"]
        except CodedError as error:
            found.append("a row without its file: " + error.code)
    if act == "store":
        found += [] if len(pages) == 1 + was_acknowledged or len(pages) == 2 else ["an acknowledged page is lost"]
        found += [] if ScanJob.get().page_count == len(pages) - 1 else ["the job counts another number of pages"]
    else:
        is_gone = not (drafts or pages or sum(one.select().count() for one in (Media, Document, ScanJob)))
        is_whole = len(drafts) == 1 and len(pages) == 2 and ScanJob.select().count() == 1
        found += [] if is_gone or (is_whole and not was_acknowledged) else ["half a draft"]
    swept = media.sweep(1, is_start=True)
    files = {path.name for path in (place / "media").rglob("*") if path.is_file()}
    found += [] if files == {row.address for row in Media.select()} else ["files and rows differ after the sweep"]
    found += [] if look_over(store).bad_seq is None else ["an audit row is missing"]
    store.close()
    return found, swept.orphans + swept.leftovers


place = home / "template"
place.mkdir()
begin()
template, place = place, home / "place"
has_ended, die_at = False, 0
while not has_ended:
    die_at += 1
    shutil.copytree(template, place)
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:
        do(die_at, says)
    status = os.waitpid(child, 0)[1]
    os.close(says)
    was_acknowledged = os.read(hears, 10) == b"kept"
    os.close(hears)
    has_ended = status == 0
    if not has_ended and status != signal.SIGKILL:
        sys.exit(f"the child ended with {status}")
    found, swept = look(was_acknowledged)
    print(json.dumps({"step": die_at, "acknowledged": was_acknowledged, "found": found, "swept": swept}))
    shutil.rmtree(place)
"""


def kill_at_every_step(tmp_path: Path, act: str, mode: str = "honest") -> list[dict[str, Any]]:
    command = [sys.executable, "-c", DRILL, str(tmp_path), act, mode]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(("act", "least"), [("store", 20), ("discard", 20)])
def test_nothing_is_half_there_whenever_the_process_dies(tmp_path: Path, act: str, least: int) -> None:
    kills = kill_at_every_step(tmp_path, act)
    assert [kill for kill in kills if kill["found"]] == []
    assert len(kills) > least
    assert [kill["acknowledged"] for kill in kills] == [False] * (len(kills) - 1) + [True]
    assert any(kill["swept"] for kill in kills), "some of the deaths left a file behind, and the sweep took it"


@pytest.mark.parametrize(("mode", "seen"), [("row-first", "a row without its file"), ("early", "is lost")])
def test_the_drill_sees_a_wrong_order(tmp_path: Path, mode: str, seen: str) -> None:
    kills = kill_at_every_step(tmp_path, "store", mode)
    assert any(seen in found for kill in kills for found in kill["found"])
