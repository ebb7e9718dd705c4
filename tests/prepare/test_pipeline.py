"""From a spectrum to what a network sees."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.data import PreparationSpec, Spectrum, Templates
from spectra_gui.data.preparation import MOST_ESTIMATED_SNR
from spectra_gui.prepare import PrepareError, prepare, prepare_many


def test_everything_a_reader_may_want_to_know_is_filled(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    prepared = prepare(make_spectrum(velocity_kms=80.0, snr=40.0), spec, templates)
    assert prepared.flux.shape == (spec.n_pixels,)
    assert prepared.flux.dtype == prepared.continuum.dtype == np.float32
    assert prepared.coverage == 1.0
    assert prepared.sigma is not None
    assert 0.005 < np.median(prepared.sigma) < 0.03
    assert prepared.snr == pytest.approx(40.0 * np.sqrt(3.0 / 0.8), rel=0.1)
    assert prepared.fwhm_aa == 2.0
    assert prepared.fwhm_origin == "header"
    assert prepared.rv_quality is not None
    assert prepared.notes == ()
    with pytest.raises(ValueError, match="read-only"):
        prepared.flux[0] = 0.0


def test_a_shifted_spectrum_ends_like_the_one_at_rest(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    rest = prepare(make_spectrum(frame="rest"), spec, templates)
    moved = prepare(make_spectrum(velocity_kms=310.0), spec, templates)
    inner = slice(30, -30)
    assert np.sqrt(np.mean((rest.flux - moved.flux)[inner] ** 2)) < 0.02


def test_vacuum_and_air_end_alike(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    air = prepare(make_spectrum(frame="rest"), spec, templates)
    vacuum = prepare(make_spectrum(frame="rest", medium="vacuum"), spec, templates)
    assert np.sqrt(np.mean((air.flux - vacuum.flux) ** 2)) < 0.01


def test_log_and_linear_pixels_end_alike(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    linear = prepare(make_spectrum(frame="rest"), spec, templates)
    log = prepare(
        make_spectrum(frame="rest", axis=3700.0 * np.exp(1.5e-4 * np.arange(4400))), spec, templates
    )
    assert np.sqrt(np.mean((linear.flux - log.flux) ** 2)) < 0.01


@pytest.mark.parametrize("step", [0.05, 0.4, 1.0])
@pytest.mark.parametrize("own", [1.0, 1.5, 2.5])
def test_pixels_and_resolution_of_the_instrument_do_not_matter(
    step: float, own: float, spec: PreparationSpec, make_spectrum
) -> None:
    if own < 2 * step:
        own = 2 * step
    reference = prepare(make_spectrum(frame="rest"), spec)
    axis = np.arange(3700.0, 7100.0, step)
    prepared = prepare(make_spectrum(frame="rest", axis=axis, fwhm_aa=own), spec)
    assert np.sqrt(np.mean((reference.flux - prepared.flux) ** 2)) < 0.02


def test_velocity_at_rest_is_not_touched(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    prepared = prepare(make_spectrum(frame="rest", velocity_kms=0.0), spec, templates)
    assert prepared.rv_kms is None
    assert prepared.rv_origin == "rest"


@pytest.mark.parametrize(
    ("origin", "meta"), [("header", {}), ("user", {"velocity_origin": "user"})]
)
def test_a_stated_velocity_wins_over_the_measured_one(
    origin: str, meta: dict, spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    spectrum = make_spectrum(velocity_kms=100.0, snr=50.0)
    prepared = prepare(spectrum.changed(velocity_kms=30.0, meta=meta), spec, templates)
    assert prepared.rv_kms == 30.0
    assert prepared.rv_origin == origin
    assert any("+70" in note or "+69" in note or "+71" in note for note in prepared.notes)


def test_an_impossible_stated_velocity_is_not_used(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    spectrum = make_spectrum(velocity_kms=100.0, snr=50.0).changed(velocity_kms=-99999.0)
    prepared = prepare(spectrum, spec, templates)
    assert prepared.rv_origin == "measured"
    assert prepared.rv_kms == pytest.approx(100.0, abs=15.0)
    assert any("-99999" in note for note in prepared.notes)


def test_a_spectrum_wrongly_said_to_be_at_rest_is_told(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    prepared = prepare(make_spectrum(frame="rest", velocity_kms=-100.0), spec, templates)
    assert prepared.rv_kms is None
    assert any("stated to be at rest" in note for note in prepared.notes)


def test_unknown_medium_is_taken_as_air_and_said(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    spectrum = make_spectrum(medium="vacuum", snr=80.0).changed(medium="unknown")
    prepared = prepare(spectrum, spec, templates)
    assert prepared.rv_kms == pytest.approx(83.0, abs=10.0)
    assert any("-83 km/s" in note for note in prepared.notes)


@pytest.mark.parametrize("truth", ["air", "vacuum"])
def test_the_error_of_a_velocity_reaches_the_truth_though_the_medium_is_unknown(
    truth: str, spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    known = make_spectrum(medium=truth, velocity_kms=30.0, snr=80.0)
    unknown = prepare(known.changed(medium="unknown"), spec, templates)
    assert abs(unknown.rv_kms - 30.0) < unknown.rv_err_kms + 5.0 < 95.0
    assert prepare(known, spec, templates).rv_err_kms < 15.0


def test_a_stated_velocity_has_no_error_by_the_medium(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    spectrum = make_spectrum(velocity_kms=30.0, snr=80.0).changed(medium="unknown")
    stated = prepare(spectrum.changed(velocity_kms=30.0), spec, templates)
    assert (stated.rv_origin, stated.rv_err_kms) == ("header", None)


@pytest.mark.parametrize("medium", ["air", "vacuum"])
def test_unknown_medium_at_rest_is_told_by_the_lines(
    medium: str, spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    known = make_spectrum(medium=medium, frame="rest", snr=80.0)
    prepared = prepare(known.changed(medium="unknown"), spec, templates)
    np.testing.assert_allclose(prepared.flux, prepare(known, spec, templates).flux, atol=1e-6)
    assert any("taken as vacuum" in note for note in prepared.notes) == (medium == "vacuum")


def test_without_templates_the_velocity_is_left_and_said(
    spec: PreparationSpec, make_spectrum
) -> None:
    prepared = prepare(make_spectrum(velocity_kms=100.0), spec, None)
    assert prepared.rv_kms is None
    assert prepared.rv_origin == "none"
    assert prepared.rv_quality is None
    assert any("no class templates" in note for note in prepared.notes)


def test_unknown_and_coarse_resolution_are_said(spec: PreparationSpec, make_spectrum) -> None:
    unknown = prepare(make_spectrum(frame="rest").changed(fwhm_aa=None), spec)
    assert unknown.fwhm_aa is None
    assert any("resolution is not known" in note for note in unknown.notes)
    coarse = prepare(make_spectrum(frame="rest", fwhm_aa=6.0), spec)
    assert coarse.fwhm_aa == 6.0
    assert any("coarser" in note for note in coarse.notes)


def test_partial_coverage_gaps_nan_and_spikes_work(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    clean = make_spectrum(velocity_kms=-60.0, snr=50.0, axis=np.arange(4200.0, 6100.0, 0.8))
    flux = clean.flux.copy()
    flux[300:360] = np.nan
    flux[1200:1202] = 1e5
    prepared = prepare(clean.changed(flux=flux, mask=None), spec, templates)
    reference = prepare(clean, spec, templates)
    assert prepared.rv_kms == pytest.approx(-60.0, abs=3 * prepared.rv_err_kms)
    assert 0.55 < prepared.coverage < 0.61
    assert np.isfinite(prepared.flux).all()
    assert np.isfinite(prepared.continuum).all()
    near_spike = np.abs(spec.wavelength_aa - clean.wavelength_aa[1201]) < 15.0
    near_gap = np.abs(spec.wavelength_aa - clean.wavelength_aa[330]) < 35.0
    elsewhere = prepared.valid & reference.valid & ~near_spike & ~near_gap
    assert np.abs(prepared.flux - reference.flux)[elsewhere].max() < 0.15
    assert np.sqrt(np.mean((prepared.flux - reference.flux)[elsewhere] ** 2)) < 0.02


def hopeless() -> list[tuple[str, Spectrum]]:
    axis = np.arange(3800.0, 7000.0, 1.0)
    ones = np.ones(axis.size)
    return [
        ("has nothing of the model's range", Spectrum(axis + 5000.0, ones)),
        ("marked as bad", Spectrum(axis, ones, mask=ones.astype(bool))),
        ("marked as bad", Spectrum(axis, np.full(axis.size, np.nan))),
        ("nowhere above zero", Spectrum(axis, -ones)),
        ("nowhere above zero", Spectrum(axis, 0 * ones)),
        ("same in every pixel", Spectrum(axis, 5 * ones)),
        ("a pixel every 20 Å", Spectrum(axis[::20], 2.0 + np.sin(axis[::20]))),
        ("nowhere in 3850–6900|in only 0", Spectrum(axis[:10] - 5 + 50, np.arange(10.0) + 1)),
    ]


@pytest.mark.parametrize(("words", "spectrum"), hopeless())
def test_what_cannot_be_prepared_says_why_and_what_to_do(
    words: str, spectrum: Spectrum, spec: PreparationSpec, templates: Templates
) -> None:
    with pytest.raises(PrepareError, match=words) as caught:
        prepare(spectrum, spec, templates)
    assert caught.value.reason.endswith(".")
    assert caught.value.advice.endswith(".")


def test_many_keeps_order_and_returns_errors_in_place(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    axis = np.arange(8000.0, 9000.0, 1.0)
    beyond = Spectrum(axis, np.ones(axis.size))
    good = [make_spectrum(seed=s, velocity_kms=20.0 * s, snr=30.0) for s in (1, 2, 3)]
    results = prepare_many([beyond, good[0], good[1], beyond, good[2]], spec, templates)
    assert isinstance(results[0], PrepareError)
    assert isinstance(results[3], PrepareError)
    for result, spectrum in zip([results[1], results[2], results[4]], good, strict=True):
        alone = prepare(spectrum, spec, templates)
        np.testing.assert_allclose(result.flux, alone.flux, atol=1e-5)
        assert result.rv_kms == pytest.approx(alone.rv_kms, abs=1e-3)


def test_nothing_gives_nothing(spec: PreparationSpec, templates: Templates) -> None:
    assert prepare_many([], spec, templates) == []


@pytest.mark.parametrize("scale", [1e-17, 1e8])
def test_flux_units_do_not_matter(
    scale: float, spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    spectrum = make_spectrum(velocity_kms=50.0, snr=30.0)
    scaled = spectrum.changed(flux=spectrum.flux * scale, sigma=spectrum.sigma * scale)
    reference, result = prepare_many([spectrum, scaled], spec, templates)
    np.testing.assert_allclose(result.flux, reference.flux, atol=1e-5)
    assert result.snr == pytest.approx(reference.snr)


def test_signal_to_noise_without_sigma_comes_from_the_scatter(
    spec: PreparationSpec, make_spectrum
) -> None:
    axis = np.arange(3700.0, 7100.0, 1.0)
    rng = np.random.default_rng(1)
    noisy = Spectrum(axis, 10.0 + rng.normal(0.0, 0.2, axis.size), frame="rest")
    prepared = prepare(noisy, spec)
    assert prepared.snr == pytest.approx(50.0 * np.sqrt(3.0), rel=0.1)
    (note,) = [note for note in prepared.notes if "signal to noise" in note]
    assert "estimated from the scatter" in note
    smooth = Spectrum(axis, axis, frame="rest")
    assert prepare(smooth, spec).snr is None


def test_an_estimate_that_tells_of_smoothing_alone_says_no_more_than_a_limit(
    spec: PreparationSpec, make_spectrum
) -> None:
    axis = np.arange(3700.0, 7100.0, 1.0)
    computed = Spectrum(axis, 10.0 + np.sin(axis / 50.0), frame="rest")
    prepared = prepare(computed, spec)
    assert prepared.snr == MOST_ESTIMATED_SNR
    assert any("above 500" in note for note in prepared.notes)
    stated = prepare(computed.changed(sigma=np.full(axis.size, 0.001)), spec)
    assert stated.snr > MOST_ESTIMATED_SNR
    assert not any("signal to noise" in note for note in stated.notes)
