"""Radial velocities by cross-correlation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import PreparationSpec, Templates, parse_mk
from spectra_gui.data.mk import MKParseError
from spectra_gui.prepare import (
    measure_velocities,
    normalise,
    prepare_many,
    smooth_and_rebin_uniform,
)
from spectra_gui.units import doppler_factor


@pytest.mark.parametrize("snr", [10.0, 30.0, 100.0])
def test_velocity_is_recovered_within_its_error(
    snr: float, spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    velocities = np.linspace(-400.0, 400.0, 41)
    spectra = [
        make_spectrum(seed=1 + i % 3, velocity_kms=v, snr=snr, noise_seed=i)
        for i, v in enumerate(velocities)
    ]
    prepared = prepare_many(spectra, spec, templates)
    assert all(p.rv_origin == "measured" for p in prepared)
    off = np.array([p.rv_kms for p in prepared]) - velocities
    errors = np.array([p.rv_err_kms for p in prepared])
    assert np.mean(np.abs(off) < errors) > 0.6
    assert np.all(np.abs(off) < 4.0 * errors)
    assert np.median(errors) < 12.0


def test_formal_error_matches_the_scatter_where_noise_dominates(
    spec: PreparationSpec, templates: Templates
) -> None:
    rng = np.random.default_rng(11)
    flux = np.repeat(templates.flux, 60, axis=0) + rng.normal(0.0, 0.2, (180, spec.n_pixels))
    valid = np.ones(flux.shape, bool)
    fits = measure_velocities(flux, valid, None, spec=spec, templates=templates)
    pull = np.array([f.velocity_kms / f.error_kms for f in fits if f is not None])
    assert pull.size == 180
    assert 0.7 < np.std(pull) < 1.3


def test_the_right_class_is_found(spec: PreparationSpec, templates: Templates, make_spectrum):
    spectra = [make_spectrum(seed=seed, velocity_kms=120.0, snr=20.0) for seed in (1, 2, 3)]
    flux, valid = [], []
    for spectrum in spectra:
        f, v = smooth_and_rebin_uniform(
            spectrum.wavelength_aa[0], 0.8, spectrum.flux[None], spectrum.bad[None], spec=spec,
            fwhm_aa=2.0, medium="air",
        )  # fmt: skip
        flux.append(normalise(f, v, 80.0)[0][0])
        valid.append(v[0])
    fits = measure_velocities(np.array(flux), np.array(valid), None, spec=spec, templates=templates)
    assert [f.template for f in fits if f is not None] == [0, 1, 2]
    assert all(f.correlation > 0.8 and f.reliable for f in fits if f is not None)


def test_many_neighbouring_templates_cost_no_more_and_give_the_same(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    crowd = Templates(
        names=templates.names * 40,
        codes=np.tile(templates.codes, 40),
        classes=np.tile(templates.classes, 40),
        flux=np.tile(templates.flux, (40, 1)),
        n_stars=np.tile(templates.n_stars, 40),
    )
    spectra = [make_spectrum(velocity_kms=90.0, snr=30.0)]
    (few,) = prepare_many(spectra, spec, templates)
    (many,) = prepare_many(spectra, spec, crowd)
    assert many.rv_kms == pytest.approx(few.rv_kms, abs=0.01)


def test_noise_has_no_velocity(spec: PreparationSpec, templates: Templates) -> None:
    rng = np.random.default_rng(2)
    flux = 1.0 + rng.normal(0.0, 0.3, (200, spec.n_pixels))
    fits = measure_velocities(flux, np.ones(flux.shape, bool), None, spec=spec, templates=templates)
    assert sum(f is not None and f.reliable for f in fits) <= 1


def test_a_velocity_beyond_the_search_is_not_claimed(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    spectra = [make_spectrum(velocity_kms=v, snr=50.0) for v in (-900.0, 560.0, 800.0)]
    for prepared in prepare_many(spectra, spec, templates):
        assert prepared.rv_kms is None
        assert prepared.rv_origin == "none"
        assert any("not found" in note for note in prepared.notes)


def test_a_part_of_the_range_is_enough(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    spectra = [
        make_spectrum(axis=np.arange(low, low + 900.0, 0.8), velocity_kms=-150.0, snr=40.0)
        for low in (3900.0, 4600.0, 5900.0)
    ]
    for prepared in prepare_many(spectra, spec, templates):
        assert prepared.rv_kms == pytest.approx(-150.0, abs=3.0 * prepared.rv_err_kms)
        assert 0.2 < prepared.coverage < 0.35


def test_a_noisy_stretch_does_not_drown_the_rest(
    spec: PreparationSpec, templates: Templates, make_spectrum
) -> None:
    spectrum = make_spectrum(velocity_kms=60.0, snr=60.0)
    sigma = np.where(spectrum.wavelength_aa < 5000.0, 2.0, 1 / 60.0)
    noise = np.random.default_rng(4).normal(0.0, sigma)
    spectrum = spectrum.changed(flux=spectrum.flux + noise, sigma=sigma)
    (prepared,) = prepare_many([spectrum], spec, templates)
    assert prepared.rv_kms == pytest.approx(60.0, abs=3.0 * prepared.rv_err_kms)
    assert prepared.rv_err_kms < 12.0


def test_too_few_pixels_or_no_structure_give_no_fit(
    spec: PreparationSpec, templates: Templates
) -> None:
    flux = np.ones((2, spec.n_pixels))
    flux[0] += np.random.default_rng(0).normal(0.0, 0.1, spec.n_pixels)
    valid = np.ones(flux.shape, bool)
    valid[0, 100:] = False
    fits = measure_velocities(flux, valid, None, spec=spec, templates=templates)
    assert fits == [None, None]


def test_real_stars_are_found_with_templates_of_other_stars(
    shared_data: Path, spec: PreparationSpec
) -> None:
    from astropy.io import fits

    with fits.open(shared_data / "stellar" / "miles.fits.gz") as hdus:
        header, rows = hdus["SPECTRA"].header, hdus["SPECTRA"].data
    codes = np.array([_full_code(str(label)) for label in rows["label"]])
    flux = np.asarray(rows["flux"], float)
    axis = header["WAVE0"] + header["DWAVE"] * np.arange(flux.shape[1])
    cool = np.flatnonzero((codes >= 30) & (codes < 60) & np.isfinite(flux).all(axis=1))
    train, test = cool[::2], cool[1::2]
    templates = _means(flux[train], codes[train], header, spec)
    rng = np.random.default_rng(8)
    velocities = rng.uniform(-400.0, 400.0, test.size)
    shifted = []
    for row, velocity in zip(test, velocities, strict=True):
        moved = np.interp(axis / doppler_factor(velocity), axis, flux[row])
        grid, valid = smooth_and_rebin_uniform(
            axis[0], header["DWAVE"], moved[None], np.zeros((1, axis.size), bool), spec=spec,
            fwhm_aa=2.5, medium="air",
        )  # fmt: skip
        shifted.append(normalise(grid, valid, 80.0)[0][0])
    found = measure_velocities(
        np.array(shifted), np.ones((test.size, spec.n_pixels), bool), None, spec=spec,
        templates=templates,
    )  # fmt: skip
    off = [f.velocity_kms - v for f, v in zip(found, velocities, strict=True) if f is not None]
    assert len(off) == test.size > 200
    assert np.median(np.abs(off)) < 10.0
    assert np.mean(np.abs(off) > 60.0) < 0.01


def _full_code(label: str) -> float:
    try:
        mk = parse_mk(label)
    except MKParseError:
        return np.nan
    return mk.code if mk.is_full and mk.code is not None else np.nan


def _means(flux, codes, header, spec: PreparationSpec) -> Templates:
    grid, valid = smooth_and_rebin_uniform(
        header["WAVE0"], header["DWAVE"], flux, np.zeros(flux.shape, bool), spec=spec, fwhm_aa=2.5,
        medium="air",
    )  # fmt: skip
    normalised, _ = normalise(grid, valid, 80.0)
    boxes = [np.flatnonzero((codes >= low) & (codes < low + 5)) for low in range(30, 60, 5)]
    return Templates(
        names=tuple(f"{low}" for low in range(30, 60, 5)),
        codes=np.arange(30.0, 60.0, 5.0),
        classes=np.full(6, 4),
        flux=np.array([normalised[box].mean(axis=0) for box in boxes], np.float32),
        n_stars=np.array([box.size for box in boxes]),
    )
