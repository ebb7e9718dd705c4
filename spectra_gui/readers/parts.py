"""Which spectra of a file are parts of one object's, and whether they are merged.

A family states it by `Found.parts`, after its data model. Where none does, spectra of one name
are exposures, and spectra of one object that follow each other along the axis are orders or
segments; that is assumed, and they stay separate until a person wants them merged.
Knows no file format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import (
    IF_REFUSED,
    OBJECT_NUMBER,
    ROW_NUMBER,
    Decision,
    Override,
    OverrideChoice,
    ReadError,
    Spectrum,
)
from spectra_gui.readers import axes
from spectra_gui.readers.found import Found, Parts, Piece
from spectra_gui.readers.levels import Levels
from spectra_gui.readers.merge import MOST_PARTS, Merged, common_name, common_words, merge_spectra

FloatArray = NDArray[np.float64]
Settled = Sequence[tuple[Piece, Spectrum]]

SUBJECT: Final = "Several spectra"
CHOICES: Final = ("separate", "merged")

_SAME_PLACE_DEG: Final = 10.0 / 3600.0
_FEWEST_ORDERS: Final = 5
_HINT: Final = "One order seldom suffices for a type: the orders can be merged (Several spectra)."
_LEAST_ADVANCE: Final = 0.25
"""Orders and segments go on by at least this part of their length from one to the next."""

_BLAZED: Final = 0.25
"""Merged orders that lose this part of their light at both ends have their blaze yet."""

_SHAKY: Final = 0.03
"""A blaze that leaves neighbours so far apart is doubtful."""

_BROADENING_KMS: Final = 5.0
"""Exposures whose velocities differ by more are told to make lines wider."""


@dataclass(frozen=True, slots=True)
class Together:
    """The spectra of a file after those of one object were merged, or left."""

    spectra: list[Spectrum]
    decisions: list[Decision]
    warnings: list[str]


def bring_together(
    found: Found, pieces: Sequence[Piece], settled: Settled, unit: str, override: Override
) -> Together:
    """Merge the parts of each object where the data model or a person wants it.

    Adds the choice to ``found`` where there is one. ``pieces`` are those that are wanted,
    ``settled`` those of them that gave a spectrum; ``unit`` is that of the axes.

    Raises
    ------
    ReadError
        ``bad_override``, where spectra are to be merged that are not of one object.
    """
    spectra = [spectrum for _, spectrum in settled]
    if override.merge not in (None, *CHOICES):
        raise _unfit(f"{override.merge!r} is no way to treat several spectra",
                     f"Allowed: {', '.join(CHOICES)}.")  # fmt: skip
    chosen_rows = override.rows is not None
    parts = found.parts or _inferred(settled, chosen_rows=chosen_rows)
    if parts is None:
        if override.merge == "merged" and len(spectra) > 1:
            raise _unfit(_why_apart(settled), "Choose the rows of one object, or leave them apart.")
        return Together(_called_by_row(found, spectra, [[piece] for piece, _ in settled]), [], [])
    numbers = _object_numbers(pieces, parts)
    if len(set(numbers.values())) == len(pieces):
        return Together(_called_by_row(found, spectra, [[piece] for piece, _ in settled]), [], [])
    groups: dict[int, list[tuple[Piece, Spectrum]]] = {}
    for piece, spectrum in settled:
        groups.setdefault(numbers[id(piece)], []).append((piece, spectrum))
    merged = override.merge == "merged" or (override.merge is None and parts.merged)
    found.choices.append(OverrideChoice("merge", SUBJECT, CHOICES[merged], CHOICES))
    told = [_decision(parts, list(groups.values()), merged=merged, override=override)]
    if not merged:
        unasked = override.merge is None and len(settled) >= _FEWEST_ORDERS
        hints = [_HINT] if unasked and parts.noun == "orders" else []
        return Together(_left_apart(found, settled, numbers, parts.noun), told, hints)
    names: dict[int, list[str]] = {}
    for piece in pieces:
        names.setdefault(numbers[id(piece)], []).append(piece.name)
    results = [
        _merged(members, unit, parts, number, common_name(names[number]))
        for number, members in groups.items()
    ]
    decisions, warnings = _told(results, [s for _, s in settled])
    members_of = [[piece for piece, _ in members] for members in groups.values()]
    spectra = _called_by_row(found, [result.spectrum for result in results], members_of)
    return Together(spectra, told + decisions, warnings)


def _left_apart(
    found: Found, settled: Settled, numbers: dict[int, int], noun: str
) -> list[Spectrum]:
    """The parts each for itself, with what is known of the whole."""
    sizes = Counter(numbers[id(piece)] for piece, _ in settled)
    numbered = [
        _mergeable(_numbered(spectrum, numbers[id(piece)]), sizes[numbers[id(piece)]], noun)
        for piece, spectrum in settled
    ]
    return _called_by_row(found, numbered, [[piece] for piece, _ in settled])


def _unfit(why: str, advice: str) -> ReadError:
    return ReadError("bad_override", f"This choice does not fit the file: {why}.", advice)


def _object_numbers(pieces: Sequence[Piece], parts: Parts) -> dict[int, int]:
    """By the identity of each piece, the number of the object that it is of."""
    if not parts.by_name:
        return {id(piece): piece.part_of for piece in pieces}
    first: dict[str, int] = {}
    return {id(piece): first.setdefault(piece.name, piece.row) for piece in pieces}


def _numbered(spectrum: Spectrum, number: int) -> Spectrum:
    return spectrum.changed(meta={**spectrum.meta, OBJECT_NUMBER: number})


def _mergeable(spectrum: Spectrum, n_parts: int, noun: str) -> Spectrum:
    """One of several parts that can be merged says so where it is refused."""
    if not 1 < n_parts <= MOST_PARTS:
        return spectrum
    hint = (
        f"It is one of {n_parts} {noun} that can be merged into one spectrum (--merge merged; in "
        f"the window the field {SUBJECT})."
    )
    return spectrum.changed(meta={**spectrum.meta, IF_REFUSED: hint})


def _called_by_row(
    found: Found, spectra: Sequence[Spectrum], pieces: Sequence[Sequence[Piece]]
) -> list[Spectrum]:
    """Spectra with the numbers of their rows, where there are several and none shares its own.

    ``pieces`` are those that each spectrum was made of.
    """
    rows = [{piece.row for piece in members} for members in pieces]
    single = [next(iter(row)) for row in rows if len(row) == 1]
    several = len(found.pieces) > 1 or found.total_rows > 1
    if not several or len(set(single)) < len(spectra):
        return list(spectra)
    return [
        spectrum.changed(meta={**spectrum.meta, ROW_NUMBER: row})
        for spectrum, row in zip(spectra, single, strict=True)
    ]


def _inferred(settled: Settled, *, chosen_rows: bool) -> Parts | None:
    """What the spectra are to each other where no data model says it."""
    if len(settled) < 2 or _places_differ(settled):
        return None
    names = [piece.name for piece, _ in settled]
    together = _one_object(names)
    ends = [(s.wavelength_aa[0], s.wavelength_aa[-1]) for _, s in settled]
    if together and follow_each_other(ends):
        noun = "orders" if len(settled) >= _FEWEST_ORDERS else "segments"
        return Parts(noun, "their wavelengths follow each other", assumed=True)
    if all(names) and len(set(names)) < len(names):
        return Parts("exposures", "spectra of the same name", assumed=True, by_name=True)
    if together and chosen_rows:
        return Parts("spectra", "rows chosen by a person", assumed=True)
    return None


def _one_object(names: Sequence[str]) -> bool:
    """Whether names differ by no more than what counts the parts of one object."""
    if len(set(names)) == 1:
        return True
    first = common_words(names)
    counted = bool(first) and re.fullmatch(
        r"(order|sporder|aperture|row|arm|segment|chip|spectrum)", first[-1], re.I
    )
    return bool(counted) and all(len(name.split()) <= len(first) + 1 for name in names)


def follow_each_other(ends_aa: Sequence[tuple[float, float]]) -> bool:
    """Whether spectra of these ends follow each other, as orders, arms and segments do."""
    ends = np.array(ends_aa)
    ends = np.log(ends[np.argsort(ends.sum(axis=1))])
    advance = np.diff(ends.mean(axis=1))
    length = np.minimum(np.diff(ends[1:], axis=1)[:, 0], np.diff(ends[:-1], axis=1)[:, 0])
    return bool(np.mean(advance > _LEAST_ADVANCE * length) > 0.8)


def _places_differ(settled: Settled) -> bool:
    """Whether positions on the sky are stated and are not one."""
    at = [(p.meta.get("ra_deg"), p.meta.get("dec_deg")) for p, _ in settled]
    known = np.array([place for place in at if None not in place], float)
    if len(known) < 2:
        return False
    ra, dec = known.T
    across = (ra - ra[0] + 180.0) % 360.0 - 180.0
    apart = np.hypot(across * np.cos(np.radians(dec[0])), dec - dec[0])
    return bool(np.nanmax(apart) > _SAME_PLACE_DEG)


def _why_apart(settled: Settled) -> str:
    if _places_differ(settled):
        return "its spectra are of different places on the sky"
    names = list(dict.fromkeys(piece.name for piece, _ in settled))
    if not _one_object(names):
        shown = ", ".join(names[:2])
        return f"its {len(settled)} spectra are of different objects ({shown}, …)"
    return f"nothing says that its {len(settled)} spectra are of one object"


def _decision(
    parts: Parts,
    groups: Sequence[Sequence[tuple[Piece, Spectrum]]],
    *,
    merged: bool,
    override: Override,
) -> Decision:
    sizes = sorted({len(group) for group in groups})
    many = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    value = f"{many} {parts.noun}{'' if merged else ','} {CHOICES[merged]}"
    if len(groups) > 1:
        value += f", of each of {len(groups)} objects"
    evidence = f"{many} {parts.noun}: {parts.evidence}"
    if override.merge is not None:
        return Decision(SUBJECT, value, f"chosen by a person; {evidence}")
    return Decision(SUBJECT, value, evidence, parts.assumed)


def _merged(members: Settled, unit: str, parts: Parts, number: int, name: str) -> Merged:
    if len(members) > MOST_PARTS:
        raise _unfit(
            f"{len(members)} spectra are more than are merged at once",
            "Choose the rows that belong together.",
        )
    result = merge_spectra(
        [spectrum for _, spectrum in members],
        name=name,
        orders=parts.noun == "orders",
        blazes=[_blaze(piece, spectrum, unit) for piece, spectrum in members],
    )
    spectrum = _numbered(result.spectrum, number)
    if blazed := _blaze_left(result.levels):
        spectrum = spectrum.changed(meta={**spectrum.meta, IF_REFUSED: blazed})
    return Merged(
        spectrum,
        result.levels,
        result.n_parts,
        result.n_gaps,
        result.n_spikes,
    )


def _blaze_left(levels: Levels) -> str:
    """What to tell of a blaze that is still in the orders, "" where none is."""
    advice = "Divide them by the blaze or a flat field first, or open what the pipeline has merged."
    if levels.left and not levels.blaze:
        return (
            "The blaze that fits its orders best leaves neighbours apart, by "
            f"{100.0 * levels.left:.0f} % within an overlap, so it was not divided out. {advice}"
        )
    if levels.fall > _BLAZED:
        return (
            f"Its orders lose {100.0 * levels.fall:.0f} % of their light towards their ends: the "
            f"blaze is in them, and their overlaps do not tell it. {advice}"
        )
    return ""


def _blaze(piece: Piece, spectrum: Spectrum, unit: str) -> FloatArray | None:
    """The blaze that the file states, on the pixels of the settled spectrum."""
    if piece.blaze is None:
        return None
    wavelength = axes.to_angstrom(np.asarray(piece.axis, np.float64), unit)
    known = np.isfinite(wavelength) & np.isfinite(piece.blaze)
    if not known.any():
        return None
    order = np.argsort(wavelength[known])
    return np.interp(spectrum.wavelength_aa, wavelength[known][order], piece.blaze[known][order])


def _told_of_blaze(all_levels: Sequence[Levels]) -> tuple[list[Decision], list[str]]:
    decisions, warnings = [], []
    blazes = {levels.blaze for levels in all_levels} - {""}
    left = max(levels.left for levels in all_levels)
    if "stated" in blazes:
        decisions.append(Decision("Blaze", "divided out", "as the file states it"))
    elif blazes:
        why = "what all orders have in common, above all where they overlap"
        decisions.append(Decision("Blaze", "divided out", why, assumed=True))
        if left > _SHAKY:
            warnings.append(
                "With the blaze divided out, neighbours still differ by "
                f"{100.0 * left:.0f} % within their overlaps; elsewhere it may be off by more."
            )
    worst = max(all_levels, key=lambda levels: (levels.left, levels.fall))
    if blazed := _blaze_left(worst):
        warnings.append(blazed)
    return decisions, warnings


def _told(
    results: Sequence[Merged], spectra: Sequence[Spectrum]
) -> tuple[list[Decision], list[str]]:
    """What merging did, in words."""
    decisions, warnings = _told_of_blaze([result.levels for result in results])
    factors = [factor for result in results for factor in result.levels.factors]
    n_overlaps = sum(result.levels.n_overlaps for result in results)
    if n_overlaps:
        value = "agree"
        if factors:
            value = f"matched, by {min(factors):.2f} to {max(factors):.2f}"
            value = f"{value}, in {len(factors)} of {n_overlaps} overlaps"
        if any(result.levels.leaning for result in results):
            value += "; orders that leaned were set upright"
        decisions.append(Decision("Levels", value, "ratios where neighbours overlap"))
    elif any(result.n_parts > 1 for result in results):
        decisions.append(Decision("Levels", "as they are", "no overlap to compare them in"))
    n_apart = sum(result.levels.n_apart for result in results)
    if n_apart:
        warnings.append(
            f"In {n_apart} overlaps the levels differ by more than a factor of 3; they were kept."
        )
    n_spikes = sum(result.n_spikes for result in results)
    if n_spikes:
        decisions.append(
            Decision(
                "Cosmic rays", f"{n_spikes} pixels left out", "only one of two spectra has them"
            )
        )
    velocities = [s.velocity_kms for s in spectra if s.velocity_kms is not None]
    spread = np.ptp(velocities) if len(results) == 1 and velocities else 0.0
    if spread > _BROADENING_KMS and spectra[0].frame != "rest":
        warnings.append(
            f"The velocities of the merged spectra differ by {spread:.0f} km/s: lines are wider."
        )
    return decisions, warnings
