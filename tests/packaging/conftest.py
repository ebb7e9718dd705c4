"""The scripts of packaging/ stand beside the package, not in it: these fixtures import them."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the scripts, importable for the length of a test."""
    monkeypatch.syspath_prepend(PACKAGING)
    return PACKAGING


@pytest.fixture
def bootstrap(scripts: Path) -> ModuleType:
    return importlib.import_module("bootstrap")


@pytest.fixture
def environment(scripts: Path) -> ModuleType:
    return importlib.import_module("environment")


@pytest.fixture
def machine(scripts: Path) -> ModuleType:
    return importlib.import_module("machine")
