"""Running the program as a person does: as a process, with settings of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.tiny_bundle import write_tiny_bundle

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ("--device", "cpu", "--threads", "1")

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(home: Path) -> dict[str, str]:
    """This environment with this checkout first and with an empty home for settings."""
    path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH", "")) if p)
    return os.environ | {
        "PYTHONPATH": path,
        "XDG_CONFIG_HOME": str(home),
        "XDG_DATA_HOME": str(home),
        "COLUMNS": "100",
    }


@pytest.fixture(scope="session")
def spectra_gui(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs ``spectra-gui ARGUMENTS`` to its end and returns what came of it."""
    home = tmp_path_factory.mktemp("home")

    def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "spectra_gui", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            env=environment(home),
            timeout=600,
        )

    return run


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole bundle with networks that never learnt anything."""
    return write_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")
