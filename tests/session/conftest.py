"""Spectra, readings and verdicts that the session's tests share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override, Reading, Spectrum
from spectra_gui.session import AddSpectra, Document
from tests.verdicts import make_verdict


def make_spectrum(name: str = "HD 1", n: int = 16) -> Spectrum:
    return Spectrum(np.linspace(4000.0, 4100.0, n), np.ones(n), name=name)


def make_reading(path: str, *names: str, override: Override | None = None) -> Reading:
    spectra = tuple(make_spectrum(name) for name in names or ("HD 1",))
    return Reading(path, "two-column text", "text", spectra, override=override or Override())


@pytest.fixture
def star(tmp_path: Path) -> Path:
    path = tmp_path / "star.txt"
    path.write_text("4000 1\n4100 1\n")
    return path


@pytest.fixture
def typed(star: Path) -> Document:
    """A document with one spectrum that was read and typed."""
    document = Document()
    document.do(AddSpectra([star]))
    document.store_reading(str(star), make_reading(str(star)), revision=0)
    document.store_verdict(document.ids[0], make_verdict(), None, revision=0)
    return document
