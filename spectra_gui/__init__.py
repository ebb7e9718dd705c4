"""Spectra: MK types of stellar spectra, explained.

Three lines give an answer::

    from spectra_gui import Classifier, read
    reading = read("star.fits")
    print(Classifier().classify(reading.spectra[0]).type)

Importing the package loads neither Qt nor torch: the names below are fetched on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_DOORS = {
    "Classifier": "spectra_gui.engine.classifier",
    "Override": "spectra_gui.data",
    "ReadError": "spectra_gui.data",
    "Reading": "spectra_gui.data",
    "Spectrum": "spectra_gui.data",
    "Verdict": "spectra_gui.data",
    "formats": "spectra_gui.readers",
    "load_mappings": "spectra_gui.settings",
    "read": "spectra_gui.engine.door",
}

__all__ = [
    "Classifier",
    "Override",
    "ReadError",
    "Reading",
    "Spectrum",
    "Verdict",
    "__version__",
    "formats",
    "load_mappings",
    "read",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("spectra-gui")
    if name in _DOORS:
        return getattr(import_module(_DOORS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_DOORS})
