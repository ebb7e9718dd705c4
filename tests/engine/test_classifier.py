"""What Python users hold becomes a spectrum, or a sentence that says why not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import InverseVariance, StdDevUncertainty

from spectra_gui import Classifier
from spectra_gui.data import Explanation, Spectrum, Verdict
from spectra_gui.engine.classifier import to_spectrum

from .conftest import sun_like

WAVELENGTH_AA = np.array([4000.0, 4001.0, 4003.0])
FLUX = np.array([1.0, 2.0, 3.0])


def test_a_spectrum_of_ours_stays_what_it_is() -> None:
    spectrum = sun_like()
    assert to_spectrum(spectrum) is spectrum


@pytest.mark.parametrize(
    "axis",
    [
        WAVELENGTH_AA * u.AA,
        WAVELENGTH_AA / 10 * u.nm,
        (WAVELENGTH_AA * u.AA).to(u.um),
        (WAVELENGTH_AA * u.AA).to(u.THz, u.spectral()),
        (WAVELENGTH_AA * u.AA).to(u.eV, u.spectral()),
    ],
    ids=["angstrom", "nm", "um", "THz", "eV"],
)
def test_wavelengths_of_any_unit_become_increasing_angstrom(axis: Any) -> None:
    spectrum = to_spectrum((axis, FLUX * u.Jy), medium="air", frame="rest", velocity_kms=3.0)
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVELENGTH_AA, rtol=1e-12)
    np.testing.assert_array_equal(spectrum.flux, FLUX)
    assert (spectrum.medium, spectrum.frame, spectrum.velocity_kms) == ("air", "rest", 3.0)
    assert spectrum.flux_unit == "Jy"


def test_a_descending_axis_takes_flux_and_sigma_along() -> None:
    spectrum = to_spectrum((WAVELENGTH_AA[::-1] * u.AA, FLUX[::-1], FLUX[::-1] / 10))
    np.testing.assert_array_equal(spectrum.flux, FLUX)
    np.testing.assert_allclose(spectrum.sigma, FLUX / 10)


def test_a_sigma_in_another_unit_is_brought_to_that_of_the_flux() -> None:
    spectrum = to_spectrum((WAVELENGTH_AA * u.AA, FLUX * u.Jy, FLUX * 100 * u.mJy))
    np.testing.assert_allclose(spectrum.sigma, FLUX / 10)


def test_a_specutils_spectrum_keeps_uncertainty_and_mask() -> None:
    specutils = pytest.importorskip("specutils")
    make = getattr(specutils, "Spectrum", None) or specutils.Spectrum1D
    value = make(
        spectral_axis=WAVELENGTH_AA * u.AA,
        flux=FLUX * u.Jy,
        uncertainty=InverseVariance(np.full(3, 4.0) / u.Jy**2),
        mask=np.array([False, True, False]),
        meta={"OBJECT": "Vega"},
    )
    spectrum = to_spectrum(value)
    np.testing.assert_allclose(spectrum.sigma, 0.5)
    np.testing.assert_array_equal(spectrum.mask, [False, True, False])
    assert spectrum.name == "Vega"
    plain = make(
        spectral_axis=WAVELENGTH_AA * u.AA, flux=FLUX * u.Jy, uncertainty=StdDevUncertainty(FLUX)
    )
    np.testing.assert_allclose(to_spectrum(plain).sigma, FLUX)


@pytest.mark.parametrize(
    ("value", "error", "told"),
    [
        ((WAVELENGTH_AA, FLUX), TypeError, "no unit"),
        ((WAVELENGTH_AA * u.s, FLUX), ValueError, "no wavelength"),
        ((WAVELENGTH_AA * u.AA, FLUX[:2]), ValueError, "flux has shape"),
        ((WAVELENGTH_AA.reshape(1, 3) * u.AA, FLUX), ValueError, "2 dimensions"),
        (FLUX, TypeError, "no spectrum"),
        ("star.fits", TypeError, "no spectrum"),
    ],
)
def test_what_is_no_spectrum_is_told(value: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        to_spectrum(value)


def test_all_makes_of_one_spectrum_have_one_verdict(tiny_bundle: Path) -> None:
    classifier = Classifier(tiny_bundle, device="cpu")
    own = sun_like()
    assert own.sigma is not None
    pair = (own.wavelength_aa * u.AA, own.flux * u.one, own.sigma * u.one)
    left = classifier.classify(own)
    right = classifier.classify(pair, medium="air", frame="rest")
    assert left.type == right.type
    np.testing.assert_array_equal(left.probabilities, right.probabilities)


def test_typing_and_explaining_at_once_say_what_each_says_alone(tiny_bundle: Path) -> None:
    """Guided backpropagation hooks the networks that it looks at while it runs."""
    classifier = Classifier(tiny_bundle, device="cpu")
    spectra = [sun_like(seed) for seed in range(6)]
    alone = [verdict.probabilities for verdict in classifier.classify_many(spectra)]
    explained = classifier.explain(spectra[0])

    def explain() -> list[Explanation]:
        return [classifier.explain(spectra[0]) for _ in range(6)]

    def type_all() -> list[list[Verdict]]:
        return [classifier.classify_many(spectra) for _ in range(12)]

    with ThreadPoolExecutor(4) as threads:
        explaining = [threads.submit(explain) for _ in range(2)]
        typing = [threads.submit(type_all) for _ in range(2)]
        answers = [answer for future in typing for answer in future.result()]
        explanations = [found for future in explaining for found in future.result()]
    for answer in answers:
        np.testing.assert_array_equal([v.probabilities for v in answer], alone)
    for found in explanations:
        for strip, expected in zip(found.strips, explained.strips, strict=True):
            np.testing.assert_array_equal(strip.relevance, expected.relevance)


def test_a_spectrum_that_cannot_be_prepared_has_no_explanation(tiny_bundle: Path) -> None:
    infrared = Spectrum(np.linspace(20000, 21000, 500), np.ones(500), medium="air", frame="rest")
    with pytest.raises(ValueError, match=r"\w"):
        Classifier(tiny_bundle, device="cpu").explain(infrared)
