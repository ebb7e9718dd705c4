"""From a spectrum to what a network sees: rest frame, medium, resolution, grid, continuum.

Pure numpy; knows no Qt, no torch and no file format. Class templates come as arguments.
"""

from spectra_gui.prepare.continuum import normalise
from spectra_gui.prepare.grid import smooth_and_rebin_uniform
from spectra_gui.prepare.noise import signal_to_noise
from spectra_gui.prepare.pipeline import PrepareError, prepare, prepare_many
from spectra_gui.prepare.published import prepare_as_published
from spectra_gui.prepare.velocity import VelocityFit, measure_velocities

__all__ = [
    "PrepareError",
    "VelocityFit",
    "measure_velocities",
    "normalise",
    "prepare",
    "prepare_as_published",
    "prepare_many",
    "signal_to_noise",
    "smooth_and_rebin_uniform",
]
