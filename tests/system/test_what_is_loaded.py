"""A start loads what it needs: every module more is memory and waiting at each station."""

from __future__ import annotations

import subprocess
import sys

import pytest

TELL = "; import sys; print(*sorted(name for name, module in sys.modules.items() if module is not None))"


def loaded_by(statement: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", statement + TELL], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


AT_THE_DEVICES_START = """
import os, pathlib, sys
from agent import assembly, config, folder, notify
def tell(_station):
    print("flask" in sys.modules, flush=True)
    os._exit(0)
assembly.Station.start = tell
document = {"data": {"folder": sys.argv[1]}, "web": {"port": 0}}
assembly.start(config.parse(document, "test"), folder.FolderKind.PRACTICE, notify.Notifier({}))
"""


def test_the_devices_are_started_before_the_pages_are_loaded(tmp_path):
    program = [sys.executable, "-c", AT_THE_DEVICES_START, str(tmp_path / "data")]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("command", ["run", "card", "photo", "doctor"])
def test_a_command_without_pages_loads_none_and_no_devices_library(command):
    statement = f"import importlib; importlib.import_module('agent.commands.{command}')"
    pages, devices = {"flask", "cheroot", "jinja2", "webui", "cv2", "numpy"}, {"serial", "usb", "sane", "gphoto2"}
    assert not (pages | devices) & loaded_by(statement)


def test_a_command_loads_no_other_one():
    statement = "import agent.__main__ as renhu; renhu._parser('simulate')"
    loaded = loaded_by(statement)
    assert "agent.commands.simulate" in loaded
    assert not {"agent.commands.run", "agent.commands.demo", "agent.assembly", "peewee"} & loaded


def test_a_station_loads_no_driver_of_the_districts_database():
    loaded = loaded_by("import agent.assembly, agent.pages")
    assert {"peewee", "flask"} <= loaded
    assert "psycopg" not in loaded


def test_who_asks_for_the_districts_database_first_has_it():
    loaded = loaded_by("import psycopg, peewee_models.postgresql, peewee; assert peewee.psycopg is psycopg")
    assert {"psycopg", "peewee"} <= loaded
