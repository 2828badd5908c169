"""A second daemon, a reader that another program holds, an SQLite too old: exit code and next step, two languages."""

import fcntl
import hashlib
import http.client
import json
import os
import pty
import signal
import socket
import subprocess
import sys

import pytest

from agent.folder import DATABASE, DataFolder, FolderKind
from agent.store import open_store

RUN = "import sys; from agent.__main__ import main; sys.exit(main())"
OLD_SQLITE = """
from sqlcipher3 import dbapi2
dbapi2.sqlite_version_info = (3, 51, 2)
"""
LANGUAGES = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}


def renhu(*arguments, language="en", weakening=""):
    """Start `renhu …` in a language."""
    return subprocess.Popen(
        [sys.executable, "-c", weakening + RUN, *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "LANG": LANGUAGES[language], "LC_ALL": LANGUAGES[language]},
    )  # fmt: skip


def ended(process):
    """How a command ended by itself, and what it said."""
    try:
        told, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    return process.returncode, said, told


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configured(place, name, port, folder):
    (place / name).write_text(
        f'[web]\nport = {port}\n[data]\nfolder = "{place}/{folder}"\nkey = "file:{place}/{folder}.key"\n'
        '[devices.reader]\naddress = "serial:/dev/renhu/none"\n'
    )
    return place / name


@pytest.fixture
def running(tmp_path):
    """A register that runs: its folder for files, its port."""
    port = free_port()
    process = renhu("run", "--config", configured(tmp_path, "renhu.toml", port, "data"))
    try:
        until_ready(process)
        yield tmp_path, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 0


def until_ready(process):
    for line in process.stderr:
        if "http://127.0.0.1:" in line:
            return
    pytest.fail(f"it never was ready; exit {process.wait(30)}")


@pytest.mark.parametrize(
    ("language", "port_step", "folder_step"),
    [("zh", "请停掉占用它的程序", "请先停掉那一个"), ("en", "Stop the program that holds it", "Stop that one first")],
)
def test_a_second_daemon_on_the_same_port_or_folder_ends_with_3(running, language, port_step, folder_step):
    place, port = running
    same_port = renhu("run", "--config", configured(place, "port.toml", port, "other"), language=language)
    same_folder = renhu("run", "--config", configured(place, "folder.toml", free_port(), "data"), language=language)
    status, said, _ = ended(same_port)
    assert (status, "WEB-PORT-IN-USE" in said, port_step in said) == (3, True, True), said
    status, said, _ = ended(same_folder)
    assert (status, "DATA-IN-USE" in said, folder_step in said) == (3, True, True), said
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b"ok\n"
    connection.close()


@pytest.mark.parametrize(("language", "step"), [("zh", "请关闭那个程序"), ("en", "Close that program")])
def test_a_card_from_a_port_that_another_program_holds_ends_with_7(tmp_path, language, step):
    master, slave = pty.openpty()
    try:
        fcntl.flock(slave, fcntl.LOCK_EX | fcntl.LOCK_NB)
        config = configured(tmp_path, "renhu.toml", free_port(), "data")
        address = f"serial:{os.ttyname(slave)}"
        asked = ["card", "--config", config, "--address", address, "--timeout", "5", "--json"]
        status, said, told = ended(renhu(*asked, language=language))
    finally:
        os.close(master)
        os.close(slave)
    assert (status, step in said) == (7, True), (status, said)
    assert json.loads(told)["error"]["code"] == "READER-BUSY"


@pytest.mark.parametrize(
    ("language", "step"), [("zh", "请重装人户的 Python 环境"), ("en", "Reinstall Renhu's Python environment")]
)
def test_an_sqlite_that_is_too_old_ends_with_13_and_the_database_stays_as_it_is(tmp_path, language, step):
    folder = DataFolder.take(tmp_path / "data", FolderKind.REGISTER)
    open_store(folder, f"file:{tmp_path}/data.key").close()
    folder.release()
    before = hashlib.sha256((tmp_path / "data" / DATABASE).read_bytes()).digest()
    port = free_port()
    config = configured(tmp_path, "renhu.toml", port, "data")
    status, said, _ = ended(renhu("run", "--check", "--config", config, language=language, weakening=OLD_SQLITE))
    assert (status, "DATABASE-COMPONENT-OLD" in said, step in said) == (13, True, True), said
    daemon = renhu("run", "--config", config, language=language, weakening=OLD_SQLITE)
    until_ready(daemon)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/register")
    assert connection.getresponse().status == 503
    connection.close()
    daemon.send_signal(signal.SIGTERM)
    assert ended(daemon)[0] == 13
    assert hashlib.sha256((tmp_path / "data" / DATABASE).read_bytes()).digest() == before
