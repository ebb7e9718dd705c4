"""e2ds after the HARPS DRS user manual."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write

ORDERS = [(3800.0, 0.02, -1e-7, 0.0), (3850.0, 0.021, -1e-7, 1e-12)]


def e2ds(tmp_path: Path, prefix: str = "ESO", *, degree: int = 3, skip: int = -1) -> Path:
    head: Any = primary([ramp(), 2 * ramp()], OBJECT="HD1", INSTRUME="HARPS")
    head.header[f"HIERARCH {prefix} DRS CAL TH DEG LL"] = degree
    for k, value in enumerate(np.ravel(ORDERS)):
        if k != skip:
            head.header[f"HIERARCH {prefix} DRS CAL TH COEFF LL{k}"] = float(value)
    return write(tmp_path, head)


@pytest.mark.parametrize("prefix", ["ESO", "TNG", "OHP"])
def test_a_polynomial_for_each_order(tmp_path: Path, prefix: str) -> None:
    reading = read(e2ds(tmp_path, prefix))
    spectrum = holds(
        reading,
        "e2ds",
        ends=(3800.0, 3800.0 + 0.02 * 49 - 1e-7 * 49**2),
        points=50,
        medium="air",
        frame="observed",
        noise="none",
        count=2,
    )
    assert [s.name for s in reading.spectra] == ["HD1 order 0", "HD1 order 1"]
    assert reading.spectra[1].wavelength_aa[1] == pytest.approx(3850.021, abs=1e-6)
    assert decided(reading, "Frame")[1]
    assert spectrum.fwhm_origin == "family"
    assert read(e2ds(tmp_path), override=Override(rows=(1,))).spectra[0].flux[0] == 2.0


def test_orders_without_their_polynomial(tmp_path: Path) -> None:
    assert len(read(e2ds(tmp_path, skip=6)).spectra) == 1
    head = primary([ramp(), ramp()])
    head.header["HIERARCH ESO DRS CAL TH COEFF LL0"] = 3800.0
    with pytest.raises(ReadError):
        read(write(tmp_path, head))


@pytest.mark.parametrize("prefix", ["ESO", "TNG", "OHP"])
def test_a_correlation_function_of_the_same_exposure_is_no_spectrum(
    tmp_path: Path, prefix: str
) -> None:
    path = e2ds(tmp_path, prefix)
    with fits.open(path, mode="update") as file:
        file[0].data = np.repeat(file[0].data, 36, axis=0)
        file[0].header[f"HIERARCH {prefix} DRS CCF RV"] = -20.1
        file[0].header.update({"CRVAL1": -40.0, "CDELT1": 0.5, "CTYPE1": "km/s"})

    with pytest.raises(ReadError, match="cross-correlation function") as caught:
        read(path)
    assert caught.value.code == "not_a_spectrum"
