"""How often lines tell air from vacuum, and whether their confidence holds.

    python -m tests.benchmarks.medium [--stars N] [--write PAGE]

Stars of the labelled libraries that no pattern has seen (`packaging/make_patterns.py`) are moved
to air or vacuum, blurred, cut, given noise and the velocity of another star, and asked for their
medium; then the real files whose medium is known are asked, with theirs hidden. PAGE gets the
tables between its two marks.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from spectra_gui.data import ReadError, Spectrum
from spectra_gui.readers import read
from spectra_gui.readers.found import Claim
from spectra_gui.readers.medium import DECIDES, Seen, judge
from spectra_gui.units import FWHM_PER_SIGMA, air_to_vacuum, doppler_factor, vacuum_to_air
from tests.benchmarks.report import put_between
from tests.conftest import labelled_data_folder

MARKS: Final = ("<!-- medium -->", "<!-- /medium -->")
SEED: Final = 1929

LIBRARIES: Final = (("miles", "air", 2.5), ("cflib", "air", 1.2), ("cool_dwarfs", "vacuum", 3.0))
GAP: Final = 1.5e-4
"""CFLIB writes .0001 where it has no data."""

FWHM_AA: Final = (1.2, 2.5, 5.0, 8.0)
SNR: Final = (5, 10, 30, 100)
RANGES_AA: Final = ((3800, 7400), (3800, 9000), (3900, 5000), (4800, 6800), (6000, 7400))

TELLURIC_AA: Final = ((6845, 6970), (7570, 7740))
"""O₂ bands of library stars, which are at rest: moved with the star they would stand nowhere."""

EARTH_KMS: Final = 30.0
STATED_ERROR_KMS: Final = 5.0
STATED_WRONG: Final = 0.05
"""Share of stated velocities that are off by `WRONG_KMS` and not by `STATED_ERROR_KMS`."""
WRONG_KMS: Final = 50.0

KINDS: Final = {
    "rest": "at rest",
    "barycentric": "barycentric, velocity stated",
    "observed": "as observed, velocity stated",
}
"""What is known of a star's velocity, by frame; where nothing is, its lines are not looked at."""


@dataclass(frozen=True)
class Asked:
    """One spectrum that was asked: how it was made, and whether the answer was right."""

    kind: str
    fwhm_aa: float
    snr: int
    right: bool | None
    confidence: float

    @property
    def decided(self) -> bool:
        return self.confidence >= DECIDES


@dataclass(frozen=True)
class Star:
    """A library spectrum at rest, in air."""

    wavelength_aa: NDArray[np.float64]
    flux: NDArray[np.float64]
    bad: NDArray[np.bool_]
    fwhm_aa: float


def unseen_stars(stellar: Path) -> tuple[list[Star], NDArray[np.float64]]:
    """The stars of which no pattern is made, and the velocities (km/s) that CFLIB has."""
    stars: list[Star] = []
    velocities = np.zeros(0)
    for library, medium, fwhm in LIBRARIES:
        with fits.open(stellar / f"{library}.fits.gz") as hdus:
            header, table = hdus[1].header, hdus[1].data
        axis = header["WAVE0"] + header["DWAVE"] * np.arange(table["flux"].shape[1])
        axis = vacuum_to_air(axis) if medium == "vacuum" else axis
        for row in table:
            if crc32(row["system"].encode()) % 2 == 1:
                flux = row["flux"].astype(float)
                stars.append(Star(axis, flux, ~np.isfinite(flux) | (flux <= GAP), fwhm))
        if library == "cflib":
            velocities = table["rv_kms"][np.isfinite(table["rv_kms"])].astype(float)
    return stars, velocities


def blurred(star: Star, fwhm_aa: float) -> NDArray[np.float64]:
    """The flux at a coarser resolution."""
    step = float(star.wavelength_aa[1] - star.wavelength_aa[0])
    width = np.sqrt(max(fwhm_aa**2 - star.fwhm_aa**2, 0.0)) / FWHM_PER_SIGMA / step
    flux = np.where(star.bad, 0.0, star.flux)
    if width < 0.1:
        return flux
    reach = np.arange(-int(4 * width) - 1, int(4 * width) + 2)
    kernel = np.exp(-0.5 * (reach / width) ** 2)
    weight = np.convolve(~star.bad, kernel, "same")
    return np.convolve(flux, kernel, "same") / np.maximum(weight, 1e-9)


def ask(
    star: Star, fwhm_aa: float, snr: int, kind: str, velocity: float, dice: np.random.Generator
) -> Asked | None:
    """One spectrum, made and asked; None where the star has next to nothing in the range."""
    truth = str(dice.choice(["air", "vacuum"]))
    low, high = RANGES_AA[dice.integers(len(RANGES_AA))]
    inside = (star.wavelength_aa > low) & (star.wavelength_aa < high)
    good = inside & ~star.bad
    if np.count_nonzero(good) < 300:
        return None
    flux = blurred(star, fwhm_aa)
    flux = flux + dice.normal(0.0, float(np.median(flux[good])) / snr, flux.size)
    axis = air_to_vacuum(star.wavelength_aa) if truth == "vacuum" else star.wavelength_aa
    earth = float(dice.uniform(-EARTH_KMS, EARTH_KMS)) if kind == "observed" else 0.0
    bad = star.bad.copy()
    if kind != "rest":
        for begin, end in TELLURIC_AA:
            bad |= (star.wavelength_aa > begin) & (star.wavelength_aa < end)
        axis = axis * doppler_factor(velocity + earth)
    spread = WRONG_KMS if dice.random() < STATED_WRONG else STATED_ERROR_KMS
    stated = velocity + float(dice.normal(0.0, spread))
    spectrum = Spectrum(
        axis[inside],
        flux[inside],
        mask=bad[inside],
        velocity_kms=None if kind == "rest" else stated,
    )
    seen = judge(Claim(kind, "made so"), [spectrum])
    if seen is None:
        return Asked(kind, fwhm_aa, snr, None, 0.5)
    return Asked(kind, fwhm_aa, snr, seen.medium == truth, seen.confidence)


def ask_all(stars: Sequence[Star], velocities: NDArray[np.float64]) -> Iterator[Asked]:
    """Every star at every resolution that it has and every noise, in one kind of frame each."""
    dice = np.random.default_rng(SEED)
    for star in stars:
        for fwhm_aa in FWHM_AA:
            for snr in SNR:
                if fwhm_aa < star.fwhm_aa - 0.6:
                    continue
                kind = str(dice.choice(list(KINDS)))
                asked = ask(star, fwhm_aa, snr, kind, float(dice.choice(velocities)), dice)
                if asked is not None:
                    yield asked


def shares(asked: Sequence[Asked]) -> str:
    """``decided / right``: of all that were asked, and of those decided."""
    decided = [a for a in asked if a.decided]
    if not asked:
        return "–"
    right = f"{np.mean([bool(a.right) for a in decided]):.1%}" if decided else "–"
    return f"{len(decided) / len(asked):.0%} / {right}"


def by_quality(asked: Sequence[Asked]) -> str:
    """Resolution down, noise across."""
    lines = [
        "| FWHM | " + " | ".join(f"S/N {snr}" for snr in SNR) + " |",
        "| ---: |" + " ---: |" * len(SNR),
    ]
    for fwhm in FWHM_AA:
        cells = [shares([a for a in asked if a.fwhm_aa == fwhm and a.snr == snr]) for snr in SNR]
        lines.append(f"| {fwhm:g} Å | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def by_kind(asked: Sequence[Asked]) -> str:
    lines = ["| what is known | decided / right |", "| --- | ---: |"]
    lines += [f"| {said} | {shares([a for a in asked if a.kind == kind])} |"
              for kind, said in KINDS.items()]  # fmt: skip
    return "\n".join(lines)


BINS: Final = (0.5, 0.7, 0.9, 0.95, 0.99, 1.0)


def reliability(asked: Sequence[Asked]) -> str:
    """What the confidence promises beside what it keeps."""
    lines = ["| confidence | spectra | promised | right |", "| ---: | ---: | ---: | ---: |"]
    told = [a for a in asked if a.right is not None]
    for low, high in pairwise(BINS):
        some = [a for a in told if low <= a.confidence < high or (high == 1.0 == a.confidence)]
        if some:
            promised = np.mean([a.confidence for a in some])
            right = np.mean([bool(a.right) for a in some])
            lines.append(f"| {low:.0%}–{high:.0%} | {len(some)} | {promised:.1%} | {right:.1%} |")
    return "\n".join(lines)


def real_files(folder: Path) -> str:
    """The real files of known medium, asked with it hidden, in two sentences."""
    with (folder / "MANIFEST.csv").open(newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if "?" not in row["medium"]]
    truths = {row["file"]: row["medium"].partition(" ")[0] for row in rows}
    told: dict[bool, list[bool | None]] = {True: [], False: []}
    for file, truth in truths.items():
        if truth not in ("air", "vacuum"):
            continue
        try:
            reading = read(folder / file)
        except ReadError:
            continue
        frame = next(d for d in reading.decisions if d.subject == "Frame")
        claim = Claim(frame.value, frame.evidence, frame.assumed)
        still = [s.changed(velocity_kms=None) for s in reading.spectra]
        told[True].append(_answer(judge(claim, reading.spectra), truth))
        told[False].append(_answer(judge(Claim("unknown", "hidden"), still), truth))
    known, hidden = (
        f"{sum(a is not None for a in answers)} were decided, {sum(a is True for a in answers)} "
        "of them rightly"
        for answers in told.values()
    )
    return (
        f"Of {len(told[True])} real files of known medium {known}; "
        f"with frame and velocity hidden as well, {hidden}."
    )


def _answer(seen: Seen | None, truth: str) -> bool | None:
    return seen.medium == truth if seen is not None and seen.confidence >= DECIDES else None


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.medium", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--stars", type=int, help="take so many stars only, to try that it works")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    options = parser.parse_args()
    data = labelled_data_folder()
    real = real_files(data / "originals")
    stars, velocities = unseen_stars(data / "stellar")
    if options.stars:
        stars = [stars[i] for i in np.linspace(0, len(stars) - 1, options.stars).astype(int)]
    asked = list(ask_all(stars, velocities))
    text = "\n\n".join([by_quality(asked), by_kind(asked), reliability(asked), real]) + "\n"
    sys.stdout.write(text)
    if options.write is not None:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(put_between(page, text, marks=MARKS), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
