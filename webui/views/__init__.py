"""The pages, one Blueprint for each area."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The `bp` of every module that lies here and has one."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    return [module.bp for module in modules if hasattr(module, "bp")]
