"""The one way in: a path becomes a `Reading`, or a `ReadError` that says what to do."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Final

from spectra_gui.data import Override, OverrideChoice, ReadError, Reading
from spectra_gui.readers.caps import CAPS, Caps
from spectra_gui.readers.found import Found
from spectra_gui.readers.listing import formats
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.registry import Family, families
from spectra_gui.readers.settle import bad_override, choices, settle

_NOTHING: Final = Override()


def read(path: str | Path, *, override: Override | None = None, caps: Caps = CAPS) -> Reading:
    """Read the spectra of a local file, in this process.

    Parameters
    ----------
    path : a regular file; its content decides what it is, never its name
    override : what a person says about the file; it wins over everything found
    caps : limits on bytes, points and spectra

    Raises
    ------
    ReadError
        Always with a code, a reason and an advice; the codes are listed at `ReadError`.
    """
    override = override or _NOTHING
    probe = Probe(path, caps)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(probe, override)
        except ReadError as error:
            if error.path:
                raise
            raise ReadError(error.code, error.reason, error.advice, probe.path) from None


def _read(probe: Probe, override: Override) -> Reading:
    family = _family(probe, override)
    found = family.read(probe, override)
    _check_size(probe, found)
    spectra, decisions, notes = settle(found, override)
    if probe.cut_short:
        notes = (*notes, "The compressed file ends early; what could be unpacked was read.")
    return Reading(
        path=probe.path,
        format=found.description,
        reader=family.NAME,
        spectra=spectra,
        decisions=decisions,
        warnings=notes,
        choices=(*choices(found, decisions), _reader_choice(family)),
        override=override,
    )


def _family(probe: Probe, override: Override) -> Family:
    if override.reader is not None:
        forced = next((f for f in families() if override.reader == f.NAME), None)
        if forced is None:
            names = ", ".join(info.name for info in formats())
            raise bad_override(f"there is no reader {override.reader!r}", f"There are: {names}.")
        if not forced.sniff(probe):
            raise bad_override(
                f"the reader {override.reader} does not recognise it",
                "Leave the reader open, or choose another.",
            )
        return forced
    for family in families():
        if family.sniff(probe):
            return family
    raise _unknown(probe)


def _unknown(probe: Probe) -> ReadError:
    return probe.fail(
        "unknown_format",
        f"{probe.name} is of no format that is known here.",
        "Save the spectrum as FITS, or as text with one wavelength and one flux in each line.",
    )


def _check_size(probe: Probe, found: Found) -> None:
    largest = max((piece.axis.size for piece in found.pieces), default=0)
    if not found.pieces or largest < 2:
        raise probe.fail(
            "not_a_spectrum",
            f"{probe.name} holds no spectrum with two points or more.",
            "Check that this is the right file.",
        )
    total = sum(piece.axis.size for piece in found.pieces)
    if largest > probe.caps.points or total > probe.caps.total_points:
        raise probe.fail(
            "too_large",
            f"{probe.name} holds a spectrum of {largest} points, {total} in all.",
            "Cut out the range of interest and open that.",
        )


def _reader_choice(family: Family) -> OverrideChoice:
    names = tuple(info.name for info in formats())
    return OverrideChoice("reader", "Read as", family.NAME, names)
