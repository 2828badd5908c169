"""The photo adapter with small vendor libraries compiled here: each way of being called, each way of misbehaving."""

from __future__ import annotations

import os
import platform
import re
import shutil
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.clock import SystemClock
from agent.config import parse
from agent.devices import photo_decoder
from agent.devices.photo_decoder import (
    SHAPES,
    PhotoDecoder,
    PhotoSettings,
)
from agent.messages import service as messages
from agent.operations.checks import photo_library
from drivers import wlt_library, wlt_sandbox
from drivers.wlt_picture import HEIGHT_PX, WIDTH_PX

SOURCE = Path(__file__).with_name("photo_libraries.c")
WLT = bytes.fromhex("574C66007E0032000000FF85").ljust(1024, b"\x5a")
SAM = "99.99-1"
Compile = Callable[..., Path]
Settings = dict[str, str | int | None]


@pytest.fixture
def compiled(tmp_path: Path) -> Compile:
    """Compile one library of the source file; its folder holds nothing else."""

    def build(name: str, **values: object) -> Path:
        library = tmp_path / "vendor" / f"lib{name.lower()}.so"
        library.parent.mkdir(exist_ok=True)
        defines = [f"-D{name}", *(f"-D{key}={value}" for key, value in values.items())]
        subprocess.run(
            ["gcc", "-shared", "-fPIC", "-O1", "-w", *defines, "-o", str(library), str(SOURCE)], check=True, timeout=60
        )
        return library

    return build


def decoder(library: Path | str, limit_s: float = 20.0, **section: str | int | None) -> PhotoDecoder:
    settings: Settings = {"library": str(library), **section}
    return PhotoDecoder(PhotoSettings.of(settings), SystemClock(), limit_s)


def pixels(png: bytes) -> bytes:
    """Decode a PNG of ours with a reader of the test's own."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack_from(">IIBB", png, 16) == (WIDTH_PX, HEIGHT_PX, 8, 2)
    at, packed = 8, b""
    while at < len(png):
        size, kind = struct.unpack_from(">I4s", png, at)
        body = png[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", png, at + 8 + size) == (zlib.crc32(kind + body),)
        packed += body if kind == b"IDAT" else b""
        at += 12 + size
    rows = zlib.decompress(packed)
    row_bytes = WIDTH_PX * 3 + 1
    assert {rows[start] for start in range(0, len(rows), row_bytes)} == {0}
    return b"".join(rows[start + 1 : start + row_bytes] for start in range(0, len(rows), row_bytes))


THE_PICTURE = bytes(value for y in range(HEIGHT_PX) for x in range(WIDTH_PX) for value in (x, y, 200))


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("UNPACK", {"shape": "unpack", "flag": 708}),
        ("UNPACK_TOP_DOWN_BGR", {"shape": "unpack:bgr:top-down"}),
        ("MANGLED", {"shape": "_Z6unpackPcS_i"}),
        ("WLT2BMP", {"shape": "wlt2bmp"}),
        ("WLT2BMP_FILE", {"shape": "wlt2bmp"}),
        ("UNPACK4", {"shape": "_Unpack"}),
        ("ZK_BMP", {"shape": "ZKID_Wlt2bmpBuffer"}),
        ("ZK_ROWS", {"shape": "ZKID_PHunpack"}),
        ("CV", {"shape": "CV"}),
        ("CV", {"shape": "CV", "flag": 1}),
        ("WRITES_AND_DRAWS", {"shape": "unpack"}),
        ("TALKS", {"shape": "unpack"}),
    ],
)
def test_each_call_shape_draws_the_picture(compiled: Compile, name: str, section: Settings) -> None:
    library = compiled(name, FLAG=708)
    (library.parent / "base.dat").write_bytes(bytes([7]).ljust(1920, b"\0"))
    photo = decoder(library, **section).decode(WLT, SAM)
    assert photo.code is None, photo
    assert photo.png is not None
    assert pixels(photo.png) == THE_PICTURE


def test_every_shape_of_the_table_was_drawn_with() -> None:
    drawn = test_each_call_shape_draws_the_picture.pytestmark[0].args[1]
    assert {str(section["shape"]).split(":")[0] for _, section in drawn} == set(SHAPES)


def test_agent_and_decoder_process_mean_the_same() -> None:
    """The agent may not import what calls the libraries, so the names of the shapes are written twice."""
    assert set(wlt_library.SHAPES) == set(SHAPES)


def test_a_licence_beside_the_library_is_used(compiled: Compile) -> None:
    library = compiled("CV")
    (library.parent / "base.dat").write_bytes(bytes([7]).ljust(1920, b"\0"))
    (library.parent / "license.lic").write_text(SAM, "ascii")
    assert decoder(library, shape="CV").decode(WLT, SAM).code is None
    refused = decoder(library, shape="CV").decode(WLT, "99.99-2")
    assert (refused.code, refused.facts["result"]) == ("PHOTO-LIBRARY-REFUSED", 2)


def test_a_function_of_another_name_is_found_by_symbol(compiled: Compile) -> None:
    library = compiled("MANGLED")
    assert decoder(library, shape="unpack", symbol="_Z6unpackPcS_i", flag=752).decode(WLT).code is None
    assert decoder(library, shape="unpack").decode(WLT).code == "PHOTO-LIBRARY-UNUSABLE"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SAYS_NO", "PHOTO-LIBRARY-REFUSED"),
        ("WRONG_SIZE", "PHOTO-LIBRARY-NONSENSE"),
        ("NO_PICTURE", "PHOTO-LIBRARY-NONSENSE"),
        ("WRONG_BMP", "PHOTO-LIBRARY-NONSENSE"),
        ("FORGES", "PHOTO-LIBRARY-NONSENSE"),
        ("CRASHES", "PHOTO-LIBRARY-CRASHED"),
        ("ABORTS", "PHOTO-LIBRARY-CRASHED"),
        ("EXITS", "PHOTO-LIBRARY-CRASHED"),
        ("OVERFLOWS", "PHOTO-LIBRARY-CRASHED"),
        ("FLOODS", "PHOTO-LIBRARY-CRASHED"),
        ("FILLS", "PHOTO-LIBRARY-REFUSED"),
    ],
)
def test_each_failure_has_its_reason(compiled: Compile, scratch: Path, name: str, code: str) -> None:
    photo = decoder(compiled(name)).decode(WLT)
    assert (photo.png, photo.code) == (None, code)
    assert list(scratch.iterdir()) == []
    for language in messages.LANGUAGES:
        assert "–" not in messages.text(code, language, **photo.facts).replace("——", "")


@pytest.mark.parametrize("name", ["SLEEPS", "CLOSES_AND_SLEEPS"])
def test_a_hung_library_is_stopped_in_time(compiled: Compile, scratch: Path, name: str) -> None:
    photo = decoder(compiled(name), limit_s=2.0).decode(WLT)
    assert (photo.png, photo.code, photo.facts["limit_s"]) == (None, "PHOTO-LIBRARY-HUNG", 2.0)
    assert list(scratch.iterdir()) == []


def test_a_spinning_library_runs_out_of_processor_time(compiled: Compile) -> None:
    assert decoder(compiled("SPINS"), limit_s=60.0).decode(WLT).code == "PHOTO-LIBRARY-HUNG"


def test_without_a_library_or_a_photo_nothing_is_started(tmp_path: Path) -> None:
    assert decoder("").decode(WLT).code == "PHOTO-NOT-DECODABLE"
    assert decoder(tmp_path / "none.so").decode(WLT).code == "PHOTO-LIBRARY-MISSING"
    assert decoder(tmp_path / "none.so").decode(bytes(1024)).code == "PHOTO-HEADER"
    (tmp_path / "text.so").write_text("not a library", "ascii")
    assert decoder(tmp_path / "text.so").decode(WLT).code == "PHOTO-LIBRARY-UNUSABLE"


@pytest.mark.parametrize(
    ("section", "code"),
    [
        ({"shape": "unpack"}, "DOCTOR-PHOTO"),
        ({"shape": "unpack", "symbol": "nothere"}, "PHOTO-LIBRARY-UNUSABLE"),
        ({"library": "/opt/nothere.so"}, "PHOTO-LIBRARY-MISSING"),
        ({}, "DOCTOR-PHOTO-NONE"),
    ],
)
def test_doctor_looks_at_the_library_without_a_card(compiled: Compile, section: Settings, code: str) -> None:
    library = str(compiled("UNPACK", FLAG=708)) if section else None
    photo: Settings = {key: value for key, value in ({"library": library} | section).items() if value is not None}
    (found,) = photo_library(parse({"devices": {"reader": {"photo": photo}}}, "test"))
    assert (found.code, found.is_well) == (code, code.startswith("DOCTOR"))


def test_doctor_tells_of_a_kernel_that_confines_nothing(compiled: Compile, monkeypatch: pytest.MonkeyPatch) -> None:
    config = parse({"devices": {"reader": {"photo": {"library": str(compiled("UNPACK", FLAG=708))}}}}, "test")
    refusal = b'{"confinement":[]}\n{"code":"PHOTO-NO-CONFINEMENT","result":0,"size":0}\n'
    monkeypatch.setattr(photo_decoder, "_converse", lambda *_: photo_decoder._Ended(refusal, 0, is_late=False))
    (found,) = photo_library(config)
    assert (found.code, found.is_well) == ("PHOTO-NO-CONFINEMENT", False)


def test_a_shape_that_is_not_understood_is_refused() -> None:
    for shape in ("GetBmp", "unpack:red", "unpack:rgb:bgr"):
        with pytest.raises(ValueError, match=shape):
            PhotoSettings.of({"shape": shape})


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where scratch folders are made, so that what is left of them can be seen."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@dataclass(frozen=True, slots=True)
class Loot:
    """What a library that misbehaves is after."""

    library: Path
    key: Path
    outside: Path
    victim: Path
    listener: socket.socket


@pytest.fixture
def loot(compiled: Compile, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loot]:
    """Things that their owner could take, in a folder that any user can reach."""
    with (
        tempfile.TemporaryDirectory() as name,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        key, victim, outside = folder / "renhu.key", folder / "register.db", folder / "outside"
        key.write_bytes(bytes(range(32)))
        key.chmod(0o400)
        victim.write_bytes(b"INHERITED-SECRET")
        monkeypatch.setenv("RENHU_TEST_SECRET", "s")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
        library = compiled(
            "MISBEHAVES",
            KEY=f'"{key}"',
            OUTSIDE=f'"{outside}"',
            VICTIM=f'"{victim}"',
            PORT=listener.getsockname()[1],
        )
        with victim.open("rb") as held:
            os.set_inheritable(held.fileno(), True)
            yield Loot(Path(shutil.copy(library, folder)), key, outside, victim, listener)


SCRATCH_FILE = 1
EVERYTHING = 0b11_1111_1111


def test_a_misbehaving_library_gets_a_scratch_file_and_nothing_else(loot: Loot, scratch: Path) -> None:
    photo = decoder(loot.library).decode(WLT)
    assert (photo.code, photo.facts["result"]) == ("PHOTO-LIBRARY-REFUSED", 1_000_000 + SCRATCH_FILE)
    assert list(scratch.iterdir()) == []
    assert not loot.outside.exists()
    assert loot.victim.read_bytes() == b"INHERITED-SECRET"
    loot.listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        loot.listener.accept()


def test_without_the_confinement_it_would_get_everything(loot: Loot, tmp_path: Path) -> None:
    """The negative control: the same library, called in a process that was merely started."""
    program = (
        "import ctypes, sys; print(ctypes.CDLL(sys.argv[1]).unpack(bytes(1024), ctypes.create_string_buffer(65536), 0))"
    )
    # The library truncates its victim when loaded; what it inherits is a second, unharmed file.
    inherited = tmp_path / "inherited"
    inherited.write_bytes(b"INHERITED-SECRET")
    with inherited.open("rb") as held:
        seen = subprocess.run(
            [sys.executable, "-c", program, str(loot.library)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            cwd=tmp_path,
            pass_fds=[held.fileno()],
        )
    assert int(seen.stdout.splitlines()[-1]) == 1_000_000 + EVERYTHING
    assert loot.outside.exists()
    assert loot.victim.read_bytes() == b""
    loot.listener.accept()[0].close()


# What the service's unit does to us: `RestrictNamespaces=yes`, here as a filter that refuses `unshare`.
REFUSE_UNSHARE = """
import ctypes, struct
def step(operation, value, skip_if=0, skip_else=0): return struct.pack("=HBBI", operation, skip_if, skip_else, value)
code = step(0x20, 0) + step(0x15, {number}, 0, 1) + step(0x06, 0x00050001) + step(0x06, 0x7FFF0000)
buffer = ctypes.create_string_buffer(code, len(code))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, struct.pack("@HxxxxxxP", 4, ctypes.addressof(buffer))) == 0
"""
DECODE = """
import sys
from agent.clock import SystemClock
from agent.devices.photo_decoder import PhotoDecoder, PhotoSettings
decoder = PhotoDecoder(PhotoSettings(library=sys.argv[1]), SystemClock(), 20.0)
print(decoder.decode(bytes.fromhex("574C66007E00").ljust(1024, b"Z")).facts["result"], *decoder.confinement())
"""
UNSHARE = {"x86_64": 272, "aarch64": 97}[platform.machine()]
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
ROOT = Path(__file__).parents[2]
# Debian closes homes to others: where the checkout lies in one, nobody gets it alone, at its place in an open folder.
OPENED = """mount --bind "$2" /srv && mount -t tmpfs -o mode=755 opened "$1" && mkdir -p "$2" &&
mount --bind /srv "$2" && shift 2 && exec "$@" """


def as_nobody() -> list[str]:
    """What starts a program as somebody without rights, who still finds this checkout."""
    closed = [str(folder) for folder in reversed(ROOT.parents) if not folder.stat().st_mode & stat.S_IXOTH]
    opened = ["unshare", "--mount", "sh", "-c", OPENED, "sh", closed[0], str(ROOT)] if closed else []
    return [*opened, *NOBODY]


@pytest.mark.parametrize("has_namespaces", [True, False], ids=["free", "as-in-the-unit"])
@pytest.mark.parametrize("become", [list, as_nobody], ids=["as-we-are", "unprivileged"])
def test_the_layers_hold_for_everybody(loot: Loot, become: Callable[[], list[str]], has_namespaces: bool) -> None:
    """The confinement does not rest on being root, nor on namespaces, which the service is not allowed."""
    if become is as_nobody and os.geteuid() != 0:
        pytest.skip("unprivileged already")
    if become is as_nobody:
        for path in (loot.library, loot.victim, loot.key, loot.outside.parent):
            os.chown(path, 65534, 65534)
    program = DECODE if has_namespaces else REFUSE_UNSHARE.format(number=UNSHARE) + DECODE
    seen = subprocess.run(
        [*become(), sys.executable, "-c", program, str(loot.library)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
    )
    assert seen.returncode == 0, seen.stderr
    result, *layers = seen.stdout.split()
    assert int(result) == 1_000_000 + SCRATCH_FILE
    assert set(layers) >= {"limits", "landlock-files", "system-calls"}
    if not has_namespaces:
        assert "namespaces" not in layers


@pytest.mark.parametrize(("column", "header"), [(0, "asm/unistd_64.h"), (1, "asm-generic/unistd.h")])
def test_the_numbers_of_the_allowed_calls_are_the_kernels(column: int, header: str) -> None:
    source = f"#define __ARCH_WANT_RENAMEAT\n#define __ARCH_WANT_NEW_STAT\n#include <{header}>\n"
    defines = subprocess.run(["gcc", "-E", "-dM", "-"], input=source, capture_output=True, text=True, check=True).stdout
    kernel: dict[str, int] = {}
    for name, value in re.findall(r"#define __(?:NR|NR3264)_(\w+) (\d+)$", defines, re.MULTILINE):
        kernel[name] = int(value)
    kernel.setdefault("newfstatat", kernel.get("fstatat", -1))  # the generic table calls it so
    ours = {name: numbers[column] for name, numbers in wlt_sandbox.CALLS.items() if numbers[column] is not None}
    ours["tgkill"] = wlt_sandbox.TGKILL[column]
    assert {name: kernel.get(name) for name in ours} == ours


def test_on_a_machine_of_unknown_numbers_nothing_is_loaded() -> None:
    with pytest.raises(wlt_sandbox.ConfinementMissing):
        wlt_sandbox.call_filter("loongarch64", 1)


def test_no_descriptor_stays_open(compiled: Compile) -> None:
    library = compiled("UNPACK", FLAG=0)
    decoder(library).decode(WLT)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the folder's own descriptor is counted both times
    assert decoder(library).decode(WLT).png is not None
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
