"""From a spectrum to what a network sees: rest frame, medium, resolution, grid, continuum.

Pure numpy; knows no Qt, no torch and no file format. Class templates come as arguments.
"""

from spectra_gui.prepare.continuum import normalise
from spectra_gui.prepare.grid import smooth_and_rebin, smooth_and_rebin_uniform

__all__ = ["normalise", "smooth_and_rebin", "smooth_and_rebin_uniform"]
