"""What the station costs while nothing happens, and how soon it answers after its start; OctoPrint stands beside it.

Idle twice: with nobody at the desk, and with a clerk who holds it and has its page open, when the reader is asked eight
times a second whether a card is there.

OctoPrint is the nearest relative: a Python daemon with a local page and a serial device, here its own virtual printer.
Nothing of it is like the camera's worker, with libgphoto2 and its list of all cameras: that one's memory is told apart.
The bench installs it into an environment of its own.
"""

from __future__ import annotations

import http.client
import json
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path

import psutil
from table import Row, percentile

STARTS = 7
SETTLE_S = 8.0
IDLE_S = 40.0
Clerk = runpy.run_path(str(Path(__file__).parents[1] / "system" / "clerk.py"))["Clerk"]
PEER = Path(__file__).parents[2] / ".cache" / "bench" / "octoprint"
PEER_CONFIG = """
plugins: {{virtual_printer: {{enabled: true, _config_version: 1}}, tracking: {{enabled: false}}}}
serial: {{autoconnect: true, port: VIRTUAL, baudrate: 115200}}
server: {{firstRun: false, onlineCheck: {{enabled: false}}, pluginBlacklist: {{enabled: false}}}}
accessControl: {{salt: {salt}}}
"""


def rows() -> list[Row]:
    """Measure starts and idling of both."""
    has_peer = _install_peer()
    ours_start = [_start_time(_our_run) for _ in range(STARTS)]
    peer_start = [_start_time(_peer_run) for _ in range(3)] if has_peer else []
    alone_cpu, _, _ = _idle(_our_demo)
    held_cpu, ours_mib, camera_mib = _idle(_our_demo, _clerk_at_the_desk)
    peer_cpu, peer_mib, _ = _idle(_peer_run) if has_peer else ([], [], [])

    def row(name: str, ours: list[float], peer: list[float], budget: float) -> Row:
        figure = percentile(peer, 0.5) if peer else None
        return Row(name, percentile(ours, 0.5), figure, "OctoPrint", budget, {"ours": ours, "peer": peer})

    return [
        row("start to first page, median s", ours_start, peer_start, 1.0),
        row("idle, nobody at the desk, % of a core", alone_cpu, peer_cpu, 0.5),
        row("idle, desk held, reader polled each 125 ms, % of a core", held_cpu, peer_cpu, 0.5),
        row("idle, desk held: memory but the camera's worker, PSS MiB", ours_mib, peer_mib, 109.0),
        Row("idle: memory of the camera's worker, PSS MiB", camera_mib[0], None, "", 32.0, {"ours": camera_mib}),
    ]


Runner = Callable[[Path, int], subprocess.Popen[str]]
Visitor = Callable[[subprocess.Popen[str], int], AbstractContextManager[None]]


def free_port() -> int:
    """A TCP port of the loopback that nobody holds now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _our_run(folder: Path, port: int) -> subprocess.Popen[str]:
    config = folder / "renhu.toml"
    config.write_text(
        f'[web]\nport = {port}\n[data]\nfolder = "{folder}/data"\nkey = "file:{folder}/renhu.key"\n'
        '[devices.reader]\naddress = "serial:/dev/renhu/none"\n'
    )
    return _spawn(sys.executable, "-m", "agent", "run", "--config", str(config))


def _our_demo(folder: Path, port: int) -> subprocess.Popen[str]:
    place = ("--port", str(port), "--data", str(folder / "data"))
    return _spawn(sys.executable, "-m", "agent", "demo", "--no-open", *place, stdout=subprocess.PIPE)


def _peer_run(folder: Path, port: int) -> subprocess.Popen[str]:
    (folder / "config.yaml").write_text(PEER_CONFIG.format(salt="bench"))
    server = str(PEER / "bin" / "octoprint")
    return _spawn(
        server, "serve", "--iknowwhatimdoing", "--basedir", str(folder), "--host", "127.0.0.1", "--port", str(port)
    )


def _spawn(*command: str, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.DEVNULL, text=True)


@contextmanager
def _clerk_at_the_desk(demo: subprocess.Popen[str], port: int) -> Iterator[None]:
    """A clerk has the desk's page open, and with it the stream of its events."""
    assert demo.stdout is not None
    told = json.loads(demo.stdout.readline())
    person = Clerk(told["url"], next(who for who in told["sign_ins"] if who["role"] == "clerk"))
    person.post("/desk/take")
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as stream:
        stream.request("GET", "/events", headers={"Cookie": cookies, "Sec-Fetch-Site": "same-origin"})
        answer = stream.getresponse()
        if answer.status != 200:
            msg = f"the stream of events answers {answer.status}"
            raise RuntimeError(msg)
        yield


def _install_peer() -> bool:
    """Install OctoPrint; says whether it can run."""
    if (PEER / "bin" / "octoprint").exists():
        return True
    subprocess.run(["/usr/bin/python3", "-m", "venv", str(PEER)], check=True)
    done = subprocess.run([str(PEER / "bin" / "pip"), "install", "-q", "octoprint"], check=False, capture_output=True)
    if done.returncode != 0:
        print(json.dumps({"OctoPrint": "could not be installed"}), file=sys.stderr)
    return done.returncode == 0


@contextmanager
def _running(run: Runner) -> Iterator[tuple[subprocess.Popen[str], int]]:
    folder = Path(tempfile.mkdtemp(prefix="renhu-bench-"))
    port = free_port()
    process = run(folder, port)
    try:
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_page(port: int) -> None:
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/")
            is_up = connection.getresponse().status < 400
        except (OSError, http.client.HTTPException):
            is_up = False
        finally:
            connection.close()
        if is_up:
            return
        time.sleep(0.005)


def _start_time(run: Runner) -> float:
    begin = time.perf_counter()
    with _running(run) as (_, port):
        _wait_for_page(port)
        return time.perf_counter() - begin


def _nobody(_process: subprocess.Popen[str], _port: int) -> AbstractContextManager[None]:
    return nullcontext()


def _idle(run: Runner, visit: Visitor = _nobody) -> tuple[list[float], list[float], list[float]]:
    """Processor share in percent of a core, of all processes but the simulated devices; PSS in MiB without and of the
    camera's worker."""
    with _running(run) as (process, port):
        _wait_for_page(port)
        with visit(process, port):
            time.sleep(SETTLE_S)
            parent = psutil.Process(process.pid)
            ours = [
                parent,
                *(child for child in parent.children(recursive=True) if "simulators" not in child.cmdline()),
            ]
            shares = []
            for _ in range(4):
                before, begin = _cpu_s(ours), time.perf_counter()
                time.sleep(IDLE_S / 4)
                shares.append((_cpu_s(ours) - before) / (time.perf_counter() - begin) * 100)
            cameras = [process for process in ours if _drives_a_camera(process)]
            return shares, _pss_mib([process for process in ours if process not in cameras]), _pss_mib(cameras)


def _drives_a_camera(process: psutil.Process) -> bool:
    return any("libgphoto2" in each.path for each in process.memory_maps())


def _pss_mib(processes: list[psutil.Process]) -> list[float]:
    return [sum(process.memory_full_info().pss for process in processes) / 2**20]


def _cpu_s(processes: list[psutil.Process]) -> float:
    """Processor time of all threads, from the scheduler's nanoseconds: ticks of 10 ms are too coarse for so little."""
    tasks = [
        Path(f"/proc/{process.pid}/task/{thread.id}/schedstat") for process in processes for thread in process.threads()
    ]
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
