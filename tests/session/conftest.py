"""Spectra, readings and verdicts that the session's tests share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override, Reading, Spectrum, Verdict
from spectra_gui.session import AddSpectra, Document


def make_spectrum(name: str = "HD 1", n: int = 16) -> Spectrum:
    return Spectrum(np.linspace(4000.0, 4100.0, n), np.ones(n), name=name)


def make_reading(path: str, *names: str, override: Override | None = None) -> Reading:
    spectra = tuple(make_spectrum(name) for name in names or ("HD 1",))
    return Reading(path, "two-column text", "text", spectra, override=override or Override())


def make_verdict(type_: str = "G2 V", *, state: str = "accept", sha: str = "a" * 64) -> Verdict:
    grid = np.zeros((70, 6), np.float32)
    grid[42, 4] = 1.0
    return Verdict(
        probabilities=grid,
        type=type_,
        letter=type_[0],
        subtype=float(type_[1]),
        luminosity=type_.split()[1],
        probability=0.92,
        subtype_interval=(41.0, 43.0),
        credible_set=((42, 4),),
        credible_text="G2, V",
        alternatives=(),
        members=(),
        rv_kms=4.2,
        rv_err_kms=1.1,
        rv_origin="measured",
        snr=180.0,
        coverage=1.0,
        novelty=0.4,
        state=state,  # type: ignore[arg-type]
        reasons=() if state == "accept" else ("The spectrum ends at 4200 Å.",),
        bundle="mk-ensemble-1",
        bundle_sha256=sha,
    )


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
