"""VOTable spectra: the IVOA Spectrum data model, SVO and other services, TOPCAT's tables.

Source: https://www.ivoa.net/documents/SpectralDM/ and https://www.ivoa.net/documents/VOTable/ .
An SSA response is a list of spectra and an SED is photometry: both are declined.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.found import Found
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override
from spectra_gui.readers.tables import is_spectrum
from spectra_gui.readers.tablesides import read_table
from spectra_gui.readers.views import View
from spectra_gui.readers.votable import votable_views

NAME: Final = "votable"
TAKES: Final = frozenset({"columns", "hdu"})


def sniff(probe: Probe) -> bool:
    """XML with a VOTABLE element."""
    return probe.kind == "votable"


def read(probe: Probe, override: Override) -> Found:
    """The spectrum in the first table that holds one."""
    views = votable_views(probe)
    if override.hdu is not None:
        views = [_asked(views, override.hdu)]
    for view in views:
        _refuse_lists(probe, view)
    chosen = next((view for view in views if is_spectrum(view)), None)
    if chosen is None and override.columns is not None and views:
        chosen = views[0]
    if chosen is None:
        raise probe.fail(
            "not_a_spectrum",
            f"{probe.name} is a VOTable without wavelength and flux columns.",
            "If it is a spectrum, choose its columns.",
        )
    _refuse_photometry(probe, chosen)
    return read_table(chosen, override, description="VOTable", evidence="VOTABLE element")


def _asked(views: list[View], wanted: str) -> View:
    """The table that a person named, or numbered from 0."""
    word = wanted.strip()
    named = [view for view in views if view.name and view.name.lower() == word.lower()]
    if named:
        return named[0]
    if word.isdecimal() and int(word) < len(views):
        return views[int(word)]
    names = ", ".join(view.name or str(i) for i, view in enumerate(views))
    raise bad_override(f"there is no table {wanted!r}", f"There are: {names}.")


def _refuse_lists(probe: Probe, view: View) -> None:
    for column in view.columns:
        if column.utype.lower().endswith("access.reference") or "acref" in column.name.lower():
            raise probe.fail(
                "not_a_spectrum",
                f"{probe.name} is a list of spectra (an SSA response), not a spectrum.",
                "Download the spectra that its column of references names, and open those.",
            )


def _refuse_photometry(probe: Probe, view: View) -> None:
    for column in view.columns:
        frequency = column.unit.lower() in ("hz", "ghz", "mhz", "thz")
        if column.utype.lower().endswith("spectralaxis.value") and frequency:
            raise probe.fail(
                "not_a_spectrum",
                f"{probe.name} is an energy distribution in frequency (photometry), not a "
                "spectrum.",
                "Open a spectrum in wavelength instead.",
            )
