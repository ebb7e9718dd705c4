"""Readings of Python objects: what specutils holds, with the same decisions as for a file."""

from __future__ import annotations

import warnings
from typing import Any

from spectra_gui.data import Override, ReadError, Reading
from spectra_gui.readers.settle import choices, settle


def read_object(value: Any, override: Override) -> Reading:
    """The spectra of a specutils ``Spectrum``, ``SpectrumCollection`` or list of them.

    Raises ``ReadError``: ``not_a_spectrum`` for a value of another make, ``no_wavelength`` for
    axes that are no light, and what `settle` raises.
    """
    from astropy.units import UnitConversionError

    from spectra_gui.readers.families.specutils import NAME, found_in

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = found_in(value)
        except UnitConversionError as error:
            raise ReadError(
                "no_wavelength",
                f"The spectral axis is no wavelength ({error}).",
                "Convert it to wavelength first.",
            ) from None
        if found is None:
            raise ReadError(
                "not_a_spectrum",
                f"A {type(value).__name__} is neither a path nor a spectrum of specutils.",
                "Give the path of a file, or a specutils Spectrum.",
            )
        spectra, decisions, notes = settle(found, override)
    return Reading(
        path="",
        format=found.description,
        reader=NAME,
        spectra=spectra,
        decisions=decisions,
        warnings=notes,
        choices=choices(found, decisions),
        override=override,
    )
