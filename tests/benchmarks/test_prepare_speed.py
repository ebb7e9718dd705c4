"""Time to prepare 1000 spectra of 4000 pixels on one core. Reported, not asserted.

Run with ``OMP_NUM_THREADS=1 pytest -s tests/benchmarks/test_prepare_speed.py``.
"""

from __future__ import annotations

import time

import numpy as np

from spectra_gui.data import PreparationSpec, Spectrum, Templates
from spectra_gui.prepare import prepare_many, smooth_and_rebin_uniform
from spectra_gui.units import doppler_factor


def made_up_templates(spec: PreparationSpec, count: int) -> Templates:
    rng = np.random.default_rng(0)
    axis = spec.wavelength_aa
    centres = rng.uniform(axis[0], axis[-1], (count, 150))
    flux = np.ones((count, axis.size))
    for row in range(count):
        for centre in centres[row]:
            near = np.abs(axis - centre) < 8.0
            flux[row, near] -= 0.4 * np.exp(-0.5 * ((axis[near] - centre) / 1.27) ** 2)
    return Templates(
        names=tuple(f"T{i}" for i in range(count)),
        codes=5.0 * (np.arange(count) // 3),
        classes=2 * (np.arange(count) % 3),
        flux=np.clip(flux, 0.05, None).astype(np.float32),
        n_stars=np.full(count, 5),
    )


def survey_spectra(spec: PreparationSpec, templates: Templates, count: int) -> list[Spectrum]:
    rng = np.random.default_rng(1)
    axis = 10 ** (3.565 + 7e-5 * np.arange(4000))
    spectra = []
    for i in range(count):
        rest = axis / doppler_factor(rng.uniform(-400.0, 400.0))
        flux = np.interp(rest, spec.wavelength_aa, templates.flux[i % len(templates.names)])
        spectra.append(
            Spectrum(
                wavelength_aa=axis,
                flux=flux + rng.normal(0.0, 0.05, axis.size),
                sigma=np.full(axis.size, 0.05),
                fwhm_aa=axis / 2000.0,
                medium="vacuum",
                frame="barycentric",
            )
        )
    return spectra


def test_prepare_a_thousand_spectra(record_property) -> None:
    spec = PreparationSpec()
    templates = made_up_templates(spec, 40)
    spectra = survey_spectra(spec, templates, 1000)
    prepare_many(spectra[:2], spec, templates)
    wall, processor = time.perf_counter(), time.process_time()
    results = prepare_many(spectra, spec, templates)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    record_property("wall_s", wall)
    print(f"\nprepare_many, 1000 × 4000 px, 40 templates: {wall:.2f} s wall, {processor:.2f} s cpu")
    assert sum(r.rv_origin == "measured" for r in results) == 1000


def test_prepare_a_library(record_property) -> None:
    spec = PreparationSpec()
    rng = np.random.default_rng(2)
    flux = rng.uniform(0.5, 1.5, (1243, 15011)).astype(np.float32)
    bad = rng.uniform(size=flux.shape) < 0.08
    wall = time.perf_counter()
    _, valid = smooth_and_rebin_uniform(
        3465.0, 0.4, flux, bad, spec=spec, fwhm_aa=1.2, medium="air"
    )
    wall = time.perf_counter() - wall
    record_property("wall_s", wall)
    print(f"\nsmooth_and_rebin_uniform, 1243 × 15011 px with gaps: {wall:.2f} s wall")
    assert valid.shape == (1243, spec.n_pixels)
