"""Radial velocity by cross-correlation with class templates (Tonry & Davis 1979, AJ 84, 1511).

Knows normalised spectra on a bundle's grid and its templates; knows no file and no network.
Correlations are taken on a grid uniform in ln λ, where a velocity is a shift, with all templates
and all shifts at once; the best template's peak is then refined to a fraction of a pixel in
Fourier space.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.preparation import PreparationSpec, Templates
from spectra_gui.units import SPEED_OF_LIGHT_KMS

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Reals = NDArray[np.floating]

SEARCH_KMS = 500.0
"""Velocities searched, to either side."""

LEAST_PIXELS = 200
"""Valid ln λ pixels (54 km/s each on the usual grid) below which no velocity is sought."""

EMISSION = 0.5
"""Pixels this much (of the continuum) above all templates are emission or cosmic rays."""

MISMATCH = 0.05
"""Typical difference of a star and its class mean; noise well below it changes no weight."""

ERROR_SCALE = 1.15
"""Formal errors are this much too small, on class means with white noise of S/N 3–100."""

ERROR_FLOOR_KMS = 5.0
"""What remains without noise: the spread of 300 MILES stars against CFLIB class means."""

LEAST_QUALITY = 5.0
LEAST_CORRELATION = 0.7
"""Either will do: r is low for a part of the range, where the rest of the template is noise."""

LARGEST_ERROR_KMS = 40.0
"""Of 6000 spectra of pure noise, half of them smoothed, 3 pass the limits of r and error."""

ROWS_AT_ONCE = 128

NEWTON_STEPS = 3

TURN_BLOCK = 64


@dataclass(frozen=True, slots=True)
class VelocityFit:
    """The velocity of one spectrum against its best template.

    ``quality`` is the r of Tonry & Davis: the height of the peak over √2 times the rms of the
    antisymmetric part of the correlation about it; ``template`` an index into the templates;
    ``correlation`` (up to 1) at the peak; ``at_edge``: the peak lies at the end of the search.
    """

    velocity_kms: float
    error_kms: float
    quality: float
    template: int
    correlation: float
    at_edge: bool

    @property
    def reliable(self) -> bool:
        """True where the peak is no accident of noise and lies inside the search."""
        return (
            (self.quality >= LEAST_QUALITY or self.correlation >= LEAST_CORRELATION)
            and self.error_kms <= LARGEST_ERROR_KMS
            and not self.at_edge
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Bank:
    """The ``chosen`` templates less 1 on the ln λ grid: ``flux`` (m, n), its shifts, their square.

    ``shifted`` is (n, m · lags); ``highest`` (n,) is what the highest template reaches there at
    any velocity of the search.
    """

    chosen: NDArray[np.int64]
    left: NDArray[np.int64]
    part: Floats
    step: float
    lags: NDArray[np.int64]
    flux: Floats
    highest: Floats
    shifted: NDArray[np.float32]
    squared: NDArray[np.float32]


def measure_velocities(
    normalised: NDArray[np.floating],
    valid: NDArray[np.bool_],
    sigma: NDArray[np.floating] | None,
    *,
    spec: PreparationSpec,
    templates: Templates,
) -> list[VelocityFit | None]:
    """Velocities of spectra (b, n_pixels) as they stand on the grid.

    ``sigma`` (b, n_pixels), in units of the continuum, lowers the weight of noisy pixels; None
    weighs all valid pixels alike. None is returned for a spectrum with too few valid pixels or
    without structure.
    """
    bank = _bank(templates, spec)
    weight = valid.astype(np.float64)
    if sigma is not None:
        weight *= MISMATCH**2 / (MISMATCH**2 + np.where(valid, sigma, 1.0) ** 2)
    found: list[VelocityFit | None] = []
    for top in range(0, normalised.shape[0], ROWS_AT_ONCE):
        rows = slice(top, top + ROWS_AT_ONCE)
        found += _measure(np.asarray(normalised[rows], np.float64), weight[rows], bank)
    return found


@lru_cache(maxsize=2)
def _bank(templates: Templates, spec: PreparationSpec) -> _Bank:
    step = spec.step_aa / spec.end_aa
    n = int(np.log(spec.end_aa / spec.start_aa) / step)
    position = (spec.start_aa * np.exp(step * np.arange(n)) - spec.start_aa) / spec.step_aa
    left = np.clip(position.astype(np.int64), 0, spec.n_pixels - 2)
    part = position - left
    chosen = _spread_out(templates)
    flux = _to_log(np.asarray(templates.flux[chosen], np.float64) - 1.0, left, part)
    reach = int(np.ceil(np.arctanh(SEARCH_KMS / SPEED_OF_LIGHT_KMS) / step)) + 1
    lags = np.arange(-reach, reach + 1)
    padded = np.pad(flux, ((0, 0), (reach, reach))).astype(np.float32)
    shifted = np.stack([padded[:, reach - lag : reach - lag + n] for lag in lags], axis=1)
    columns = np.ascontiguousarray(shifted.reshape(-1, n).T)
    highest = columns.max(axis=1).astype(np.float64)
    return _Bank(chosen, left, part, step, lags, flux, highest, columns, columns**2)


def _spread_out(templates: Templates) -> NDArray[np.int64]:
    """Indices of one template, that of most stars, for each half letter and two classes.

    Neighbouring boxes give the same velocity, and time and memory grow with their number.
    """
    best: dict[tuple[int, int], int] = {}
    for index in np.argsort(templates.n_stars, kind="stable"):
        half_letter = int(templates.codes[index] // 5)
        best[half_letter, int(templates.classes[index]) // 2] = int(index)
    return np.array(sorted(best.values()), dtype=np.int64)


def _to_log(values: Floats, left: NDArray[np.int64], part: Floats) -> Floats:
    return (1.0 - part) * values[:, left] + part * values[:, left + 1]


def _measure(normalised: Floats, weight: Floats, bank: _Bank) -> list[VelocityFit | None]:
    values = _to_log(normalised, bank.left, bank.part)
    weight = np.minimum(weight[:, bank.left], weight[:, bank.left + 1])
    weight = np.where(values - 1.0 > bank.highest + EMISSION, 0.0, weight)
    total = weight.sum(axis=1, keepdims=True)
    safe = np.maximum(total, 1e-9)
    values = values - (weight * values).sum(axis=1, keepdims=True) / safe
    power = (weight * values**2).sum(axis=1)
    usable = ((weight > 0).sum(axis=1) >= LEAST_PIXELS) & (power > 1e-9 * total[:, 0])
    correlation = _correlate(weight * values, weight, safe, power, bank)
    best = np.argmax(correlation.reshape(len(values), -1), axis=1)
    template, lag = np.divmod(best, bank.lags.size)
    at_edge = (lag == 0) | (lag == bank.lags.size - 1)
    shift, error, quality = _refine(values, weight, bank, template, bank.lags[lag])
    velocity = SPEED_OF_LIGHT_KMS * np.tanh(shift * bank.step)
    at_edge |= np.abs(velocity) > SEARCH_KMS
    formal = ERROR_SCALE * error * bank.step * SPEED_OF_LIGHT_KMS
    height = np.take_along_axis(correlation.reshape(len(values), -1), best[:, None], axis=1)
    return [
        VelocityFit(
            float(velocity[i]),
            float(np.hypot(formal[i], ERROR_FLOOR_KMS)),
            float(quality[i]),
            int(bank.chosen[template[i]]),
            float(height[i, 0]),
            bool(at_edge[i]),
        )
        if usable[i] and np.isfinite(error[i])
        else None
        for i in range(len(values))
    ]


def _correlate(
    weighted: Floats, weight: Floats, total: Floats, power: Floats, bank: _Bank
) -> NDArray[np.float32]:
    """Correlation coefficients (b, m, lags) over the weighted pixels."""
    light = weight.astype(np.float32)
    product = weighted.astype(np.float32) @ bank.shifted
    mean = light @ bank.shifted
    spread = light @ bank.squared - mean**2 / total.astype(np.float32)
    floor = 1e-4 * np.maximum(spread.max(axis=1, keepdims=True), 1e-12)
    power = np.maximum(power, 1e-12).astype(np.float32)
    ratio: NDArray[np.float32] = product / np.sqrt(np.maximum(spread, floor) * power[:, None])
    return ratio.reshape(len(weighted), -1, bank.lags.size)


def _refine(
    values: Floats,
    weight: Floats,
    bank: _Bank,
    template: NDArray[np.int64],
    lag: NDArray[np.int64],
) -> tuple[Floats, Floats, Floats]:
    """Shift and its error (b,), in ln λ pixels, and the quality r, for a template each."""
    n = values.shape[1]
    length = n + n // 4
    omega = 2.0 * np.pi * np.fft.rfftfreq(length)
    twice = np.where((omega == 0) | (omega >= np.pi), 1.0, 2.0)
    model = np.fft.rfft(bank.flux[template], length)
    product = np.fft.rfft(weight * values, length) * np.conj(model) * twice
    shift = lag.astype(np.float64)
    for _ in range(NEWTON_STEPS):
        turned = product * _turn(shift, length)
        slope = -(omega * turned.imag).sum(axis=1)
        curvature = -(omega**2 * turned.real).sum(axis=1)
        step = -slope / np.where(curvature < 0, curvature, -np.inf)
        shift = np.clip(shift + np.clip(step, -0.5, 0.5), lag - 1.0, lag + 1.0)
    turned = product * _turn(shift, length)
    height = turned.real.sum(axis=1)
    antisymmetric = np.sqrt(np.maximum((turned.imag**2 / twice).sum(axis=1), 1e-30))
    quality = height / (np.sqrt(2.0) * antisymmetric)
    moved = model * np.conj(_turn(shift, length))
    error = _shift_error(values, weight, moved, omega, twice)
    return shift, error, quality


def _turn(shift: Floats, length: int) -> Complexes:
    """exp(i ω shift) (b, length // 2 + 1) for the frequencies of ``rfft``.

    These are powers of one number a row, so those of few exponents, multiplied, give all: an
    exponential of each takes ten times as long.
    """
    n = length // 2 + 1
    fine = np.arange(TURN_BLOCK)
    coarse = np.arange(0, n, TURN_BLOCK)
    angle = (2.0j * np.pi / length) * shift[:, None]
    blocks: Complexes = np.exp(angle * coarse)[:, :, None] * np.exp(angle * fine)[:, None, :]
    return blocks.reshape(len(shift), -1)[:, :n]


def _shift_error(
    values: Floats, weight: Floats, model: Complexes, omega: Reals, twice: Floats
) -> Floats:
    """Standard error (b,) of the shift: the residual's own power where the template has slope.

    The least-squares shift of a residual r is Σ r t' / a Σ t'²; its variance follows from the
    autocorrelation of r, so noise that smoothing has correlated and lines that the template
    lacks count as they should.
    """
    n = values.shape[1]
    length = n + n // 4
    template = np.fft.irfft(model, length)[:, :n]
    slope = np.fft.irfft(1j * omega * model, length)[:, :n]
    weighted = weight * template
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
    template = template - weighted.sum(axis=1, keepdims=True) / total
    norm = np.maximum((weight * template**2).sum(axis=1), 1e-12)
    scale = (weight * values * template).sum(axis=1) / norm
    residual = np.fft.rfft(weight * (values - scale[:, None] * template), length)
    seen = np.fft.rfft(np.where(weight > 0, slope, 0.0), length)
    count = np.maximum((weight > 0).sum(axis=1), 1)
    noise = (twice * np.abs(residual) ** 2 * np.abs(seen) ** 2).sum(axis=1) / (length * count)
    information = np.abs(scale) * (weight * slope**2).sum(axis=1)
    return np.asarray(np.sqrt(noise) / np.where(information > 0, information, np.nan))
