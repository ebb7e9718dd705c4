"""What is loaded when: each question is asked in a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(*command: str, home: Path | None = None) -> str:
    """Standard output of a process that must end well."""
    path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH", "")) if p)
    variables = {"PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"}
    if home is not None:
        variables |= {"XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ | variables
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def loaded_after(script: str, *, home: Path | None = None) -> set[str]:
    """The top-level packages that a script leaves in ``sys.modules``."""
    told = run(sys.executable, "-c", f"{script}\nimport sys; print(*sys.modules)", home=home)
    return {name.split(".")[0] for name in told.splitlines()[-1].split()}


def test_importing_the_package_loads_neither_qt_nor_torch_nor_astropy() -> None:
    loaded = loaded_after("import spectra_gui")
    assert not loaded & {"PySide6", "torch", "astropy", "scipy", "numpy"}


def test_a_name_of_the_package_is_fetched_when_it_is_asked_for() -> None:
    loaded = loaded_after("from spectra_gui import Spectrum")
    assert "numpy" in loaded
    assert not loaded & {"PySide6", "torch", "astropy"}


def test_the_client_of_the_children_is_light() -> None:
    loaded = loaded_after("import spectra_gui.engine.client")
    assert not loaded & {"PySide6", "torch", "astropy", "scipy", "psutil", "safetensors"}


def test_help_loads_no_numpy() -> None:
    loaded = loaded_after("from spectra_gui.__main__ import main; main(['--help'])")
    assert not loaded & {"PySide6", "torch", "astropy", "numpy"}


def test_the_formats_are_listed_without_a_reader() -> None:
    loaded = loaded_after("from spectra_gui import readers; assert readers.formats()")
    assert not loaded & {"torch", "astropy", "specutils"}
