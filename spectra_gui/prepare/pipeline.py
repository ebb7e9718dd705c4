"""The whole way from spectra to what a network sees, one or many at once.

Knows the other modules of this room and the order of their steps; knows no file and no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.preparation import PreparationSpec, Prepared, RvOrigin, Templates
from spectra_gui.data.spectrum import Medium, Spectrum
from spectra_gui.prepare.continuum import normalise
from spectra_gui.prepare.grid import SmoothedPixels, rebin, smooth
from spectra_gui.prepare.noise import signal_to_noise, snr_note
from spectra_gui.prepare.published import prepare_as_published
from spectra_gui.prepare.resolution import estimate_fwhm_aa, median_fwhm_aa, resolution_note
from spectra_gui.prepare.velocity import VelocityFit, measure_velocities
from spectra_gui.units import SPEED_OF_LIGHT_KMS, refractive_index_minus_one

LEAST_FRACTION = 0.01
"""Of the grid's pixels; below, there is nothing to look at."""

SPARSE = 2.0
"""Pixels this many FWHM of the bundle apart resolve four of them at best: no line is left."""

FASTEST_KMS = 3000.0
"""A stated velocity beyond this is no star's: the fastest known move at about 2000 km/s."""

DISAGREEMENT_KMS = 50.0
"""A measured velocity this far from the stated one, and five errors, earns a note."""

MEDIUM_ERROR_KMS = 15.0
"""The shift must be known this well, and lie within 25 km/s, to tell vacuum from air by it."""

MEDIUM_WINDOW_KMS = 25.0

ESTIMATED_CODES = (30.0, 66.0)
"""Templates F0 to M5, whose many narrow lines show an unknown resolution."""

ROWS_AT_ONCE = 256


class PrepareError(Exception):
    """A spectrum that cannot be prepared: ``reason`` and ``advice`` are sentences for a person."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason, advice)
        self.reason = reason
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.reason} {self.advice}"


def prepare(
    spectrum: Spectrum, spec: PreparationSpec, templates: Templates | None = None
) -> Prepared:
    """Bring one spectrum onto a bundle's grid; raises `PrepareError` where that cannot be."""
    (result,) = prepare_many([spectrum], spec, templates)
    if isinstance(result, PrepareError):
        raise result
    return result


def prepare_many(
    spectra: Sequence[Spectrum], spec: PreparationSpec, templates: Templates | None = None
) -> list[Prepared | PrepareError]:
    """`prepare` for many; continuum and cross-correlation run in batches.

    The velocity taken out is none for spectra at rest, else the stated one
    (``Spectrum.velocity_kms``; ``meta["velocity_origin"]`` may say ``user``), else the measured
    one where templates are given and the correlation can be trusted. A spectrum that cannot be
    prepared has its `PrepareError` in its place.
    """
    results: list[Prepared | PrepareError] = []
    for top in range(0, len(spectra), ROWS_AT_ONCE):
        results += _prepare_block(spectra[top : top + ROWS_AT_ONCE], spec, templates)
    return results


@dataclass(slots=True)
class _Work:
    """One spectrum under way."""

    spectrum: Spectrum
    pixels: SmoothedPixels
    velocity_kms: float
    origin: RvOrigin
    notes: list[str] = field(default_factory=list)
    fit: VelocityFit | None = None
    error_kms: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _OnGrid:
    """A batch on the grid, (b, n_pixels) each; ``sigma`` in units of the continuum, NaN = none.

    ``coverage`` (b,): fraction of the grid that good pixels cover.
    """

    flux: NDArray[np.float32]
    valid: NDArray[np.bool_]
    continuum: NDArray[np.float32]
    sigma: NDArray[np.float64]
    coverage: NDArray[np.float64]


def _prepare_block(
    spectra: Sequence[Spectrum], spec: PreparationSpec, templates: Templates | None
) -> list[Prepared | PrepareError]:
    results: list[Prepared | PrepareError | None] = []
    works: list[_Work] = []
    for spectrum in spectra:
        try:
            works.append(_start(spectrum, spec))
            results.append(None)
        except PrepareError as error:
            results.append(error)
    finished = iter(_finish(works, spec, templates))
    return [next(finished) if result is None else result for result in results]


def _start(spectrum: Spectrum, spec: PreparationSpec) -> _Work:
    """Check the spectrum, smooth it and settle what is stated of its velocity."""
    _refuse_hopeless(spectrum, spec)
    work = _Work(spectrum, _smoothed(spectrum, spec, spectrum.medium), 0.0, "none")
    stated = spectrum.velocity_kms
    if spectrum.frame == "rest":
        work.origin = "rest"
    elif stated is not None and abs(stated) <= FASTEST_KMS:
        work.velocity_kms = float(stated)
        work.origin = "user" if spectrum.meta.get("velocity_origin") == "user" else "header"
    elif stated is not None:
        work.notes.append(
            f"The stated velocity of {stated:.0f} km/s is no star's, so it was not used."
        )
    return work


def _smoothed(spectrum: Spectrum, spec: PreparationSpec, medium: Medium) -> SmoothedPixels:
    return smooth(
        spectrum.wavelength_aa,
        spectrum.flux[None],
        spectrum.bad[None],
        None if spectrum.sigma is None else spectrum.sigma[None],
        spec=spec,
        fwhm_aa=spectrum.fwhm_aa,
        medium=medium,
    )


def _refuse_hopeless(spectrum: Spectrum, spec: PreparationSpec) -> None:
    axis = spectrum.wavelength_aa
    if axis[-1] < spec.start_aa or axis[0] > spec.end_aa:
        raise PrepareError(
            f"The spectrum covers {axis[0]:.0f}–{axis[-1]:.0f} Å and has nothing of the model's "
            f"range, {spec.start_aa:.0f}–{spec.end_aa:.0f} Å.",
            "Check the wavelength unit, or use a spectrum of the blue and visual range.",
        )
    inside = (axis >= spec.start_aa) & (axis <= spec.end_aa)
    good = spectrum.flux[inside & ~spectrum.bad]
    if good.size == 0:
        raise PrepareError(
            "All pixels in the model's range are marked as bad.",
            "Check the mask or the uncertainties of the file.",
        )
    if not np.any(good > 0):
        raise PrepareError(
            "The flux is nowhere above zero.",
            "Check the sky subtraction, or whether the right column was read as flux.",
        )
    if good.size > 1 and np.ptp(good) == 0:
        raise PrepareError(
            "The flux is the same in every pixel.",
            "Check whether the right column was read as flux.",
        )
    _refuse_sparse(spectrum, axis[inside], spec)


def _refuse_sparse(spectrum: Spectrum, axis: NDArray[np.float64], spec: PreparationSpec) -> None:
    """Two pixels are the least that a resolution element has: far apart, they show no line."""
    step = float(np.median(np.diff(axis))) if axis.size > 1 else 0.0
    if spectrum.fwhm_aa is None and step > SPARSE * spec.fwhm_aa:
        raise PrepareError(
            f"The spectrum has a pixel every {step:.3g} Å, too few for lines that tell types.",
            f"Use a spectrum with a resolution of {spec.fwhm_aa:.2g} Å or a little coarser.",
        )


def _finish(
    works: list[_Work], spec: PreparationSpec, templates: Templates | None
) -> list[Prepared | PrepareError]:
    if not works:
        return []
    if spec.procedure == "sezen_2025":
        return [_result(work, _as_published(work, spec), 0, spec) for work in works]
    first = _on_grid(works, spec)
    moved: list[int] = []
    if templates is not None:
        fits = measure_velocities(
            first.flux,
            first.valid,
            np.nan_to_num(first.sigma, nan=0.0),
            spec=spec,
            templates=templates,
        )
        for work, fit in zip(works, fits, strict=True):
            work.fit = fit
        sharper = _estimate_resolution(works, first, spec, templates)
        settled = [_settle_velocity(work, spec) for work in works]
        moved = [i for i in range(len(works)) if settled[i] or i in sharper]
    else:
        for work in works:
            _note_unmeasured(work, "there are no class templates to measure it with")
    again = _on_grid([works[i] for i in moved], spec) if moved else first
    place = {i: k for k, i in enumerate(moved)}
    return [
        _result(work, again, place[i], spec) if i in place else _result(work, first, i, spec)
        for i, work in enumerate(works)
    ]


def _estimate_resolution(
    works: list[_Work], grid: _OnGrid, spec: PreparationSpec, templates: Templates
) -> set[int]:
    """Estimate what no file states; the indices of the works that were smoothed for it."""
    low, high = ESTIMATED_CODES
    fits = {
        i: work.fit
        for i, work in enumerate(works)
        if work.spectrum.fwhm_aa is None
        and work.fit is not None
        and work.fit.reliable
        and low <= templates.codes[work.fit.template] < high
    }
    if not fits:
        return set()
    rows = list(fits)
    fwhm = estimate_fwhm_aa(
        grid.flux[rows],
        grid.valid[rows],
        templates.flux[[fit.template for fit in fits.values()]],
        np.array([fit.velocity_kms for fit in fits.values()]),
        spec=spec,
    )
    known = {i: float(value) for i, value in zip(rows, fwhm, strict=True) if np.isfinite(value)}
    for i, value in known.items():
        spectrum = works[i].spectrum
        works[i].spectrum = spectrum.changed(
            fwhm_aa=np.full(len(spectrum), value), fwhm_origin="estimated"
        )
        works[i].pixels = _smoothed(works[i].spectrum, spec, spectrum.medium)
    return {i for i, value in known.items() if value < spec.fwhm_aa}


def _on_grid(works: list[_Work], spec: PreparationSpec) -> _OnGrid:
    rows = [rebin(work.pixels, spec=spec, velocity_kms=work.velocity_kms) for work in works]
    valid = np.concatenate([row[1] for row in rows])
    flux, continuum = normalise(
        np.concatenate([row[0] for row in rows]), valid, spec.continuum_sigma_aa / spec.step_aa
    )
    valid &= np.isfinite(continuum)
    none = np.full((1, spec.n_pixels), np.nan)
    sigma = np.concatenate([none if row[2] is None else row[2] for row in rows])
    sigma = np.where(valid, sigma, np.nan) / np.where(valid, continuum, 1.0)
    return _OnGrid(flux, valid, continuum, sigma, valid.mean(axis=1))


def _as_published(work: _Work, spec: PreparationSpec) -> _OnGrid:
    """A batch of one, left where it stands and in the medium that it has."""
    spectrum = work.spectrum
    if work.origin != "rest":
        work.origin = "none"
        work.notes.append("This model's preparation leaves the radial velocity in the spectrum.")
    grid = prepare_as_published(
        spectrum.wavelength_aa, spectrum.flux[None], spectrum.bad[None], spec=spec
    )
    sigma = np.full(grid.flux.shape, np.nan)
    if spectrum.sigma is not None:
        good = ~spectrum.bad
        axis = spectrum.wavelength_aa[good]
        sigma[0] = np.interp(spec.wavelength_aa, axis, spectrum.sigma[good])
        sigma = np.where(grid.valid, sigma, np.nan) / np.where(grid.valid, grid.continuum, 1.0)
    return _OnGrid(grid.flux, grid.valid, grid.continuum, sigma, grid.coverage)


def _settle_velocity(work: _Work, spec: PreparationSpec) -> bool:
    """Decide from the fit; True where the spectrum has to be rebinned with other wavelengths."""
    fit = work.fit
    found = fit is not None and fit.reliable
    if work.origin == "none":
        if fit is None or not found:
            _note_unmeasured(work, "no class template matches well enough")
            return False
        work.velocity_kms, work.error_kms = fit.velocity_kms, fit.error_kms
        work.origin = "measured"
        if work.spectrum.medium == "unknown":
            _widen_by_medium(work, spec)
        return True
    if fit is None or not found:
        return False
    if work.origin == "rest" and work.spectrum.medium == "unknown":
        other: Medium = "vacuum" if spec.medium == "air" else "air"
        offset = medium_shift_kms(spec)
        near = abs(fit.velocity_kms - offset) < MEDIUM_WINDOW_KMS
        if near and fit.error_kms < MEDIUM_ERROR_KMS:
            work.pixels = _smoothed(work.spectrum, spec, other)
            work.notes.append(
                f"The wavelengths were taken as {other}: at rest the lines stand where {other} "
                f"wavelengths have them ({fit.velocity_kms:+.0f} km/s from {spec.medium})."
            )
            return True
    if abs(fit.velocity_kms) > max(DISAGREEMENT_KMS, 5.0 * fit.error_kms):
        what = "at rest" if work.origin == "rest" else f"at {work.velocity_kms:.0f} km/s"
        work.notes.append(
            f"The spectrum is stated to be {what}, but its lines stand "
            f"{fit.velocity_kms:+.0f} ± {fit.error_kms:.0f} km/s from there."
        )
    return False


def medium_shift_kms(spec: PreparationSpec) -> float:
    """Apparent velocity of wavelengths in the other medium than the bundle's.

    It is the same within 1 km/s over the whole grid, so it cannot be told from a velocity: only a
    spectrum that is known to be at rest shows its medium.
    """
    middle = np.asarray([0.5 * (spec.start_aa + spec.end_aa)])
    shift = SPEED_OF_LIGHT_KMS * float(refractive_index_minus_one(middle)[0])
    return shift if spec.medium == "air" else -shift


def _widen_by_medium(work: _Work, spec: PreparationSpec) -> None:
    """Let the error of a measured velocity reach what it is in the other medium."""
    shift = medium_shift_kms(spec)
    work.error_kms = float(np.hypot(work.error_kms or 0.0, shift))
    work.notes.append(
        f"The file does not say whether its wavelengths are of air or vacuum; they were taken "
        f"as {spec.medium}. In the other case the radial velocity is {-shift:+.0f} km/s different, "
        "which its error includes; the type is the same."
    )


def _note_unmeasured(work: _Work, why: str) -> None:
    if work.origin == "none":
        work.notes.append(
            f"The radial velocity was not found ({why}); the spectrum was left where it is."
        )


def _result(work: _Work, grid: _OnGrid, row: int, spec: PreparationSpec) -> Prepared | PrepareError:
    valid = grid.valid[row]
    if np.count_nonzero(valid) < LEAST_FRACTION * spec.n_pixels:
        share = np.count_nonzero(valid) / spec.n_pixels
        much = f"in only {100 * share:.1f} % of" if share else "nowhere in"
        return PrepareError(
            f"The flux is usable {much} {spec.start_aa:.0f}–{spec.end_aa:.0f} Å, where the model "
            "looks; the rest is masked, missing or not positive.",
            "Check the wavelength range, the mask and the sign of the flux.",
        )
    fwhm = median_fwhm_aa(work.spectrum, spec)
    snr = signal_to_noise(work.spectrum, spec)
    notes = (
        resolution_note(fwhm, work.spectrum.fwhm_origin, spec),
        snr_note(work.spectrum, snr),
    )
    has_sigma = work.spectrum.sigma is not None
    moved = work.origin in ("header", "user", "measured")
    return Prepared(
        flux=grid.flux[row],
        valid=valid,
        continuum=_without_holes(grid.continuum[row]),
        sigma=grid.sigma[row].astype(np.float32) if has_sigma else None,
        rv_kms=work.velocity_kms if moved else None,
        rv_err_kms=work.error_kms,
        rv_origin=work.origin,
        rv_quality=None if work.fit is None else work.fit.quality,
        snr=snr,
        fwhm_aa=fwhm,
        fwhm_origin=work.spectrum.fwhm_origin,
        coverage=float(grid.coverage[row]),
        notes=(*work.notes, *(note for note in notes if note)),
    )


def _without_holes(continuum: NDArray[np.float32]) -> NDArray[np.float32]:
    """The continuum with straight lines over gaps, so that it can be drawn and multiplied."""
    known = np.isfinite(continuum)
    index = np.arange(continuum.size)
    return np.interp(index, index[known], continuum[known]).astype(np.float32)
