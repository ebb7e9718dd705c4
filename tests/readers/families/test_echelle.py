"""Echelle orders after the manuals of ESPRESSO, CARMENES and SPIRou."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import decided, holds, image, primary, ramp, write

WAVES = np.vstack([5000.0 + 0.02 * np.arange(50), 5000.8 + 0.02 * np.arange(50)])
FLUX = np.vstack([ramp(), 2 * ramp()])


def test_orders_of_the_espresso_pipeline(tmp_path: Path) -> None:
    quality = np.zeros((2, 50), np.int32)
    quality[0, 4] = 1
    path = write(
        tmp_path,
        primary(INSTRUME="ESPRESSO", OBJECT="HD1"),
        image(FLUX, "SCIDATA"),
        image(np.full((2, 50), 0.1), "ERRDATA"),
        image(quality, "QUALDATA"),
        image(WAVES, "WAVEDATA_VAC_BARY"),
        image(WAVES - 1.4, "WAVEDATA_AIR_BARY"),
    )
    reading = read(path)
    spectrum = holds(
        reading,
        "echelle",
        ends=(5000.0, 5000.98),
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="sigma",
        count=2,
    )
    assert spectrum.name == "HD1 order 0"
    assert np.flatnonzero(spectrum.bad).tolist() == [4]
    assert not decided(reading, "Medium")[1]
    assert read(path, override=Override(rows=(1,))).spectra[0].flux[0] == 2.0


@pytest.mark.parametrize(
    ("names", "factor", "noise"),
    [(("SPEC", "WAVE", "SIG"), 1.0, "sigma"), (("FluxAB", "WaveAB", "BlazeAB"), 0.1, "none")],
)
def test_carmenes_and_spirou(
    tmp_path: Path, names: tuple[str, str, str], factor: float, noise: str
) -> None:
    flux = FLUX.copy()
    flux[1] = np.nan
    path = write(
        tmp_path,
        primary(OBJECT="J1"),
        image(flux, names[0]),
        image(WAVES * factor, names[1]),
        image(np.full((2, 50), 0.1), names[2]),
    )
    reading = read(path)
    holds(
        reading,
        "echelle",
        ends=(5000.0, 5000.98),
        points=50,
        medium="vacuum",
        frame="unknown",
        noise=noise,
    )
    assert decided(reading, "Medium")[1]


def test_neid(tmp_path: Path) -> None:
    variance = np.full((2, 50), 0.01)
    hdus = [image(FLUX, "SCIFLUX"), image(9 * FLUX, "SKYFLUX"), image(variance, "SCIVAR")]
    reading = read(write(tmp_path, primary(INSTRUME="NEID"), *hdus, image(WAVES, "SCIWAVE")))
    spectrum = holds(
        reading,
        "echelle",
        ends=(5000.0, 5000.98),
        points=50,
        medium="vacuum",
        frame="observed",
        noise="variance",
        count=2,
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.1)
    assert decided(reading, "Frame")[1]


def test_kpf_has_two_chips_and_three_slices(tmp_path: Path) -> None:
    hdus = [primary(INSTRUME="KPF", OBJECT="HD1")]
    for chip, shift, slices in (("GREEN", 0.0, (1, 2, 3)), ("RED", 1000.0, (1,))):
        for n in slices:
            hdus.append(image(n * FLUX, f"{chip}_SCI_FLUX{n}"))
            hdus.append(image(WAVES + shift, f"{chip}_SCI_WAVE{n}"))
            hdus.append(image(np.full((2, 50), 0.04), f"{chip}_SCI_VAR{n}"))
    reading = read(write(tmp_path, *hdus))
    names = [s.name for s in reading.spectra]
    assert names == [f"HD1 order {i}" for i in range(4)]
    # The middle slice, and of the red chip the only one.
    assert [float(s.flux[0]) for s in reading.spectra] == [2.0, 4.0, 1.0, 2.0]
    assert reading.spectra[2].wavelength_aa[0] == 6000.0
    assert decided(reading, "Uncertainty")[0] == "variance"
