"""Which mapping holds for a file, and how a reading says that it was read by one.

Mappings are what a person said about files of a shape (`data.FileMapping`). They are for tables
that no data model describes: `GENERAL` names the readers of those. Knows no store of mappings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from spectra_gui.data import ANY_SHAPE, Decision, FileMapping, Override, ReadError, Reading
from spectra_gui.data.mapping import SUBJECT
from spectra_gui.readers.peek import container, head_of
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.shape import kind_of

GENERAL: Final = frozenset({"text", "fits-table", "ecsv", "votable", "hdf5", "npz", "asdf"})
"""Readers of plain containers, which go by names of columns or by habit."""

UNKNOWN_TABLE: Final = frozenset({"not_a_spectrum", "no_wavelength", "unknown_format"})
"""Codes with which a reader gives up that does not know what is what."""

_BY_A_PERSON: Final = "chosen by a person"
_POINTS: Final = {
    "Wavelength unit": ("wavelength_unit",),
    "Medium": ("medium",),
    "Frame": ("frame",),
    "Columns": ("columns",),
    "Uncertainty": ("uncertainty", "columns"),
    "Resolution": ("fwhm_aa",),
    "Velocity": ("velocity_kms",),
}
"""The fields of an override behind each decision."""

_OPTICAL_AA: Final = (3000.0, 11_000.0)


def asked_for(mappings: Sequence[FileMapping]) -> FileMapping | None:
    """The mapping that a person named, whatever the file is."""
    return next((mapping for mapping in mappings if mapping.shape == ANY_SHAPE), None)


def matching(probe: Probe, mappings: Sequence[FileMapping]) -> FileMapping | None:
    """The mapping of files of this shape; of several the last, which is the newest."""
    kind = container(probe)
    alike = [mapping for mapping in mappings if kind_of(mapping.shape) == kind]
    if not alike:
        return None
    try:
        shape = head_of(probe, n_rows=0).shape
    except ReadError:
        return None
    return next((mapping for mapping in reversed(alike) if mapping.shape == shape), None)


def told(reading: Reading, mapping: FileMapping, own: Override) -> Reading:
    """The reading with the mapping among its decisions, and ``own`` as what a person said."""
    evidence = "asked for by its name"
    if mapping.shape != ANY_SHAPE:
        evidence = f"same columns as {mapping.example or mapping.looks}"
    decisions = [_credited(decision, mapping, own) for decision in reading.decisions]
    decisions.insert(1, Decision(SUBJECT, mapping.name, evidence))
    return replace(reading, decisions=tuple(decisions), override=own)


def _credited(decision: Decision, mapping: FileMapping, own: Override) -> Decision:
    """A decision that the mapping took, and nobody else, says so."""
    theirs = any(getattr(own, name) is not None for name in _POINTS.get(decision.subject, ()))
    if theirs or _BY_A_PERSON not in decision.evidence:
        return decision
    evidence = decision.evidence.replace(_BY_A_PERSON, f"chosen by the mapping “{mapping.name}”")
    return replace(decision, evidence=evidence)


def is_elsewhere(result: Reading | ReadError, mapping: FileMapping, own: Override) -> bool:
    """Whether the unit that a mapping says, and nobody else, puts a file outside of the optical.

    Names of columns say little about the unit, and no names nothing: the file may be of another
    origin than the one that the mapping was made from.
    """
    by_shape = mapping.shape != ANY_SHAPE
    if not by_shape or mapping.override.wavelength_unit is None or own.wavelength_unit is not None:
        return False
    if isinstance(result, ReadError):
        return result.code == "no_wavelength"
    return not reaches_optical(result)


def reaches_optical(reading: Reading) -> bool:
    """Whether any of the spectra has optical light."""
    low, high = _OPTICAL_AA
    return any(s.wavelength_aa[-1] > low and s.wavelength_aa[0] < high for s in reading.spectra)


def set_aside(reading: Reading, mapping: FileMapping) -> Reading:
    """A reading without the mapping of the file's shape, which tells that and why."""
    warning = (
        f"The mapping “{mapping.name}” was not used: in its unit "
        f"({mapping.override.wavelength_unit}) this file would hold no optical light."
    )
    return replace(reading, warnings=(*reading.warnings, warning))


def blamed(error: ReadError, mapping: FileMapping) -> ReadError:
    """The failure of a file that was read by a mapping, with what can be done about that."""
    return ReadError(
        error.code,
        f"Read by the mapping “{mapping.name}”: {error.reason}",
        f"{error.advice} Or choose its columns anew.",
        error.path,
        has_columns=error.has_columns,
    )
