"""specutils: objects, and its loaders by name as the last door.

After https://specutils.readthedocs.io/en/stable/spectrum.html
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.nddata import InverseVariance, StdDevUncertainty, VarianceUncertainty
from specutils import Spectrum, SpectrumList

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .holding import holds, ramp, table, write, write_columns

WAVES = np.linspace(4000.0, 4098.0, 50)


def made(**more: Any) -> Spectrum:
    return Spectrum(flux=ramp() * u.Jy, spectral_axis=WAVES * u.AA, **more)


@pytest.mark.parametrize(
    ("make", "kind", "value"),
    [
        (StdDevUncertainty, "sigma", 0.5),
        (VarianceUncertainty, "variance", 0.25),
        (InverseVariance, "ivar", 4.0),
    ],
)
def test_uncertainties_of_objects(make: Any, kind: str, value: float) -> None:
    reading = read(made(uncertainty=make(np.full(50, value))))
    spectrum = holds(
        reading,
        "specutils",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise=kind,
    )
    assert spectrum.sigma is not None
    np.testing.assert_allclose(spectrum.sigma, 0.5)
    assert spectrum.flux_unit == "Jy"


def test_axes_in_other_units_masks_velocities_and_headers() -> None:
    frequency = (WAVES * u.AA).to(u.Hz, u.spectral())
    mask = np.zeros(50, bool)
    mask[4] = True
    header = fits.Header({"OBJECT": "HD 1", "VACUUM": True, "SPECSYS": "BARYCENT"})
    value = Spectrum(
        flux=ramp() * u.Jy,
        spectral_axis=frequency,
        mask=mask,
        radial_velocity=12.0 * u.km / u.s,
        meta={"header": header},
    )
    spectrum = read(value).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVES, rtol=1e-9)
    np.testing.assert_allclose(spectrum.flux, ramp())
    assert np.flatnonzero(spectrum.bad).tolist() == [4]
    assert (spectrum.name, spectrum.medium, spectrum.frame) == ("HD 1", "vacuum", "barycentric")
    assert spectrum.velocity_kms == pytest.approx(12.0)


def test_lists_and_rows_and_overrides() -> None:
    assert len(read(SpectrumList([made(), made()])).spectra) == 2
    rows = Spectrum(flux=np.vstack([ramp(), 2 * ramp()]) * u.Jy, spectral_axis=WAVES * u.AA)
    reading = read(rows, override=Override(rows=(1,), medium="air"))
    assert reading.spectra[0].flux[0] == 2.0
    assert reading.spectra[0].medium == "air"


@pytest.mark.parametrize("value", [42, [], [1, 2], {"flux": 1}, np.arange(5.0)])
def test_other_objects_are_declined(value: Any) -> None:
    with pytest.raises(ReadError) as caught:
        read(value)
    assert caught.value.code == "not_a_spectrum"


def test_axes_that_are_no_light_are_declined() -> None:
    for axis in (np.arange(50) * u.pix, np.arange(50) * u.km / u.s):
        with pytest.raises(ReadError) as caught:
            read(Spectrum(flux=ramp() * u.Jy, spectral_axis=axis))
        assert caught.value.code == "no_wavelength"


def test_a_named_format_is_read_by_specutils_and_said_so(tmp_path: Path) -> None:
    hdu = table(wavelength=(WAVES / 10, "nm"), flux=(ramp(), "Jy"), uncertainty=(ramp() / 9, "Jy"))
    path = write(tmp_path, fits.PrimaryHDU(), hdu)
    reading = read(path, override=Override(reader="specutils:Tabular-FITS"))
    holds(
        reading,
        "specutils",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="sigma",
    )
    assert reading.decisions[0].value == "tabular-fits (by specutils)"
    assert "specutils:tabular-fits" in reading.decisions[0].evidence


@pytest.mark.parametrize("reader", ["specutils", "specutils:nothing", "text:ASCII"])
def test_what_is_no_format_of_specutils_is_refused(tmp_path: Path, reader: str) -> None:
    path = write_columns(tmp_path, WAVES, ramp())
    with pytest.raises(ReadError) as caught:
        read(path, override=Override(reader=reader))
    assert caught.value.code == "bad_override"


def test_a_format_that_does_not_fit_is_explained(tmp_path: Path) -> None:
    path = write(tmp_path, fits.PrimaryHDU(), table(a=ramp(), b=ramp()))
    with pytest.raises(ReadError) as caught:
        read(path, override=Override(reader="specutils:APOGEE apStar"))
    assert caught.value.code == "unsupported"
    assert "APOGEE apStar" in caught.value.reason
