"""Frozen values that travel through the program. Knows numpy, no Qt, no torch, no file format."""

from spectra_gui.data.explanation import Explanation, LineMatch, Strip
from spectra_gui.data.mapping import ANY_SHAPE, FileHead, FileMapping, TableHead, mapping_in
from spectra_gui.data.mk import (
    LETTERS,
    LUMINOSITY_NAMES,
    N_LUMINOSITY,
    N_SUBTYPES,
    MKParseError,
    MKType,
    parse_mk,
)
from spectra_gui.data.preparation import PreparationSpec, Prepared, Templates
from spectra_gui.data.reading import Decision, Override, OverrideChoice, ReadError, Reading
from spectra_gui.data.spectrum import (
    IF_REFUSED,
    OBJECT_NUMBER,
    ROW_NUMBER,
    Spectrum,
    number_in_file,
)
from spectra_gui.data.verdict import Alternative, MemberOpinion, Verdict

__all__ = [
    "ANY_SHAPE",
    "IF_REFUSED",
    "LETTERS",
    "LUMINOSITY_NAMES",
    "N_LUMINOSITY",
    "N_SUBTYPES",
    "OBJECT_NUMBER",
    "ROW_NUMBER",
    "Alternative",
    "Decision",
    "Explanation",
    "FileHead",
    "FileMapping",
    "LineMatch",
    "MKParseError",
    "MKType",
    "MemberOpinion",
    "Override",
    "OverrideChoice",
    "PreparationSpec",
    "Prepared",
    "ReadError",
    "Reading",
    "Spectrum",
    "Strip",
    "TableHead",
    "Templates",
    "Verdict",
    "mapping_in",
    "number_in_file",
    "parse_mk",
]
