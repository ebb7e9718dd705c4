"""Write ``resources/patterns.npz``, by which readers find where a star's lines stand.

    python packaging/make_patterns.py DATA [--out FILE]

DATA holds the labelled libraries (``stellar/*.fits.gz``). A pattern is the mean over the stars of
some types, at rest, in air, each less its continuum. Half of the stars are left out, by a checksum
of their system, so that ``python -m tests.benchmarks.medium`` measures on stars that no pattern
has seen.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from astropy.io import fits

from spectra_gui.data import parse_mk
from spectra_gui.data.mk import MKParseError
from spectra_gui.readers.shifts import LN_AA, PATTERNS_FILE, Floats, flatten, on_grid
from spectra_gui.units import vacuum_to_air

LIBRARIES: Final = {"miles": "air", "cflib": "air", "cool_dwarfs": "vacuum"}

CFLIB_GAP: Final = 1.5e-4
"""CFLIB writes .0001 where it has no data."""

GROUPS: Final = (
    ("O", 0, 10, "I II III IV V"), ("B", 10, 15, "I II III IV V"), ("B", 15, 20, "I II III IV V"),
    ("A", 20, 25, "I II III IV V"), ("A", 25, 30, "I II III IV V"), ("F", 30, 35, "I II III IV V"),
    ("F", 35, 40, "I II III IV V"), ("G", 40, 50, "IV V"), ("G", 40, 50, "I II III"),
    ("K", 50, 60, "IV V"), ("K", 50, 55, "I II III"), ("K", 55, 60, "I II III"),
    ("M", 60, 70, "I II III"), ("M", 60, 64, "V"), ("M", 64, 70, "V"),
)  # fmt: skip
"""Letter, temperature codes from and to, luminosity classes."""

ROMAN: Final = ("I", "II", "III", "IV", "V", "VI")


def is_left_out(system: str) -> bool:
    """Whether a star is kept for measuring: the same half everywhere."""
    return crc32(system.encode()) % 2 == 1


def group_of(label: str) -> int | None:
    """The number of the group that a label belongs to, if it is plain enough."""
    try:
        kind = parse_mk(label)
    except MKParseError:
        return None
    if kind.code is None or not kind.luminosity:
        return None
    name = ROMAN[max(kind.luminosity) - 1]
    for number, (_, low, high, classes) in enumerate(GROUPS):
        if low <= kind.code < high and name in classes.split():
            return number
    return None


def make_patterns(stellar: Path) -> Floats:
    """(groups, grid) mean relative height over the continuum."""
    total = np.zeros((len(GROUPS), LN_AA.size))
    count = np.zeros_like(total)
    for library, medium in LIBRARIES.items():
        with fits.open(stellar / f"{library}.fits.gz") as hdus:
            header, table = hdus[1].header, hdus[1].data
        axis = header["WAVE0"] + header["DWAVE"] * np.arange(table["flux"].shape[1])
        axis = vacuum_to_air(axis) if medium == "vacuum" else axis
        for row in table:
            group = group_of(row["label"])
            if group is None or is_left_out(row["system"]):
                continue
            flux = row["flux"].astype(float)
            spectrum = on_grid(axis, flux, ~np.isfinite(flux) | (flux <= CFLIB_GAP))
            if spectrum is not None:
                part = slice(spectrum.first, spectrum.first + spectrum.good.size)
                total[group, part] += flatten(spectrum)
                count[group, part] += spectrum.good
    if not (count.max(axis=1) >= 3).all():
        raise SystemExit("a group has fewer than three stars")
    return np.where(count >= 3, total / np.maximum(count, 1.0), 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path("resources") / PATTERNS_FILE)
    options = parser.parse_args()
    patterns = make_patterns(options.data / "stellar")
    flux = np.clip(np.rint(100.0 * patterns), -100, 100).astype(np.int8)
    np.savez_compressed(options.out, flux=flux, letters=np.array([group[0] for group in GROUPS]))


if __name__ == "__main__":
    main()
