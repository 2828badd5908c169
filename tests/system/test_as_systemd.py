"""The daemon started as systemd would: its socket, its credential, its watchdog, its folders."""

import http.client
import os
import signal
import socket
import subprocess
import sys

import pytest

from agent.folder import DATABASE, DataFolder, FolderKind
from agent.store import open_store

# systemd sets LISTEN_PID to the process that it starts: a shell that becomes the daemon knows its own number.  The
# socket becomes the third file in that shell alone: here that number may be the pipe by which the tests are told apart.
AS_SYSTEMD = 'export LISTEN_PID=$$; [ "$2" = 3 ] || exec 3<&"$2"; exec "$0" -c "$3" run --config "$1"'
RUN = "import sys; from agent.__main__ import main; sys.exit(main())"
# Done to the daemon before its start: one part stands still, and all others go on.
AFTER_SOME_ROUNDS = """
import threading
from agent.devices.supervisor import Supervisor
plain, rounds = Supervisor._round, []
def stand_still(self):
    rounds.append(plain(self))
    if len(rounds) > 3:
        threading.Event().wait()
Supervisor._round = stand_still
"""
NOBODY_LISTENS = """
from agent.station import CardFeed
CardFeed._run = lambda self: None
"""


@pytest.fixture
def service(tmp_path):
    """Everything that systemd passes; `start` starts the daemon with it."""
    runtime, credentials = tmp_path / "run", tmp_path / "credentials"
    runtime.mkdir()
    credentials.mkdir()
    for name in ("renhu.key", "renhu-media.key"):
        key = credentials / name
        key.write_bytes(os.urandom(32))
        key.chmod(0o400)
    (tmp_path / "renhu.toml").write_text(
        f'[data]\nfolder = "{tmp_path}/state"\n[devices.reader]\naddress = "serial:/dev/renhu/none"\n'
    )
    notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notified.bind(str(tmp_path / "notify"))
    notified.settimeout(30)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    environment = {
        "PATH": os.environ["PATH"], "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "3000000",
        "RUNTIME_DIRECTORY": str(runtime), "CREDENTIALS_DIRECTORY": str(credentials), "LISTEN_FDS": "1",
    }  # fmt: skip
    started = []

    def start(passed=listening, weakening=""):
        process = subprocess.Popen(
            ["/bin/bash", "-c", AS_SYSTEMD, sys.executable, str(tmp_path / "renhu.toml"), str(passed.fileno()),
             weakening + RUN],
            env=environment, pass_fds=[passed.fileno()],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return process

    yield tmp_path, listening, notified, start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()
    notified.close()
    listening.close()


def next_word(notified, wanted):
    while (word := notified.recv(100).decode()) != wanted:
        assert word in {"READY=1", "WATCHDOG=1", "STOPPING=1"}, word


def test_ready_watchdog_socket_credential_enrolment_and_an_orderly_end(service):
    folder, listening, notified, start = service
    process = start()
    next_word(notified, "READY=1")
    next_word(notified, "WATCHDOG=1")
    connection = http.client.HTTPConnection(*listening.getsockname(), timeout=10)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b"ok\n"
    connection.close()
    enrol = folder / "run" / "enrol"
    assert enrol.stat().st_mode & 0o777 == 0o400
    assert len(enrol.read_text().strip()) >= 28
    assert (folder / "run" / "agent.sock").exists()
    next_word(notified, "WATCHDOG=1")
    process.send_signal(signal.SIGTERM)
    next_word(notified, "STOPPING=1")
    assert process.wait(10) == 0
    assert not (folder / "run" / "agent.sock").exists()
    checked = DataFolder.take(folder / "state", FolderKind.REGISTER)
    open_store(checked, f"file:{folder}/credentials/renhu.key").close()
    checked.release()


@pytest.mark.parametrize("key", ["renhu.key", "renhu-media.key"])
def test_a_credential_is_never_made_where_a_database_exists(service, key):
    folder, listening, notified, start = service
    process = start()
    next_word(notified, "READY=1")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    (folder / "credentials" / key).unlink()
    before = (folder / "state" / DATABASE).read_bytes()
    refused = start()
    next_word(notified, "READY=1")
    connection = http.client.HTTPConnection(*listening.getsockname(), timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().status == 503, "the page that says why is served on the same socket"
    connection.close()
    refused.send_signal(signal.SIGTERM)
    assert refused.wait(10) == 10
    assert (folder / "state" / DATABASE).read_bytes() == before


# What is bound to all addresses is taken by nobody: the daemon refuses it before it answers.
@pytest.mark.parametrize(
    ("family", "place"),
    [(socket.AF_INET, ("0.0.0.0", 0)), (socket.AF_UNIX, "pages")],  # noqa: S104
)
def test_a_socket_that_others_could_reach_is_refused(service, family, place):
    folder, _, _, start = service
    with socket.socket(family) as reachable:
        reachable.bind(str(folder / place) if isinstance(place, str) else place)
        reachable.listen()
        refused = start(reachable)
        assert refused.wait(30) == 2
    assert b"ListenStream=127.0.0.1" in refused.stderr.read()
    assert not (folder / "run" / "agent.sock").exists()


def test_the_watchdog_starves_when_the_supervisor_stands_still(service):
    _, _, notified, start = service
    process = start()
    next_word(notified, "READY=1")
    next_word(notified, "WATCHDOG=1")
    process.send_signal(signal.SIGSTOP)
    drain(notified)
    notified.settimeout(3.0)
    with pytest.raises(TimeoutError):
        notified.recv(100)
    process.send_signal(signal.SIGCONT)
    notified.settimeout(30)
    next_word(notified, "WATCHDOG=1")


@pytest.mark.parametrize("weakening", [AFTER_SOME_ROUNDS, NOBODY_LISTENS], ids=["supervisor", "listener"])
def test_the_watchdog_starves_though_the_pages_answer(service, weakening):
    _, listening, notified, start = service
    process = start(weakening=weakening)
    next_word(notified, "READY=1")
    wait_for_silence(notified)
    connection = http.client.HTTPConnection(*listening.getsockname(), timeout=10)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b"ok\n"
    connection.close()
    assert process.poll() is None


def wait_for_silence(notified):
    """See that no word comes for as long as systemd would wait; at most a few came before."""
    notified.settimeout(3.0)
    for _ in range(5):
        try:
            assert notified.recv(100) == b"WATCHDOG=1"
        except TimeoutError:
            return
    pytest.fail("the watchdog is fed on and on")


def drain(notified):
    """Take what was sent before the stop."""
    notified.setblocking(False)
    while True:
        try:
            notified.recv(100)
        except BlockingIOError:
            return
