"""Air or vacuum from the lines themselves, where a file does not state it.

The two differ by 83 km/s all over the optical, as a velocity would. So lines tell the medium where
their velocity is known otherwise: those of a star at rest or of a stated velocity, those of the
air and of the night sky in any frame but that of the star. Knows velocities and their likelihoods;
how far lines are from their places is measured in `shifts`.

The likelihoods below are mixtures of normal distributions in km/s. What confidence they give was
held against spectra of known medium by ``python -m tests.benchmarks.medium``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from spectra_gui.data import Spectrum
from spectra_gui.readers.found import Claim
from spectra_gui.readers.shifts import OnGrid, Shift, air_shift, on_grid, sky_shift, star_shift

DECIDES: Final = 0.95
"""Confidence from which lines decide a medium that nobody states."""

WARNS: Final = 0.99
"""Confidence from which lines are set against what a family of files usually has."""

_AT_MOST: Final = 4
"""Spectra of a file that are looked at: more say the same again."""

_VACUUM_KMS: Final = 83.0
"""How much redder vacuum wavelengths are: 82.2 km/s at 9000 Å to 84.8 km/s at 4000 Å."""

Parts = tuple[tuple[float, float, float], ...]
"""Weight, mean and standard deviation (km/s) of each part of a mixture."""

_STARS: Final[Parts] = ((0.75, 0.0, 30.0), (0.20, 0.0, 110.0), (0.05, 0.0, 250.0))
"""Radial velocities of stars: of 1134 in CFLIB 89 % are within 60 and 94 % within 100 km/s, here
81 % and 89 %, as fainter stars are faster. They alone never reach `DECIDES`."""

_EARTH_KMS: Final = 18.0
"""Spread of the Earth's velocity towards a star, which is within 30 km/s."""

_CALIBRATION_KMS: Final = 5.0
_STATED_KMS: Final = 10.0
_ASTRAY: Final = 0.03
_ASTRAY_ASSUMED: Final = 0.10
"""How often a frame or a velocity is not what is stated, or what is assumed."""

_STAR_FLOOR_KMS: Final = 8.0
_STAR_SCALE: Final = 2.0
_SKY_FLOOR_KMS: Final = 12.0
_AIR_FLOOR_KMS: Final = 25.0
"""Measured shifts scatter by this much more than the formal errors of their peaks; how deep the
bands of O₂ are, and so where their middle lies, changes from night to night."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the lines say: the ``medium``, how sure (0.5 to 1), what was seen, and on what terms.

    ``given`` names the velocity on which ``words`` rest, if they do.
    """

    medium: Literal["air", "vacuum"]
    confidence: float
    words: str
    given: str

    @property
    def percent(self) -> int:
        """Never 100, which no measurement is."""
        return min(99, int(100.0 * self.confidence))

    @property
    def sentence(self) -> str:
        """What was seen and how sure it makes, without a full stop."""
        return f"{self.words}, {self.percent} % sure{self.given}"


def settle_medium(
    stated: Claim, frame: Claim, spectra: Sequence[Spectrum]
) -> tuple[Claim, str | None]:
    """The claim about the medium after a look at the lines, and a warning where they disagree.

    ``stated`` is "unknown", or a habit that is merely assumed. Lines decide the first and leave
    the second as it is.
    """
    seen = judge(frame, spectra)
    if seen is None:
        return stated, None
    if stated.value == "unknown":
        if seen.confidence >= DECIDES:
            other = "vacuum" if seen.medium == "air" else "air"
            why = f"{seen.sentence}; in {other} they would be off by {_VACUUM_KMS:.0f} km/s"
            return Claim(seen.medium, why, assumed=True), None
        return stated, None
    if seen.medium == stated.value:
        if seen.confidence >= DECIDES:
            return Claim(stated.value, f"{stated.evidence}; {seen.sentence}", assumed=True), None
    elif seen.confidence >= WARNS:
        return stated, (
            f"Wavelengths were taken as {stated.value} ({stated.evidence}), but the lines speak "
            f"for {seen.medium}: {seen.sentence}. Choose the medium if the lines are right."
        )
    return stated, None


def judge(frame: Claim, spectra: Sequence[Spectrum]) -> Seen | None:
    """What the lines of a file's spectra say together, or None where none are seen.

    A star of unknown velocity is not looked at: that few stars move by 83 km/s makes odds of ten
    to one at most. The odds are the mean of those of a few spectra, as orders of one star and
    stars of one plate share their errors.
    """
    step = -(-len(spectra) // _AT_MOST)
    seen = [_weigh(spectrum, frame) for spectrum in spectra[::step]]
    told = [one for one in seen if one is not None]
    if not told:
        return None
    log_odds = float(np.mean([one.log_odds for one in told]))
    medium: Literal["air", "vacuum"] = "vacuum" if log_odds > 0.0 else "air"
    strongest = max(told, key=lambda one: one.log_odds if medium == "vacuum" else -one.log_odds)
    confidence = 1.0 / (1.0 + float(np.exp(-abs(log_odds))))
    return Seen(medium, confidence, strongest.words.format(medium=medium), strongest.given)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Natural logarithm of the odds of vacuum to air, and what it rests on."""

    log_odds: float
    words: str
    given: str = ""


def _weigh(spectrum: Spectrum, frame: Claim) -> _Weighed | None:
    flux = on_grid(spectrum.wavelength_aa, spectrum.flux, spectrum.bad)
    if flux is None:
        return None
    velocity = None if frame.value == "rest" else spectrum.velocity_kms
    told: list[_Weighed] = []
    known = frame.value == "rest" or velocity is not None
    star = star_shift(flux) if known else None
    if star is not None:
        error = float(np.hypot(_STAR_FLOOR_KMS, _STAR_SCALE * star.error_kms))
        given = "" if velocity is None else f" at the stated {velocity:+.0f} km/s"
        words = f"{', '.join(star.names) or 'lines'} at {{medium}} wavelengths"
        told.append(_Weighed(_log_odds(star, error, _of_star(frame, velocity)), words, given))
    earth, floor, words = _earth_lines(spectrum, flux, star)
    if earth is not None:
        error = float(np.hypot(floor, earth.error_kms))
        told.append(_Weighed(_log_odds(earth, error, _of_earth(frame, velocity)), words))
    if not told:
        return None
    total = sum(one.log_odds for one in told)
    strongest = max(told, key=lambda one: one.log_odds * np.sign(total))
    return _Weighed(total, strongest.words, strongest.given)


def _earth_lines(
    spectrum: Spectrum, flux: OnGrid, star: Shift | None
) -> tuple[Shift | None, float, str]:
    """Lines of the night sky, else those of the air, the least error, and how to call them."""
    if spectrum.sigma is not None:
        sigma = on_grid(spectrum.wavelength_aa, spectrum.sigma, spectrum.bad)
        sky = None if sigma is None else sky_shift(sigma)
        if sky is not None:
            return sky, _SKY_FLOOR_KMS, "sky lines in the uncertainty at {medium} places"
    air = air_shift(flux)
    if air is None:
        return None, 0.0, ""
    star = star or star_shift(flux)
    if star is not None and star.letter == "M":
        # A band of TiO begins beside the band A of O₂.
        return None, 0.0, ""
    return air, _AIR_FLOOR_KMS, f"telluric {', '.join(air.names)} at {{medium}} wavelengths"


def _log_odds(shift: Shift, error_kms: float, expected: Parts) -> float:
    """Of vacuum to air, where ``expected`` is where the lines are expected in air."""
    return _log_likelihood(shift.kms - _VACUUM_KMS, error_kms, expected) - _log_likelihood(
        shift.kms, error_kms, expected
    )


def _log_likelihood(kms: float, error_kms: float, parts: Parts) -> float:
    weight, mean, spread = np.array(parts).T
    variance = spread**2 + error_kms**2
    density = weight * np.exp(-0.5 * (kms - mean) ** 2 / variance) / np.sqrt(variance)
    return float(np.log(density.sum() + 1e-12))


def _mixed(*weighted: tuple[float, Parts]) -> Parts:
    return tuple((w * part[0], *part[1:]) for w, parts in weighted for part in parts)


def _moving(parts: Parts, velocity_kms: float, spread_kms: float) -> Parts:
    return tuple(
        (weight, mean + velocity_kms, float(np.hypot(spread, spread_kms)))
        for weight, mean, spread in parts
    )


_STILL: Final[Parts] = ((1.0, 0.0, _CALIBRATION_KMS),)


def _of_star(frame: Claim, velocity_kms: float | None) -> Parts:
    """Where a star's lines may be (km/s from rest), at rest or with a stated velocity."""
    earth = 0.0 if frame.value == "barycentric" else _EARTH_KMS
    unknown = _moving(_STARS, 0.0, earth)
    if frame.value == "rest" or velocity_kms is None:
        astray = _ASTRAY_ASSUMED if frame.assumed else _ASTRAY
        return _mixed((1.0 - astray, _STILL), (astray, unknown))
    stated = _moving(_STILL, velocity_kms, float(np.hypot(earth, _STATED_KMS)))
    if frame.value == "unknown":
        # The velocity may have been taken out before it was noted.
        return _mixed((0.45, stated), (0.35, _STILL), (0.2, unknown))
    return _mixed((1.0 - _ASTRAY_ASSUMED, stated), (_ASTRAY_ASSUMED, unknown))


def _of_earth(frame: Claim, velocity_kms: float | None) -> Parts:
    """Where the lines of the air and of the night sky may be in a frame."""
    with_earth = _moving(_STILL, 0.0, _EARTH_KMS)
    with_star = _moving(_STARS, 0.0, _EARTH_KMS)
    if frame.value == "observed":
        astray = _ASTRAY_ASSUMED if frame.assumed else _ASTRAY
        return _mixed((1.0 - astray, _STILL), (astray, with_star))
    if frame.value == "barycentric":
        return _mixed((1.0 - _ASTRAY, with_earth), (_ASTRAY, with_star))
    if frame.value == "rest":
        return with_star
    return _mixed((0.8, with_earth), (0.2, with_star))
