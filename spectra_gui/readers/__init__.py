"""Readers: every spectrum format that is known, found by content, with each decision kept.

Knows files; knows nothing of preparation, models or windows. Importing it imports no reader.
`Found`, `Piece` and `Claim` are what a reader plug-in gives (see `plugins`).
"""

from spectra_gui.readers.caps import Caps
from spectra_gui.readers.door import read, read_rows
from spectra_gui.readers.found import Claim, Found, Piece
from spectra_gui.readers.listing import FormatInfo, formats
from spectra_gui.readers.peek import peek
from spectra_gui.readers.probe import Probe

__all__ = [
    "Caps",
    "Claim",
    "FormatInfo",
    "Found",
    "Piece",
    "Probe",
    "formats",
    "peek",
    "read",
    "read_rows",
]
