"""What is done about a resolution that no file states."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.data import PreparationSpec, Templates
from spectra_gui.prepare import prepare


@pytest.mark.parametrize("fwhm_aa", [1.0, 2.0, 4.0, 6.0])
@pytest.mark.parametrize("snr", [15.0, 60.0])
def test_the_resolution_of_a_cool_star_is_estimated_from_its_lines(
    fwhm_aa: float, snr: float, spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    known = make_spectrum(seed=2, fwhm_aa=fwhm_aa, snr=snr, velocity_kms=70.0)
    prepared = prepare(known.changed(fwhm_aa=None, fwhm_origin="none"), spec, templates)
    assert prepared.fwhm_origin == "estimated"
    assert prepared.fwhm_aa == pytest.approx(fwhm_aa, rel=0.25)
    assert any("estimated from the lines" in n or "coarser" in n for n in prepared.notes)
    reference = prepare(known, spec, templates)
    assert np.sqrt(np.mean((prepared.flux - reference.flux) ** 2)) < 0.03


def test_a_sharp_spectrum_of_unknown_resolution_is_smoothed(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    sharp = make_spectrum(seed=3, fwhm_aa=1.0, frame="rest", snr=100.0)
    unknown = sharp.changed(fwhm_aa=None, fwhm_origin="none")
    off = [
        np.sqrt(np.mean((prepare(unknown, spec, t).flux - templates.flux[2]) ** 2))
        for t in (None, templates)
    ]
    assert off[1] < 0.5 * off[0]


def test_the_resolution_of_a_hot_star_is_left_unknown(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    spectrum = make_spectrum(seed=1, snr=60.0).changed(fwhm_aa=None, fwhm_origin="none")
    prepared = prepare(spectrum, spec, templates)
    assert prepared.fwhm_aa is None
    assert prepared.fwhm_origin == "none"


def test_noise_gives_no_estimate(spec: PreparationSpec, templates: Templates) -> None:
    from spectra_gui.data import Spectrum

    axis = np.arange(3800.0, 7000.0, 1.0)
    noise = 1.0 + np.random.default_rng(5).normal(0.0, 0.3, axis.size)
    prepared = prepare(Spectrum(axis, noise), spec, templates)
    assert prepared.fwhm_aa is None
