"""Constants and wavelength conversions, against published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.units import (
    FWHM_PER_SIGMA,
    SPEED_OF_LIGHT_KMS,
    air_to_vacuum,
    doppler_factor,
    refractive_index_minus_one,
    vacuum_to_air,
)


@pytest.mark.parametrize(
    ("vacuum_aa", "air_aa"),
    # SDSS, "Vacuum and air wavelengths" (spectroscopic documentation): H beta, [O III], H alpha.
    [(4862.721, 4861.363), (4960.295, 4958.911), (5008.239, 5006.843), (6564.614, 6562.801)],
)
def test_the_lines_of_the_sdss_table_convert(vacuum_aa: float, air_aa: float) -> None:
    assert vacuum_to_air(np.array([vacuum_aa]))[0] == pytest.approx(air_aa, abs=0.02)
    assert air_to_vacuum(np.array([air_aa]))[0] == pytest.approx(vacuum_aa, abs=0.02)


def test_air_to_vacuum_undoes_vacuum_to_air() -> None:
    vacuum = np.linspace(2001.0, 25_000.0, 5000)
    np.testing.assert_allclose(air_to_vacuum(vacuum_to_air(vacuum)), vacuum, rtol=0, atol=1e-9)


def test_wavelengths_below_2000_are_vacuum_by_convention() -> None:
    short = np.array([912.0, 1215.67, 1999.9])
    np.testing.assert_array_equal(vacuum_to_air(short), short)
    np.testing.assert_array_equal(air_to_vacuum(short), short)


def test_the_shift_between_the_media_is_nearly_a_velocity() -> None:
    shift = SPEED_OF_LIGHT_KMS * refractive_index_minus_one(np.linspace(3850.0, 6900.0, 50))
    assert shift.min() == pytest.approx(82.7, abs=0.2)
    assert np.ptp(shift) < 2.5


def test_receding_reddens_and_approaching_is_the_inverse() -> None:
    assert doppler_factor(100.0) == pytest.approx(1.0 + 100.0 / SPEED_OF_LIGHT_KMS, rel=1e-6)
    assert doppler_factor(-300.0) * doppler_factor(300.0) == pytest.approx(1.0)
    assert doppler_factor(0.0) == 1.0
    half_light = 0.5 * SPEED_OF_LIGHT_KMS
    assert doppler_factor(half_light) == pytest.approx(np.sqrt(3.0))


def test_fwhm_of_a_unit_gaussian() -> None:
    half = np.exp(-0.5 * (FWHM_PER_SIGMA / 2.0) ** 2)
    assert half == pytest.approx(0.5)
