"""`renhu doctor` beside a stopped agent: it opens what the agent would open, and says what stands in the way."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.clock import SystemClock
from agent.devices.chosen import ChosenPorts
from agent.documents.media_envelope import Binding
from agent.documents.media_files import FOLDER
from agent.documents.media_key import KeySources
from agent.documents.opening import open_documents
from agent.folder import DATABASE, DataFolder, FolderKind
from agent.store import open_store
from peewee_models import audit
from peewee_models.audit import AuditEntry


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A sound register, and the configuration that names it."""
    key = tmp_path / "renhu.key"
    folder = DataFolder.take(tmp_path / "data", FolderKind.REGISTER)
    store = open_store(folder, f"file:{key}")
    ChosenPorts(store, folder.path).applied([])
    store.close()
    folder.release()
    (tmp_path / "renhu.toml").write_text(f'[data]\nfolder = "{tmp_path}/data"\nkey = "file:{key}"\n')
    return tmp_path


def doctor(place: Path, name: str = "register", *more: str) -> tuple[int, dict[str, Any], str]:
    """The exit code, the check of that name, and what was said besides."""
    return checked(["-m", "agent"], place, name, *more)


def checked(program: list[str], place: Path, name: str, *more: str) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, *program, "doctor", "--json", "--config", str(place / "renhu.toml"), *more],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "LC_ALL": "en_US.UTF-8"},
    )  # fmt: skip
    (found,) = [check for check in json.loads(done.stdout)["checks"] if check["name"] == name]
    return done.returncode, found, done.stderr


def test_a_configuration_that_is_not_there_is_not_called_sound(place: Path) -> None:
    assert doctor(place, "configuration")[1]["code"] == "DOCTOR-CONFIGURATION"
    path = place / "renhu.toml"
    path.unlink()
    as_default = f"import sys, pathlib, agent.config as c; c.DEFAULT_PATH = pathlib.Path({str(path)!r}); "
    program = ["-c", f"{as_default}from agent.__main__ import main; sys.exit(main())"]
    _, found, _ = checked(program, place, "configuration")
    assert (found["ok"], found["code"]) == (True, "DOCTOR-NO-CONFIGURATION")
    assert found["text"] == f"there is no configuration {path}; the defaults are used"


def test_a_sound_register_opens(place: Path) -> None:
    before = (place / "data" / DATABASE).read_bytes()
    _, found, said = doctor(place)
    assert (found["ok"], found["code"], said) == (True, "DOCTOR-REGISTER", "")
    assert (place / "data" / DATABASE).read_bytes() == before


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda place: (place / "renhu.key").unlink(), 10),
        (lambda place: (place / "renhu.key").chmod(0o644), 10),
        (lambda place: (place / "data" / DATABASE).write_bytes(b"no database" * 1000), 11),
    ],
    ids=["no-key", "open-key", "garbage"],
)
def test_what_would_refuse_the_start_is_told(place: Path, spoil: Callable[[Path], object], status: int) -> None:
    spoil(place)
    returned, found, _ = doctor(place)
    assert (returned, found["ok"]) == (status, False)
    assert found["text"]


def test_a_copy_without_its_scanned_files_is_told(place: Path) -> None:
    folder = DataFolder.take(place / "data", FolderKind.REGISTER)
    store = open_store(folder, f"file:{place}/renhu.key")
    sources = KeySources("", f"file:{place}/renhu.key")
    media = open_documents(sources, folder, store, SystemClock("Asia/Shanghai")).media
    stored = media.put(b"\xff\xd8\xff", "image/jpeg", Binding(uuid.uuid4(), "original"))
    with store.write():
        media.keep(stored)
    store.close()
    folder.release()
    assert doctor(place, "media")[1]["ok"]
    shutil.rmtree(place / "data" / FOLDER)
    status, found, _ = doctor(place, "media")
    assert (status, found["code"], ": 1." in found["text"]) == (11, "MEDIA-LOST", True)
    assert doctor(place)[1]["code"] == "DOCTOR-REGISTER"
    assert not (place / "data" / FOLDER).exists()


def test_a_broken_chain_of_audit_rows_is_told_and_a_cut_one_by_its_mark(place: Path) -> None:
    folder = DataFolder.take(place / "data", FolderKind.REGISTER)
    store = open_store(folder, f"file:{place}/renhu.key")
    with store.write():
        for number in range(6):
            audit.append(datetime.now(UTC), None, "test.act", ("test", None), {"n": number})
    store.close()
    folder.release()
    _, found, _ = doctor(place, "audit")
    assert (found["code"], "6 in all" in found["text"]) == ("DOCTOR-AUDIT", True)
    mark = re.search(r"6-[0-9a-f]{16}", found["text"])[0]
    folder = DataFolder.take(place / "data", FolderKind.REGISTER)
    store = open_store(folder, f"file:{place}/renhu.key")
    AuditEntry.delete().where(AuditEntry.seq == 6).execute()
    store.close()
    folder.release()
    assert doctor(place, "audit")[1]["code"] == "DOCTOR-AUDIT"
    returned, found, _ = doctor(place, "audit", "--audit-mark", mark)
    assert (returned, found["code"], "row 6" in found["text"]) == (11, "AUDIT-MISSING", True)
