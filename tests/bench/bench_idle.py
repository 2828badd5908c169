"""What the station costs while nothing happens, and how soon it answers after its start; OctoPrint stands beside it.

OctoPrint is the nearest relative: a Python daemon with a local page and a serial device, here its own virtual printer.
The bench installs it into an environment of its own.
"""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from table import Row, percentile

STARTS = 7
SETTLE_S = 8.0
IDLE_S = 40.0
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
    ours_cpu, ours_mib = _idle(_our_demo)
    peer_cpu, peer_mib = _idle(_peer_run) if has_peer else ([], [])

    def row(name: str, ours: list[float], peer: list[float], budget: float) -> Row:
        figure = percentile(peer, 0.5) if peer else None
        return Row(name, percentile(ours, 0.5), figure, "OctoPrint", budget, {"ours": ours, "peer": peer})

    return [
        row("start to first page, median s", ours_start, peer_start, 1.0),
        row("idle with a reader polling, % of a core", ours_cpu, peer_cpu, 0.5),
        row("idle memory, all processes, PSS MiB", ours_mib, peer_mib, 109.0),
    ]


Runner = Callable[[Path, int], subprocess.Popen[str]]


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
    return _spawn(
        sys.executable, "-m", "agent", "demo", "--port", str(port), "--no-open", "--data", str(folder / "data")
    )


def _peer_run(folder: Path, port: int) -> subprocess.Popen[str]:
    (folder / "config.yaml").write_text(PEER_CONFIG.format(salt="bench"))
    server = str(PEER / "bin" / "octoprint")
    return _spawn(
        server, "serve", "--iknowwhatimdoing", "--basedir", str(folder), "--host", "127.0.0.1", "--port", str(port)
    )


def _spawn(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    )


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
def _running(run: Runner) -> Iterator[tuple[psutil.Process, int]]:
    folder = Path(tempfile.mkdtemp(prefix="renhu-bench-"))
    port = free_port()
    process = run(folder, port)
    try:
        yield psutil.Process(process.pid), port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
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


def _idle(run: Runner) -> tuple[list[float], list[float]]:
    """Processor share in percent of a core and PSS in MiB, of all processes but the simulated device."""
    with _running(run) as (parent, port):
        _wait_for_page(port)
        time.sleep(SETTLE_S)
        ours = [parent, *(child for child in parent.children(recursive=True) if "simulators" not in child.cmdline())]
        shares = []
        for _ in range(4):
            before, begin = _cpu_s(ours), time.perf_counter()
            time.sleep(IDLE_S / 4)
            shares.append((_cpu_s(ours) - before) / (time.perf_counter() - begin) * 100)
        return shares, [sum(process.memory_full_info().pss for process in ours) / 2**20]


def _cpu_s(processes: list[psutil.Process]) -> float:
    return sum(process.cpu_times().user + process.cpu_times().system for process in processes)
