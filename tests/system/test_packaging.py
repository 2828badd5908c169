"""What is shipped and what is tracked: the wheel's contents, the five names, the layout, and what no file may say."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"agent", "drivers", "simulators", "webui", "peewee_models"}
FOLDERS = PACKAGES | {".ci", "docs", "systemd", "tests"}
FILES = {".gitignore", "Makefile", "README.md", "pyproject.toml", "requirements.lock"}
TEST_FOLDERS = {"unit", "property", "contract", "fault", "db", "web", "browser", "system", "bench", "golden"}
BINARY = {".png", ".woff", ".woff2", ".ico", ".jpg", ".mo", ".wav", ".ogg", ".mp3", ".bin"}
# Registries of packages, images and Debian, and their usual mirrors; written so that this file does not name them.
REGISTRIES = re.compile(
    r"py(?:pi)\.org|python(?:hosted)\.org|npm(?:js)\.|deb\.(?:debian)\.org|(?:crates)\.io|(?:docker)\.io"
    r"|(?:mirrors?)\.[a-z]+\.(?:com|edu|org|cn)|proxy\.(?:golang)\.org|(?:anaconda)\.org"
)
DEVELOPER_PLACES = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")
LINES, TEST_LINES = 300, 400
# Files that are one subject although they are longer, with the reason.


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).exists()]


def texts() -> list[tuple[str, str]]:
    return [(name, (ROOT / name).read_text("utf-8")) for name in tracked() if Path(name).suffix not in BINARY]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from the tracked files alone, so that nothing lying about gets in."""
    tree = tmp_path_factory.mktemp("tree")
    for name in tracked():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    built = subprocess.run(
        ["make", "--assume-old=setup", "wheel", f"BIN={Path(sys.executable).parent}"],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    (file,) = (tree / "dist").glob("*.whl")
    assert file.name.startswith("renhu_station-")
    with zipfile.ZipFile(file) as content:
        return set(content.namelist())


def test_the_wheel_has_the_five_packages_and_nothing_beside(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {name for name in tops if not name.endswith(".dist-info")} == PACKAGES
    assert len(tops) == len(PACKAGES) + 1


def test_every_tracked_file_of_the_packages_is_in_the_wheel(wheel: set[str]) -> None:
    """Modules of a package that the list in pyproject.toml forgot, templates, static files, migrations, messages."""
    shipped = {name for name in tracked() if name.split("/")[0] in PACKAGES and not name.endswith((".po", ".pot"))}
    assert sorted(shipped - wheel) == []
    assert "webui/translations/en/LC_MESSAGES/messages.mo" in wheel
    for needed in ("webui/templates/", "webui/static/", "peewee_models/migrations/0", "agent/messages/fragments/"):
        assert any(name.startswith(needed) for name in wheel), needed


def test_the_wheel_holds_no_tests(wheel: set[str]) -> None:
    assert [name for name in wheel if re.search(r"(^|/)(tests?|conftest\.py|test_[^/]*)(/|$)", name)] == []


def test_no_other_distribution_owns_our_names() -> None:
    owners = metadata.packages_distributions()
    assert {name: set(owners.get(name, [])) - {"renhu-station"} for name in PACKAGES} == {
        name: set() for name in PACKAGES
    }


def test_every_locked_package_has_a_hash_and_every_dependency_is_locked() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    entries = re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==[^\n]*\n((?:    [^\n]*\n?)*)", lock)
    assert entries
    assert [name for name, rest in entries if "--hash=sha256:" not in rest] == []
    locked = {re.sub(r"[-_.]+", "-", name).lower() for name, _ in entries}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", line)[0]).lower() for line in wanted}
    assert names - locked == set()


def test_every_tracked_file_is_inside_the_agreed_layout() -> None:
    strangers = [
        name for name in tracked() if (name not in FILES if "/" not in name else name.split("/")[0] not in FOLDERS)
    ]
    assert strangers == []
    in_tests = {name.split("/")[1] for name in tracked() if name.startswith("tests/")}
    assert {name for name in in_tests if not name.endswith(".py")} <= TEST_FOLDERS


def test_tests_are_not_a_package_and_their_names_are_unique() -> None:
    files = [Path(name) for name in tracked() if name.startswith("tests/")]
    assert [file for file in files if file.name == "__init__.py"] == []
    names = [file.name for file in files if file.name.startswith("test_")]
    assert sorted(names) == sorted(set(names))


def test_no_file_names_a_registry() -> None:
    assert [(name, found[0]) for name, text in texts() if (found := REGISTRIES.search(text))] == []


def test_no_file_names_a_place_on_a_developers_machine() -> None:
    assert [(name, found[0]) for name, text in texts() if (found := DEVELOPER_PLACES.search(text))] == []


def test_files_have_one_subject() -> None:
    long = {
        name: lines
        for name, text in texts()
        if name.endswith((".py", ".js", ".css", ".c"))
        and (lines := len(text.splitlines())) > (TEST_LINES if name.startswith("tests/") else LINES)
    }
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    modules = [(name, text) for name, text in texts() if name.endswith(".py")]
    assert [name for name, text in modules if text.strip() and not ast.get_docstring(ast.parse(text))] == []
