"""Readers: every spectrum format that is known, found by content, with each decision kept.

Knows files; knows nothing of preparation, models or windows. Importing it imports no reader.
"""

from spectra_gui.readers.caps import Caps
from spectra_gui.readers.door import read
from spectra_gui.readers.listing import FormatInfo, formats

__all__ = ["Caps", "FormatInfo", "formats", "read"]
