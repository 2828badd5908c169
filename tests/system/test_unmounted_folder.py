"""A data folder that is bare because its disk is not mounted begins no second register under the key of the first."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from agent.database_mark import refuse_bare
from agent.errors import Exit, StartRefused
from agent.folder import DATABASE, DataFolder, FolderKind
from agent.store import open_store


def start(place, key, home):
    """What a start makes of the data folder: a refusal's code and exit code, or None."""
    folder = DataFolder.take(place / "data", FolderKind.REGISTER)
    try:
        open_store(folder, key, home).close()
    except StartRefused as refused:
        return refused.code, refused.exit_code
    else:
        return None
    finally:
        folder.release()


def unmount(place):
    (place / "data").rename(place / "disk")
    (place / "data").mkdir(mode=0o700)


def mount(place):
    for left in (place / "data").iterdir():
        left.unlink()
    (place / "data").rmdir()
    (place / "disk").rename(place / "data")


@pytest.fixture(params=["file", "credential"])
def station(request, tmp_path, monkeypatch):
    """A register that was begun: its place, its key as the configuration says it, and where the mark stands."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "etc").mkdir()
    place = tmp_path / "keys"
    if request.param == "file":
        monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
        key, mark = f"file:{place}/renhu.key", place / "renhu.key.used"
    else:
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(place))
        (place / "renhu.key").write_bytes(bytes(range(32)))
        key, mark = "", tmp_path / "etc" / "renhu.key.used"
    assert start(tmp_path, key, tmp_path / "etc") is None
    return tmp_path, key, mark


def test_a_bare_folder_is_refused_until_the_disk_is_back_or_the_mark_is_taken_away(station):
    place, key, mark = station
    assert mark.read_text() == f"{place}/data\n"
    unmount(place)
    for _ in range(2):
        assert start(place, key, place / "etc") == ("DATABASE-ELSEWHERE", Exit.DAMAGED)
        assert [path.name for path in (place / "data").iterdir()] == ["agent.lock"]
    mount(place)
    assert start(place, key, place / "etc") is None
    unmount(place)
    mark.unlink()
    assert start(place, key, place / "etc") is None
    assert (place / "data" / DATABASE).exists()
    assert mark.exists(), "the new register is marked in its turn"


@pytest.mark.parametrize("station", ["file"], indirect=True)
def test_a_lost_key_is_not_made_anew_for_it(station):
    place, key, _ = station
    unmount(place)
    (place / "keys" / "renhu.key").unlink()
    assert start(place, key, place / "etc") == ("DATABASE-ELSEWHERE", Exit.DAMAGED)
    assert not (place / "keys" / "renhu.key").exists()


def test_a_register_from_before_there_were_marks_is_marked_at_its_next_start_and_so_is_one_that_has_moved(station):
    place, key, mark = station
    for text in (None, "/srv/elsewhere\n"):
        mark.unlink()
        if text is not None:
            mark.write_text(text)
        assert start(place, key, place / "etc") is None
        assert mark.read_text() == f"{place}/data\n"


@pytest.mark.parametrize("station", ["credential"], indirect=True)
def test_where_no_mark_can_be_left_the_register_opens_and_the_log_says_so(station, caplog):
    place, _, mark = station
    mark.unlink()
    assert start(place, "", place / "nowhere") is None
    assert "renhu.key.used cannot be written" in caplog.text


def test_who_may_not_look_beside_the_key_is_told_of_no_fault_of_ours(tmp_path):
    folder = DataFolder(tmp_path / "data", FolderKind.REGISTER, None)
    child = os.fork()
    if child == 0:
        (tmp_path / "data").mkdir()
        tmp_path.chmod(0o000)
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            refuse_bare(f"file:{tmp_path}/renhu.key", folder, tmp_path)
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    tmp_path.chmod(0o700)
    assert status == 0


def test_check_and_doctor_and_the_daemon_refuse_and_make_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    (tmp_path / "keys").mkdir()
    key = f"file:{tmp_path}/keys/renhu.key"
    (tmp_path / "renhu.toml").write_text(
        f'[data]\nfolder = "{tmp_path}/data"\nkey = "{key}"\n[devices.reader]\naddress = "serial:/dev/renhu/none"\n'
    )
    assert start(tmp_path, key, tmp_path) is None
    unmount(tmp_path)
    for command in (["run", "--check"], ["doctor", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "agent", *command, "--config", str(tmp_path / "renhu.toml")],
            capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "LC_ALL": "en_US.UTF-8"},
        )  # fmt: skip
        assert done.returncode == 11, done.stderr
        assert list((tmp_path / "data").iterdir()) == []
        if command[0] == "run":
            assert "is not mounted" in done.stderr
            assert f"delete {tmp_path}/keys/renhu.key.used first" in done.stderr
        else:
            told = {check["name"]: check["code"] for check in json.loads(done.stdout)["checks"]}
            assert told["register"] == "DATABASE-ELSEWHERE"
