"""The simulated scanner through the real chain: scanimage → libsane → airscan → eSCL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from PIL import Image

ROOT = Path(__file__).parents[3]
ENDS_WITHIN_S = 120


class Chain:
    """A simulator, and scanimage with a configuration of its own."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        assert process.stdout is not None
        self.line = json.loads(process.stdout.readline())
        self.folder = folder
        (folder / "dll.conf").write_text("airscan\n")
        (folder / "airscan.conf").write_text("[options]\ndiscovery = disable\n")

    def control(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        where = urlsplit(self.line["faults"])._replace(path=path).geturl()
        asked = Request(where, data, {"X-Renhu-Control": self.line["token"]}, method=method)  # noqa: S310
        with urlopen(asked, timeout=ENDS_WITHIN_S) as answer:  # noqa: S310 (the address is our simulator's)
            return answer.read()

    def scan(self, *options: str) -> subprocess.CompletedProcess[str]:
        name = self.line["address"].removeprefix("sane:")
        told = os.environ | {"SANE_CONFIG_DIR": str(self.folder), "LC_ALL": "C"}
        return subprocess.run(
            ["scanimage", "-d", name, "--format=png", *options],
            env=told, cwd=self.folder, capture_output=True, text=True, check=False, timeout=ENDS_WITHIN_S,
        )  # fmt: skip

    def feed(self, *options: str) -> tuple[list[Path], str]:
        """Scan what lies in the feeder: the pages and what scanimage said."""
        for old in self.folder.glob("page-*.png"):
            old.unlink()
        done = self.scan("--batch=page-%d.png", "--resolution", "75", *options)
        return sorted(self.folder.glob("page-*.png")), done.stderr


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    process = subprocess.Popen(
        [sys.executable, "-m", "simulators", "scanner", "--speed-factor", "100"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    yield Chain(process, tmp_path)
    process.terminate()
    assert process.wait(ENDS_WITHIN_S) == 0
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.parametrize(("mode", "kind"), [("Color", "RGB"), ("Gray", "L")])
def test_a_page_of_the_glass(chain: Chain, mode: str, kind: str) -> None:
    chain.control("PUT", "/platen", {"paper": "lease"})
    done = chain.scan("--mode", mode, "--resolution", "300", "--source", "Flatbed", "-o", "page.png")
    assert (done.returncode, done.stderr) == (0, "")
    with Image.open(chain.folder / "page.png") as page:
        assert (page.size, page.mode) == ((2550, 3508), kind)
        assert sum(page.convert("L").histogram()[:120]) > 10_000


def test_both_sides_of_three_sheets_and_then_none(chain: Chain) -> None:
    chain.control("PUT", "/feeder", {"papers": ["lease", "employer-letter", "blank"]})
    pages, said = chain.feed("--source", "ADF Duplex")
    assert len(pages) == 6
    assert "out of documents" in said
    pages, said = chain.feed("--source", "ADF")
    assert pages == []
    assert "out of documents" in said


@pytest.mark.parametrize(("name", "words"), [("jam", "jammed"), ("cover-open", "cover is open")])
def test_what_is_in_the_way_is_told(chain: Chain, name: str, words: str) -> None:
    chain.control("PUT", "/feeder", {"papers": ["lease"] * 3})
    chain.control("PUT", f"/faults/{name}", {"page": 2})
    pages, said = chain.feed("--source", "ADF")
    assert len(pages) == 1
    assert words in said
    chain.control("DELETE", "/faults")
    assert len(chain.feed("--source", "ADF")[0]) == 2


def test_an_open_cover_is_told(chain: Chain) -> None:
    chain.control("PUT", "/feeder", {"papers": ["lease"]})
    chain.control("PUT", "/lid", {"open": True})
    assert "cover is open" in chain.feed("--source", "ADF")[1]
    chain.control("PUT", "/lid", {"open": False})
    assert len(chain.feed("--source", "ADF")[0]) == 1
