"""ECSV: text table with a YAML header that states names, types and units.

Source: https://github.com/astropy/astropy-APEs/blob/main/APE6.rst
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.found import Found
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.stringviews import (
    StringTableError,
    read_ecsv,
    string_view,
)
from spectra_gui.readers.tablesides import read_table

NAME: Final = "ecsv"
TAKES: Final = frozenset({"columns"})


def sniff(probe: Probe) -> bool:
    """The first line is ``# %ECSV``."""
    return probe.kind == "ecsv"


def read(probe: Probe, override: Override) -> Found:
    """The spectrum in the table."""
    try:
        table = read_ecsv(probe.text, max_cells=probe.caps.cells)
    except StringTableError as error:
        raise probe.fail(
            "damaged",
            f"{probe.name} says it is ECSV, but {error}.",
            "Write it again with astropy's Table.write.",
        ) from None
    return read_table(
        string_view(table, "the table"),
        override,
        description="ECSV",
        evidence="first line # %ECSV",
    )
