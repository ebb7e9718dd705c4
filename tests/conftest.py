"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def labelled_data_folder() -> Path:
    """Where the labelled spectra and the zoo of real files stand: SPECTRA_DATA or beside us."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("SPECTRA_DATA", beside))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; skips where it is absent, except on CI, where it must be there."""
    folder = labelled_data_folder()
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI runs the tests on real data, and {folder} is not there")
        pytest.skip(f"needs the labelled spectra and real files in {folder} (set SPECTRA_DATA)")
    return folder
