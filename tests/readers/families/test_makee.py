"""MAKEE after its pages on wavelength scales and header cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write

# The example of the page on wavelength scales, and an order as wide beside it.
FIRST = " 3.798860003E+03 +2.866401731E-02 -7.524915946E-07 -8.422777264E-11"
SECOND = " 8.209366207E-14 -5.373050237E-17 +1.107868830E-20 +0.000000000E+00"
ZERO = " 0.000000000E+00 +0.000000000E+00 +0.000000000E+00 +0.000000000E+00"


def orders(tmp_path: Path, **cards: object) -> Path:
    scales = {"WV_0_01": FIRST, "WV_4_01": SECOND, "WV_0_02": ZERO, "WV_4_02": ZERO}
    scales |= {"WV_0_03": FIRST.replace("3.798", "3.848"), "WV_4_03": SECOND}
    flux = [ramp(2048), ramp(2048), 2 * ramp(2048)]
    return write(tmp_path, primary(flux, OBJECT="HD 1", CTYPE1="LAMBDA", **scales, **cards))


def test_a_polynomial_for_each_order(tmp_path: Path) -> None:
    # By hand: 3798.860003 + .02866401731·2047 - 7.524915946e-7·2047² - …
    last = 3798.860003 + 0.02866401731 * 2047 - 7.524915946e-7 * 2047**2
    last += -8.422777264e-11 * 2047**3 + 8.209366207e-14 * 2047**4
    last += -5.373050237e-17 * 2047**5 + 1.107868830e-20 * 2047**6
    reading = read(orders(tmp_path))
    spectrum = holds(
        reading,
        "makee",
        ends=(3798.860003, last),
        points=2048,
        medium="vacuum",
        frame="barycentric",
        noise="none",
        count=2,
    )
    assert [s.name for s in reading.spectra] == ["HD 1 order 1", "HD 1 order 3"]
    assert decided(reading, "Medium")[1]
    assert decided(reading, "Frame")[1]
    assert spectrum.wavelength_aa[1] == pytest.approx(3798.860003 + 0.02866401731, abs=1e-6)


def test_columns_count_from_the_first_that_was_kept(tmp_path: Path) -> None:
    spectrum = read(orders(tmp_path, CRVAL1=23, CDELT1=1, CRPIX1=1)).spectra[0]
    assert spectrum.wavelength_aa[0] == pytest.approx(3798.860003 + 0.02866401731 * 23, abs=1e-3)


def test_one_order_is_chosen_and_one_without_a_scale_is_declined(tmp_path: Path) -> None:
    path = orders(tmp_path)
    assert read(path, override=Override(rows=(2,))).spectra[0].flux[0] == 2.0
    with pytest.raises(ReadError) as caught:
        read(path, override=Override(rows=(1,)))
    assert caught.value.code in ("no_wavelength", "not_a_spectrum")
