"""Fluxes, wavelengths and comments that no instrument wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.readers.hostile.cases import declined, is_read
from tests.readers.hostile.ingredients import SOUND_TEXT, image, text

for what, value in (("not a number", np.nan), ("infinite", np.inf), ("zero", 0.0)):

    @declined("no_good_pixels", name=f"every flux {what}")
    def _no_flux(path: Path, value: float = value) -> None:
        path.write_bytes(image() + np.full(100, value).astype(">f8").tobytes())


for what, value in (("constant", 1.0), ("negative", -1.0), ("huge", 1e308), ("tiny", 5e-324)):

    @is_read(100, name=f"every flux {what}")
    def _some_flux(path: Path, value: float = value) -> None:
        path.write_bytes(image() + np.full(100, value).astype(">f8").tobytes())


@is_read(100)
def descending_wavelengths(path: Path) -> None:
    path.write_text(text([(5000 - i, 1 + i) for i in range(100)]))


@is_read(50)
def duplicated_wavelengths(path: Path) -> None:
    path.write_text(text([(4000 + i // 2, 1 + i) for i in range(100)]))


@is_read(99)
def a_wavelength_beyond_all(path: Path) -> None:
    path.write_text(text([(4000 + i if i < 99 else 1e300, 1 + i) for i in range(100)]))


for what, codes, wave in (
    ("jump", ("not_a_spectrum",), lambda i: 4000 + (i * 37) % 100),
    ("are all the same", ("no_wavelength",), lambda i: 4000),
    ("are not numbers", ("no_wavelength", "not_a_spectrum"), lambda i: "nan"),
    ("are negative", ("no_wavelength",), lambda i: -4000 - i),
    ("count pixels", ("no_wavelength",), lambda i: i),
):

    @declined(*codes, name=f"wavelengths {what}")
    def _bad_wave(path: Path, wave: Callable[[int], object] = wave) -> None:
        path.write_text(text([(wave(i), 1 + i) for i in range(100)]))


# --- text that is made to be slow


for what, line in (
    ("blanks", "# a" + " " * 1_000_000 + "b\n"),
    ("tabs", "# a" + "\t" * 1_000_000 + "b\n"),
    ("brackets", "# " + "[ " * 200_000 + "\n"),
    ("words before an equals sign", "# " + "a " * 100_000 + "= 1\n"),
    ("bars", "# " + "| " * 200_000 + "\n"),
):

    @is_read(100, name=f"header of {what}")
    def _slow_header(path: Path, line: str = line) -> None:
        path.write_text(line * 6 + SOUND_TEXT)


for what, line in (
    ("ampersands", "% & \\\\\n" + "&" * 1_000_000),
    ("begun environments", "1 & 2 \\\\\n" + "\\begin{" * 100_000),
):

    @declined("not_a_spectrum", name=f"LaTeX of {what}")
    def _slow_latex(path: Path, line: str = line) -> None:
        path.write_text(line)
