"""A start loads what it needs: every module more is memory and waiting at each station."""

from __future__ import annotations

import subprocess
import sys

import pytest

TELL = "; import sys; print(*sorted(name for name, module in sys.modules.items() if module is not None))"


def loaded_by(statement: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", statement + TELL], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("command", ["run", "card", "doctor"])
def test_no_page_is_loaded_before_the_devices_are_started(command):
    statement = f"import importlib; importlib.import_module('agent.commands.{command}')"
    assert not {"flask", "cheroot", "jinja2", "webui", "cv2", "numpy", "serial", "usb", "sane"} & loaded_by(statement)


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
