"""Wrong input: each case ends with the contract's exit code and a sentence; nothing is overwritten."""

import hashlib
import http.client
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from agent.errors import StartRefused
from agent.folder import DATABASE, DataFolder, FolderKind
from agent.store import open_store


def run(*arguments, limit_s=60, **environment):
    return subprocess.run(
        [sys.executable, "-m", "agent", *map(str, arguments)],
        capture_output=True, text=True, timeout=limit_s, stdin=subprocess.DEVNULL, check=False,
        env={**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8", **environment},
    )  # fmt: skip


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def place(tmp_path):
    """A register with a database and its key, and the configuration that names them."""
    key = tmp_path / "keys" / "renhu.key"
    key.parent.mkdir()
    (tmp_path / "renhu.toml").write_text(
        f'[web]\nport = {free_port()}\n[data]\nfolder = "{tmp_path}/data"\nkey = "file:{key}"\n'
        f'[devices.reader]\naddress = "serial:/dev/renhu/none"\n'
    )
    return tmp_path


@pytest.fixture
def register(place):
    folder = DataFolder.take(place / "data", FolderKind.REGISTER)
    open_store(folder, f"file:{place}/keys/renhu.key").close()
    folder.release()
    return place


def digest(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.suffix in {".db", ".key", ".key-check"}
    }


def check(place):
    return run("run", "--check", "--config", place / "renhu.toml")


def test_a_sound_register_passes_the_check(register):
    before = digest(register / "data")
    result = check(register)
    assert (result.returncode, digest(register / "data")) == (0, before)


def test_a_check_before_the_first_start_makes_nothing(place):
    assert check(place).returncode == 0
    assert not (place / "data").exists()
    (place / "data").mkdir()
    assert check(place).returncode == 0
    assert not list((place / "data").iterdir())
    assert not list((place / "keys").iterdir())


def test_a_check_leaves_the_folder_as_it_is(register):
    before = sorted((register / "data").iterdir())
    (register / "data" / "agent.lock").unlink()
    assert check(register).returncode == 0
    assert sorted((register / "data").iterdir()) == [path for path in before if path.name != "agent.lock"]


def test_every_configuration_mistake_is_told_at_once_and_ends_with_2(place):
    (place / "renhu.toml").write_text('[web]\nhost = "0.0.0.0"\nprot = 1\n[devices.reader]\npoll_ms = "fast"\n')
    result = check(place)
    assert result.returncode == 2
    for words in ("web.host", "web.prot", "Did you mean web.port", "devices.reader.poll_ms", "'fast'"):
        assert words in result.stderr


def test_a_wrong_command_line_ends_with_2():
    for asked in ("soon", "nan", "-1", "0", "inf"):
        assert run("card", f"--timeout={asked}").returncode == 2, asked
    for asked in ("soon", "nan", "-1", "0", "1e9"):
        done = run("scan", "-o", "page.pdf", "--timeout", asked)
        assert (done.returncode, "1 … 600" in done.stderr) == (2, True), asked
    for asked in ("99999", "-1", "http"):
        done = run("demo", "--no-open", f"--port={asked}")
        assert (done.returncode, "0 … 65535" in done.stderr) == (2, True), asked
    assert run("fly").returncode == 2
    assert run().returncode == 2


def test_a_port_in_use_ends_with_3(register):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        text = (register / "renhu.toml").read_text()
        (register / "renhu.toml").write_text(
            text.replace(text.split("port = ")[1].split("\n")[0], str(holder.getsockname()[1]), 1)
        )
        result = check(register)
    assert result.returncode == 3
    assert "WEB-PORT-IN-USE" in result.stderr


def test_a_folder_in_use_ends_with_3(register):
    holder = DataFolder.take(register / "data", FolderKind.REGISTER)
    result = check(register)
    holder.release()
    assert result.returncode == 3
    assert "DATA-IN-USE" in result.stderr


def test_a_missing_key_ends_with_10_and_none_is_made(register):
    (register / "keys" / "renhu.key").unlink()
    before = digest(register / "data")
    result = check(register)
    assert (result.returncode, digest(register / "data")) == (10, before)
    assert "KEY-MISSING" in result.stderr
    assert not (register / "keys" / "renhu.key").exists()


def test_a_wrong_key_ends_with_10_and_is_not_called_damage(register):
    key = register / "keys" / "renhu.key"
    key.chmod(0o600)
    key.write_bytes(bytes(32))
    key.chmod(0o400)
    before = digest(register / "data")
    result = check(register)
    assert (result.returncode, digest(register / "data")) == (10, before)
    assert "KEY-WRONG" in result.stderr


@pytest.mark.parametrize(
    ("content", "mode", "code"), [(bytes(31), 0o400, "KEY-LENGTH"), (bytes(32), 0o440, "KEY-OPEN-TO-OTHERS")]
)
def test_an_unfit_key_ends_with_10(register, content, mode, code):
    key = register / "keys" / "renhu.key"
    key.unlink()
    key.write_bytes(content)
    key.chmod(mode)
    result = check(register)
    assert result.returncode == 10
    assert code in result.stderr


def change(place, before, after):
    text = (place / "renhu.toml").read_text()
    assert before in text
    (place / "renhu.toml").write_text(text.replace(before, after))


@pytest.mark.parametrize("is_new", [True, False])
def test_a_key_inside_the_data_folder_ends_with_2(place, is_new):
    change(place, f"{place}/keys/", f"{place}/data/")
    (place / "data").mkdir()
    if not is_new:
        (place / "data" / DATABASE).touch()
    assert check(place).returncode == 2


def test_a_check_before_the_first_start_tells_all_that_would_refuse_it(place):
    change(place, f"file:{place}/keys/renhu.key", "credential:nothere")
    change(place, 'address = "serial', 'driver = "nothere"\naddress = "serial')
    with (place / "renhu.toml").open("a") as file:
        file.write('[devices.reader.photo]\nlibrary = "/opt/nothere.so"\n')
    result = check(place)
    assert re.findall(r"\[([A-Z-]+)\]$", result.stderr, re.MULTILINE) == [
        "KEY-NOT-GIVEN", "MEDIA-KEY-MISSING", "READER-DRIVER-MISSING", "PHOTO-LIBRARY-MISSING",
    ]  # fmt: skip
    assert "credential:nothere" in result.stderr
    assert (result.returncode, (place / "data").exists()) == (10, False)


def test_a_start_without_its_credential_asks_for_nothing_to_be_put_back(place, monkeypatch):
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    folder = DataFolder.take(place / "data", FolderKind.REGISTER)
    with pytest.raises(StartRefused, match="KEY-NOT-GIVEN"):
        open_store(folder, "credential:nothere")
    folder.release()


def test_a_key_that_could_not_be_made_is_told_before_the_first_start(place):
    change(place, f"{place}/keys/", f"{place}/no-such-folder/")
    result = check(place)
    assert (result.returncode, result.stderr.count("KEY-UNWRITABLE")) == (10, 2)


def test_a_damaged_database_ends_with_11_and_stays_as_it_is(register):
    database = register / "data" / DATABASE
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 0xFF
    database.write_bytes(content)
    before = digest(register / "data")
    result = check(register)
    assert (result.returncode, digest(register / "data")) == (11, before)
    assert "DATABASE-DAMAGED" in result.stderr


def test_a_log_without_its_database_is_no_new_folder(register):
    (register / "data" / DATABASE).rename(register / "data" / f"{DATABASE}-wal")
    (register / "keys" / "renhu.key").rename(register / "keys" / "kept")
    result = check(register)
    assert (result.returncode, "DATABASE-MISSING" in result.stderr) == (11, True)
    assert not (register / "keys" / "renhu.key").exists()
    (register / "keys" / "kept").rename(register / "keys" / "renhu.key")
    assert check(register).returncode == 11


def test_a_newer_schema_ends_with_11(register):
    folder = DataFolder.take(register / "data", FolderKind.REGISTER)
    store = open_store(folder, f"file:{register}/keys/renhu.key")
    store.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_from_the_future', '2030-01-01')")
    store.close()
    folder.release()
    result = check(register)
    assert result.returncode == 11
    assert "DATABASE-NEWER" in result.stderr


def test_a_practice_folder_is_no_register(tmp_path, place):
    folder = DataFolder.take(place / "data", FolderKind.PRACTICE)
    open_store(folder, f"file:{place}/keys/renhu.key").close()
    folder.release()
    result = check(place)
    assert result.returncode == 2
    assert "DATA-OTHER-KIND" in result.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk; CI runs as root")
def test_a_full_disk_ends_with_12_and_leaves_no_half_database(place):
    small = place / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=False)
    assert mounted.returncode == 0, "this machine does not let root mount a tmpfs"
    try:
        text = (place / "renhu.toml").read_text().replace(f'"{place}/data"', f'"{small}/data"')
        (place / "renhu.toml").write_text(text)
        with started_run(place) as process:
            assert wait_for_status(place, process) == 503
        assert process.returncode == 12
        assert not (small / "data" / DATABASE).exists()
    finally:
        subprocess.run(["umount", str(small)], check=True)


class started_run:  # noqa: N801 - reads as a sentence in `with`
    def __init__(self, place):
        self.place = place

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "agent", "run", "--config", str(self.place / "renhu.toml")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return self.process

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self.process.wait()


def wait_for_status(place, process, path="/", limit_s=30):
    port = int((place / "renhu.toml").read_text().split("port = ")[1].split("\n")[0])
    end = time.monotonic() + limit_s
    while time.monotonic() < end and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
        except OSError:
            time.sleep(0.05)
        else:
            return answer.status
        finally:
            connection.close()
    pytest.fail(f"no page; exit {process.poll()}")


def test_a_locked_register_serves_a_status_page_without_data_until_stopped(register):
    (register / "keys" / "renhu.key").unlink()
    with started_run(register) as process:
        assert wait_for_status(register, process) == 503
        assert wait_for_status(register, process, "/register") == 503
    assert process.returncode == 10


def test_sigterm_ends_a_running_register_with_0_and_frees_everything(register):
    with started_run(register) as process:
        assert wait_for_status(register, process, "/healthz") == 200
    assert process.returncode == 0
    assert not (register / "data" / "agent.sock").exists()
    assert not (register / "data" / f"{DATABASE}-wal").exists()
    assert check(register).returncode == 0


@pytest.mark.parametrize(
    ("address", "code", "exit_code"),
    [
        ("serial:/dev/renhu/none", "READER-NO-SUCH-PORT", 6),
        ("serial:/dev/null", "READER-NOT-A-PORT", 2),
        ("usb:0400:c35a", "READER-ABSENT", 6),
        ("nonsense:x", "READER-ADDRESS", 2),
    ],
)
def test_a_card_from_a_reader_that_is_not_there(place, address, code, exit_code):
    result = run("card", "--config", place / "renhu.toml", "--address", address, "--timeout", "20", "--json")
    assert result.returncode == exit_code
    assert json.loads(result.stdout)["error"]["code"] == code
    assert code in result.stderr


def test_a_card_from_something_that_is_no_reader(place):
    master, slave = pty.openpty()
    try:
        address = f"serial:{os.ttyname(slave)}"
        result = run("card", "--config", place / "renhu.toml", "--address", address, "--timeout", "40", "--json")
    finally:
        os.close(master)
        os.close(slave)
    assert result.returncode == 6
    assert json.loads(result.stdout)["error"]["code"] in {"READER-SILENT", "READER-NOT-A-READER"}


def test_no_card_in_time_ends_with_4_and_a_card_with_0(place, simulator):
    config = place / "renhu.toml"
    late = run("card", "--config", config, "--address", simulator.address, "--timeout", "1", "--json")
    assert late.returncode == 4
    assert json.loads(late.stdout)["error"]["code"] == "READER-NO-CARD"
    simulator.call("PUT", "/plate", {"card": "resident-001"})
    done = run("card", "--config", config, "--address", simulator.address, "--timeout", "20", "--json")
    assert done.returncode == 0
    card = json.loads(done.stdout)
    assert (card["kind"], card["readings"]) == ("resident", 2)
    assert card["id_number"].startswith("990000")


def test_doctor_tells_each_thing_and_ends_with_0_only_when_all_is_well(place, simulator):
    text = (place / "renhu.toml").read_text().replace("serial:/dev/renhu/none", simulator.address)
    (place / "renhu.toml").write_text(text)
    absent_folder = run("doctor", "--json", "--config", place / "renhu.toml")
    assert absent_folder.returncode != 0
    (place / "data").mkdir(mode=0o700)
    result = run("doctor", "--json", "--config", place / "renhu.toml")
    told = json.loads(result.stdout)
    bad = [check for check in told["checks"] if not check["ok"]]
    assert {check["name"] for check in bad} <= {"disk"}, bad
    assert result.returncode == (2 if bad else 0)
    assert {"sqlite", "sqlcipher", "python", "renhu"} <= set(told["versions"])


def test_versions_of_every_part_are_told():
    result = run("--version")
    assert result.returncode == 0
    assert "sqlite 3." in result.stdout
    told = {line.partition(" ")[0] for line in result.stdout.splitlines()}
    needed = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text())["project"]["dependencies"]
    assert {re.split("[<>=[]", line)[0] for line in needed} <= told
