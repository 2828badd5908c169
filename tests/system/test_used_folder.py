"""A used data folder that has lost its database is refused as it is; a first start that was cut short comes up."""

import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from contextlib import contextmanager

import pytest

from agent.clock import SystemClock
from agent.documents.media_envelope import Binding
from agent.documents.media_files import ASIDE, FOLDER
from agent.documents.media_key import KeySources
from agent.documents.opening import open_documents
from agent.errors import Exit, StartRefused
from agent.folder import DATABASE, DataFolder, FolderKind
from agent.store import open_store

ADDRESS = "ab" * 32
MARK = f"{DATABASE}.key-check"


@pytest.fixture
def place(tmp_path):
    """A register with one scanned file, and the configuration that names it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "keys").mkdir()
    key = f"file:{tmp_path}/keys/renhu.key"
    (tmp_path / "renhu.toml").write_text(
        f'[web]\nport = {port}\n[data]\nfolder = "{tmp_path}/data"\nkey = "{key}"\n'
        f'[devices.reader]\naddress = "serial:/dev/renhu/none"\n'
    )
    folder = DataFolder.take(tmp_path / "data", FolderKind.REGISTER)
    store = open_store(folder, key)
    media = open_documents(KeySources("", key), folder, store, SystemClock("Asia/Shanghai")).media
    stored = media.put(b"\xff\xd8\xff", "image/jpeg", Binding(uuid.uuid4(), "original"))
    with store.write():
        media.keep(stored)
    store.close()
    folder.release()
    return tmp_path


def contents(*folders):
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for folder in folders
        for path in sorted(folder.rglob("*"))
    }


def opened(place):
    """What a start makes of the folder: a refusal's code and exit code, or None."""
    folder = DataFolder.take(place / "data", FolderKind.REGISTER)
    try:
        open_store(folder, f"file:{place}/keys/renhu.key").close()
    except StartRefused as refused:
        return refused.code, refused.exit_code
    else:
        return None
    finally:
        folder.release()


def renhu(place, *arguments, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "agent", *arguments, "--config", str(place / "renhu.toml")],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "LC_ALL": "en_US.UTF-8"}, **more,
    )  # fmt: skip


def checks(doctor):
    """What a doctor has found, in the order in which it told."""
    return [(check["name"], check["code"]) for check in json.loads(doctor.communicate(timeout=60)[0])["checks"]]


@contextmanager
def daemon_at(place):
    """A daemon that is asked to end behind the block, and does."""
    daemon = renhu(place, "run")
    try:
        yield daemon
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=30)
    finally:
        daemon.kill()
        daemon.wait()


def strip_to(place, keeps):
    """Take the database away, and of its traces all but one."""
    data = place / "data"
    [scanned] = [path for path in (data / FOLDER).rglob("*") if path.is_file()]
    (data / DATABASE).unlink()
    if keeps != "mark":
        (data / MARK).unlink()
    if keeps == "aside":
        scanned.rename(data / ASIDE / scanned.name)
    elif keeps != "media":
        scanned.unlink()


@pytest.mark.parametrize("has_key", [True, False], ids=["key", "no-key"])
@pytest.mark.parametrize("keeps", ["mark", "media", "aside"])
def test_any_trace_of_use_refuses_the_start_and_nothing_is_touched(place, keeps, has_key):
    strip_to(place, keeps)
    if not has_key:
        (place / "keys" / "renhu.key").unlink()
    before = contents(place / "data", place / "keys")
    assert opened(place) == ("DATABASE-MISSING", Exit.DAMAGED)
    assert contents(place / "data", place / "keys") == before


def test_what_was_born_only_by_half_does_not_excuse_scanned_files(place):
    (place / "data" / DATABASE).rename(place / "data" / f"{DATABASE}.new")
    before = contents(place / "data", place / "keys")
    assert opened(place) == ("DATABASE-MISSING", Exit.DAMAGED)
    assert contents(place / "data", place / "keys") == before


def test_check_and_doctor_and_the_daemon_say_what_is_missing_and_what_to_do(place):
    kept = (place / "data" / DATABASE).read_bytes()
    (place / "data" / DATABASE).unlink()
    before = contents(place / "data", place / "keys")
    check, doctor = renhu(place, "run", "--check"), renhu(place, "doctor", "--json")
    told = check.communicate(timeout=60)[1]
    assert check.returncode == 11
    assert all(words in told for words in ("[DATABASE-MISSING]", DATABASE, "from a backup", "Nothing was changed"))
    found = checks(doctor)
    assert doctor.returncode == 11
    assert [code for name, code in found if name == "register"] == ["DATABASE-MISSING"]
    with daemon_at(place) as daemon:
        lines = [daemon.stderr.readline() for _ in range(2)]
        assert "DATABASE-MISSING" in lines[0], lines
        connection = http.client.HTTPConnection("127.0.0.1", int(lines[1].partition("127.0.0.1:")[2].split(".")[0]))
        connection.request("GET", "/")
        page = connection.getresponse()
        assert (page.status, "DATABASE-MISSING" in page.read().decode()) == (503, True)
        connection.close()
    assert daemon.returncode == 11
    (place / "data" / "agent.lock").touch()
    assert contents(place / "data", place / "keys") == before
    (place / "data" / DATABASE).write_bytes(kept)
    assert opened(place) is None


def test_a_mark_of_audit_rows_is_missed_where_there_is_no_register_any_more(place):
    shutil.rmtree(place / "data")
    (place / "data").mkdir(mode=0o700)
    (place / "keys" / "renhu.key.used").unlink()
    doctor = renhu(place, "doctor", "--json", "--audit-mark", "7-3f9a22c177de0b41")
    told = dict(checks(doctor))
    assert (doctor.returncode, told["register"], told["audit"]) == (11, "DOCTOR-REGISTER-NEW", "AUDIT-MISSING")


def test_lost_scanned_files_are_told_at_the_start_and_beside_the_running_daemon(place):
    shutil.rmtree(place / "data" / FOLDER)
    check = renhu(place, "run", "--check")
    assert "[MEDIA-LOST]" in check.communicate(timeout=60)[1]
    assert check.returncode == 11
    with daemon_at(place) as daemon:
        said = iter(daemon.stderr.readline, "")
        assert any("MEDIA-LOST" in line and "missing in" in line and ": 1." in line for line in said)
        assert any("Renhu is ready" in line for line in said)
        told = dict(checks(renhu(place, "doctor", "--json")))
        assert (told["agent"], told["media"], told["audit"]) == ("DOCTOR-AGENT-RUNS", "MEDIA-LOST", "DOCTOR-AUDIT")
    assert daemon.returncode == 0


def test_a_damaged_page_far_into_a_large_database_stops_no_clerk_and_is_told(place):
    folder = DataFolder.take(place / "data", FolderKind.REGISTER)
    store = open_store(folder, f"file:{place}/keys/renhu.key")
    store.execute_sql("CREATE TABLE ballast (content BLOB)")
    store.execute_sql("INSERT INTO ballast VALUES (?)", (bytes(36_000_000),))
    store.close()
    folder.release()
    with (place / "data" / DATABASE).open("r+b") as file:
        file.seek(30_000_000)
        file.write(bytes(8))
    check = renhu(place, "run", "--check")
    assert "[DATABASE-DAMAGED]" in check.communicate(timeout=60)[1]
    assert check.returncode == 11
    with daemon_at(place) as daemon:
        awaited = {"Renhu is ready", "file: 1 [DATABASE-PAGES-DAMAGED]"}
        for line in iter(daemon.stderr.readline, ""):
            awaited = {words for words in awaited if words not in line}
            if not awaited:
                break
        assert not awaited
        doctor = renhu(place, "doctor", "--json")
        assert dict(checks(doctor))["database"] == "DATABASE-PAGES-DAMAGED"


CUT_SHORT = """
import os, sys
from pathlib import Path
from agent.folder import DataFolder, FolderKind
from agent.store import open_store
ACTS = {"os.rename", "os.remove", "os.mkdir"}
left = None
def step(event, arguments):
    global left
    is_act = event in ACTS or event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
    if left is not None and is_act:
        left -= 1
        if left < 0:
            os._exit(9)
sys.addaudithook(step)
def start(place, steps):
    global left
    left = steps
    folder = DataFolder.take(place / "data", FolderKind.REGISTER)
    open_store(folder, f"file:{place}/keys/renhu.key").close()
def cut(place, steps):
    child = os.fork()
    if child == 0:
        try:
            start(place, steps)
        except BaseException as error:
            print(steps, type(error).__name__, getattr(error, "code", error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
base, steps, ends = Path(sys.argv[1]), 0, []
while 0 not in ends:
    place = base / str(steps)
    (place / "keys").mkdir(parents=True)
    ends.append(cut(place, steps))
    again = [cut(place, early) for early in range(8)] if ends[-1] == 9 else []
    assert cut(place, 999) == 0 and 1 not in ends + again, (steps, ends, again)
    steps += 1
print(len(ends))
"""


def test_a_first_start_that_is_killed_at_any_step_and_again_comes_up_by_itself(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CUT_SHORT, str(tmp_path)], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 8, "key, database, mark: each is opened and renamed"
    for place in tmp_path.iterdir():
        assert {path.name for path in (place / "data").iterdir()} == {"agent.lock", DATABASE, MARK}
        assert {path.name for path in (place / "keys").iterdir()} == {"renhu.key", "renhu.key.used"}
