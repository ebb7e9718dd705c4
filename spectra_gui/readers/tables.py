"""Spectra in tables: one row a point, or one row a spectrum, whatever container holds them.

Knows column roles, units and masks; knows no container (FITS, VOTable, ECSV, HDF5 give a `View`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Decision, Override, OverrideChoice, ReadError
from spectra_gui.readers import axes, headers, roles
from spectra_gui.readers.blocks import split_by_order
from spectra_gui.readers.columnwords import frame_of, medium_of
from spectra_gui.readers.fluxwords import refuse_compressed
from spectra_gui.readers.found import (
    NO_NOISE,
    STORED,
    UNSTATED,
    Claim,
    Found,
    Parts,
    Piece,
)
from spectra_gui.readers.onedim import Habits, first_known
from spectra_gui.readers.settle import bad_override
from spectra_gui.readers.sides import find_sides
from spectra_gui.readers.views import Column, View
from spectra_gui.readers.wcs import SpectralAxis, instrument_words, spectral_axis, stated_unit

FloatArray = NDArray[np.float64]

_ERG_AA: Final = 1.986_445_857e-8
"""h·c in erg Å (CODATA 2018), from photons to energy."""


@dataclass(slots=True)
class _Picked:
    wavelength: Column | None
    flux: Column
    noise: Column | None
    noise_claim: Claim
    mask: Column | None
    evidence: str
    assumed: bool = False


def is_spectrum(view: View) -> bool:
    """Whether columns or keywords give both a flux and wavelengths."""
    if not view.n_rows:
        return False
    found = roles.assign(view.columns)
    if found.flux is not None and (found.wavelength is not None or _has_axis(view)):
        return True
    return bool(find_sides([column.name for column in view.columns]))


def _has_axis(view: View) -> bool:
    sources = [h for h in (view.header, view.primary) if h is not None]
    return any(h.number("CRVAL1") is not None and _step_there(h) for h in sources)


def _step_there(header: headers.Cards) -> bool:
    return bool(header.number("CDELT1", "CD1_1")) or header.number("COEFF1") is not None


def read_view(
    view: View,
    override: Override,
    *,
    description: str,
    evidence: str,
    habits: Habits | None = None,
    known: roles.Roles | None = None,
) -> Found:
    """The spectra of a table; ``known`` are the roles of its columns, where they are.

    Raises ``ReadError``: ``no_wavelength``, ``not_a_spectrum`` or ``bad_override``.
    """
    habits = habits or Habits()
    picked = _chosen(view, override) or _assigned(view, known)
    refuse_compressed(picked.flux.name, picked.flux.unit)
    header = view.header
    pieces, axis = _pieces(view, picked)
    unit = axis.unit if axis else _unit(picked, view, pieces)
    mask = _apply_mask(view, picked, pieces)
    _take_percent(picked, pieces)
    notes = _photons_to_energy(picked, pieces, unit)
    width = _resolution(view, habits)
    meta = headers.facts(header)
    for piece in pieces:
        piece.meta = dict(meta)
        if piece.fwhm_aa is None and piece.resolving_power is None:
            piece.resolving_power, piece.fwhm_aa = width[0], width[1]
    pieces, parts = _orders(view, pieces)
    used = [c.name for c in (picked.wavelength, picked.flux, picked.noise) if c]
    notes.insert(0, Decision("Columns", ", ".join(used), picked.evidence, picked.assumed))
    return Found(
        description,
        evidence,
        pieces,
        unit=unit,
        hint=instrument_words(header),
        scale=axis.scale if axis else STORED,
        medium=first_known(_medium(view, picked), habits.medium),
        frame=first_known(frame_of(picked.wavelength), headers.frame(header), habits.frame),
        noise=picked.noise_claim,
        mask=mask,
        resolution=width[2],
        notes=notes,
        warnings=list(axis.warnings) if axis else [],
        total_rows=view.total_rows if picked.flux.is_vector else 0,
        parts=parts,
        choices=[_choice_of_columns(view, used)],
    )


def _choice_of_columns(view: View, used: Sequence[str]) -> OverrideChoice:
    return OverrideChoice(
        "columns",
        "Columns: wavelength, flux, sigma",
        ", ".join(used),
        tuple(c.name for c in view.columns[:100]),
    )


def _take_percent(picked: _Picked, pieces: list[Piece]) -> None:
    """An uncertainty in per cent is one relative to the flux."""
    column = picked.noise
    is_percent = column is not None and re.fullmatch(
        r"%|per ?cent(age)?|pct", column.unit.strip(), re.I
    )
    if column is None or not is_percent or picked.noise_claim.value not in ("sigma", "relative"):
        return
    picked.noise_claim = Claim("relative", f"column {column.name} in {column.unit.strip()}")
    for piece in pieces:
        piece.noise = None if piece.noise is None else 0.01 * np.asarray(piece.noise, np.float64)


def _photons_to_energy(picked: _Picked, pieces: list[Piece], unit: Claim) -> list[Decision]:
    """Fluxes that count photons times hc/λ; gives the decision where there are any."""
    unclear = unit.value in ("", axes.NOT_UNDERSTOOD, axes.UNCLEAR_LOG, *axes.NOT_WAVELENGTH)
    if unclear or not re.search(r"photlam|photon", picked.flux.unit, re.I):
        return []
    if picked.noise_claim.value != "sigma":
        picked.noise_claim = NO_NOISE
    for piece in pieces:
        energy = _ERG_AA / axes.to_angstrom(piece.axis, unit.value)
        piece.flux = piece.flux * energy
        has_sigma = piece.noise is not None and picked.noise_claim.value == "sigma"
        piece.noise = piece.noise * energy if has_sigma and piece.noise is not None else None
    return [Decision("Flux", "photons turned into energy", f"unit {picked.flux.unit}")]


def _chosen(view: View, override: Override) -> _Picked | None:
    if override.columns is None:
        return None
    if not 2 <= len(override.columns) <= 3:
        raise bad_override(
            f"{len(override.columns)} columns were named", "Name wavelength, flux and maybe sigma."
        )
    columns = [_column(view, name) for name in override.columns]
    noise = columns[2] if len(columns) == 3 else None
    kind = override.uncertainty or (roles.noise_kind(noise.name) if noise else "none")
    claim = Claim(kind, "column chosen by a person") if noise else NO_NOISE
    return _Picked(columns[0], columns[1], noise, claim, None, "chosen by a person")


def _column(view: View, name: str) -> Column:
    word = name.strip()
    for column in view.columns:
        if column.name.lower() == word.lower():
            return column
    if re.fullmatch(r"\d{1,4}", word) and int(word) < len(view.columns):
        return view.columns[int(word)]
    there = ", ".join(c.name for c in view.columns[:30])
    raise bad_override(f"there is no column {name!r}", f"There are: {there}.")


def _assigned(view: View, known: roles.Roles | None) -> _Picked:
    found = known or roles.assign(view.columns)
    at = view.columns
    if found.flux is None:
        there = ", ".join(c.name for c in at[:12])
        raise ReadError(
            "not_a_spectrum",
            f"{view.label} has no column that is known to hold a flux (it has {there}).",
            "If it is a spectrum, choose its wavelength and flux columns.",
        )
    noise = at[found.noise] if found.noise is not None else None
    claim = Claim(found.noise_kind, f"column {noise.name}") if noise else NO_NOISE
    return _Picked(
        at[found.wavelength] if found.wavelength is not None else None,
        at[found.flux],
        noise,
        claim,
        at[found.mask] if found.mask is not None else None,
        f"column {found.evidence}",
    )


def _pieces(view: View, picked: _Picked) -> tuple[list[Piece], SpectralAxis | None]:
    if not picked.flux.is_vector:
        flux = np.asarray(picked.flux.cells(), np.float64)
        if picked.wavelength is not None and picked.wavelength.is_vector:
            raise _mismatch(view)
        axis = None if picked.wavelength else _header_axis(view, flux.size)
        values = axis.values if axis else np.asarray(_cells(picked.wavelength), np.float64)
        noise = None if picked.noise is None or picked.noise.is_vector else picked.noise.cells()
        name = headers.object_name(view.header)
        unit = picked.flux.unit
        if not unit and axis is not None and view.primary is not None:
            unit = view.header.text("BUNIT") or view.primary.text("BUNIT")
        return [Piece(values, flux, noise, name=name, flux_unit=unit)], axis
    return _row_pieces(view, picked)


def _orders(view: View, pieces: list[Piece]) -> tuple[list[Piece], Parts | None]:
    """One piece for each order, where a column of points numbers orders that overlap."""
    column = next((c for c in view.columns if roles.is_order(c.name)), None)
    if column is None or column.is_vector or len(pieces) != 1 or view.n_rows < 2:
        return pieces, None
    cells = np.asarray(column.cells())
    if cells.dtype.kind not in "iuf":
        return pieces, None
    apart = split_by_order(pieces[0], cells.astype(np.float64))
    if len(apart) == 1:
        return pieces, None
    return apart, Parts("orders", f"column {column.name}", merged=True)


def _cells(column: Column | None) -> Any:
    assert column is not None
    return column.cells()


def _row_pieces(view: View, picked: _Picked) -> tuple[list[Piece], SpectralAxis | None]:
    fluxes = picked.flux.cells()
    waves = picked.wavelength.cells() if picked.wavelength else None
    noises = picked.noise.cells() if picked.noise and picked.noise.is_vector else None
    name = headers.object_name(view.header)
    pieces: list[Piece] = []
    axis: SpectralAxis | None = None
    several = max(view.n_rows, view.total_rows) > 1
    for row in range(view.n_rows):
        flux = np.asarray(fluxes[row], np.float64)
        if waves is None:
            if axis is None or axis.values.size != flux.size:
                axis = _header_axis(view, flux.size)
            values = axis.values
        elif picked.wavelength is not None and picked.wavelength.is_vector:
            values = np.asarray(waves[row], np.float64)
        else:
            values = _stepped(view, float(waves[row]), row, flux.size)
        if values.size != flux.size:
            raise _mismatch(view)
        noise = None if noises is None else np.asarray(noises[row], np.float64)
        if noise is not None and noise.size != flux.size:
            noise = None
        label = view.labels[row] if row < len(view.labels) else ""
        number = view.first_row + row
        if not label and several:
            label = f"row {number}"
        own = " ".join(word for word in (name, label) if word)
        pieces.append(Piece(values, flux, noise, name=own, flux_unit=picked.flux.unit, row=number))
    return pieces, axis


def _stepped(view: View, start: float, row: int, n: int) -> FloatArray:
    """The axis of a row that states its first wavelength and its step (IUE: DELTAW)."""
    named = {c.name.lower(): c for c in view.columns if not c.is_vector}
    step = next((named[k] for k in ("deltaw", "dwave", "delta_wave", "cdelt1") if k in named), None)
    if step is None:
        raise _mismatch(view)
    return start + float(step.cells()[row]) * np.arange(n, dtype=np.float64)


def _mismatch(view: View) -> ReadError:
    return ReadError(
        "not_a_spectrum",
        f"In {view.label} the wavelength and flux columns do not have the same length.",
        "Choose the columns that belong together.",
    )


def _header_axis(view: View, n: int) -> SpectralAxis:
    for header in (view.header, view.primary):
        if header is not None and (axis := spectral_axis(header, n)) is not None:
            return axis
    raise ReadError(
        "no_wavelength",
        f"{view.label} has a flux but no wavelengths, neither as a column nor by keywords.",
        "Choose the column that holds wavelengths, or calibrate the file.",
    )


def _unit(picked: _Picked, view: View, pieces: list[Piece]) -> Claim:
    column = picked.wavelength
    assert column is not None
    values = pieces[0].axis
    finite = values[np.isfinite(values) & (values > 0)]
    small = finite.size > 1 and 2.9 <= finite.min() <= finite.max() <= 4.8
    unit = axes.stated_unit(column.unit)
    scale = axes.logarithm_in_name(column.name)
    if scale and unit in ("nm", "um") and finite.size and finite.max() < _LARGEST_LOG:
        unit = axes.logarithm_of(scale, unit)
    if unit == "angstrom" and small:
        return Claim("log10_angstrom", f"column {column.name} runs from {finite.min():g}")
    if unit:
        claim = Claim(unit, f"unit of column {column.name}: {column.unit}")
        return axes.natural_where_large(claim, finite)
    named = axes.claim_by_name(column.name, finite, f"name of column {column.name}")
    if named is not None:
        return named
    for header in (view.header, view.primary):
        if header is None or finite.size < 2:
            continue
        stated, start = stated_unit(header), header.number("CRVAL1")
        if stated and start and 0.8 * finite.min() <= start <= 1.25 * finite.max():
            return Claim(stated.value, f"{stated.evidence} in the header, of a similar axis")
    return UNSTATED


_LARGEST_LOG: Final = 12.0
"""Above it nothing is a logarithm of a wavelength, whatever its name: ln of 16 µm in Å."""


def _apply_mask(view: View, picked: _Picked, pieces: list[Piece]) -> Claim | None:
    column = picked.mask
    if column is None or column.is_vector != picked.flux.is_vector:
        return None
    try:
        cells = column.cells() if column.is_vector else [column.cells()]
    except ReadError:
        return None
    masks: list[tuple[Piece, FloatArray]] = []
    for piece in pieces:
        if piece.row - view.first_row < len(cells):
            values = np.asarray(cells[piece.row - view.first_row], np.float64)
            if values.shape == piece.flux.shape and np.all(np.isfinite(values)):
                masks.append((piece, values))
    if view.flags is not None:
        for piece, values in masks:
            piece.bad = (values.astype(np.int64) & view.flags) != 0
        return Claim("", f"column {column.name}, bits {view.flags} = bad")
    # All rows tell together what 1 means: one of them may be bad for the most part.
    binary = all(np.all((values == 0.0) | (values == 1.0)) for _, values in masks)
    flagged = [float(np.mean(values != 0.0)) for _, values in masks]
    said = roles.flag_meaning(column.name)
    one_is_good = said == "good" or (not said and binary and sum(flagged) > 0.5 * len(masks))
    meaning = "1 = good" if one_is_good else "not zero = bad"
    if one_is_good and not said:
        meaning += ", since most pixels have it"
    for (piece, values), share in zip(masks, flagged, strict=True):
        # A flag that most pixels carry warns of something else than their use.
        if said or binary or share <= 0.5:
            piece.bad = values == 0.0 if one_is_good else values != 0.0
    return Claim("", f"column {column.name}, {meaning}", assumed=not said)


def _medium(view: View, picked: _Picked) -> Claim:
    stated = [headers.medium(h) for h in (view.header, view.primary) if h is not None]
    return first_known(medium_of(picked.wavelength), *stated)


def _resolution(
    view: View, habits: Habits
) -> tuple[float | FloatArray | None, float | None, Claim | None]:
    power = headers.resolving_power(view.header)
    if power:
        return power[0], None, Claim(f"λ/FWHM = {power[0]:g}", f"{power[1]} = {power[0]:g}")
    if habits.resolution:
        return habits.resolving_power, habits.fwhm_aa, habits.resolution
    return None, None, None
