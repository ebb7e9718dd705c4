"""What must hold of a reading, or of a refusal, of a file that may be broken in any way.

Only what can be known is held: a change that falls on the wavelengths themselves leaves a file
that says something else, and nobody can tell.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from spectra_gui.data import ReadError, Reading, Spectrum
from spectra_gui.engine.protocol import Message, encode
from spectra_gui.readers import read

CODES: Final = frozenset(
    "empty truncated too_large unknown_format no_wavelength not_a_spectrum unsupported "
    "no_good_pixels damaged".split()
)
SUBJECTS: Final = frozenset(
    {"Format", "Wavelength unit", "Wavelength scale", "Medium", "Frame", "Uncertainty", "Mask"}
)
LONGEST: Final = 1000


class BrokenPromiseError(AssertionError):
    """An outcome that no file may have."""


def outcome(path: Path) -> str:
    """Read a file and check what comes: the reader's name, or the code of the refusal.

    Raises `BrokenPromiseError`, and whatever the reader lets through.
    """
    try:
        reading = read(path)
    except ReadError as error:
        _check_refusal(error, path)
        return f"!{error.code}" + ("?" if "breaks its own format" in error.reason else "")
    _check_reading(reading)
    return reading.reader


def _hold(what: bool, told: str) -> None:
    if not what:
        raise BrokenPromiseError(told)


def _check_refusal(error: ReadError, path: Path) -> None:
    _hold(error.code in CODES, f"the code {error.code!r}")
    _hold(error.path == str(path), f"the path {error.path!r}")
    for sentence in (error.reason, error.advice):
        _hold(10 < len(sentence) < LONGEST, f"a sentence of {len(sentence)} letters")
        _hold(sentence.endswith("."), f"a sentence without end: {sentence!r}")


def _check_reading(reading: Reading) -> None:
    _hold(len(reading.spectra) > 0, "no spectrum")
    for spectrum in reading.spectra:
        _check_spectrum(spectrum)
    subjects = {decision.subject for decision in reading.decisions}
    _hold(subjects >= SUBJECTS, f"no decision on {SUBJECTS - subjects}")
    texts = [*reading.warnings, *(d.value + d.evidence for d in reading.decisions)]
    _hold(all(len(text) < LONGEST for text in texts), "a remark without end")
    # What cannot be sent from the reading child would be lost there.
    for _ in encode(Message("read", {"reading": reading})):
        pass


def _check_spectrum(spectrum: Spectrum) -> None:
    wavelength = spectrum.wavelength_aa
    n = wavelength.size
    _hold(n >= 2, "fewer than two points")
    _hold(bool(np.all(np.isfinite(wavelength))), "a wavelength that is no number")
    _hold(bool(np.all(np.diff(wavelength) > 0.0)), "wavelengths that do not increase")
    _hold(bool(wavelength[0] > 0.0 and 10.0 <= wavelength[-1] <= 1e9), "wavelengths of no light")
    _hold(spectrum.medium in ("air", "vacuum", "unknown"), f"the medium {spectrum.medium!r}")
    _hold(
        spectrum.frame in ("rest", "barycentric", "observed", "unknown"),
        f"the frame {spectrum.frame!r}",
    )
    for name in ("flux", "sigma", "fwhm_aa", "bad"):
        column = getattr(spectrum, name)
        _hold(column is None or column.shape == (n,), f"{name} of another length")
    good = ~spectrum.bad
    _hold(bool(good.any()), "not one good pixel")
    _hold(bool(np.all(np.isfinite(spectrum.flux[good]))), "a good flux that is no number")
    if spectrum.sigma is not None:
        sigma = spectrum.sigma[good]
        _hold(bool(np.all(np.isfinite(sigma) & (sigma > 0.0))), "a good sigma that is none")
    if spectrum.velocity_kms is not None:
        _hold(abs(spectrum.velocity_kms) < 3e5, f"a velocity of {spectrum.velocity_kms} km/s")
