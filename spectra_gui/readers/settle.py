"""From what a family's reader found to spectra: unit, order, mask, sigma, medium, frame.

Every reader passes here, so every file gets the same rules and the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Decision, Override, OverrideChoice, ReadError, Spectrum
from spectra_gui.data.spectrum import FwhmOrigin
from spectra_gui.readers import axes
from spectra_gui.readers.found import Claim, Found, Piece
from spectra_gui.readers.medium import settle_medium
from spectra_gui.readers.noise import NOISE_KINDS, sigma_of
from spectra_gui.readers.parts import bring_together
from spectra_gui.units import VACUUM_LIMIT_AA

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_FLOOR_AA: Final = 10.0
_CEILING_AA: Final = 1e9
"""Beyond these no star's light is called a spectrum here (X-rays, radio)."""

_ZERO_RUN: Final = 3
"""From so many exact zeros in a row they stand for "no data" (FORMATS rule 6)."""

_UV_END_AA: Final = 3200.0

CHOSEN_VELOCITY: Final = {"velocity_origin": "user"}
"""In ``Spectrum.meta`` where a person, and no header, gave the velocity."""

_READ_WHOLE: Final = 250
"""Rows of a table up to which it is read whole by everyone."""

_RUGGED: Final = 0.02
"""Above this share of steps back, wavelengths are a list of points and no spectrum."""


def settle(
    found: Found, override: Override
) -> tuple[tuple[Spectrum, ...], tuple[Decision, ...], tuple[str, ...]]:
    """Spectra, decisions and warnings of a file.

    Raises ``ReadError``: ``bad_override``, ``no_wavelength``, ``not_a_spectrum``,
    ``no_good_pixels``.
    """
    unit = _unit(found, override)
    medium = _chosen(override.medium, ("air", "vacuum"), "medium") or found.medium
    if medium.value == "unknown" and unit.value in axes.PER_WAVELENGTH:
        why = "wavenumbers, frequencies and energies are those of vacuum"
        medium = Claim("vacuum", why, assumed=True)
    frame = _chosen(override.frame, ("rest", "barycentric", "observed"), "frame") or found.frame
    pieces = _choose_rows(found, override.rows)
    found.noise = _noise(found, pieces, override)
    warnings = list(found.warnings)
    settled: list[tuple[Piece, Spectrum]] = []
    problems: list[ReadError] = []
    n_lost = 0
    for piece in pieces:
        try:
            spectrum, lost = _settle_piece(piece, found, unit, medium, frame, override)
        except ReadError as error:
            problems.append(error)
            continue
        n_lost += lost
        settled.append((piece, spectrum))
    if not settled:
        raise problems[0]
    together = bring_together(found, pieces, settled, unit.value, override)
    spectra = together.spectra
    warnings += together.warnings
    if n_lost:
        warnings.append(f"{n_lost} pixels without a wavelength that light can have were left out.")
    if medium.value == "unknown" and (vacuum := _ultraviolet(spectra)) is not None:
        medium = vacuum
        spectra = [s.changed(medium=medium.value) for s in spectra]
    elif _asks_lines(found, medium, override):
        medium, doubt = settle_medium(medium, frame, spectra)
        warnings += [doubt] if doubt else []
        if medium.value != spectra[0].medium:
            spectra = [s.changed(medium=medium.value) for s in spectra]
    if problems:
        warnings.append(f"{len(problems)} of {len(pieces)} left out: {problems[0].reason}")
    decisions = _decisions(found, unit, medium, frame, spectra, override)
    decisions = (decisions[0], *together.decisions, *decisions[1:])
    return tuple(spectra), decisions, tuple(dict.fromkeys(warnings))


def _asks_lines(found: Found, medium: Claim, override: Override) -> bool:
    """Whether lines are asked for the medium: nobody states it, and the table is no long one.

    Parts of a long one, read one after the other, would each get an answer of their own.
    """
    stated = override.medium is not None or not (medium.assumed or medium.value == "unknown")
    return not stated and found.total_rows <= _READ_WHOLE


def choices(found: Found, decisions: Sequence[Decision]) -> tuple[OverrideChoice, ...]:
    """What a person may change about any file, and what the family adds."""
    values = {d.subject: d.value for d in decisions}
    words = {word: unit for unit, word in axes.UNIT_WORDS.items()}
    unit = values.get("Wavelength unit", "")
    general = [
        OverrideChoice(
            "wavelength_unit", "Wavelength unit", words.get(unit, unit), axes.SPECTRAL_UNITS
        ),
        OverrideChoice("medium", "Medium", values.get("Medium", ""), ("air", "vacuum")),
        OverrideChoice(
            "frame", "Frame", values.get("Frame", ""), ("rest", "barycentric", "observed")
        ),
        OverrideChoice("velocity_kms", "Radial velocity (km/s)", values.get("Velocity", "")),
        OverrideChoice("fwhm_aa", "Resolution, FWHM (Å)", _known(values.get("Resolution", ""))),
    ]
    if found.noise.value != "none":
        general.append(OverrideChoice("uncertainty", "Uncertainty", found.noise.value, NOISE_KINDS))
    if len({piece.row for piece in found.pieces}) > 1:
        general.append(OverrideChoice("rows", "Spectra to take (0, 1, …)", "all"))
    return (*general, *found.choices)


def _known(value: str) -> str:
    return "" if value == "unknown" else value


def _ultraviolet(spectra: list[Spectrum]) -> Claim | None:
    """Vacuum, where no ground can see it: light from below 2000 Å and none beyond 3200 Å."""
    low = min(float(s.wavelength_aa[0]) for s in spectra)
    high = max(float(s.wavelength_aa[-1]) for s in spectra)
    if low < VACUUM_LIMIT_AA and high <= _UV_END_AA:
        return Claim("vacuum", "ultraviolet: seen from above the atmosphere", assumed=True)
    return None


def _chosen(value: str | None, allowed: tuple[str, ...], what: str) -> Claim | None:
    if value is None:
        return None
    if value not in allowed:
        raise bad_override(f"{value!r} is no {what}", f"Allowed: {', '.join(allowed)}.")
    return Claim(value, "chosen by a person")


def bad_override(why: str, advice: str) -> ReadError:
    """A `ReadError` for something that a person asked for and the file cannot give."""
    return ReadError("bad_override", f"This choice does not fit the file: {why}.", advice)


def _unit(found: Found, override: Override) -> Claim:
    chosen = _chosen(override.wavelength_unit, axes.SPECTRAL_UNITS, "wavelength unit")
    if chosen:
        return chosen
    if not found.unit.value:
        return axes.guess_unit(np.asarray(found.pieces[0].axis, np.float64), hint=found.hint)
    unit = found.unit.value
    axes.refuse_unclear(found.unit)
    what = axes.NOT_WAVELENGTH.get(unit)
    if axes.is_radio(np.asarray(found.pieces[0].axis, np.float64), unit):
        what = "a frequency of radio waves"
    if what:
        raise ReadError(
            "no_wavelength",
            f"The axis is {what} ({found.unit.evidence}), not wavelength.",
            "Convert it to wavelength first, or choose the unit if the label is wrong.",
        )
    return found.unit


def _noise(found: Found, pieces: list[Piece], override: Override) -> Claim:
    chosen = _chosen(override.uncertainty, NOISE_KINDS, "kind of uncertainty")
    if chosen and pieces and all(piece.noise is None for piece in pieces):
        raise bad_override(
            f"it holds no uncertainty that could be of the kind {chosen.value}",
            "Name its column too, as the third one.",
        )
    return chosen or found.noise


def _choose_rows(found: Found, rows: tuple[int, ...] | None) -> list[Piece]:
    if rows is None:
        return found.pieces
    by_row: dict[int, list[Piece]] = {}
    for piece in found.pieces:
        by_row.setdefault(piece.row, []).append(piece)
    missing = [row for row in rows if row not in by_row]
    if missing or not rows:
        there = sorted(by_row) if not found.total_rows else [0, found.total_rows - 1]
        raise bad_override(
            f"there is no spectrum {missing[:5]}" if missing else "no spectrum was chosen",
            f"The file has the numbers {there[0]} to {there[-1]}.",
        )
    return [piece for row in dict.fromkeys(rows) for piece in by_row[row]]


def _settle_piece(
    piece: Piece, found: Found, unit: Claim, medium: Claim, frame: Claim, override: Override
) -> tuple[Spectrum, int]:
    """The spectrum, and how many pixels were left out."""
    axis = np.asarray(piece.axis, np.float64)
    if unit.value == "angstrom" and override.wavelength_unit is None:
        _refuse_pixels(axis)
    wavelength = axes.to_angstrom(axis, unit.value)
    flux = np.asarray(piece.flux, np.float64)
    if override.columns is not None and np.array_equal(axis, flux, equal_nan=True):
        raise bad_override("wavelength and flux are one column", "Choose two different columns.")
    parts = [part for part in (piece.noise, piece.bad) if part is not None]
    if any(part.shape != flux.shape for part in (wavelength, *parts)):
        raise ReadError(
            "damaged",
            "Its wavelengths, fluxes and uncertainties do not have the same length.",
            "Download or copy it again, or choose the columns that belong together.",
        )
    bad = np.zeros(flux.shape, bool) if piece.bad is None else np.array(piece.bad, bool)
    sigma, noise_bad = sigma_of(found.noise.value, piece.noise, flux)
    bad |= noise_bad | ~np.isfinite(flux) | empty_zeros(flux)
    lost = int(np.count_nonzero(~_usable(wavelength)))
    columns = [flux, bad, sigma, _widths(piece, wavelength, override)]
    wavelength, (flux, bad, sigma, fwhm) = _sort(wavelength, columns)
    if not np.any(~bad):
        raise ReadError(
            "no_good_pixels",
            "Not one pixel of it is usable: all are zero, not a number, or masked.",
            "Check the file in the program that wrote it.",
        )
    velocity = override.velocity_kms if override.velocity_kms is not None else piece.velocity_kms
    spectrum = Spectrum(
        wavelength_aa=wavelength,
        flux=flux,
        sigma=sigma,
        mask=bad,
        fwhm_aa=fwhm,
        fwhm_origin=_width_origin(fwhm, found, override),
        medium=medium.value,  # type: ignore[arg-type]
        frame=frame.value,  # type: ignore[arg-type]
        velocity_kms=velocity,
        flux_unit=piece.flux_unit,
        name=piece.name,
        meta=piece.meta if override.velocity_kms is None else {**piece.meta, **CHOSEN_VELOCITY},
    )
    return spectrum, lost


def _width_origin(fwhm: FloatArray | None, found: Found, override: Override) -> FwhmOrigin:
    if override.fwhm_aa is not None:
        return "user"
    if fwhm is None:
        return "none"
    return "family" if found.resolution and found.resolution.assumed else "header"


def _widths(piece: Piece, wavelength: FloatArray, override: Override) -> FloatArray | None:
    if override.fwhm_aa is not None:
        if not 0.0 < override.fwhm_aa < 1e4:
            raise bad_override(f"a resolution of {override.fwhm_aa} Å", "Give a width above 0 Å.")
        return np.full(wavelength.shape, float(override.fwhm_aa))
    if piece.fwhm_aa is not None:
        return np.broadcast_to(np.asarray(piece.fwhm_aa, np.float64), wavelength.shape)
    if piece.resolving_power is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(wavelength / piece.resolving_power)
    return None


def empty_zeros(flux: FloatArray) -> BoolArray:
    """(n,) True where exact zeros stand for "no data": at the ends, or three in a row."""
    zero: BoolArray = flux == 0.0
    if not zero.any():
        return zero
    # Lengths of the runs of equal truth.
    edges = np.flatnonzero(np.diff(zero)) + 1
    starts = np.concatenate(([0], edges))
    lengths = np.diff(np.concatenate((starts, [zero.size])))
    long = lengths >= _ZERO_RUN
    long[0] = long[-1] = True
    return np.asarray(zero & np.repeat(long, lengths))


def _refuse_pixels(axis: FloatArray) -> None:
    """Numbers that count from 0 or 1 are no wavelengths, whatever unit stands beside them."""
    if axes.looks_like_pixels(axis):
        raise ReadError(
            "no_wavelength",
            "The axis counts pixels, though its unit is said to be Å.",
            "Calibrate it in wavelength, or choose the column that holds wavelengths.",
        )


def _usable(wavelength: FloatArray) -> BoolArray:
    """(n,) True where a wavelength is a number that light can have."""
    return np.asarray(np.isfinite(wavelength) & (wavelength > 0.0) & (wavelength <= _CEILING_AA))


def _sort(wavelength: FloatArray, columns: list[Any]) -> tuple[FloatArray, list[Any]]:
    """Ascending, finite and without repeats: repeated wavelengths become their mean."""
    usable = _usable(wavelength)
    if not usable.all():
        wavelength = wavelength[usable]
        columns = [None if c is None else c[usable] for c in columns]
    if wavelength.size < 2:
        raise ReadError(
            "no_wavelength",
            "There are fewer than two usable wavelengths.",
            "Check which column or keyword holds wavelengths, and read it again.",
        )
    steps = np.diff(wavelength)
    if not np.all(steps > 0.0):
        _refuse_rugged(steps)
        order = np.argsort(wavelength, kind="stable")
        wavelength = wavelength[order]
        columns = [None if c is None else c[order] for c in columns]
        if np.any(np.diff(wavelength) == 0.0):
            wavelength, columns = _merge_repeats(wavelength, columns)
    if wavelength[-1] < _FLOOR_AA or wavelength.size < 2:
        raise ReadError(
            "no_wavelength",
            f"The axis runs from {wavelength[0]:g} to {wavelength[-1]:g} Å, which is no light "
            "of a star.",
            "Choose the wavelength unit, or the column that holds wavelengths.",
        )
    return wavelength, columns


def _refuse_rugged(steps: FloatArray) -> None:
    turns = min(np.count_nonzero(steps > 0.0), np.count_nonzero(steps < 0.0))
    if turns > max(120, _RUGGED * steps.size) or (steps.size < 400 and turns > steps.size // 5):
        raise ReadError(
            "not_a_spectrum",
            "The wavelengths jump back and forth: this is a list of separate points, such as "
            "photometry, and no spectrum.",
            "If one column is in order, choose it as the wavelength column.",
        )


def _merge_repeats(wavelength: FloatArray, columns: list[Any]) -> tuple[FloatArray, list[Any]]:
    """One pixel for each wavelength: the inverse-variance mean of the good ones."""
    flux, bad, sigma, fwhm = columns
    unique, first, group = np.unique(wavelength, return_index=True, return_inverse=True)
    good = ~bad
    weight = good.astype(float)
    if sigma is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            weight = np.where(good & (sigma > 0), 1.0 / sigma**2, 0.0)
    total = np.bincount(group, weight, unique.size)
    has = total > 0.0
    sums = np.bincount(group, np.where(weight > 0, flux * weight, 0.0), unique.size)
    merged = np.where(has, sums / np.where(has, total, 1.0), flux[first])
    merged_sigma = None
    if sigma is not None:
        merged_sigma = np.where(has, 1.0 / np.sqrt(np.where(has, total, 1.0)), np.nan)
    return unique, [merged, ~has, merged_sigma, None if fwhm is None else fwhm[first]]


def _decisions(
    found: Found,
    unit: Claim,
    medium: Claim,
    frame: Claim,
    spectra: list[Spectrum],
    override: Override,
) -> tuple[Decision, ...]:
    unit_text = axes.UNIT_WORDS.get(unit.value, unit.value)
    total = sum(len(s) for s in spectra)
    n_masked = sum(int(np.count_nonzero(s.bad)) for s in spectra)
    masked = found.mask or Claim("", "not-a-number, no uncertainty, zeros at ends or in runs")
    decisions = [
        Decision("Format", found.description, found.evidence),
        Decision("Wavelength unit", unit_text, unit.evidence, unit.assumed),
        found.scale.decide("Wavelength scale"),
        medium.decide("Medium"),
        frame.decide("Frame"),
        found.noise.decide("Uncertainty"),
        Decision("Mask", f"{n_masked} of {total} pixels", masked.evidence, masked.assumed),
    ]
    if override.fwhm_aa is not None:
        decisions.append(
            Decision("Resolution", f"{override.fwhm_aa:g} Å FWHM", "chosen by a person")
        )
    elif found.resolution:
        decisions.append(found.resolution.decide("Resolution"))
    else:
        decisions.append(Decision("Resolution", "unknown", "the file does not say"))
    if override.velocity_kms is not None:
        decisions.append(
            Decision("Velocity", f"{override.velocity_kms:g} km/s", "chosen by a person")
        )
    elif found.velocity:
        decisions.append(found.velocity.decide("Velocity"))
    return (*decisions, *found.notes)
