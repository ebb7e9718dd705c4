"""Images of many spectra with their wavelengths in another HDU."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read, read_rows

from .holding import decided, holds, image, primary, ramp, write

FLUX = np.vstack([k * ramp() for k in range(1, 16)])
WAVE = 4000.0 + 2.0 * np.arange(50)


def test_one_axis_for_all(tmp_path: Path) -> None:
    mask = np.zeros((15, 50), np.int32)
    mask[0, 4] = 1
    path = write(
        tmp_path,
        primary(FLUX),
        image(WAVE, "WAVELENGTH", BUNIT="Angstrom"),
        image(np.full((15, 50), 4.0), "IVAR"),
        image(mask, "MASK"),
    )
    spectrum = holds(
        read(path),
        "fits-matrix",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="ivar",
        count=15,
    )
    assert np.flatnonzero(spectrum.bad).tolist() == [4]
    part, total = read_rows(path, (14, 10))
    assert ([s.name for s in part.spectra], total) == (["spectrum row 14"], 15)


@pytest.mark.parametrize("name", ["LOGLAM", "WAVE"])
def test_an_axis_for_each(tmp_path: Path, name: str) -> None:
    waves = np.vstack([WAVE + k for k in range(15)])
    values = np.log10(waves) if name == "LOGLAM" else waves / 10.0
    path = write(tmp_path, primary(), image(FLUX, "FLUX"), image(values, name))
    reading = read(path)
    assert reading.reader == "fits-matrix"
    np.testing.assert_allclose([s.wavelength_aa[0] for s in reading.spectra], waves[:, 0])
    assert decided(reading, "Uncertainty")[0] == "none"


@pytest.mark.parametrize("good", [0, 1])
def test_what_a_mask_means_is_told_by_all_rows(tmp_path: Path, good: int) -> None:
    mask = np.full((15, 50), good, np.int16)
    mask[9, :40] = 1 - good
    path = write(tmp_path, primary(FLUX), image(WAVE, "WAVELENGTH"), image(mask, "MASK"))

    numbers = [int(spectrum.bad.sum()) for spectrum in read(path).spectra]
    (alone,) = read_rows(path, (9, 1))[0].spectra

    assert numbers == 9 * [0] + [40] + 5 * [0]
    assert int(alone.bad.sum()) == 40
